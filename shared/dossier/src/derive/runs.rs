//! What was seen of the application: how each of its own tests ended, and each operation that was tried from outside.
//! From the evidence of sandboxed checks of the very application that is delivered, never from what a document claims.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{CaseKind, CaseOutcome, Evidence, GateOutcome, QaPlan, StoryResult};
use ideamine_core::criteria::{Words, test_words};

use super::{View, read};
use crate::content::{PaperKind, TestState};

/// The evidence of an application's own tests.
const OWN_TESTS: &str = "check:own-tests";
/// The evidence of requests that its code has never seen.
const HELD_OUT: &str = "check:held-out";
/// What evidence is about.
const APP: &str = "app.json";

/// What is known of tests and operations.
pub(super) struct Runs {
    /// The last run of all tests.
    own_tests: Option<Evidence>,
    /// The last held-out requests.
    held_out: Option<Evidence>,
    /// Tests that a finished story says passed in the sandbox.
    by_story: BTreeSet<String>,
    /// Cases by id.
    cases: BTreeMap<String, CaseKind>,
    /// Source texts by path; none when some could not be read.
    sources: Option<Vec<(String, String)>>,
}

impl Runs {
    pub(super) fn of(view: &View<'_>) -> Self {
        let app = view.artifacts().rev().find(|paper| paper.name == APP).map(|paper| paper.digest);
        let packs = view.papers.iter().filter(|paper| paper.kind == PaperKind::Evidence);
        let packs: Vec<Evidence> =
            packs.filter_map(|paper| serde_json::from_str(paper.text.as_deref()?).ok()).collect();
        // What was seen of another application, or of an earlier state of this one, says nothing.
        let about =
            |pack: &Evidence| pack.inputs.iter().any(|(name, digest)| name == APP && Some(*digest) == app);
        let last = |what| packs.iter().rfind(|pack| pack.what == what && about(pack)).cloned();
        let stories =
            view.artifacts().filter(|p| p.name.starts_with("story-")).filter_map(read::<StoryResult>);
        let by_story =
            stories.filter(|story| story.passed).flat_map(|story| story.tests.into_values().flatten());
        let cases = view.document::<QaPlan>("qa.json").into_iter().flat_map(|qa| qa.cases);
        let source =
            |(path, paper): (&str, &crate::content::Paper)| Some((path.to_owned(), paper.text.clone()?));
        Self {
            own_tests: last(OWN_TESTS),
            held_out: last(HELD_OUT),
            by_story: by_story.collect(),
            cases: cases.map(|case| (case.id, case.kind)).collect(),
            sources: view.sources().into_iter().map(source).collect(),
        }
    }

    /// The test that a case names, if a machine can run it.
    pub(super) fn test_of(&self, case: &str) -> Option<&str> {
        match self.cases.get(case)? {
            CaseKind::Automated(test) => Some(test),
            CaseKind::Manual => None,
        }
    }

    /// How it stands with a case.
    pub(super) fn case(&self, case: &str) -> TestState {
        self.test_of(case).map_or(TestState::NotRun, |test| self.test(test))
    }

    /// How it stands with a test by its full name. Tests of a suite that is not taken as one show nothing.
    pub(super) fn test(&self, test: &str) -> TestState {
        if !self.exists(test) {
            return TestState::NoTest;
        }
        let Some(check) = &self.own_tests else {
            return if self.by_story.contains(test) { TestState::Passed } else { TestState::NotRun };
        };
        let taken = check.outcome != GateOutcome::Fail;
        match check.case(test) {
            Some(CaseOutcome::Passed) if taken => TestState::Passed,
            Some(CaseOutcome::Idle) => TestState::Idle,
            Some(CaseOutcome::Failed) => TestState::Failed,
            _ => TestState::NotRun,
        }
    }

    /// Words that a test uses; none where its source cannot be read.
    pub(super) fn words(&self, test: &str) -> Option<Words> {
        let sources = self.sources.as_ref()?;
        test_words(sources.iter().map(|(path, text)| (path.as_str(), text.as_str())), test)
    }

    /// Whether requests that the code has never seen found every one of these operations as it must be. There must be some.
    pub(super) fn agree<'a>(&self, operations: impl IntoIterator<Item = &'a str>) -> bool {
        let Some(check) = &self.held_out else { return false };
        let mut outcomes = operations.into_iter().map(|operation| check.case(operation)).peekable();
        outcomes.peek().is_some() && outcomes.all(|outcome| outcome == Some(CaseOutcome::Passed))
    }

    /// A test that no source file holds is only a claim.
    fn exists(&self, test: &str) -> bool {
        let Some(sources) = self.sources.as_ref().filter(|sources| !sources.is_empty()) else { return true };
        let last = test.rsplit(['.', ':', '/']).next().unwrap_or(test);
        sources.iter().any(|(_, text)| text.contains(last))
    }
}
