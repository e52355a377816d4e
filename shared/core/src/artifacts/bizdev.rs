//! Bizdev: who pays, what it costs, what must be true.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OpenQuestion, Risk};
use crate::Text;

/// `business-case.json`. For an internal tool "revenue" is what it saves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessCase {
    /// Who it is for and who pays.
    pub customers: Vec<Text>,
    /// What they get out of it.
    pub value: Text,
    /// What they use today.
    pub alternatives: Vec<Text>,
    /// Where money comes from, or what is saved.
    pub revenue: Vec<Line>,
    /// What it costs.
    pub costs: Vec<Line>,
    /// What must be true for it to work.
    pub assumptions: Vec<Text>,
    /// What may go wrong.
    pub risks: Vec<Risk>,
    /// How the first users are reached.
    pub go_to_market: Vec<Text>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One line of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What for.
    pub item: Text,
    /// How much, with unit and period.
    pub amount: Text,
    /// What the amount rests on.
    pub basis: Text,
}
