//! Pause, resume, cancel: what a person wants of a run is a row that the machines read.

use ideamine_core::budget::Grant;
use ideamine_core::records::{
    BudgetRow, ControlRow, Desired, FactBody, Plan, QuestionRow, QuestionState, RunRow, RunStatus, key,
};
use ideamine_core::{Ctx, Failure, RunId, UsdMicros};
use ideamine_orchestration::next::{HoldRow, wake};
use ideamine_orchestration::rows;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::recording::{ConfigRow, config_key};
use crate::start::minutes_ms;
use crate::{Runs, build};

/// What a person changes when a run goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// New cap of the run's budget.
    #[serde(default)]
    pub budget: Option<UsdMicros>,
    /// New cap of its tokens.
    #[serde(default)]
    pub budget_tokens: Option<u64>,
    /// New cap of its minutes of tools.
    #[serde(default)]
    pub budget_minutes: Option<u32>,
    /// Go on although another build started it.
    pub accept_build: bool,
    /// Phases, stories and branches that get what they may use once more.
    #[serde(default)]
    pub grant: Vec<Grant>,
}

/// [`ControlRow::by`] of what a person asked for.
const PERSON: &str = "person";

impl Runs {
    /// Goes on with a run that waits.
    ///
    /// # Errors
    /// `Input.Invalid` when it has ended, when another build started it and that is not accepted, or when a phase
    /// that is granted something is not in its plan, or its part has used nothing.
    pub async fn resume(&self, run: &RunId, resume: &Resume) -> Result<Value, Failure> {
        let ctx = self.context(run);
        let row = self.find(run).await?;
        if row.ended_ms.is_some() {
            return Err(Failure::input(format!("run {run} has ended; see `ideamine show {run}`")));
        }
        self.same_build(&ctx, &row, resume.accept_build).await?;
        self.record_grants(&ctx, &row, &resume.grant).await?;
        let begun: ConfigRow = rows::get(&ctx, &config_key(&ctx)).await?;
        self.start_execution(&ctx, begun.config, row.options.priority).await?;
        rows::update(&ctx, &key::budget(&ctx.tenant, run), |row: &mut BudgetRow| {
            row.cap = resume.budget.or(row.cap);
            row.cap_tokens = resume.budget_tokens.or(row.cap_tokens);
            row.cap_tools_ms = resume.budget_minutes.map(minutes_ms).or(row.cap_tools_ms);
            row.refusal = None;
            for Grant { phase, part } in &resume.grant {
                let spend = row.phases.entry(phase.clone()).or_default();
                match part {
                    Some(part) => spend.parts.entry(part.clone()).or_default().grants += 1,
                    None => spend.grants += 1,
                }
            }
        })
        .await?;
        rows::update(&ctx, &key::control(&ctx.tenant, run), |control: &mut ControlRow| {
            control.want(Desired::Run, PERSON);
        })
        .await?;
        self.release_holds(&ctx).await?;
        Ok(json!({ "run_id": run }))
    }

    /// What a phase, story or branch gets on top of its limits is a person's decision on the ledger.
    async fn record_grants(&self, ctx: &Ctx, row: &RunRow, grant: &[Grant]) -> Result<(), Failure> {
        if grant.is_empty() {
            return Ok(());
        }
        let run = &row.run_id;
        let plan = row.plan.ok_or_else(|| Failure::input(format!("run {run} is not planned yet")))?;
        let plan: Plan = ctx.get_json(&plan).await?;
        let budget: BudgetRow = rows::get(ctx, &key::budget(&ctx.tenant, run)).await?;
        for wanted in grant {
            let Grant { phase, part } = wanted;
            if plan.phase(phase).is_none() {
                let there: Vec<&str> = plan.phases.iter().map(|planned| planned.config.id.as_str()).collect();
                let there = there.join(", ");
                return Err(Failure::input(format!("--grant {phase}: no such phase; there is {there}")));
            }
            let spend = budget.phases.get(phase);
            let of = match part {
                None => spend,
                Some(part) => Some(spend.and_then(|spend| spend.parts.get(part)).ok_or_else(|| {
                    let there = spend.into_iter().flat_map(|spend| spend.parts.keys());
                    let there = there.map(String::as_str).collect::<Vec<_>>().join(", ");
                    let what = "no such story or branch has used anything; there is";
                    Failure::input(format!(
                        "--grant {wanted}: {what} {}",
                        if there.is_empty() { "none" } else { &there }
                    ))
                })?),
            };
            let number = of.map_or(0, |spend| spend.grants) + 1;
            let (choice, by) = (wanted.to_string(), "person".to_owned());
            let body = FactBody::Decision { decision: "grant".to_owned(), choice, by, subject: row.plan };
            ctx.record_at(&format!("control/grant-{wanted}-{number}"), 0, body).await?;
        }
        Ok(())
    }

    /// Another build may do other things at the same step, so it goes on only when told to, and says so on the ledger.
    async fn same_build(&self, ctx: &Ctx, row: &RunRow, accept: bool) -> Result<(), Failure> {
        let Some(plan) = row.plan else { return Ok(()) };
        let plan: Plan = ctx.get_json(&plan).await?;
        let now = build::build();
        if plan.build == now {
            return Ok(());
        }
        if !accept {
            let message = format!(
                "run {} was started by build {}, this is {now}; add --accept-build to go on with this one",
                row.run_id, plan.build
            );
            return Err(Failure::input(message));
        }
        let by = "person".to_owned();
        let body =
            FactBody::Decision { decision: "build".to_owned(), choice: now.clone(), by, subject: row.plan };
        ctx.record_at(&format!("control/build-{now}"), 0, body).await
    }

    /// Asks a run to wait or to end.
    ///
    /// # Errors
    /// `Input.Invalid` when it has ended.
    pub async fn want(&self, run: &RunId, desired: Desired) -> Result<Value, Failure> {
        self.want_by(run, desired, PERSON).await
    }

    pub(crate) async fn want_by(&self, run: &RunId, desired: Desired, by: &str) -> Result<Value, Failure> {
        let ctx = self.context(run);
        let row = self.find(run).await?;
        if row.ended_ms.is_some() {
            return Err(Failure::input(format!("run {run} has ended; there is nothing to stop")));
        }
        rows::update(&ctx, &key::control(&ctx.tenant, run), |control: &mut ControlRow| {
            control.want(desired, by);
        })
        .await?;
        self.withdraw_questions(&ctx).await?;
        if desired == Desired::Cancel {
            self.release_holds(&ctx).await?;
        }
        // Whoever waits minutes for a model that is down sees the wish now.
        if let Some(execution) = &row.execution {
            self.env.workflows.retry_now(execution).await?;
        }
        Ok(json!({ "run_id": run, "desired": desired }))
    }

    /// Nobody waits for an answer any more; the questions stay open and can still be answered for later phases.
    async fn withdraw_questions(&self, ctx: &Ctx) -> Result<(), Failure> {
        let rows: Vec<QuestionRow> = rows::all(ctx, "question#").await?;
        for asked in rows.into_iter().filter(|row| row.state == QuestionState::Asked) {
            let key = key::question(&ctx.tenant, &ctx.run, &asked.id);
            rows::update(ctx, &key, |row: &mut QuestionRow| {
                row.state = QuestionState::Open;
                row.token = None;
            })
            .await?;
            if let Some(token) = asked.token {
                wake(ctx, &token).await?;
            }
        }
        Ok(())
    }

    /// Answers every token that waits for the run to go on.
    pub(crate) async fn release_holds(&self, ctx: &Ctx) -> Result<(), Failure> {
        let holds: Vec<HoldRow> = rows::all(ctx, "hold#").await?;
        if !holds.is_empty() {
            rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
                run.status = RunStatus::Running
            })
            .await?;
        }
        for hold in holds {
            wake(ctx, &hold.token).await?;
            rows::delete(ctx, key::hold(&ctx.tenant, &ctx.run, &hold.step)).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod explore;
