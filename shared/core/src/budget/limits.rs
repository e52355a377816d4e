//! What is limited, how much of it each level may use, and how much it has used.

use serde::{Deserialize, Serialize};

use crate::UsdMicros;
use crate::records::{BudgetRow, Limits, PhaseSpend};

/// Milliseconds of a minute.
pub const MINUTE_MS: u64 = 60_000;
/// Milliseconds of an hour.
pub const HOUR_MS: u64 = 3_600_000;

/// What is limited. Amounts of it are whole numbers: micro-dollars, tokens, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// Money of model calls.
    Usd,
    /// Tokens of model calls, read and written.
    Tokens,
    /// Time of sandboxed jobs.
    ToolsMinutes,
    /// Time of accelerators; nothing in this build uses one.
    GpuHours,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Usd, Self::Tokens, Self::ToolsMinutes, Self::GpuHours];
}

/// A level's share of what was left in its parent when it began; `None` where the parent had no limit, or gives no share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// Money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<UsdMicros>,
    /// Tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Time of sandboxed jobs, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools_ms: Option<u64>,
    /// Time of accelerators, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_ms: Option<u64>,
}

impl Slice {
    /// So many percent, rounded down, of what is left of each resource; 0 percent is no limit.
    pub(super) fn of(percent: u8, left: impl Fn(Resource) -> Option<u64>) -> Self {
        let share = |resource| {
            let left = left(resource).filter(|_| percent > 0)?;
            u64::try_from(u128::from(left) * u128::from(percent.min(100)) / 100).ok()
        };
        Self {
            usd: share(Resource::Usd).map(micros),
            tokens: share(Resource::Tokens),
            tools_ms: share(Resource::ToolsMinutes),
            gpu_ms: share(Resource::GpuHours),
        }
    }

    const fn limit(&self, resource: Resource) -> Option<u64> {
        match resource {
            Resource::Usd => match self.usd {
                Some(usd) => Some(whole(usd)),
                None => None,
            },
            Resource::Tokens => self.tokens,
            Resource::ToolsMinutes => self.tools_ms,
            Resource::GpuHours => self.gpu_ms,
        }
    }
}

/// How much of a resource a level may use, `None` for no limit of its own, and has used or promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Most it may use, with what was granted.
    pub limit: Option<u64>,
    /// Used, perhaps used, or promised.
    pub used: u64,
}

impl Amount {
    /// The run's: its caps.
    pub fn of_run(budget: &BudgetRow, resource: Resource) -> Self {
        let of_phases =
            |of: fn(&PhaseSpend) -> u64| budget.phases.values().map(of).fold(0, u64::saturating_add);
        match resource {
            Resource::Usd => {
                let used = budget.reserved.plus(budget.settled).plus(budget.uncertain);
                Self { limit: budget.cap.map(whole), used: whole(used) }
            }
            Resource::Tokens => {
                let known = budget.tokens_in.saturating_add(budget.tokens_out);
                let promised =
                    of_phases(|spend| spend.tokens_uncertain.saturating_add(spend.tokens_reserved));
                Self { limit: budget.cap_tokens, used: known.saturating_add(promised) }
            }
            Resource::ToolsMinutes => Self { limit: budget.cap_tools_ms, used: of_phases(PhaseSpend::tools) },
            Resource::GpuHours => Self { limit: None, used: of_phases(PhaseSpend::gpu) },
        }
    }

    /// A phase's: what its file says or its slice of the run, whichever is less; each as often as it was granted.
    pub fn of_phase(spend: &PhaseSpend, limits: &Limits, resource: Resource) -> Self {
        let of_file = match resource {
            Resource::Usd => limits.usd_micros,
            Resource::Tokens => limits.tokens,
            Resource::ToolsMinutes => u64::from(limits.tools_minutes) * MINUTE_MS,
            Resource::GpuHours => u64::from(limits.gpu_hours) * HOUR_MS,
        };
        let limits = [spend.limit(of_file), spend.limit_of_slice(resource)];
        Self { limit: limits.into_iter().flatten().min(), used: spend.used(resource) }
    }

    /// A story's or a branch's: its slice of the phase.
    pub fn of_part(spend: &PhaseSpend, resource: Resource) -> Self {
        Self { limit: spend.limit_of_slice(resource), used: spend.used(resource) }
    }

    /// What may still be used.
    pub fn free(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.used))
    }
}

impl PhaseSpend {
    /// Used, perhaps used, or promised.
    pub fn used(&self, resource: Resource) -> u64 {
        match resource {
            Resource::Usd => whole(self.usd()),
            Resource::Tokens => self.tokens(),
            Resource::ToolsMinutes => self.tools(),
            Resource::GpuHours => self.gpu(),
        }
    }

    /// Its slice, as often as it was granted.
    pub(super) fn limit_of_slice(&self, resource: Resource) -> Option<u64> {
        let once = self.slice.as_ref()?.limit(resource)?;
        Some(once.saturating_mul(1 + u64::from(self.grants)))
    }
}

const fn whole(usd: UsdMicros) -> u64 {
    if usd.0 < 0 { 0 } else { usd.0.unsigned_abs() }
}

pub(super) fn micros(amount: u64) -> UsdMicros {
    UsdMicros(i64::try_from(amount).unwrap_or(i64::MAX))
}
