//! Each gate passes good documents, and each single planted defect is found by its rule.

#![expect(clippy::unwrap_used, reason = "tests may unwrap")]

mod run;

use ideamine_core::artifacts::GateOutcome::{self, Concerns, Fail, Pass};
use ideamine_core::artifacts::{CaseOutcome, Unchecked};
use ideamine_core::records::{Generator, PhaseStatus, QuestionState};
use run::{Run, question};
use serde_json::{Value, json};

const GATES: [&str; 9] = [
    "idea-quality",
    "critique",
    "prd-completeness",
    "business-viability",
    "architecture-consistency",
    "security",
    "qa",
    "aesthetic",
    "release-readiness",
];

/// The spoiled run ends so, by a measure of this name that does not hold and a finding that says why.
async fn spoiled(gate: &str, run: Run, rule: &str, outcome: GateOutcome) {
    let evidence = run.judged(gate).await;
    let broken: Vec<&str> = evidence.measures.iter().filter(|m| !m.holds).map(|m| m.name.as_str()).collect();
    assert!(broken.contains(&rule), "{gate}: expected {rule}, found {broken:?}: {:#?}", evidence.findings);
    assert_eq!(evidence.outcome, outcome, "{gate} {rule}: {broken:?}");
    assert!(!evidence.findings.is_empty(), "{gate} {rule}: no finding");
    assert!(
        evidence.findings.iter().all(|f| !f.place.is_empty() && f.message.len() > 10),
        "{:#?}",
        evidence.findings
    );
}

/// Spoils one value of one document.
async fn value(gate: &str, at: (&str, &str), value: Value, rule: &str, outcome: GateOutcome) {
    spoiled(gate, Run::good().set(at.0, at.1, value), rule, outcome).await;
}

#[tokio::test]
async fn good_documents_pass_every_gate() {
    for gate in GATES {
        let evidence = Run::good().judged(gate).await;
        assert_eq!(evidence.outcome, Pass, "{gate}: {:#?}", evidence.findings);
        assert!(evidence.findings.is_empty(), "{gate}: {:#?}", evidence.findings);
        assert!(evidence.measures.len() >= 4, "{gate} measures too little");
        assert_eq!(evidence.again, ["ideamine", "gate", gate, "--run", "RUN"]);
    }
}

#[tokio::test]
async fn a_document_that_is_missing_or_malformed_fails() {
    let documents = [
        ("idea-quality", "concepts.json"),
        ("critique", "critique.json"),
        ("prd-completeness", "prd.json"),
        ("business-viability", "business-case.json"),
        ("architecture-consistency", "architecture.json"),
        ("security", "security.json"),
        ("qa", "qa.json"),
        ("aesthetic", "aesthetic.json"),
        ("release-readiness", "release.json"),
    ];
    for (gate, name) in documents {
        let mut run = Run::good();
        run.bodies.remove(name);
        spoiled(gate, run.clone(), "documents-missing", Fail).await;
        run.texts.insert(name.to_owned(), "{ not json".to_owned());
        spoiled(gate, run, "documents-missing", Fail).await;
    }
}

#[tokio::test]
async fn a_document_of_fixed_sentences_has_no_substance() {
    let template = json!({ "text": "A fixed sentence.", "origin": { "kind": "template" } });
    let mut run = Run::good();
    for pointer in [
        "/value",
        "/customers/0",
        "/alternatives/0",
        "/assumptions/0",
        "/revenue/0/item",
        "/revenue/0/basis",
        "/go_to_market/0",
    ] {
        run = run.set("business-case.json", pointer, template.clone());
    }
    spoiled("business-viability", run, "substance-percent", Fail).await;
}

#[tokio::test]
async fn idea_quality_finds_each_defect() {
    let check = async |pointer, new, rule, outcome| {
        value("idea-quality", ("concepts.json", pointer), new, rule, outcome).await
    };
    let concepts = &Run::good().bodies["concepts.json"]["concepts"];
    check("/concepts", json!([concepts[0], concepts[1]]), "distinct-concepts", Fail).await;
    check("/concepts/1/name", json!("shared DAY list"), "distinct-concepts", Fail).await;
    check("/concepts/1/pitch", concepts[0]["pitch"].clone(), "distinct-concepts", Fail).await;
    check("/concepts/2/pitch", json!("TBD"), "distinct-concepts", Fail).await;
    let run = Run::good().set("concepts.json", "/concepts/1/lens", json!("desirability")).set(
        "concepts.json",
        "/concepts/2/lens",
        json!("desirability"),
    );
    spoiled("idea-quality", run, "distinct-lenses", Fail).await;
    check("/chosen", json!("Another"), "chosen-exists", Fail).await;
    check("/chosen", json!(""), "chosen-exists", Fail).await;
    check("/rationale", json!("n/a"), "rationale", Fail).await;
    check("/concepts/0/serves", json!(["N-1", "N-2"]), "needs-served-percent", Fail).await;
    check("/concepts/0/serves/-", json!("N-9"), "unknown-need", Fail).await;
    check("/concepts/1/drawbacks", json!([]), "one-sided", Concerns).await;
    check("/questions", json!([{ "text": "No question.", "why": "x" }]), "question-form", Concerns).await;
}

#[tokio::test]
async fn critique_finds_each_defect() {
    let check = async |pointer, new, rule, outcome| {
        value("critique", ("critique.json", pointer), new, rule, outcome).await
    };
    let findings = &Run::good().bodies["critique.json"]["findings"];
    check("/findings", json!([findings[0], findings[1]]), "findings-raised", Fail).await;
    check("/findings/0/answer", json!(null), "unanswered-high-findings", Fail).await;
    check("/findings/0/answer", json!("TODO"), "unanswered-high-findings", Fail).await;
    check("/findings/1/severity", json!("critical"), "unanswered-high-findings", Fail).await;
    check("/findings/1/severity", json!("medium"), "unanswered-medium-findings", Concerns).await;
    check("/findings/0/subject", json!("N-9"), "unknown-subject", Concerns).await;
    check("/recommendation", json!("stop"), "recommends-to-stop", Fail).await;
    check("/recommendation", json!("revise"), "recommends-to-revise", Concerns).await;
    check("/reason", json!("unknown"), "reason", Fail).await;
    check("/risks/0/mitigation", json!("none"), "unmitigated-high-risks", Fail).await;
    check("/risks/1/mitigation", json!("none"), "unmitigated-risks", Concerns).await;
    check("/risks", json!([]), "risks-named", Concerns).await;
}

#[tokio::test]
async fn prd_completeness_finds_each_defect() {
    let check = async |pointer, new, rule, outcome| {
        value("prd-completeness", ("prd.json", pointer), new, rule, outcome).await
    };
    check("/requirements/2/serves", json!(["N-2"]), "needs-served-percent", Fail).await;
    check("/requirements/2/statement", json!("TBD"), "needs-served-percent", Fail).await;
    check("/requirements/0/serves/-", json!("N-9"), "unknown-need", Fail).await;
    check("/requirements/0/acceptance", json!([]), "acceptance-missing", Fail).await;
    check("/requirements/0/acceptance/0/then", json!("…"), "acceptance-missing", Fail).await;
    check("/requirements/1/id", json!("FR-1"), "id-not-unique", Fail).await;
    check("/requirements/1/id", json!(""), "id-not-unique", Fail).await;
    check(
        "/requirements/3/statement",
        json!("The system must be fast and easy to use."),
        "vague-statement",
        Fail,
    )
    .await;
    check(
        "/requirements/3/statement",
        json!("A list of visits should be shown soon to technicians."),
        "quality-unmeasured",
        Concerns,
    )
    .await;
    check("/requirements/2/serves", json!([]), "serves-nothing", Fail).await;
    check("/requirements/3/serves", json!([]), "serves-nothing", Concerns).await;
    check(
        "/requirements/2/statement",
        json!("the dispatcher must be able to plan a visit, with address and day"),
        "said-twice",
        Concerns,
    )
    .await;
    check("/metrics", json!([]), "metrics", Concerns).await;
    let musts = Run::good().set("prd.json", "/requirements/0/priority", json!("should")).set(
        "prd.json",
        "/requirements/1/priority",
        json!("could"),
    );
    spoiled("prd-completeness", musts, "musts", Fail).await;
}

#[tokio::test]
async fn an_open_blocking_question_fails_its_own_phase_and_the_release() {
    for state in [QuestionState::Open, QuestionState::Asked] {
        let mut run = Run::good();
        run.questions.push(question(true, state));
        spoiled("prd-completeness", run.clone(), "open-blocking-questions", Fail).await;
        spoiled("release-readiness", run.clone(), "open-blocking-questions", Fail).await;
        assert_eq!(run.judged("business-viability").await.outcome, Pass);
    }
    let mut run = Run::good();
    run.questions.push(question(true, QuestionState::Assumed));
    assert_eq!(run.judged("release-readiness").await.outcome, Pass);
}

#[tokio::test]
async fn business_viability_finds_each_defect() {
    let check = async |pointer, new, rule, outcome| {
        value("business-viability", ("business-case.json", pointer), new, rule, outcome).await
    };
    check("/value", json!("tbd"), "value", Fail).await;
    check("/customers", json!([]), "customers", Fail).await;
    check("/assumptions", json!([]), "assumptions", Fail).await;
    check("/alternatives", json!([]), "alternatives", Concerns).await;
    check("/go_to_market", json!(["TBD"]), "go-to-market", Concerns).await;
    check("/revenue", json!([]), "revenue-lines", Fail).await;
    check("/costs/0/amount", json!("unknown"), "cost-lines", Fail).await;
    check("/revenue/0/basis", json!("n/a"), "revenue-without-basis", Fail).await;
    check("/costs/0/basis", json!("todo"), "cost-without-basis", Fail).await;
    check("/risks/0/mitigation", json!(""), "unmitigated-high-risks", Fail).await;
    check("/revenue/0/amount", json!("as many as are counted in a month"), "lines-with-figures", Concerns)
        .await;
}

#[tokio::test]
async fn architecture_consistency_finds_each_defect() {
    let gate = "architecture-consistency";
    let check = async |pointer, new, rule, outcome| {
        value(gate, ("architecture.json", pointer), new, rule, outcome).await
    };
    check("/components/0/carries", json!(["FR-1"]), "musts-carried-percent", Fail).await;
    check("/endpoints/0/serves", json!([]), "record-musts-served-percent", Fail).await;
    check("/components/0/carries/-", json!("FR-9"), "unknown-requirement", Fail).await;
    check("/endpoints/0/serves/-", json!("FR-9"), "unknown-requirement", Fail).await;
    check("/relations/0/to", json!("Nobody"), "unknown-name", Fail).await;
    check("/sequence/1/from", json!("Nobody"), "unknown-name", Fail).await;
    check("/components/1/name", json!("Web"), "name-not-unique", Fail).await;
    check("/components/1/responsibility", json!("TBD"), "responsibility-missing", Fail).await;
    check("/entities/1/fields/2/kind", json!({"reference": "ghost"}), "dangling-reference", Fail).await;
    check("/entities/0/name", json!("Technician"), "bad-name", Fail).await;
    check("/entities/0/fields/0/name", json!("id"), "bad-name", Fail).await;
    check("/endpoints/0/entity", json!("ghost"), "bad-endpoint", Fail).await;
    check("/endpoints/0/method", json!("POST"), "bad-endpoint", Fail).await;
    check("/endpoints/2/entity", json!("visit"), "entity-without-endpoint", Concerns).await;
    check("/decisions/0/status", json!("candidate"), "decision-open", Fail).await;
    check("/decisions/0/choice", json!("tbd"), "choice-missing", Fail).await;
    check("/decisions/0/options", json!(["SQLite"]), "options-missing", Concerns).await;
    check("/decisions", json!([]), "decisions-made", Concerns).await;
    check("/sequence", json!([]), "steps-of-main-flow", Concerns).await;
    check("/endpoints/0/path", json!("/visit-list"), "openapi-differs", Fail).await;
    check("/entities/1/fields/1/kind", json!("integer"), "openapi-differs", Fail).await;
    check("/entities/1/fields/1/required", json!(false), "openapi-differs", Fail).await;
    let edit = async |name: &str, old: &str, new: &str, rule: &str| {
        spoiled(gate, Run::good().edit(name, old, new), rule, Fail).await
    };
    edit("openapi.json", "\"/technicians\"", "\"/people\"", "openapi-differs").await;
    edit("openapi.json", "\"address\": {\"type\": \"string\"}, ", "", "openapi-differs").await;
    edit("openapi.json", "\"address\": {", "\"price\": {}, \"address\": {", "openapi-differs").await;
    edit("schema.sql", "CREATE TABLE technician", "CREATE TABLE person", "sql-differs").await;
    edit("schema.sql", "  day TEXT NOT NULL,\n", "", "sql-differs").await;
    edit("schema.sql", "name TEXT", "name TEXT, salary INTEGER", "sql-differs").await;
}

#[tokio::test]
async fn security_finds_each_defect() {
    let check = async |pointer, new, rule, outcome| {
        value("security", ("security.json", pointer), new, rule, outcome).await
    };
    check("/threats/0/element", json!("Elsewhere"), "elements-with-threats-percent", Fail).await;
    check("/threats/2/element", json!("Elsewhere"), "elements-with-threats-percent", Fail).await;
    check("/threats/0/mitigation", json!("TBD"), "unmitigated-threats", Fail).await;
    check("/threats/2/stride", json!("tampering"), "disclosure-looked-at", Fail).await;
    check("/findings/0/answer", json!(null), "unanswered-high-findings", Fail).await;
    let mut one_sided = Run::good();
    for at in [0, 1, 3] {
        one_sided =
            one_sided.set("security.json", &format!("/threats/{at}/stride"), json!("information_disclosure"));
    }
    spoiled("security", one_sided, "stride-kinds", Concerns).await;
    let source = async |new: &str, rule: &str, outcome| {
        let run = Run::good().edit("app/server.py", "def save", &format!("{new}\n\n\ndef save"));
        spoiled("security", run, rule, outcome).await;
    };
    source("eval(input())", "dangerous-constructs", Fail).await;
    source("API_KEY = 'q8w7e6r5t4'", "dangerous-constructs", Fail).await;
    source("import urllib.request", "doubtful-constructs", Concerns).await;
    let mut empty = Run::good();
    empty.files.clear();
    spoiled("security", empty, "source-files", Fail).await;
    let mut failed = Run::good();
    failed.checks.push(("compile".to_owned(), Fail));
    spoiled("security", failed, "failed-checks", Fail).await;
}

#[tokio::test]
async fn a_dangerous_construct_is_named_by_file_and_line() {
    let run = Run::good().edit("app/server.py", "def save", "os.system('x')\n\n\ndef save");
    let evidence = run.judged("security").await;
    assert_eq!(evidence.findings[0].place, "app/app/server.py:10");
    assert_eq!(evidence.findings[0].rule, "security/shell-command");
}

#[tokio::test]
async fn qa_finds_each_defect() {
    let check =
        async |pointer, new, rule, outcome| value("qa", ("qa.json", pointer), new, rule, outcome).await;
    check("/cases/1/requirement", json!("FR-1"), "musts-with-cases-percent", Fail).await;
    check("/cases/1/expected", json!("TBD"), "musts-with-cases-percent", Fail).await;
    check("/cases/2/requirement", json!("FR-9"), "unknown-requirement", Fail).await;
    check(
        "/cases/1/kind",
        json!({"automated": "tests.test_visits.TestVisits.test_gone"}),
        "test-missing",
        Fail,
    )
    .await;
    let by_hand = Run::good().set("qa.json", "/cases/0/kind", json!("manual")).set(
        "qa.json",
        "/cases/1/kind",
        json!("manual"),
    );
    spoiled("qa", by_hand, "musts-automated-percent", Concerns).await;
    for test in [CaseOutcome::Idle, CaseOutcome::NotRun, CaseOutcome::Failed] {
        spoiled("qa", Run { test, ..Run::good() }, "musts-automated-percent", Concerns).await;
    }
    // Of the same records, and of nothing else that the criteria say.
    let about = "visit = save(address=\"Mill Lane 1\", day=\"2031-05-06\")\n        self.assertIn(visit, listed(\"2031-05-06\"))";
    let records = Run::good()
        .edit("tests/test_visits.py", about, "self.assertEqual(visit(visits()), 201)")
        .edit("tests/test_visits.py", "all three are shown when it is opened", "");
    spoiled("qa", records, "musts-automated-percent", Concerns).await;
    value("qa", ("story-ST-1.json", "/passed"), json!(false), "coded-stories-passed-percent", Fail).await;
    value(
        "qa",
        ("story-ST-1.json", "/tests"),
        json!({"FR-1": ["tests.test_visits.TestVisits.test_gone"]}),
        "story-test-missing",
        Concerns,
    )
    .await;
    value("qa", ("stories.json", "/stories/1/coded"), json!(true), "coded-stories-passed-percent", Fail)
        .await;
    for (name, rule) in [("own-tests", "own-tests-ran"), ("held-out", "held-out-ran")] {
        let mut unchecked = Run::good();
        unchecked.checks.retain(|(check, _)| check != name);
        spoiled("qa", unchecked, rule, Fail).await;
        let mut failed = Run::good();
        failed.checks.iter_mut().filter(|(check, _)| check == name).for_each(|(_, outcome)| *outcome = Fail);
        spoiled("qa", failed, "failed-checks", Fail).await;
    }
    let mut lost = Run::good();
    let reason = "Sandbox.Failed: it could not be laid out".to_owned();
    lost.unchecked.push(Unchecked { check: "compile".to_owned(), reason });
    spoiled("qa", lost, "checks-without-result", Fail).await;
    let run = Run::good().edit("app/server.py", "def save", "eval(input())\n\n\ndef save");
    spoiled("qa", run, "dangerous-constructs", Fail).await;
}

#[tokio::test]
async fn aesthetic_finds_each_defect() {
    let page = async |old: &str, new: &str, rule: &str, outcome| {
        let mut run = Run::good();
        let page = run.page.clone().unwrap();
        assert!(page.contains(old), "{old}");
        run.page = Some(page.replace(old, new));
        spoiled("aesthetic", run, rule, outcome).await;
    };
    page(" lang=\"en\"", "", "barriers", Fail).await;
    page("<label for=\"day\">Day</label>", "", "barriers", Fail).await;
    page("color: #222", "color: #999", "barriers", Fail).await;
    page("<h1>Visits</h1>", "<h1>Visits</h1><h3>Day</h3>", "slight-barriers", Concerns).await;
    let mut unseen = Run::good();
    unseen.page = None;
    spoiled("aesthetic", unseen, "pages-seen", Fail).await;
    value(
        "aesthetic",
        ("aesthetic.json", "/findings/0/answer"),
        json!(null),
        "unanswered-high-findings",
        Fail,
    )
    .await;
    value("aesthetic", ("aesthetic.json", "/principles"), json!([]), "principles", Concerns).await;
}

#[tokio::test]
async fn release_readiness_finds_each_defect() {
    let check = async |pointer, new, rule, outcome| {
        value("release-readiness", ("release.json", pointer), new, rule, outcome).await
    };
    check("/version", json!("1.0"), "version", Fail).await;
    check("/notes", json!(["TBD"]), "notes", Fail).await;
    check("/rollback", json!([]), "rollback", Fail).await;
    check("/runbook", json!([]), "runbook", Fail).await;
    check("/checklist", json!([]), "checklist-points", Fail).await;
    check("/checklist/0/done", json!(false), "checklist-open", Fail).await;
    check("/known_issues", json!([]), "known-issues", Concerns).await;
    let change = async |change: fn(&mut Run), rule: &str, outcome| {
        let mut run = Run::good();
        change(&mut run);
        spoiled("release-readiness", run, rule, outcome).await;
    };
    change(|run| run.gates.push(("security".to_owned(), Fail)), "failed-gates", Fail).await;
    change(|run| run.gates.clear(), "gates-before", Fail).await;
    change(|run| run.phases.push(("build".to_owned(), PhaseStatus::Failed)), "phases-not-worked", Fail).await;
    change(|run| run.phases.push(("build".to_owned(), PhaseStatus::Skipped)), "phases-not-worked", Fail)
        .await;
    change(|run| run.generator = Generator::Composer, "composed-by-rules", Fail).await;
    change(|run| run.generator = Generator::Mixed, "composed-in-part", Concerns).await;
}

#[tokio::test]
async fn a_skeleton_is_never_released() {
    let mut run = Run::good();
    run.generator = Generator::Composer;
    let evidence = run.judged("release-readiness").await;
    assert_eq!(evidence.findings[0].message, "composed by rules: a skeleton, never released");
}
