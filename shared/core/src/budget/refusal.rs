//! Which level of the budget does not hold a call, said so that a person knows what to do.

use std::fmt;

use super::limits::{HOUR_MS, MINUTE_MS, Resource, micros};
use super::{Grant, is_branch};
use crate::failure::FailureKind;
use crate::{Failure, PhaseId, UsdMicros};

/// A level of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Level {
    /// The root.
    Run,
    /// A phase.
    Phase {
        /// Which.
        phase: PhaseId,
        /// Whether its slice of the run is what binds, and not what its file says.
        sliced: bool,
    },
    /// A story or a branch of a phase.
    Part {
        /// Which phase.
        phase: PhaseId,
        /// Which part, as it is called in paths.
        part: String,
    },
}

/// Why a call is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is a cap and no price.
    #[error(
        "the model has no known price, so the run's cap of {0} cannot be kept; run without a budget, or with a model \
         of the price table"
    )]
    Unpriced(UsdMicros),
    /// A level has too little left.
    #[error("{}", full(.level, *.resource, *.most, *.free, *.limit))]
    Full {
        /// Which.
        level: Level,
        /// Of what.
        resource: Resource,
        /// What the call may use.
        most: u64,
        /// What is left.
        free: u64,
        /// Of how much.
        limit: u64,
    },
}

impl Refusal {
    /// As the failure of a step.
    pub fn failure(&self, step: &str) -> Failure {
        let kind = match self {
            Self::Unpriced(_) => FailureKind::ModelConfig,
            Self::Full { .. } => FailureKind::BudgetExhausted,
        };
        Failure::new(kind, format!("{step}: {self}"))
    }
}

/// What is wanted, what is there, whose it is, and how there is more.
fn full(level: &Level, resource: Resource, most: u64, free: u64, limit: u64) -> String {
    let wanted = match resource {
        Resource::Usd => format!("the call may cost {}", shown(resource, most)),
        Resource::Tokens => format!("the call may use {most} tokens"),
        Resource::ToolsMinutes => format!("a sandboxed job may take {}", shown(resource, most)),
        Resource::GpuHours => format!("the call may use {} of an accelerator", shown(resource, most)),
    };
    let (free, limit) = (shown(resource, free), whole(resource, limit));
    let whose = match level {
        Level::Run => "the run".to_owned(),
        Level::Phase { phase, sliced: true } => format!("phase {phase} (its `budget.run_percent`)"),
        Level::Phase { phase, sliced: false } => format!("phase {phase} (its `budget.{}`)", field(resource)),
        Level::Part { phase, part } if is_branch(part) => {
            format!("branch {part} of phase {phase} (its `budget.branch_percent`)")
        }
        Level::Part { phase, part } => format!("story {part} of phase {phase} (its `budget.story_percent`)"),
    };
    let more = match (level, resource) {
        (Level::Run, Resource::Usd) => "raise it: ideamine resume RUN --budget-usd X".to_owned(),
        (Level::Run, Resource::Tokens) => "raise it: ideamine resume RUN --budget-tokens N".to_owned(),
        (Level::Run, _) => "raise it: ideamine resume RUN --budget-minutes N".to_owned(),
        (Level::Phase { phase, .. }, _) => again(&Grant { phase: phase.clone(), part: None }),
        (Level::Part { phase, part }, _) => again(&Grant { phase: phase.clone(), part: Some(part.clone()) }),
    };
    match (level, resource) {
        (Level::Run, Resource::Usd) => {
            format!("{wanted}, and {free} of the run's cap of {limit} is free; {more}")
        }
        _ => format!("{wanted}, and {free} of the {limit} of {whose} are free; {more}"),
    }
}

fn again(grant: &Grant) -> String {
    format!("give it that once more: ideamine resume RUN --grant {grant}")
}

/// The field of a phase file that limits it.
const fn field(resource: Resource) -> &'static str {
    match resource {
        Resource::Usd => "usd_micros",
        Resource::Tokens => "tokens",
        Resource::ToolsMinutes => "tools_minutes",
        Resource::GpuHours => "gpu_hours",
    }
}

struct Shown(Resource, u64);

const fn shown(resource: Resource, amount: u64) -> Shown {
    Shown(resource, amount)
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(Resource::Usd, amount) => write!(f, "{}", micros(*amount)),
            Self(Resource::Tokens, amount) => write!(f, "{amount}"),
            Self(Resource::ToolsMinutes | Resource::GpuHours, amount) => write!(f, "{} s", amount / 1_000),
        }
    }
}

/// A limit in the unit that it is set in.
fn whole(resource: Resource, amount: u64) -> String {
    match resource {
        Resource::ToolsMinutes if amount >= MINUTE_MS => format!("{} minutes", amount / MINUTE_MS),
        Resource::GpuHours if amount >= HOUR_MS => format!("{} hours", amount / HOUR_MS),
        _ => shown(resource, amount).to_string(),
    }
}
