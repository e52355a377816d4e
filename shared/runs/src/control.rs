//! Pause, resume, cancel: what a person wants of a run is a row that the machines read.

use ideamine_core::records::{
    BudgetRow, ControlRow, Desired, FactBody, Plan, QuestionRow, QuestionState, RunRow, RunStatus, key,
};
use ideamine_core::{Ctx, Failure, RunId, UsdMicros};
use ideamine_orchestration::next::{HoldRow, wake};
use ideamine_orchestration::rows;
use serde_json::{Value, json};

use crate::recording::{ConfigRow, config_key};
use crate::{Runs, build};

impl Runs {
    /// Goes on with a run that waits; another `budget` becomes its cap.
    ///
    /// # Errors
    /// `Input.Invalid` when it has ended, or when another build started it and `accept_build` is not given.
    pub async fn resume(
        &self,
        run: &RunId,
        budget: Option<UsdMicros>,
        accept_build: bool,
    ) -> Result<Value, Failure> {
        let ctx = self.context(run);
        let row = self.find(run).await?;
        if row.ended_ms.is_some() {
            return Err(Failure::input(format!("run {run} has ended; see `ideamine show {run}`")));
        }
        self.same_build(&ctx, &row, accept_build).await?;
        let begun: ConfigRow = rows::get(&ctx, &config_key(&ctx)).await?;
        self.start_execution(&ctx, begun.config).await?;
        if let Some(cap) = budget {
            rows::update(&ctx, &key::budget(&ctx.tenant, run), |row: &mut BudgetRow| row.cap = Some(cap))
                .await?;
        }
        rows::update(&ctx, &key::control(&ctx.tenant, run), |control: &mut ControlRow| {
            if control.desired == Desired::Pause {
                *control =
                    ControlRow { epoch: control.epoch + 1, desired: Desired::Run, by: "person".to_owned() };
            }
        })
        .await?;
        self.release_holds(&ctx).await?;
        Ok(json!({ "run_id": run }))
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
        let ctx = self.context(run);
        let row = self.find(run).await?;
        if row.ended_ms.is_some() {
            return Err(Failure::input(format!("run {run} has ended; there is nothing to stop")));
        }
        rows::update(&ctx, &key::control(&ctx.tenant, run), |control: &mut ControlRow| {
            if control.desired != desired && control.desired != Desired::Cancel {
                *control = ControlRow { epoch: control.epoch + 1, desired, by: "person".to_owned() };
            }
        })
        .await?;
        self.withdraw_questions(&ctx).await?;
        if desired == Desired::Cancel {
            self.release_holds(&ctx).await?;
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
