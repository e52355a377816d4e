//! Beta: who tries it first, what is watched, when to stop.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Metric, OpenQuestion};
use crate::Text;

/// `beta.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BetaPlan {
    /// Who takes part.
    pub cohort: Text,
    /// How long.
    pub duration: Text,
    /// What is watched.
    pub metrics: Vec<Metric>,
    /// What participants are asked.
    pub feedback_questions: Vec<Text>,
    /// When to stop early.
    pub stop_rules: Vec<Text>,
    /// How participants get help.
    pub support: Text,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}
