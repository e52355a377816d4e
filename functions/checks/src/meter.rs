//! `tools_minutes` around the sandbox: a job that could pass what is left of the run, the phase or the story is not run.
//!
//! The job's time limit is set aside before it runs, and replaced by the time that it took. What is set aside when
//! the process dies is booked in full by the step's next delivery: the job may have run.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use ideamine_core::budget::Payer;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, JobResult, JobSpec, Jobs, Write};
use ideamine_core::records::{BudgetRow, Plan, key};
use ideamine_core::{Ctx, Failure, PhaseId};

/// How often the budget's row is tried when other writers change it first.
const WRITE_TRIES: u32 = 64;
/// Between a step and the number of its job.
const JOB: char = '#';

/// A sandbox whose time one phase pays, with its story if the step is one's.
pub(crate) struct Metered<'a> {
    jobs: &'a dyn Jobs,
    ctx: &'a Ctx,
    payer: Payer,
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
        let payer = Payer::of(&plan, phase, &ctx.step)?;
        let metered = Self { jobs, ctx, payer, jobs_asked: AtomicU32::new(0) };
        let found = ctx.env.records.get(&key::budget(&ctx.tenant, &ctx.run)).await?;
        let left = found.map(|item| row(item.value)).transpose()?;
        if left.is_some_and(|budget| metered.left(&budget).next().is_some()) {
            metered
                .change(|budget| {
                    let jobs: Vec<String> = metered.left(budget).collect();
                    jobs.iter().for_each(|job| metered.payer.settle_job(budget, job, None));
                    Ok(())
                })
                .await?;
        }
        Ok(metered)
    }

    /// Jobs of this step that a delivery before this one left set aside.
    fn left(&self, budget: &BudgetRow) -> impl Iterator<Item = String> {
        let step = &self.ctx.step;
        let of_step =
            move |job: &String| job.rsplit_once(JOB).is_some_and(|(of, _)| of == step) || job == step;
        self.payer.open_jobs(budget).into_iter().filter(of_step)
    }

    fn reserve(&self, budget: &mut BudgetRow, job: &str, most_ms: u64) -> Result<(), Failure> {
        let taken = self.payer.take_job(budget, job, most_ms);
        taken.map_err(|refusal| refusal.failure(&self.ctx.step))
    }

    /// Changes the budget under its row's version.
    async fn change(
        &self,
        change: impl Fn(&mut BudgetRow) -> Result<(), Failure> + Send + Sync,
    ) -> Result<(), Failure> {
        let records = &self.ctx.env.records;
        let key = key::budget(&self.ctx.tenant, &self.ctx.run);
        for _ in 0..WRITE_TRIES {
            let found = records.get(&key).await?;
            let when = found.as_ref().map_or(Condition::Absent, |item| Condition::Version(item.version));
            let mut budget = found.map(|item| row(item.value)).transpose()?.unwrap_or_default();
            change(&mut budget)?;
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

fn row(value: serde_json::Value) -> Result<BudgetRow, Failure> {
    serde_json::from_value(value).map_err(|e| Failure::corrupt(format!("the budget's row: {e}")))
}

#[async_trait]
impl Jobs for Metered<'_> {
    async fn run(&self, spec: JobSpec) -> Result<JobResult, Failure> {
        let most_ms = spec.limits.wall_ms;
        let number = self.jobs_asked.fetch_add(1, Ordering::Relaxed);
        let job = format!("{}{JOB}{number}", self.ctx.step);
        self.change(|budget| self.reserve(budget, &job, most_ms)).await?;
        let done = self.jobs.run(spec).await;
        let used_ms = match &done {
            Ok(result) => Some(result.duration_ms),
            Err(failure) if failure.kind == FailureKind::SandboxMissing => Some(0),
            Err(_) => None,
        };
        self.change(|budget| {
            self.payer.settle_job(budget, &job, used_ms);
            Ok(())
        })
        .await?;
        done
    }
    async fn probe(&self) -> Result<String, Failure> {
        self.jobs.probe().await
    }
}
