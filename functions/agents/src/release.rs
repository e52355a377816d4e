//! `agent-release`: what is released, what must be done for it, and how to go back.
//!
//! | rule | what |
//! |---|---|
//! | `release/note` | one line for each story that is coded, in the person's words |
//! | `release/check` | a point is done only where a document among the inputs shows it |
//! | `release/known` | a skeleton of another sort than was asked for, stories that are open, findings without an answer, cases by hand |
//! | `release/run` | commands from the application's own start and test commands |

use ideamine_authoring::{Problem, Work};
use ideamine_core::artifacts::{
    App, CaseKind, CheckItem, Finding, OpenQuestion, QaPlan, Release, SecurityReview, Severity, Stories,
    Story,
};
use ideamine_core::{Failure, Text};

use crate::drafts::{brief, reading, requirements};
use crate::shape::{clip, named, thing};
use crate::typed::Body;

/// First version of everything that rules compose.
const FIRST_VERSION: &str = "0.1.0";
/// Most known issues that are listed.
const ISSUES_MAX: usize = 40;

/// The release agent.
pub struct Releaser;

impl Body for Releaser {
    type Answer = Release;
    const NAME: &'static str = "agent-release";
    const FORM: &'static str = "release";

    fn compose(&self, work: &Work) -> Result<Release, Failure> {
        let stories = work.body::<Stories>("stories.json").map(|s| s.stories).unwrap_or_default();
        Ok(Release {
            version: FIRST_VERSION.to_owned(),
            notes: notes(&stories),
            checklist: checklist(work, &stories),
            rollback: rollback(),
            known_issues: known_issues(work, &stories),
            runbook: runbook(work),
            questions: Vec::new(),
        })
    }
    fn check(&self, _: &Work, release: &Release) -> Vec<Problem> {
        let core = release.version.split(['-', '+']).next().unwrap_or_default();
        let numbers: Vec<&str> = core.split('.').collect();
        let number = |n: &&str| !n.is_empty() && n.len() <= 9 && n.bytes().all(|b| b.is_ascii_digit());
        if numbers.len() == 3 && numbers.iter().all(number) {
            return Vec::new();
        }
        vec![Problem::new(
            "/version",
            "version",
            format!("`{}` is no semantic version such as 0.1.0", release.version),
        )]
    }
    fn questions(release: &mut Release) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut release.questions)
    }
}

fn notes(stories: &[Story]) -> Vec<Text> {
    let coded: Vec<Text> = stories.iter().filter(|s| s.coded).map(|s| s.i_want.clone()).collect();
    if coded.is_empty() {
        vec![Text::missing("what people can do that they could not before")]
    } else {
        coded
    }
}

fn checklist(work: &Work, stories: &[Story]) -> Vec<CheckItem> {
    let item = |text: &str, done: bool| CheckItem { item: Text::rule(text, "release/check"), done };
    let open = |s: &Story| !s.coded;
    let unanswered = findings(work).iter().any(|f| f.answer.is_none() && f.severity >= Severity::High);
    vec![
        item("Requirements are written and traced", !requirements(work).requirements.is_empty()),
        item("Every story is coded", !stories.is_empty() && !stories.iter().any(open)),
        item(
            "What is built is of the sort that was asked for",
            reading(work).product.kind.unbuilt().is_none(),
        ),
        item("A test plan is written", work.inputs.contains_key("qa.json")),
        item("Cases by hand are done and signed by a person", false),
        item(
            "No grave security finding is without an answer",
            work.inputs.contains_key("security.json") && !unanswered,
        ),
        item("Open questions are answered by a person", false),
        item("A copy of the data can be put back, and someone has tried it", false),
        item("Someone is named who looks after it", false),
    ]
}

fn findings(work: &Work) -> Vec<Finding> {
    work.body::<SecurityReview>("security.json").map(|r| r.findings).unwrap_or_default()
}

fn known_issues(work: &Work, stories: &[Story]) -> Vec<Text> {
    let known = |text: String| Text::rule(text, "release/known");
    let open =
        stories.iter().filter(|s| !s.coded).map(|s| known(format!("Not built: “{}”.", clip(&s.i_want))));
    let unanswered = findings(work).into_iter().filter(|f| f.answer.is_none());
    let kind = reading(work).product.kind;
    let other = kind.unbuilt().map(|unbuilt| {
        known(format!(
            "{} is to be {}; built is a small web application: {unbuilt}.",
            named(&brief(work)),
            kind.label()
        ))
    });
    let found = unanswered.map(|f| known(format!("Unanswered: {}", clip(&f.statement))));
    let cases = work.body::<QaPlan>("qa.json").map(|p| p.cases).unwrap_or_default();
    let by_hand = cases.iter().any(|c| c.kind == CaseKind::Manual);
    let manual = by_hand.then(|| known("Cases by hand have not been done.".to_owned()));
    let undecided =
        known("Everything here was composed by rules: no person has decided anything yet.".to_owned());
    other.into_iter().chain(open).chain(found).chain(manual).chain([undecided]).take(ISSUES_MAX).collect()
}

fn rollback() -> Vec<Text> {
    let steps = [
        "Stop the application.",
        "Put back the copy of the data folder that was made before the release.",
        "Start the version that ran before, on that folder.",
        "Look at its health and at one record that people know.",
    ];
    steps.map(|step| Text::rule(step, "release/rollback")).to_vec()
}

fn runbook(work: &Work) -> Vec<Text> {
    let rule = |text: String| Text::rule(text, "release/run");
    let Some(app) = work.body::<App>("app.json") else {
        return vec![Text::missing(&format!("how {} is run", thing(&brief(work))))];
    };
    vec![
        rule(format!("Start: {} --port PORT --data DIR", app.start.join(" "))),
        rule("Health: GET /health".to_owned()),
        rule(format!("Test: {}", app.test.join(" "))),
        rule("Stop: end the process; requests under way are finished.".to_owned()),
        rule("Back up: stop, copy DIR, start.".to_owned()),
        rule("Restore: stop, put the copy in place of DIR, start.".to_owned()),
    ]
}
