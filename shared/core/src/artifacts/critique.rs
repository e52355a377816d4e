//! Critique: what could be wrong with the chosen concept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpenQuestion;
use crate::Text;

/// `critique.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Critique {
    /// What was found.
    pub findings: Vec<Finding>,
    /// What is taken for granted.
    pub assumptions: Vec<Text>,
    /// What may go wrong.
    pub risks: Vec<Risk>,
    /// What to do.
    pub recommendation: Recommendation,
    /// Why.
    pub reason: Text,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// `F-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about: an id (`N-2`, `C-1`, `component:api`) or a word.
    pub subject: String,
    /// The objection.
    pub statement: Text,
    /// What answers it; absent while nothing does.
    #[serde(default)]
    pub answer: Option<Text>,
}

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth mending.
    Medium,
    /// Must be answered before release.
    High,
    /// Stops it.
    Critical,
}

/// Something that may go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// `R-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// What may go wrong.
    pub statement: Text,
    /// How likely.
    pub likelihood: Severity,
    /// How bad.
    pub impact: Severity,
    /// What is done about it.
    pub mitigation: Text,
}

/// What the critic recommends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// Go on.
    Proceed,
    /// Go on after mending what was found.
    Revise,
    /// Do not go on.
    Stop,
}
