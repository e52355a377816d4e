//! QA: the cases by which the thing is judged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OpenQuestion, Risk};
use crate::Text;

/// `qa.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QaPlan {
    /// The cases.
    pub cases: Vec<TestCase>,
    /// What testing does not cover.
    pub risks: Vec<Risk>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestCase {
    /// `TC-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// The requirement it shows, `FR-1`.
    pub requirement: String,
    /// What is tried.
    pub title: Text,
    /// What must be seen.
    pub expected: Text,
    /// How it is done.
    pub kind: CaseKind,
}

/// How a case is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// By a test of the application, by its full name.
    Automated(String),
    /// By a person.
    Manual,
}
