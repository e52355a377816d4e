//! Release: what ships, what is known to be wrong, how to go back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpenQuestion;
use crate::Text;

/// `release.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Semantic version, `0.1.0`.
    pub version: String,
    /// What is new, for users.
    pub notes: Vec<Text>,
    /// What must be done before and at release.
    pub checklist: Vec<CheckItem>,
    /// How to go back.
    pub rollback: Vec<Text>,
    /// What is known to be missing or wrong.
    pub known_issues: Vec<Text>,
    /// How to run it.
    pub runbook: Vec<Text>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One point of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckItem {
    /// What.
    pub item: Text,
    /// Whether it is done.
    pub done: bool,
}
