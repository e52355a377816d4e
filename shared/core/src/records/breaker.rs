//! The circuit breaker of one model: whether calls of it are made, refused, or tried by one alone.

use serde::{Deserialize, Serialize};

use crate::failure::FailureKind;

/// One model's breaker, of one tenant. Without a row it is closed, and nothing has failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerRow {
    /// `provider/model`.
    pub model: String,
    /// Counts openings and probes, and never goes back: what a probe says counts while its number is the row's.
    pub epoch: u64,
    /// How it stands.
    pub state: BreakerState,
}

/// How a breaker stands. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum BreakerState {
    /// Calls are made.
    Closed {
        /// When the last calls failed, since one was answered.
        failed_ms: Vec<i64>,
    },
    /// Calls are refused until a moment, after which one tries.
    Open(Outage),
    /// One call tries, and until its lease ends all others are refused.
    Probing(Outage),
}

/// A model that is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Since when it stands so.
    pub since_ms: i64,
    /// Until when: of an open breaker the next try, of a probe the end of its lease.
    pub until_ms: i64,
    /// How often it was opened since a call was answered.
    pub times: u32,
    /// What the last call failed with.
    pub error: FailureKind,
}
