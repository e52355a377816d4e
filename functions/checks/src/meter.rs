//! A phase's `tools_minutes` around the sandbox: a job that could pass what is left is not run.
//!
//! The job's time limit is set aside before it runs, and replaced by the time that it took. What is set aside when
//! the process dies is booked in full by the step's next delivery: the job may have run.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, JobResult, JobSpec, Jobs, Write};
use ideamine_core::records::{BudgetRow, PhaseSpend, Plan, key};
use ideamine_core::{Ctx, Failure, PhaseId};

/// How often the budget's row is tried when other writers change it first.
const WRITE_TRIES: u32 = 64;
/// Between a step and the number of its job.
const JOB: char = '#';
/// Milliseconds of a minute.
const MINUTE_MS: u64 = 60_000;

/// A sandbox whose time one phase pays.
pub(crate) struct Metered<'a> {
    jobs: &'a dyn Jobs,
    ctx: &'a Ctx,
    phase: PhaseId,
    tools_minutes: u32,
    /// How many jobs were asked for: a step may have several going at once, each with time of its own set aside.
    jobs_asked: AtomicU32,
}

impl<'a> Metered<'a> {
    /// The sandbox for this step of the phase; what a delivery before it left set aside is booked.
    ///
    /// # Errors
    /// The ports' own, and a plan without the phase.
    pub(crate) async fn open(jobs: &'a dyn Jobs, ctx: &'a Ctx, phase: PhaseId) -> Result<Self, Failure> {
        let plan: Plan = ctx.get_json(&ctx.plan_digest()?).await?;
        let planned = plan.phase(&phase);
        let tools_minutes = planned.map(|planned| planned.config.budget.tools_minutes);
        let tools_minutes =
            tools_minutes.ok_or_else(|| Failure::input(format!("phase `{phase}` is not in the plan")))?;
        let metered = Self { jobs, ctx, phase, tools_minutes, jobs_asked: AtomicU32::new(0) };
        if metered.tools_minutes > 0 {
            metered
                .change(|spend| {
                    settle_all(spend, &ctx.step);
                    Ok(())
                })
                .await?;
        }
        Ok(metered)
    }

    fn reserve(&self, spend: &mut PhaseSpend, job: &str, most_ms: u64) -> Result<(), Failure> {
        let limit_ms = spend.limit(u64::from(self.tools_minutes) * MINUTE_MS).unwrap_or(u64::MAX);
        let free_ms = limit_ms.saturating_sub(spend.tools());
        if most_ms > free_ms {
            let (step, phase, minutes) = (&self.ctx.step, &self.phase, limit_ms / MINUTE_MS);
            let message = format!(
                "{step}: a sandboxed job may take {} s, and {} s of the {minutes} minutes of phase {phase} (its \
                 `budget.tools_minutes`) are free",
                most_ms / 1000,
                free_ms / 1000
            );
            return Err(Failure::new(FailureKind::BudgetExhausted, message));
        }
        spend.tools_reserved_ms.insert(job.to_owned(), most_ms);
        Ok(())
    }

    /// Changes the phase's figures under the row's version.
    async fn change(
        &self,
        change: impl Fn(&mut PhaseSpend) -> Result<(), Failure> + Send + Sync,
    ) -> Result<(), Failure> {
        let records = &self.ctx.env.records;
        let key = key::budget(&self.ctx.tenant, &self.ctx.run);
        for _ in 0..WRITE_TRIES {
            let found = records.get(&key).await?;
            let when = found.as_ref().map_or(Condition::Absent, |item| Condition::Version(item.version));
            let unreadable =
                |e: serde_json::Error| Failure::corrupt(format!("row {} {}: {e}", key.pk, key.sk));
            let row = found.map(|item| serde_json::from_value(item.value)).transpose().map_err(unreadable)?;
            let mut budget: BudgetRow = row.unwrap_or_default();
            change(budget.phases.entry(self.phase.clone()).or_default())?;
            let value = serde_json::to_value(&budget).map_err(|e| Failure::bug(e.to_string()))?;
            match records.write(vec![Write::Put { key: key.clone(), value, when }]).await {
                Err(failure) if failure.kind == FailureKind::StoreConflict => {}
                other => return other,
            }
        }
        let message =
            format!("the budget of run {} changed {WRITE_TRIES} times under {}", self.ctx.run, self.ctx.step);
        Err(Failure::new(FailureKind::StoreConflict, message))
    }
}

/// Replaces what the job has set aside by the time that was used, or by all of it when that is not known.
fn settle(spend: &mut PhaseSpend, job: &str, used_ms: Option<u64>) {
    if let Some(reserved) = spend.tools_reserved_ms.remove(job) {
        spend.tools_ms = spend.tools_ms.saturating_add(used_ms.unwrap_or(reserved));
    }
}

/// Books all that a step's jobs have set aside.
fn settle_all(spend: &mut PhaseSpend, step: &str) {
    let of_step = |job: &&String| job.rsplit_once(JOB).is_some_and(|(of, _)| of == step) || *job == step;
    let open: Vec<String> = spend.tools_reserved_ms.keys().filter(of_step).cloned().collect();
    open.iter().for_each(|job| settle(spend, job, None));
}

#[async_trait]
impl Jobs for Metered<'_> {
    async fn run(&self, spec: JobSpec) -> Result<JobResult, Failure> {
        if self.tools_minutes == 0 {
            return self.jobs.run(spec).await;
        }
        let most_ms = spec.limits.wall_ms;
        let number = self.jobs_asked.fetch_add(1, Ordering::Relaxed);
        let job = format!("{}{JOB}{number}", self.ctx.step);
        self.change(|spend| self.reserve(spend, &job, most_ms)).await?;
        let done = self.jobs.run(spec).await;
        let used_ms = match &done {
            Ok(result) => Some(result.duration_ms),
            Err(failure) if failure.kind == FailureKind::SandboxMissing => Some(0),
            Err(_) => None,
        };
        self.change(|spend| {
            settle(spend, &job, used_ms);
            Ok(())
        })
        .await?;
        done
    }
    async fn probe(&self) -> Result<String, Failure> {
        self.jobs.probe().await
    }
}
