//! What a run used: the sums of its cost rows, and the same figures as the run states them.

use ideamine_core::UsdMicros;
use ideamine_core::records::{BudgetRow, Fact, FactBody};
use serde::{Deserialize, Serialize};

/// Cost class of an answer that was recorded before.
pub const RECORDED: &str = "recorded";

/// Calls, tokens and money of a run or of one of its phases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Money, uncertain and recorded amounts included, micro-dollars.
    pub usd_micros: UsdMicros,
    /// Part of it: what recordings state of their answers (cost class `recorded`); nobody was paid now.
    #[serde(default, skip_serializing_if = "UsdMicros::is_zero")]
    pub recorded_usd_micros: UsdMicros,
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Calls answered by a provider or a recording (cost class `paid`, `recorded`, `estimated` or `unpriced`).
    pub model_calls: u64,
    /// Calls answered from the replay store (cost class `cached`).
    pub cache_hits: u64,
    /// Calls that were cut off (cost class `uncertain`).
    pub uncertain_calls: u64,
}

impl Usage {
    /// The sum of the cost facts among these; tokens that a provider did not state count as none.
    pub fn of<'a>(facts: impl Iterator<Item = &'a Fact>) -> Self {
        facts.fold(Self::default(), |mut sum, fact| {
            sum.add(&fact.body);
            sum
        })
    }

    /// Adds one fact, if it is a cost.
    pub fn add(&mut self, body: &FactBody) {
        let FactBody::Cost { tokens_in, tokens_out, usd_micros, class, .. } = body else { return };
        self.usd_micros = self.usd_micros.plus(*usd_micros);
        self.tokens_in = self.tokens_in.saturating_add(tokens_in.unwrap_or(0));
        self.tokens_out = self.tokens_out.saturating_add(tokens_out.unwrap_or(0));
        if class == RECORDED {
            self.recorded_usd_micros = self.recorded_usd_micros.plus(*usd_micros);
        }
        match class.as_str() {
            "cached" => self.cache_hits += 1,
            "uncertain" => self.uncertain_calls += 1,
            _ => self.model_calls += 1,
        }
    }

    /// The figures with their names, in a fixed order.
    pub fn figures(&self) -> [(&'static str, i128); 7] {
        [
            ("usd_micros", self.usd_micros.0.into()),
            ("recorded_usd_micros", self.recorded_usd_micros.0.into()),
            ("tokens_in", self.tokens_in.into()),
            ("tokens_out", self.tokens_out.into()),
            ("model_calls", self.model_calls.into()),
            ("cache_hits", self.cache_hits.into()),
            ("uncertain_calls", self.uncertain_calls.into()),
        ]
    }
}

/// What the budget booked while the run went on: kept apart from the ledger, and so a check on it.
impl From<&BudgetRow> for Usage {
    fn from(row: &BudgetRow) -> Self {
        Self {
            usd_micros: row.settled.plus(row.uncertain),
            recorded_usd_micros: row.recorded,
            tokens_in: row.tokens_in,
            tokens_out: row.tokens_out,
            model_calls: row.model_calls,
            cache_hits: row.cache_hits,
            uncertain_calls: row.uncertain_calls,
        }
    }
}
