//! Which tests ran and how they ended: from the evidence of the sandboxed check, never from what a document claims.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{CaseKind, Evidence, GateOutcome, QaPlan, StoryResult};

use super::{View, read};
use crate::content::{PaperKind, TestState};

/// The evidence of an application's own tests.
const OWN_TESTS: &str = "check:own-tests";

/// What is known of the tests.
pub(super) struct Runs {
    /// The last run of all tests.
    check: Option<Evidence>,
    /// Tests that a finished story says passed in the sandbox.
    by_story: BTreeSet<String>,
    /// Cases by id.
    cases: BTreeMap<String, CaseKind>,
    /// Source texts; none when some could not be read.
    sources: Option<Vec<String>>,
}

impl Runs {
    pub(super) fn of(view: &View<'_>) -> Self {
        let evidence = view.papers.iter().filter(|paper| paper.kind == PaperKind::Evidence);
        let mut evidence =
            evidence.filter_map(|paper| serde_json::from_str::<Evidence>(paper.text.as_deref()?).ok());
        let stories =
            view.artifacts().filter(|p| p.name.starts_with("story-")).filter_map(read::<StoryResult>);
        let by_story =
            stories.filter(|story| story.passed).flat_map(|story| story.tests.into_values().flatten());
        let cases = view.document::<QaPlan>("qa.json").into_iter().flat_map(|qa| qa.cases);
        Self {
            check: evidence.rfind(|evidence| evidence.what == OWN_TESTS),
            by_story: by_story.collect(),
            cases: cases.map(|case| (case.id, case.kind)).collect(),
            sources: view.sources().into_values().map(|paper| paper.text.clone()).collect(),
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

    /// How it stands with a test by its full name. A run that did not pass shows nothing for the tests it does not
    /// name: its output is cut, and the code that is judged wrote it.
    pub(super) fn test(&self, test: &str) -> TestState {
        if !self.exists(test) {
            return TestState::NoTest;
        }
        let Some(check) = &self.check else {
            return if self.by_story.contains(test) { TestState::Passed } else { TestState::NotRun };
        };
        let name = last_part(test);
        let told = check.raw.contains(name) || check.findings.iter().any(|f| f.message.contains(name));
        match check.outcome {
            GateOutcome::Pass | GateOutcome::Waived => TestState::Passed,
            _ if told => TestState::Failed,
            _ => TestState::NotRun,
        }
    }

    /// A test that no source file holds is only a claim.
    fn exists(&self, test: &str) -> bool {
        let Some(sources) = self.sources.as_ref().filter(|sources| !sources.is_empty()) else { return true };
        sources.iter().any(|text| text.contains(last_part(test)))
    }
}

fn last_part(test: &str) -> &str {
    test.rsplit(['.', ':', '/']).next().unwrap_or(test)
}
