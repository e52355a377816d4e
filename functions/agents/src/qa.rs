//! `agent-qa`: for each requirement the cases by which someone judges whether it holds.
//!
//! | rule | what |
//! |---|---|
//! | `qa/automated` | a test of the tree that is named for the requirement, or stands in a file that serves it alone |
//! | `qa/by-hand` | each acceptance criterion of a requirement without such a test |

use std::collections::BTreeSet;

use ideamine_authoring::check::unknown;
use ideamine_authoring::{Problem, Work};
use ideamine_core::artifacts::{
    App, CaseKind, OpenQuestion, QaPlan, Requirement, Risk, Severity, TestCase, assign_ids,
};
use ideamine_core::{Failure, Text};

use crate::drafts::{design, requirements};
use crate::shape::{case, clip, requirement_ids};
use crate::trace::Pair;
use crate::tree::test_names;
use crate::typed::Body;

/// Most automated cases of one requirement.
const AUTOMATED_MAX: usize = 3;

/// The QA agent.
pub struct Qa;

impl Body for Qa {
    type Answer = QaPlan;
    const NAME: &'static str = "agent-qa";
    const FORM: &'static str = "qa";

    fn compose(&self, work: &Work) -> Result<QaPlan, Failure> {
        let prd = requirements(work);
        let app: Option<App> = work.body("app.json");
        let cases = prd.requirements.iter().flat_map(|r| cases(work, app.as_ref(), r)).collect();
        Ok(QaPlan { cases, risks: risks(work), questions: Vec::new() })
    }
    fn check(&self, work: &Work, plan: &QaPlan) -> Vec<Problem> {
        let ids = requirement_ids(&requirements(work));
        let mut problems = unknown("/cases", "requirement", plan.cases.iter().map(|c| &c.requirement), &ids);
        if !work.files.is_empty() {
            let known: BTreeSet<String> = work.files.iter().flat_map(test_names).collect();
            let named = plan.cases.iter().filter_map(|c| match &c.kind {
                CaseKind::Automated(name) => Some(name),
                CaseKind::Manual => None,
            });
            problems.extend(unknown("/cases", "test of the application", named, &known));
        }
        problems
    }
    fn number(plan: &mut QaPlan) {
        assign_ids("TC", plan.cases.iter_mut().map(|c| &mut c.id));
        assign_ids("R", plan.risks.iter_mut().map(|r| &mut r.id));
    }
    fn traces(plan: &QaPlan) -> Vec<Pair> {
        let of = |c: &TestCase| {
            let mut pairs = vec![(c.id.clone(), c.requirement.clone())];
            if let CaseKind::Automated(name) = &c.kind {
                pairs.push((format!("test:{name}"), c.id.clone()));
            }
            pairs
        };
        plan.cases.iter().flat_map(of).collect()
    }
    fn questions(plan: &mut QaPlan) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut plan.questions)
    }
}

fn cases(work: &Work, app: Option<&App>, requirement: &Requirement) -> Vec<TestCase> {
    let tests = work.files.iter().flat_map(|file| {
        let ids = app.and_then(|app| app.serves.get(&file.path)).map_or(&[][..], Vec::as_slice);
        if ids.contains(&requirement.id) { tests_for(requirement, ids, test_names(file)) } else { Vec::new() }
    });
    let automated: Vec<TestCase> =
        tests.take(AUTOMATED_MAX).map(|name| automated(requirement, name)).collect();
    if !automated.is_empty() {
        return automated;
    }
    let by_hand = |a: &ideamine_core::artifacts::Acceptance| TestCase {
        id: String::new(),
        requirement: requirement.id.clone(),
        title: Text::rule(format!("By hand: {}", case(a)), "qa/by-hand"),
        expected: a.then.clone(),
        kind: CaseKind::Manual,
    };
    requirement.acceptance.iter().map(by_hand).collect()
}

/// Of a file's tests those that are named for the requirement; all, when it alone is served and none is named.
fn tests_for(requirement: &Requirement, served: &[String], tests: Vec<String>) -> Vec<String> {
    let names_any = |name: &String| served.iter().any(|id| is_named_for(name, id));
    if served.len() == 1 && !tests.iter().any(names_any) {
        return tests;
    }
    tests.into_iter().filter(|name| is_named_for(name, &requirement.id)).collect()
}

/// Whether a test's own name begins with an id: `test_fr_2_what_is_entered_can_be_read_again`.
fn is_named_for(test: &str, id: &str) -> bool {
    let own = test.rsplit('.').next().unwrap_or(test);
    own.strip_prefix(&format!("test_{}", id.to_lowercase().replace('-', "_")))
        .is_some_and(|rest| rest.starts_with('_'))
}

fn automated(requirement: &Requirement, name: String) -> TestCase {
    let said = name.rsplit('.').next().unwrap_or(&name).trim_start_matches("test_").replace('_', " ");
    let id = requirement.id.to_lowercase().replace('-', " ");
    let said = said.strip_prefix(&id).map_or(said.as_str(), str::trim_start);
    let expected = requirement.acceptance.first().map(|a| a.then.clone());
    TestCase {
        id: String::new(),
        requirement: requirement.id.clone(),
        title: Text::rule(format!("By a test: {said}"), "qa/automated"),
        expected: expected.unwrap_or_else(|| Text::missing("what must be seen")),
        kind: CaseKind::Automated(name),
    }
}

fn risks(work: &Work) -> Vec<Risk> {
    let risk = |statement: String, mitigation: &str| Risk {
        id: String::new(),
        statement: Text::rule(statement, "qa/risk"),
        likelihood: Severity::Medium,
        impact: Severity::Medium,
        mitigation: Text::rule(mitigation, "qa/risk"),
    };
    let mut risks = vec![risk(
        "No case shows how it behaves with many people or records at once.".to_owned(),
        "Try it with the stated volume before the beta ends.",
    )];
    let others = design(work).externals;
    risks.extend(others.iter().take(3).map(|e| {
        let name = clip(&Text::template(&e.name));
        risk(
            format!("No case reaches {name}: tests run without network."),
            "Try it by hand with a test account.",
        )
    }));
    risks
}
