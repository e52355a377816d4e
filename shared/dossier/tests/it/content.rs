//! What the dossier states: the matrix, the costs, the pictures, and nothing that must not be shown.

use ideamine_core::Digest;
use ideamine_core::artifacts::{CaseOutcome, GateOutcome};
use ideamine_core::digest::canonical;
use ideamine_dossier::content::{EvidenceKind, MatrixRow, OrphanKind, PaperKind, TestState};
use ideamine_dossier::graph::{Diagram, to_mermaid, to_svg};
use ideamine_dossier::{Dossier, verify_dossier};
use ideamine_ledger::{Options, Usage};

use crate::support::{SEED, Seen, World, dossier, fingerprint, machine, seeing};

#[test]
fn an_honest_dossier_verifies_and_reads_back() {
    let dossier = dossier();
    let bytes = dossier.to_bytes().unwrap();
    let options = Options { trust: Some(fingerprint(&machine())), ..Options::default() };
    let verdict = verify_dossier(&bytes, &options);
    assert!(verdict.holds() && verdict.signed, "{:?}", verdict.problems);
    assert_eq!(Dossier::from_bytes(&bytes).unwrap(), dossier);
    assert_eq!(dossier.content.sections().unwrap().to_bytes(), canonical(&dossier.content).unwrap());
}

#[test]
fn a_forger_who_writes_another_dossier_and_signs_it_fails_under_trust() {
    let forger = ed25519_dalek::SigningKey::from_bytes(&[66; 32]);
    let bytes = World::new(&|text| text.replace("toaster", "rocket")).close(&forger).to_bytes().unwrap();
    assert!(verify_dossier(&bytes, &Options::default()).holds(), "by itself it is a good dossier");
    let options = Options { trust: Some(fingerprint(&machine())), ..Options::default() };
    let verdict = verify_dossier(&bytes, &options);
    assert!(!verdict.holds() && !verdict.signed && !verdict.trusted);
}

#[test]
fn building_again_gives_the_same_bytes_though_its_own_facts_are_there() {
    let world = World::new(&|text| text);
    let before = world.content();
    let dossier = world.close(&machine());
    assert_eq!(before, dossier.content);
}

fn row<'a>(dossier: &'a Dossier, id: &str) -> &'a MatrixRow {
    dossier.content.matrix.rows.iter().find(|row| row.id == id).unwrap()
}

#[test]
fn the_matrix_goes_from_the_need_to_the_gate() {
    let dossier = dossier();
    let row = row(&dossier, "FR-3");
    assert_eq!(row.needs, ["N-3"]);
    assert_eq!(row.stories, ["ST-3"]);
    assert_eq!(row.files, ["desk/overview.py", "desk/server.py"]);
    assert_eq!(row.components, ["desk", "pages"]);
    assert_eq!(
        row.tests.iter().map(|t| (&*t.id, t.state)).collect::<Vec<_>>(),
        [("TC-4", TestState::Passed)]
    );
    assert_eq!(row.gates.first(), Some(&("prd-completeness".to_owned(), GateOutcome::Pass)));
    assert!(row.gates.iter().any(|(gate, _)| gate == "qa"));
    assert_eq!(dossier.content.matrix.needs[0].requirements, ["FR-1"]);
}

/// How requirements stand when this was seen, and what speaks for them.
fn check(seen: Seen, expected: &[(&str, TestState, EvidenceKind)]) {
    let dossier = seeing(seen);
    for (id, state, evidence) in expected {
        let row = row(&dossier, id);
        assert_eq!((row.state, row.evidence), (*state, Some(*evidence)), "{id}: {:?}", row.criteria);
    }
    let verdict = verify_dossier(&dossier.to_bytes().unwrap(), &Options::default());
    assert!(verdict.holds(), "what failed is stated honestly: {:?}", verdict.problems);
}

#[test]
fn a_requirement_is_shown_by_tests_that_cover_it_and_requests_that_agree() {
    use EvidenceKind::{Both, HeldOut, None as Nothing, OwnTests};
    use TestState::{Failed, NoTest, NotRun, NotShown, Partly, Passed};
    check(
        Seen::GOOD,
        &[
            ("FR-1", Passed, Both),
            // No held-out request claims an item.
            ("FR-2", Partly, OwnTests),
            // Its test opens the page and counts nothing.
            ("FR-3", NotShown, OwnTests),
            ("QR-1", NotRun, Nothing),
            ("FR-5", NoTest, Nothing),
            // A test that is only named and stands in no file is none.
            ("FR-4", NoTest, Nothing),
        ],
    );
    for announce in [None, Some(CaseOutcome::NotRun), Some(CaseOutcome::Failed)] {
        check(Seen { announce, ..Seen::GOOD }, &[("FR-1", Partly, OwnTests)]);
    }
    check(Seen { claim: CaseOutcome::Idle, ..Seen::GOOD }, &[("FR-2", TestState::Idle, Nothing)]);
    check(Seen { claim: CaseOutcome::NotRun, ..Seen::GOOD }, &[("FR-2", NotRun, Nothing)]);
    // A suite that is not taken as one shows nothing, and what failed in it did fail.
    let refused = Seen { own_tests: GateOutcome::Fail, claim: CaseOutcome::Failed, ..Seen::GOOD };
    check(refused, &[("FR-1", NotRun, HeldOut), ("FR-2", Failed, Nothing), ("FR-3", NotRun, Nothing)]);
    // Of another application nothing is taken; that stories passed is the word of own tests.
    let other = Seen { this: false, claim: CaseOutcome::Failed, ..Seen::GOOD };
    check(other, &[("FR-1", Partly, OwnTests), ("FR-2", Partly, OwnTests)]);
}

#[test]
fn each_criterion_names_the_tests_that_speak_of_it() {
    let dossier = dossier();
    let tests = |id: &str| row(&dossier, id).criteria.iter().map(|c| c.tests.clone()).collect::<Vec<_>>();
    assert_eq!(tests("FR-1"), [["TC-1"]], "a refusal shows nothing of what is listed");
    assert_eq!(tests("FR-3"), [Vec::<String>::new()], "a page that opens shows no numbers");
}

#[test]
fn what_is_derived_changes_with_its_version_only() {
    let content = dossier().content;
    let derived = (&content.decisions, &content.diagrams, &content.matrix, &content.timeline, &content.risks);
    let derived = Digest::of_json(&(derived, &content.costs, &content.licences)).unwrap();
    let known = (2, "sha256:b670214da111eb82b0a13e5fea833e9e7282b5b80202cfb5e6614ec8029ff039".to_owned());
    assert_eq!((content.rules, derived.to_string()), known, "raise Content::RULES, then pin the new pair");
}

#[test]
fn older_rules_are_held_by_their_digests_alone() {
    let mut world = World::new(&|text| text);
    world.change = |content| {
        content.rules = 0;
        content.matrix.orphans.clear();
    };
    let dossier = world.close(&machine());
    assert!(verify_dossier(&dossier.to_bytes().unwrap(), &Options::default()).holds());
    let mut altered = dossier;
    altered.content.matrix.rows.clear();
    assert!(!verify_dossier(&altered.to_bytes().unwrap(), &Options::default()).holds());
}

#[test]
fn what_hangs_loose_is_shown_in_both_directions() {
    let dossier = dossier();
    let orphans: Vec<(OrphanKind, &str)> =
        dossier.content.matrix.orphans.iter().map(|orphan| (orphan.kind, &*orphan.id)).collect();
    assert_eq!(
        orphans,
        [
            (OrphanKind::NeedWithoutRequirement, "N-5"),
            (OrphanKind::RequirementWithoutCode, "FR-4"),
            (OrphanKind::RequirementWithoutTest, "FR-4"),
            (OrphanKind::RequirementWithoutNeed, "FR-5"),
            (OrphanKind::RequirementWithoutStory, "FR-5"),
            (OrphanKind::RequirementWithoutCode, "FR-5"),
            (OrphanKind::RequirementWithoutTest, "FR-5"),
            (OrphanKind::FileWithoutRequirement, "desk/__init__.py"),
        ]
    );
}

#[test]
fn costs_sum_to_the_ledger_and_the_step_index() {
    let dossier = dossier();
    let costs = &dossier.content.costs;
    assert_eq!(costs.total, Usage::of(dossier.ledger.facts()));
    assert_eq!(Some(&costs.total), dossier.ledger.index.as_ref().map(|index| &index.usage));
    let money: i64 = costs.lines.iter().map(|line| line.usage.usd_micros.0).sum();
    assert_eq!(money, costs.total.usd_micros.0);
    assert_eq!(costs.total.cache_hits, 1);
    assert_eq!(costs.lines.iter().filter(|line| line.phase == "prd").count(), 1);
}

#[test]
fn a_repaired_gate_shows_its_attempts() {
    let dossier = dossier();
    let prd = dossier.content.phases.iter().find(|phase| phase.id.as_str() == "prd").unwrap();
    assert_eq!(prd.gates[0].history, [GateOutcome::Fail, GateOutcome::Pass]);
    assert_eq!(prd.gates[0].measures.len(), 2);
    let bar = dossier.content.timeline.iter().find(|bar| bar.phase == "prd").unwrap();
    assert_eq!(bar.attempts.len(), 2);
    assert!(bar.attempts[0].ended_ms <= bar.attempts[1].started_ms);
}

#[test]
fn a_capability_is_not_shown_and_papers_are_whole() {
    let dossier = dossier();
    let text = String::from_utf8(dossier.to_bytes().unwrap()).unwrap();
    assert!(!text.contains("capability"));
    let papers = &dossier.content.papers;
    assert!(papers.iter().all(|paper| paper.text.is_some()));
    assert!(papers.iter().any(|paper| paper.name == "check:own-tests" && paper.kind == PaperKind::Evidence));
    assert_eq!(dossier.content.plan.seed, SEED.to_string());
}

#[test]
fn pictures_are_drawn_and_written_from_one_model() {
    let dossier = dossier();
    let titles: Vec<&str> = dossier.content.diagrams.iter().map(Diagram::title).collect();
    assert_eq!(titles, ["Context", "Parts", "Records", "Main flow"]);
    for diagram in &dossier.content.diagrams {
        let (svg, mermaid) = (to_svg(diagram, "d"), to_mermaid(diagram));
        assert!(svg.contains("<title id=\"d-t\">") && svg.contains("<desc id=\"d-d\">"), "{svg}");
        assert!(!svg.contains("style=") && !svg.contains("href"), "a strict page takes neither");
        let shown = if let Diagram::Sequence(_) = diagram { "sequenceDiagram" } else { "flowchart TB" };
        assert!(mermaid.contains(shown), "{mermaid}");
        assert_eq!(to_svg(diagram, "d"), svg);
    }
}
