//! `agent-story`: code and tests for one story, on the tree that the story before left.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_authoring::check::unknown;
use ideamine_authoring::{NewArtifact, Problem, Work};
use ideamine_core::artifacts::{App, Story, StoryAnswer, StoryResult};
use ideamine_core::{Digest, Failure, Text};

use crate::application;
use crate::drafts::{brief, design, requirements};
use crate::records::asked;
use crate::shape::requirement_ids;
use crate::tree::{artifacts, changed, check_files, test_file, tree};
use crate::typed::Body;

const PROMPT: &str = "Code one story on an application that runs already.

The story:
{{ story }}

The application as it is:
{{ files }}

What it rests on:
{{ inputs }}

How to work:
- Answer with whole files, added or replaced, and with paths to remove; everything else stays as it is. Change as little as
  the story needs, in the style of the files around it.
- Keep the application's contract: the same start and test commands; Python and its standard library only; no network;
  `GET /health` and `GET /` as they are; the paths and answers of `openapi.json`; input that is wrong never gives a 500.
- Write tests with the code, in `tests/`, that would fail without it: one for each acceptance criterion and one for the
  failure that matters most. They run without network and leave nothing behind.
- `tests` maps each requirement id that the story implements to the full names of its tests, for example
  `tests.test_items.TestItems.test_create`.
- When findings are given, the tests failed or the code did not do what it should: read their output, mend the cause, and do not
  weaken a test.
- `summary` says what a person can do now, in one sentence.";

/// The agent that codes stories.
pub struct StoryCoder;

impl Body for StoryCoder {
    type Answer = StoryAnswer;
    const NAME: &'static str = "agent-story";
    const FORM: &'static str = "story";
    const PROMPT: Option<&'static str> = Some(PROMPT);

    fn compose(&self, work: &Work) -> Result<StoryAnswer, Failure> {
        let asks = asked(&brief(work), &requirements(work));
        let written = application::story_code(&design(work), story(work)?, &asks, &work.files);
        Ok(written.unwrap_or_else(|| StoryAnswer {
            summary: Text::missing("code for this story: rules cannot write it"),
            files: Vec::new(),
            removed: Vec::new(),
            tests: BTreeMap::new(),
        }))
    }
    fn check(&self, work: &Work, answer: &StoryAnswer) -> Vec<Problem> {
        let mut problems = check_files("/files", &answer.files);
        let after = changed(&work.files, &answer.files, &answer.removed);
        if problems.is_empty() {
            problems.extend(check_files("/files", &after));
        }
        let there: BTreeSet<String> = work.files.iter().map(|f| f.path.clone()).collect();
        problems.extend(unknown("/removed", "file of the tree", answer.removed.iter(), &there));
        let ids = requirement_ids(&requirements(work));
        problems.extend(unknown("/tests", "requirement", answer.tests.keys(), &ids));
        let paths: BTreeSet<String> = after.iter().map(|f| f.path.clone()).collect();
        for name in answer.tests.values().flatten() {
            if test_file(name).is_none_or(|path| !paths.contains(&path)) {
                let message = format!("`{name}` names no test of a file in the tree");
                problems.push(Problem::new("/tests", "unknown-test", message));
            }
        }
        problems
    }
    fn artifacts(&self, work: &Work, answer: StoryAnswer) -> Result<Vec<NewArtifact>, Failure> {
        let story = story(work)?;
        let app: App = work.body("app.json").ok_or_else(|| {
            Failure::input(format!(
                "story {} needs app.json among the inputs of phase {}",
                story.id, work.phase.id
            ))
        })?;
        let files = changed(&work.files, &answer.files, &answer.removed);
        let serves = serves(&app, story, &answer, &files);
        let result = StoryResult {
            story: story.id.clone(),
            summary: answer.summary.clone(),
            implements: story.implements.clone(),
            files: answer.files.iter().map(|f| (f.path.clone(), Digest::of(f.content.as_bytes()))).collect(),
            removed: answer.removed.clone(),
            tests: answer.tests.clone(),
            passed: false,
        };
        let (name, traces) = (StoryResult::artifact(&story.id), result.traces());
        let generator = work.generator();
        let app = App { tree: tree(&files), serves: serves.clone(), ..app };
        let mut all = vec![
            NewArtifact::document(&name, Self::FORM, generator, result, traces)?,
            NewArtifact::document("app.json", "app", generator, app, Vec::new())?,
        ];
        all.extend(artifacts(&answer.files, &serves));
        Ok(all)
    }
}

fn story(work: &Work) -> Result<&Story, Failure> {
    work.story.as_ref().ok_or_else(|| Failure::input(format!("{} was given no story", work.label)))
}

/// What each file serves after the story: changed code the story's requirements, test files those they show.
fn serves(
    app: &App,
    story: &Story,
    answer: &StoryAnswer,
    files: &[ideamine_core::ports::SourceFile],
) -> BTreeMap<String, Vec<String>> {
    let mut serves: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, ids) in &app.serves {
        serves.entry(path.clone()).or_default().extend(ids.iter().cloned());
    }
    let is_test = |path: &str| path.split('/').next() == Some("tests");
    for file in answer.files.iter().filter(|f| !is_test(&f.path)) {
        serves.entry(file.path.clone()).or_default().extend(story.implements.iter().cloned());
    }
    for (id, names) in &answer.tests {
        for path in names.iter().filter_map(|name| test_file(name)) {
            serves.entry(path).or_default().insert(id.clone());
        }
    }
    let there: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
    let kept = serves.into_iter().filter(|(path, _)| there.contains(path.as_str()));
    kept.map(|(path, ids)| (path, ids.into_iter().collect())).collect()
}
