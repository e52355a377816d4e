//! `qa`: every must is shown by a case; tests that are named exist and passed, in the sandbox.
//!
//! A test that is named for a requirement counts as showing it only when it passed, needs the application, and speaks of
//! one of its criteria; everything else rests on a person.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{
    Architecture, CaseKind, CaseOutcome, GateOutcome, Prd, Priority, QaPlan, Requirement, Severity, Stories,
    StoryResult, TestCase,
};
use ideamine_core::criteria::{Words, covers, test_words};

use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, at};
use crate::scan::tests::Tests;
use crate::security::{failed_checks, source};
use crate::view::{GateView, Need};
use crate::wording::said;

/// Without these nobody but the code itself has said that it works.
const CHECKS: [&str; 2] = ["own-tests", "held-out"];
/// Share of musts that a machine shows, percent; below, too much rests on a person's afternoon.
const AUTOMATED_PERCENT_MIN: i64 = 50;
const FILE: &str = "qa.json";

/// The gate of the QA phase.
pub(crate) struct Qa;

impl Gate for Qa {
    fn id(&self) -> &'static str {
        "qa"
    }
    fn needs(&self) -> &'static [Need] {
        &[
            Need::Artifact("prd.json"),
            Need::Artifact("architecture.json"),
            Need::Artifact("stories.json"),
            Need::Artifact(FILE),
            Need::Artifact("app.json"),
            Need::Stories,
            Need::Source,
        ]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("qa");
        failed_checks(&mut j, view);
        source(&mut j, view);
        for name in CHECKS {
            let rule = (
                if name == "own-tests" { "own-tests-ran" } else { "held-out-ran" },
                Severity::Critical,
                GateOutcome::Fail,
            );
            let message = format!("there is no evidence of the check `{name}`: it must run in this phase");
            j.must(rule, view.check(name).is_some(), (format!("check:{name}"), message));
        }
        let (Some(prd), Some(stories), Some(plan)) = (
            j.read::<Prd>(view, "prd.json"),
            j.read::<Stories>(view, "stories.json"),
            j.read::<QaPlan>(view, FILE),
        ) else {
            return j;
        };
        let tests = Tests::of(&view.source);
        cases(&mut j, view, (&prd, &plan), &tests);
        results(&mut j, &stories, &view.stories(), &tests);
        j.substance(view, FILE);
        j
    }
}

/// Whether a case shows its requirement by itself.
fn is_shown(view: &GateView, requirement: &Requirement, case: &TestCase) -> bool {
    let CaseKind::Automated(name) = &case.kind else { return false };
    let passed =
        view.check("own-tests").and_then(|evidence| evidence.case(name)) == Some(CaseOutcome::Passed);
    let files = view.source.iter().map(|file| (file.path.as_str(), file.content.as_str()));
    let Some(words) = test_words(files, name).filter(|_| passed) else { return false };
    let design = view.document::<Architecture>("architecture.json");
    let kinds = design.iter().flat_map(|design| &design.body.entities);
    let kinds: Words = kinds.map(|entity| Words::of(&entity.name)).collect();
    requirement.acceptance.iter().any(|criterion| covers(criterion, &kinds, &words))
}

fn cases(j: &mut Judgement, view: &GateView, (prd, plan): (&Prd, &QaPlan), tests: &Tests) {
    let musts: Vec<_> = prd.requirements.iter().filter(|r| r.priority == Priority::Must).collect();
    let own = |r: &Requirement| -> Vec<&TestCase> {
        plan.cases.iter().filter(|case| case.requirement == r.id && said(&case.expected)).collect()
    };
    let place = || format!("{FILE}#/body/cases");
    let open = musts.iter().filter(|r| own(r).is_empty());
    let open: Vec<Hit> = open
        .map(|r| (place(), format!("{} has no test case with an expected result: {}", r.id, r.statement)))
        .collect();
    j.share(("musts-with-cases-percent", Severity::High, GateOutcome::Fail), musts.len(), 100, open);
    let by_hand = musts.iter().filter(|r| !own(r).iter().any(|case| is_shown(view, r, case)));
    let by_hand: Vec<Hit> =
        by_hand.map(|r| (place(), format!("{} is shown by no automated test that passed, needs the application and speaks of a criterion", r.id))).collect();
    j.share(
        ("musts-automated-percent", Severity::Low, GateOutcome::Concerns),
        musts.len(),
        AUTOMATED_PERCENT_MIN,
        by_hand,
    );
    let known: BTreeSet<&str> = prd.requirements.iter().map(|r| r.id.as_str()).collect();
    let cases = || plan.cases.iter().enumerate();
    let strange = cases().filter(|(_, case)| !known.contains(case.requirement.as_str()));
    let strange = strange.map(|(i, case)| {
        (at(FILE, "cases", i), format!("{} shows `{}`, which is no requirement", case.id, case.requirement))
    });
    j.none(("unknown-requirement", Severity::High, GateOutcome::Fail), strange.collect::<Vec<_>>());
    let lost = cases().filter_map(|(i, case)| match &case.kind {
        CaseKind::Automated(name) if !tests.has(name) => Some((at(FILE, "cases", i), format!("{} names the test `{name}`, which is not in the source tree: name one that is, or make the case manual", case.id))),
        _ => None,
    });
    j.none(("test-missing", Severity::High, GateOutcome::Fail), lost.collect::<Vec<_>>());
}

fn results(j: &mut Judgement, stories: &Stories, results: &[StoryResult], tests: &Tests) {
    let result = |id: &str| results.iter().find(|result| result.story == id);
    let mut open: Vec<Hit> = Vec::new();
    let mut lost: Vec<Hit> = Vec::new();
    for story in stories.stories.iter().filter(|story| story.coded) {
        let place = format!("story-{}.json", story.id);
        match result(&story.id) {
            None => open.push((place, format!("{} was to be coded and has no result", story.id))),
            Some(result) if !result.passed => {
                open.push((place, format!("{}: its tests did not pass", story.id)))
            }
            Some(result) => {
                let names = result.tests.values().flatten().filter(|name| !tests.has(name));
                lost.extend(names.map(|name| {
                    (
                        place.clone(),
                        format!("{} claims the test `{name}`, which is not in the source tree", story.id),
                    )
                }));
            }
        }
    }
    let coded = stories.stories.iter().filter(|story| story.coded).count();
    j.share(("coded-stories-passed-percent", Severity::High, GateOutcome::Fail), coded, 100, open);
    j.none(("story-test-missing", Severity::Medium, GateOutcome::Concerns), lost);
}
