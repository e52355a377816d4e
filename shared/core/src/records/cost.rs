//! Budget and model-call rows: reserve, then settle.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Fact;
use crate::budget::Slice;
use crate::{Digest, PhaseId, UsdMicros};

/// What a run may spend, has promised and has spent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetRow {
    /// Most it may spend; `None` for no limit.
    pub cap: Option<UsdMicros>,
    /// Most tokens it may use, read and written; `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_tokens: Option<u64>,
    /// Most time its sandboxed jobs may take, milliseconds; `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_tools_ms: Option<u64>,
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
    /// Money and tokens by phase; their sums are the figures above.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub phases: BTreeMap<PhaseId, PhaseSpend>,
    /// Why the run waits for money: which budget is used up, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// What one phase, or one story or branch of it, has promised and used. A row leaves out what is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseSpend {
    /// Promised to calls under way.
    #[serde(default, skip_serializing_if = "UsdMicros::is_zero")]
    pub reserved: UsdMicros,
    /// Spent and known.
    #[serde(default, skip_serializing_if = "UsdMicros::is_zero")]
    pub settled: UsdMicros,
    /// Booked for calls that were cut off and may have been charged.
    #[serde(default, skip_serializing_if = "UsdMicros::is_zero")]
    pub uncertain: UsdMicros,
    /// Tokens promised to calls under way.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tokens_reserved: u64,
    /// Tokens read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tokens_in: u64,
    /// Tokens written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tokens_out: u64,
    /// Tokens of calls that were cut off or did not say what they used: the most that they can have used.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tokens_uncertain: u64,
    /// Time promised to sandboxed jobs under way, by the step that runs them, milliseconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tools_reserved_ms: BTreeMap<String, u64>,
    /// Time of sandboxed jobs, milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tools_ms: u64,
    /// Time of accelerators promised to calls under way, milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gpu_reserved_ms: u64,
    /// Time of accelerators, milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gpu_ms: u64,
    /// How often a person gave it its limits once more.
    #[serde(default, skip_serializing_if = "is_none_of")]
    pub grants: u32,
    /// Its share of what was left in its parent when it began; absent before that, and in rows from before there were shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<Slice>,
    /// Its stories and branches, as paths name them; what they have used is part of the figures above.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Self>,
}

impl PhaseSpend {
    /// Money that is spent, may be spent, or is promised.
    pub const fn usd(&self) -> UsdMicros {
        self.reserved.plus(self.settled).plus(self.uncertain)
    }
    /// Tokens that are used, may be used, or are promised.
    pub const fn tokens(&self) -> u64 {
        let known = self.tokens_in.saturating_add(self.tokens_out);
        known.saturating_add(self.tokens_uncertain).saturating_add(self.tokens_reserved)
    }
    /// Time of jobs that ran, may have run, or are under way, milliseconds.
    pub fn tools(&self) -> u64 {
        self.tools_reserved_ms.values().fold(self.tools_ms, |sum, ms| sum.saturating_add(*ms))
    }
    /// Time of accelerators that is used, may be used, or is promised, milliseconds.
    pub const fn gpu(&self) -> u64 {
        self.gpu_ms.saturating_add(self.gpu_reserved_ms)
    }
    /// A limit with what was granted on top; `None` when there is none.
    pub fn limit(&self, once: u64) -> Option<u64> {
        (once > 0).then(|| once.saturating_mul(1 + u64::from(self.grants)))
    }
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
    /// The most tokens it can use.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reserved_tokens: u64,
    /// How often it was cut off before.
    pub cut_off: u32,
    /// The answer, once done.
    pub answer: Option<Digest>,
    /// Its cost fact, once done: inserted after this row, and again when a crash came between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_none_of(n: &u32) -> bool {
    *n == 0
}
