//! Stories: the requirements cut into pieces of work, each with code and tests.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Acceptance, OpenQuestion};
use crate::ports::SourceFile;
use crate::{Digest, Text};

/// `stories.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stories {
    /// In the order in which they are worked.
    pub stories: Vec<Story>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// `ST-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// A few words.
    pub title: Text,
    /// Who wants it.
    pub as_a: Text,
    /// What they want.
    pub i_want: Text,
    /// What for.
    pub so_that: Text,
    /// Ids of the requirements it implements, `FR-1`.
    pub implements: Vec<String>,
    /// How one can tell.
    pub acceptance: Vec<Acceptance>,
    /// Whether code is written for it now; a story that rules cannot code stays open.
    pub coded: bool,
}

/// What the story agent answers with: whole files to add or replace, and files to remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoryAnswer {
    /// What was done.
    pub summary: Text,
    /// Files added or replaced, whole.
    pub files: Vec<SourceFile>,
    /// Paths removed.
    #[serde(default)]
    pub removed: Vec<String>,
    /// Test names (`tests.test_items.TestItems.test_create`) by the requirement they show, `FR-1`.
    pub tests: BTreeMap<String, Vec<String>>,
}

/// `story-ST-1.json`: what came of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoryResult {
    /// Which story.
    pub story: String,
    /// What was done.
    pub summary: Text,
    /// Ids of the requirements it implements.
    pub implements: Vec<String>,
    /// Files it changed, by digest after the change.
    pub files: BTreeMap<String, Digest>,
    /// Files it removed.
    pub removed: Vec<String>,
    /// Tests by requirement.
    pub tests: BTreeMap<String, Vec<String>>,
    /// Whether its tests passed in the sandbox: the harness's word, written when they have; no model's.
    pub passed: bool,
}

impl StoryResult {
    /// Name of the artifact that holds a story's result, `story-ST-1.json`.
    pub fn artifact(story: &str) -> String {
        format!("story-{story}.json")
    }
    /// Tests show requirements; changed files belong to the story.
    pub fn traces(&self) -> Vec<(String, String)> {
        let test = |name: &String, id: &String| (format!("test:{name}"), id.clone());
        let shown = self.tests.iter().flat_map(|(id, names)| names.iter().map(move |name| test(name, id)));
        let files = self.files.keys().map(|path| (format!("app/{path}"), self.story.clone()));
        shown.chain(files).collect()
    }
}
