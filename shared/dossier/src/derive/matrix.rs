//! The traceability matrix: from the idea's words to the gate, computed and never written by a model.
//!
//! A requirement is shown when tests that ran, passed and need the application speak of each of its acceptance criteria
//! ([`ideamine_core::criteria`]), and requests that the code has never seen found every operation that serves it as it
//! must be. Own tests alone are the word of whoever wrote the code; the row says which evidence there is.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{
    Acceptance, App, Architecture, Brief, GateOutcome, Prd, QaPlan, Requirement, RequirementKind, Stories,
};
use ideamine_core::criteria::{Words, covers};
use ideamine_core::records::FactBody;

use super::View;
use super::links::{IdKind, Links};
use super::runs::Runs;
use crate::content::{
    CriterionEntry, EvidenceKind, Matrix, MatrixRow, NeedRow, Orphan, OrphanKind, TestEntry, TestState,
};

pub(super) fn matrix(view: &View<'_>) -> Matrix {
    let (links, runs) = (Links::of(view), Runs::of(view));
    let prd = view.document::<Prd>("prd.json");
    let requirements = prd.map(|prd| prd.requirements).unwrap_or_default();
    let known: BTreeSet<&str> = requirements.iter().map(|requirement| &*requirement.id).collect();
    let needs = needs(view, &links, &known);
    let design = view.document::<Architecture>("architecture.json");
    let rows: Vec<MatrixRow> =
        requirements.iter().map(|r| row(view, &links, (&runs, design.as_ref()), r)).collect();
    let mut orphans = orphans(view, &needs, &rows);
    orphans.extend(loose_ends(view, &links, &known));
    Matrix { needs, rows, orphans }
}

fn needs(view: &View<'_>, links: &Links, known: &BTreeSet<&str>) -> Vec<NeedRow> {
    let brief = view.document::<Brief>("brief.json");
    let row = |need: ideamine_core::artifacts::Need| {
        let joined = links.of_kind(&need.id, IdKind::Requirement).into_iter();
        let requirements = joined.filter(|id| known.contains(&**id)).collect();
        NeedRow { id: need.id, statement: need.statement, requirements }
    };
    brief.into_iter().flat_map(|brief| brief.needs).map(row).collect()
}

fn row(
    view: &View<'_>,
    links: &Links,
    (runs, design): (&Runs, Option<&Architecture>),
    requirement: &Requirement,
) -> MatrixRow {
    let id = &requirement.id;
    let stories = links.of_kind(id, IdKind::Story);
    let through = stories.iter().flat_map(|story| links.of_kind(story, IdKind::File));
    let files: BTreeSet<String> = links.of_kind(id, IdKind::File).into_iter().chain(through).collect();
    let components = links.bare(id, IdKind::Component);
    let tests = tests(links, runs, id);
    let criteria = criteria(runs, design, requirement, &tests);
    let operations = design.into_iter().flat_map(|design| &design.endpoints);
    let operations = operations.filter(|endpoint| endpoint.serves.contains(id));
    let operations: Vec<String> = operations.map(|e| format!("{} {}", e.method.name(), e.path)).collect();
    let agree = runs.agree(operations.iter().map(String::as_str));
    MatrixRow {
        id: id.clone(),
        kind: requirement.kind,
        priority: requirement.priority,
        statement: requirement.statement.clone(),
        needs: links.of_kind(id, IdKind::Need).into_iter().collect(),
        components: components.into_iter().collect(),
        stories: stories.into_iter().collect(),
        files: files.into_iter().collect(),
        gates: gates(view, links, id),
        evidence: Some(evidence(&tests, agree)),
        state: together(&tests, &criteria, agree),
        criteria,
        tests,
    }
}

/// Cases, and the tests that no case names.
fn tests(links: &Links, runs: &Runs, id: &str) -> Vec<TestEntry> {
    let cases = links.of_kind(id, IdKind::Case);
    let named: BTreeSet<String> =
        cases.iter().filter_map(|case| runs.test_of(case).map(str::to_owned)).collect();
    let tests = links.bare(id, IdKind::Test).into_iter().filter(|test| !named.contains(test));
    let tests = tests.map(|id| TestEntry { state: runs.test(&id), id });
    cases.into_iter().map(|id| TestEntry { state: runs.case(&id), id }).chain(tests).collect()
}

/// Which of the tests that passed speak of each criterion.
fn criteria(
    runs: &Runs,
    design: Option<&Architecture>,
    requirement: &Requirement,
    tests: &[TestEntry],
) -> Vec<CriterionEntry> {
    let kinds = design.into_iter().flat_map(|design| &design.entities);
    let kinds: Words = kinds.map(|entity| Words::of(&entity.name)).collect();
    let passed = tests.iter().filter(|test| test.state == TestState::Passed);
    let words =
        |test: &TestEntry| Some((test.id.clone(), runs.words(runs.test_of(&test.id).unwrap_or(&test.id))?));
    let passed: Vec<(String, Words)> = passed.filter_map(words).collect();
    let entry = |criterion: &Acceptance| {
        let speak = passed.iter().filter(|(_, words)| covers(criterion, &kinds, words));
        CriterionEntry { then: criterion.then.clone(), tests: speak.map(|(id, _)| id.clone()).collect() }
    };
    requirement.acceptance.iter().map(entry).collect()
}

fn evidence(tests: &[TestEntry], agree: bool) -> EvidenceKind {
    match (tests.iter().any(|test| test.state == TestState::Passed), agree) {
        (true, true) => EvidenceKind::Both,
        (true, false) => EvidenceKind::OwnTests,
        (false, true) => EvidenceKind::HeldOut,
        (false, false) => EvidenceKind::None,
    }
}

/// One failed test fails the requirement. It is shown when every criterion is covered and held-out requests agree.
fn together(tests: &[TestEntry], criteria: &[CriterionEntry], agree: bool) -> TestState {
    let any = |state| tests.iter().any(|test| test.state == state);
    let covered = criteria.iter().filter(|criterion| !criterion.tests.is_empty()).count();
    match () {
        () if any(TestState::Failed) => TestState::Failed,
        () if agree && covered > 0 && covered == criteria.len() => TestState::Passed,
        () if covered > 0 => TestState::Partly,
        () if any(TestState::Passed) => TestState::NotShown,
        () if any(TestState::NotRun) => TestState::NotRun,
        () if any(TestState::Idle) => TestState::Idle,
        () => TestState::NoTest,
    }
}

/// Gates whose last judgement looked at a document that speaks of the requirement.
fn gates(view: &View<'_>, links: &Links, id: &str) -> Vec<(String, GateOutcome)> {
    let looked = |gate: &str, pack: &ideamine_core::Digest| {
        view.facts.iter().any(|fact| match &fact.body {
            FactBody::Gate { gate: found, evidence, artifacts, .. } => {
                found == gate
                    && evidence == pack
                    && artifacts.iter().any(|document| links.speaks(document, id))
            }
            _ => false,
        })
    };
    let last = view.phases.iter().flat_map(|phase| &phase.gates);
    last.filter(|gate| looked(&gate.id, &gate.evidence)).map(|gate| (gate.id.clone(), gate.outcome)).collect()
}

/// Needs and requirements without a counterpart, as far as the document that would hold it was written.
fn orphans(view: &View<'_>, needs: &[NeedRow], rows: &[MatrixRow]) -> Vec<Orphan> {
    use OrphanKind::*;
    let written = |name| view.artifacts().any(|paper| paper.name == name);
    let mut orphans = Vec::new();
    let mut add = |hit: bool, kind, id: &str| {
        if hit {
            orphans.push(Orphan { kind, id: id.to_owned() });
        }
    };
    for need in needs {
        add(written("prd.json") && need.requirements.is_empty(), NeedWithoutRequirement, &need.id);
    }
    for row in rows {
        let functional = row.kind == RequirementKind::Functional;
        let free = row.kind == RequirementKind::Constraint;
        add(!free && row.needs.is_empty(), RequirementWithoutNeed, &row.id);
        add(
            written("stories.json") && functional && row.stories.is_empty(),
            RequirementWithoutStory,
            &row.id,
        );
        add(written("app.json") && functional && row.files.is_empty(), RequirementWithoutCode, &row.id);
        let untested = row.state == TestState::NoTest;
        add(written("qa.json") && !free && untested, RequirementWithoutTest, &row.id);
    }
    orphans
}

/// Stories, files and tests that serve no known requirement.
fn loose_ends(view: &View<'_>, links: &Links, known: &BTreeSet<&str>) -> Vec<Orphan> {
    use OrphanKind::*;
    let serves = |id: &str| links.of_kind(id, IdKind::Requirement).iter().any(|r| known.contains(&**r));
    let stories: Vec<_> = view.document::<Stories>("stories.json").map(|s| s.stories).unwrap_or_default();
    let stories = stories.iter().filter(|story| !serves(&story.id));
    let mut orphans: Vec<Orphan> =
        stories.map(|story| Orphan { kind: StoryWithoutRequirement, id: story.id.clone() }).collect();
    let through_story = |file: &str| links.of_kind(file, IdKind::Story).iter().any(|story| serves(story));
    let app = view.document::<App>("app.json").map(|app| app.tree.files).unwrap_or_default();
    // A test file is traced by its tests.
    let files = app.iter().filter(|file| !file.path.contains("test"));
    let files = files.filter(|file| !serves(&file.path) && !through_story(&file.path));
    orphans.extend(files.map(|file| Orphan { kind: FileWithoutRequirement, id: file.path.clone() }));
    let cases = view.document::<QaPlan>("qa.json").map(|qa| qa.cases).unwrap_or_default();
    let cases = cases.iter().filter(|case| !serves(&case.id));
    orphans.extend(cases.map(|case| Orphan { kind: TestWithoutRequirement, id: case.id.clone() }));
    orphans
}
