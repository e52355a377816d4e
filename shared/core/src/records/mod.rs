//! Rows that a run writes, one file per area, with their keys.

mod approval;
mod breaker;
mod core;
mod cost;
mod fact;
mod guard;
mod job;
pub mod key;
mod plan;
mod question;
mod removed;

pub use self::core::{
    ArtifactRef, ControlRow, Desired, Fork, GateRef, Generator, KILL_SWITCH, PhaseRow, PhaseStatus,
    RunOptions, RunRow, RunStatus, RunVerdict, StopReason, SwitchRow,
};
pub use approval::{Approval, SignedApproval};
pub use breaker::{BreakerRow, BreakerState, Outage};
pub use cost::{BudgetRow, CallRow, CallState, PhaseSpend};
pub use fact::{Fact, FactBody, FactKind, Head, Row, Signature, SignedHead};
pub use guard::{BY_GUARD, GuardAt, GuardOutcome, GuardRow, GuardSum, Said};
pub use job::{JobRow, JobState};
pub use plan::{
    Aggregation, Branch, CheckKind, FanOut, FanOutMode, Limits, PhaseConfig, Plan, PlannedPhase,
    QuestionPolicy, is_at_or_below,
};
pub use question::{Knowledge, QuestionRow, QuestionState, ReplyRow};
pub use removed::RemovedRow;
