//! Budget and model-call rows: reserve, then settle.

use serde::{Deserialize, Serialize};

use super::Fact;
use crate::{Digest, UsdMicros};

/// What a run may spend, has promised and has spent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetRow {
    /// Most it may spend; `None` for no limit.
    pub cap: Option<UsdMicros>,
    /// Promised to calls under way.
    pub reserved: UsdMicros,
    /// Spent and known.
    pub settled: UsdMicros,
    /// Part of `settled`: what recordings state of their answers. It counts against the cap, and nobody was paid now.
    #[serde(default, skip_serializing_if = "UsdMicros::is_zero")]
    pub recorded: UsdMicros,
    /// Booked for calls that were cut off and may have been charged.
    pub uncertain: UsdMicros,
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Calls answered by a provider, or by a recording.
    pub model_calls: u64,
    /// Calls answered from the replay store.
    pub cache_hits: u64,
    /// Calls that were cut off.
    pub uncertain_calls: u64,
}

/// How a model call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Nobody makes it: the last try failed and its money was given back, or booked as uncertain.
    Idle,
    /// Its money is reserved and the provider may have been asked.
    InFlight,
    /// Its answer is stored.
    Done,
}

/// One model call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRow {
    /// The request's digest: the same step with another request is a conflict.
    pub request: Digest,
    /// How it stands.
    pub state: CallState,
    /// Which process made it; another one finding it in flight knows that it was cut off.
    pub owner: String,
    /// The most it can cost.
    pub reserved: UsdMicros,
    /// How often it was cut off before.
    pub cut_off: u32,
    /// The answer, once done.
    pub answer: Option<Digest>,
    /// Its cost fact, once done: inserted after this row, and again when a crash came between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact>,
}
