//! PRD: requirements with ids, each traced to needs and with acceptance criteria.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpenQuestion;
use crate::Text;

/// `prd.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prd {
    /// What is being built, in a paragraph.
    pub summary: Text,
    /// What it must do and be.
    pub requirements: Vec<Requirement>,
    /// What it will not do.
    pub non_goals: Vec<Text>,
    /// How success is measured.
    pub metrics: Vec<Metric>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `FR-1`, `QR-1` or `CR-1`, numbered per kind; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// What kind.
    pub kind: RequirementKind,
    /// How much it matters.
    pub priority: Priority,
    /// What must hold.
    pub statement: Text,
    /// How one can tell; at least one for a `must`.
    pub acceptance: Vec<Acceptance>,
    /// Ids of the needs it serves, `N-1`; for a constraint it may be empty.
    pub serves: Vec<String>,
}

/// Kinds of requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequirementKind {
    /// Something it does.
    Functional,
    /// How well it does it.
    Quality,
    /// Something it must respect.
    Constraint,
}

impl RequirementKind {
    /// Prefix of its ids.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Functional => "FR",
            Self::Quality => "QR",
            Self::Constraint => "CR",
        }
    }
}

/// How much a requirement matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Without it there is no release.
    Must,
    /// Wanted.
    Should,
    /// Nice to have.
    Could,
}

/// One acceptance criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Situation.
    pub given: Text,
    /// Action.
    pub when: Text,
    /// Observable result.
    pub then: Text,
}

/// How success is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What is measured.
    pub name: Text,
    /// What it should reach.
    pub target: Text,
}
