//! The budget as a tree: a run, its phases, and the stories and branches of a phase; what a call takes, gives back,
//! books or settles, at every level alike.
//!
//! A child's slice is a share of what is *left* in its parent when the child first uses something. It is a ceiling, not
//! money set aside: what a child does not use stays with its siblings, so that a cap can be used to the end. Since each
//! change is made to all levels of one row, children add up to their parents whatever happens in between. Pure: the
//! write set around it belongs to whoever calls.

mod grant;
mod limits;
mod refusal;
#[cfg(test)]
mod tests;

use crate::records::{BudgetRow, Limits, PhaseSpend, Plan};
use crate::{Failure, PhaseId, UsdMicros};

pub use grant::Grant;
pub use limits::{Amount, HOUR_MS, MINUTE_MS, Resource, Slice};
pub use refusal::{Level, Refusal};

/// The most that a call can use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ceiling {
    /// Money; `None` without a known price.
    pub usd: Option<UsdMicros>,
    /// Tokens, read and written.
    pub tokens: u64,
    /// Time of accelerators, milliseconds.
    pub gpu_ms: u64,
}

/// What is set aside for a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reserved {
    /// Money.
    pub usd: UsdMicros,
    /// Tokens, read and written.
    pub tokens: u64,
    /// Time of accelerators, milliseconds.
    pub gpu_ms: u64,
}

/// What an answered call used; tokens that were not stated are `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    /// Money.
    pub usd: UsdMicros,
    /// Tokens read.
    pub tokens_in: Option<u64>,
    /// Tokens written.
    pub tokens_out: Option<u64>,
    /// Time of accelerators, milliseconds.
    pub gpu_ms: u64,
}

/// Who pays: a phase, and its story or branch if the step is one's.
#[derive(Debug, Clone)]
pub struct Payer {
    phase: PhaseId,
    limits: Limits,
    part: Option<String>,
}

/// The story or branch that a step belongs to: `ST-1` of `09-story-loop/a1/ST-1/t2/call-0`, `b00` of
/// `04-prd/a1/b00/call-0`. Attempts are not told apart, as a phase's limits are for all its attempts.
pub fn part_of(step: &str) -> Option<&str> {
    let numbered = |text: &str, letter: char| {
        text.strip_prefix(letter).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut names = step.split('/').skip(1);
    names.next().filter(|attempt| numbered(attempt, 'a'))?;
    let part = names.next()?;
    let branch = numbered(part, 'b') && names.clone().next().is_some();
    (branch || names.next().is_some_and(|try_| numbered(try_, 't'))).then_some(part)
}

impl Payer {
    /// Who pays for a step of this phase, with what the plan allows it.
    ///
    /// # Errors
    /// `Input.Invalid` when the phase is not in the plan.
    pub fn of(plan: &Plan, phase: PhaseId, step: &str) -> Result<Self, Failure> {
        let planned = plan.phase(&phase);
        let limits = planned.map(|planned| planned.config.budget.clone());
        let limits = limits.ok_or_else(|| Failure::input(format!("phase `{phase}` is not in the plan")))?;
        Ok(Self::new(phase, limits, step))
    }

    /// As [`Payer::of`], with the limits themselves.
    pub fn new(phase: PhaseId, limits: Limits, step: &str) -> Self {
        Self { phase, limits, part: part_of(step).map(str::to_owned) }
    }

    /// Begins the phase and its part in the row, if they are not there: their slices are of what is left now.
    pub fn open(&self, budget: &mut BudgetRow) {
        let run = |budget: &BudgetRow, resource| Amount::of_run(budget, resource).free();
        if budget.phases.get(&self.phase).is_none_or(|spend| spend.slice.is_none()) {
            let slice = Slice::of(self.limits.run_percent, |resource| run(budget, resource));
            budget.phases.entry(self.phase.clone()).or_default().slice = Some(slice);
        }
        let (Some(part), Some(spend)) = (&self.part, budget.phases.get(&self.phase)) else { return };
        if spend.parts.get(part).is_none_or(|part| part.slice.is_none()) {
            let percent =
                if is_branch(part) { self.limits.branch_percent } else { self.limits.story_percent };
            let slice = Slice::of(percent, |resource| {
                let own = Amount::of_phase(spend, &self.limits, resource).free();
                [run(budget, resource), own].into_iter().flatten().min()
            });
            let spend = budget.phases.entry(self.phase.clone()).or_default();
            spend.parts.entry(part.clone()).or_default().slice = Some(slice);
        }
    }

    /// Sets the most that a call can use aside, or says which level does not hold it and changes no sum.
    ///
    /// The money of phases and parts is not counted where a model has no known price; a run's cap does not allow such a
    /// model.
    ///
    /// # Errors
    /// The first level from the root that has too little left.
    pub fn take(&self, budget: &mut BudgetRow, ceiling: Ceiling) -> Result<Reserved, Refusal> {
        if let (Some(cap), None) = (budget.cap, ceiling.usd) {
            return Err(Refusal::Unpriced(cap));
        }
        self.open(budget);
        let usd = ceiling.usd.unwrap_or(UsdMicros::ZERO);
        self.holds(budget, Resource::Usd, u64::try_from(usd.0).unwrap_or(0))?;
        self.holds(budget, Resource::Tokens, ceiling.tokens)?;
        self.holds(budget, Resource::GpuHours, ceiling.gpu_ms)?;
        budget.reserved = budget.reserved.plus(usd);
        self.at_each_level(budget, |spend| {
            spend.reserved = spend.reserved.plus(usd);
            spend.tokens_reserved = spend.tokens_reserved.saturating_add(ceiling.tokens);
            spend.gpu_reserved_ms = spend.gpu_reserved_ms.saturating_add(ceiling.gpu_ms);
        });
        Ok(Reserved { usd, tokens: ceiling.tokens, gpu_ms: ceiling.gpu_ms })
    }

    /// Gives back what was set aside.
    pub fn give_back(&self, budget: &mut BudgetRow, reserved: Reserved) {
        budget.reserved = budget.reserved.minus(reserved.usd);
        self.at_each_level(budget, |spend| put_back(spend, reserved));
    }

    /// Books what was set aside in full: the call may have been charged.
    pub fn book(&self, budget: &mut BudgetRow, reserved: Reserved) {
        self.give_back(budget, reserved);
        budget.uncertain = budget.uncertain.plus(reserved.usd);
        budget.uncertain_calls += 1;
        self.at_each_level(budget, |spend| {
            spend.uncertain = spend.uncertain.plus(reserved.usd);
            spend.tokens_uncertain = spend.tokens_uncertain.saturating_add(reserved.tokens);
            spend.gpu_ms = spend.gpu_ms.saturating_add(reserved.gpu_ms);
        });
    }

    /// Replaces what was set aside by what was used.
    pub fn settle(&self, budget: &mut BudgetRow, reserved: Reserved, used: Used) {
        self.give_back(budget, reserved);
        let (tokens_in, tokens_out) = (used.tokens_in.unwrap_or(0), used.tokens_out.unwrap_or(0));
        let unstated = used.tokens_in.is_none() || used.tokens_out.is_none();
        let rest =
            if unstated { reserved.tokens.saturating_sub(tokens_in.saturating_add(tokens_out)) } else { 0 };
        budget.settled = budget.settled.plus(used.usd);
        budget.tokens_in = budget.tokens_in.saturating_add(tokens_in);
        budget.tokens_out = budget.tokens_out.saturating_add(tokens_out);
        budget.model_calls += 1;
        self.at_each_level(budget, |spend| {
            spend.settled = spend.settled.plus(used.usd);
            spend.tokens_in = spend.tokens_in.saturating_add(tokens_in);
            spend.tokens_out = spend.tokens_out.saturating_add(tokens_out);
            spend.tokens_uncertain = spend.tokens_uncertain.saturating_add(rest);
            spend.gpu_ms = spend.gpu_ms.saturating_add(used.gpu_ms);
        });
    }

    /// Sets the time that a sandboxed job may take aside under the job's name.
    ///
    /// # Errors
    /// As [`Payer::take`].
    pub fn take_job(&self, budget: &mut BudgetRow, job: &str, most_ms: u64) -> Result<(), Refusal> {
        self.open(budget);
        self.holds(budget, Resource::ToolsMinutes, most_ms)?;
        self.at_each_level(budget, |spend| {
            spend.tools_reserved_ms.insert(job.to_owned(), most_ms);
        });
        Ok(())
    }

    /// Replaces what a job has set aside by the time that it used, or by all of it when that is not known.
    pub fn settle_job(&self, budget: &mut BudgetRow, job: &str, used_ms: Option<u64>) {
        self.at_each_level(budget, |spend| {
            if let Some(reserved) = spend.tools_reserved_ms.remove(job) {
                spend.tools_ms = spend.tools_ms.saturating_add(used_ms.unwrap_or(reserved));
            }
        });
    }

    /// Jobs of the phase that have time set aside.
    pub fn open_jobs(&self, budget: &BudgetRow) -> Vec<String> {
        let spend = budget.phases.get(&self.phase);
        spend.into_iter().flat_map(|spend| spend.tools_reserved_ms.keys().cloned()).collect()
    }

    /// Says the first level from the root that has less of it left than a call may take.
    fn holds(&self, budget: &BudgetRow, resource: Resource, most: u64) -> Result<(), Refusal> {
        let Some(spend) = budget.phases.get(&self.phase).filter(|_| most > 0) else { return Ok(()) };
        let in_part = self.part.as_ref().and_then(|part| {
            let spend = spend.parts.get(part)?;
            let level = Level::Part { phase: self.phase.clone(), part: part.clone() };
            Some((level, Amount::of_part(spend, resource)))
        });
        let own = Amount::of_phase(spend, &self.limits, resource);
        let sliced = own.limit.is_some() && own.limit == spend.limit_of_slice(resource);
        let phase = (Level::Phase { phase: self.phase.clone(), sliced }, own);
        let levels = [Some((Level::Run, Amount::of_run(budget, resource))), Some(phase), in_part];
        for (level, Amount { limit, used }) in levels.into_iter().flatten() {
            let Some(limit) = limit else { continue };
            let free = limit.saturating_sub(used);
            if most > free {
                return Err(Refusal::Full { level, resource, most, free, limit });
            }
        }
        Ok(())
    }

    /// Makes one change to the phase's figures and to those of its part.
    fn at_each_level(&self, budget: &mut BudgetRow, change: impl Fn(&mut PhaseSpend)) {
        let spend = budget.phases.entry(self.phase.clone()).or_default();
        change(spend);
        if let Some(part) = &self.part {
            change(spend.parts.entry(part.clone()).or_default());
        }
    }
}

/// Takes what was set aside off. Never below nothing: a call that began before there were parts has nothing in them.
fn put_back(spend: &mut PhaseSpend, reserved: Reserved) {
    spend.reserved = spend.reserved.minus(reserved.usd).max(UsdMicros::ZERO);
    spend.tokens_reserved = spend.tokens_reserved.saturating_sub(reserved.tokens);
    spend.gpu_reserved_ms = spend.gpu_reserved_ms.saturating_sub(reserved.gpu_ms);
}

/// Whether a part is a branch; else it is a story.
fn is_branch(part: &str) -> bool {
    part.strip_prefix('b').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
}
