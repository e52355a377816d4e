//! Live progress for whoever watches. Losing an event loses nothing: the records hold the truth.

use serde::{Deserialize, Serialize};

use crate::{RunId, Tenant, UsdMicros};

/// Something a watcher shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Progress {
    /// The run began or ended.
    Run {
        /// New status.
        status: String,
        /// Verdict once there is one.
        verdict: Option<String>,
    },
    /// A phase changed.
    Phase {
        /// Which phase.
        phase: String,
        /// New status.
        status: String,
        /// Attempt, from 1.
        attempt: u32,
    },
    /// An agent, a check or another function did something for a phase.
    Work {
        /// Which phase.
        phase: String,
        /// Which function.
        function: String,
        /// A few words: ids and counts, never a document.
        note: String,
    },
    /// A gate spoke.
    Gate {
        /// Which phase.
        phase: String,
        /// Which gate.
        gate: String,
        /// pass, concerns, fail or waived.
        outcome: String,
    },
    /// Money was spent.
    Cost {
        /// Spent by the run so far, micro-dollars; what recordings state is not spent now.
        spent: UsdMicros,
        /// Calls made so far.
        model_calls: u64,
    },
    /// A person is asked.
    Question {
        /// Which phase.
        phase: String,
        /// The question's id, for `ideamine answer`.
        question: String,
        /// The question itself.
        text: String,
    },
}

/// Where progress goes.
pub trait Events: Send + Sync {
    /// Tells whoever watches `run`; never blocks and never fails.
    fn publish(&self, tenant: &Tenant, run: &RunId, progress: Progress);
}
