//! Ideation: several ways to meet the needs, and the one taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpenQuestion;
use crate::Text;

/// `concepts.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concepts {
    /// The alternatives.
    pub concepts: Vec<Concept>,
    /// Name of the one to go on with; empty when none was chosen.
    pub chosen: String,
    /// Why that one.
    pub rationale: Text,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One way to do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// `C-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// Unique among the concepts.
    pub name: String,
    /// The point of view it was made from (the branch's role).
    pub lens: String,
    /// One sentence.
    pub pitch: Text,
    /// How it would work.
    pub approach: Vec<Text>,
    /// What speaks for it.
    pub benefits: Vec<Text>,
    /// What speaks against it.
    pub drawbacks: Vec<Text>,
    /// Ids of the needs it serves, `N-1`.
    pub serves: Vec<String>,
}
