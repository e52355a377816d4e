//! `agent-build`: a skeleton that runs, as a source tree by digests.

use std::collections::BTreeSet;

use ideamine_authoring::check::unknown;
use ideamine_authoring::{NewArtifact, Problem, Work};
use ideamine_core::Failure;
use ideamine_core::artifacts::{App, AppAnswer};

use crate::application;
use crate::drafts::{design, requirements};
use crate::shape::requirement_ids;
use crate::tree::{artifacts, check_command, check_files, tree};
use crate::typed::Body;

/// The build agent.
pub struct Build;

impl Body for Build {
    type Answer = AppAnswer;
    const NAME: &'static str = "agent-build";
    const FORM: &'static str = "app";

    fn compose(&self, work: &Work) -> Result<AppAnswer, Failure> {
        Ok(application::skeleton(&design(work), &requirements(work), work.seed))
    }
    fn check(&self, work: &Work, app: &AppAnswer) -> Vec<Problem> {
        let mut problems = check_files("/files", &app.files);
        problems.extend(check_command("/start", &app.start));
        problems.extend(check_command("/test", &app.test));
        let paths: BTreeSet<String> = app.files.iter().map(|f| f.path.clone()).collect();
        problems.extend(unknown("/serves", "file of the tree", app.serves.keys(), &paths));
        let ids = requirement_ids(&requirements(work));
        problems.extend(unknown("/serves", "requirement", app.serves.values().flatten(), &ids));
        problems
    }
    fn artifacts(&self, work: &Work, app: AppAnswer) -> Result<Vec<NewArtifact>, Failure> {
        let body = App {
            summary: app.summary,
            kind: app.kind,
            tree: tree(&app.files),
            start: app.start,
            test: app.test,
            serves: app.serves.clone(),
        };
        let mut all =
            vec![NewArtifact::document(&work.phase.output, Self::FORM, work.generator(), body, Vec::new())?];
        all.extend(artifacts(&app.files, &app.serves));
        Ok(all)
    }
}
