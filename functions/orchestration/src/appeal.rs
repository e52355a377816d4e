//! `run-appeal` and `run-waive`: a person's signed decision on a failed gate.
//!
//! The approvers' public keys are in the plan, so nobody who joins later can approve. An approval names the
//! artifacts and the evidence by digest: it is void when either changes, and it is used once.

use async_trait::async_trait;
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Progress;
use ideamine_core::records::{FactBody, GateRef, PhaseRow, Plan, RunRow, RunStatus, SignedApproval, key};
use ideamine_core::references::APPROVAL_PURPOSE;
use ideamine_core::{Ctx, Failure, Function, PhaseId};
use ideamine_ledger::approval::{self, Judged, WAIVE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::next::HoldRow;
use crate::rows;

/// Input of `run-appeal`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealInput {
    /// Which phase.
    pub phase: PhaseId,
    /// The task token that an approval, or a resume without one, sends.
    pub token: String,
}

/// `run-appeal`: the run waits for a decision on the phase's failed gates.
pub struct RunAppeal;

#[async_trait]
impl Function for RunAppeal {
    const NAME: &'static str = "run-appeal";
    const WRITES_TASK_FACT: bool = false;
    type Input = AppealInput;
    type Output = ();

    async fn run(&self, ctx: &Ctx, input: AppealInput) -> Result<(), Failure> {
        let row = HoldRow { step: ctx.step.clone(), token: input.token };
        rows::put(ctx, key::hold(&ctx.tenant, &ctx.run, &ctx.step), &row).await?;
        rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
            run.status = RunStatus::Paused
        })
        .await?;
        let note =
            "a failed gate waits for `ideamine approve`, or for `ideamine resume` to let it stand".to_owned();
        let progress =
            Progress::Work { phase: input.phase.to_string(), function: Self::NAME.to_owned(), note };
        ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
        Ok(())
    }
}

/// Whether the approval may be used for its gate of this phase, now.
///
/// # Errors
/// `Signature.Invalid` with what does not fit.
pub fn check(ctx: &Ctx, plan: &Plan, row: &PhaseRow, signed: &SignedApproval) -> Result<(), Failure> {
    let failed = row.gates.iter().filter(|gate| gate.outcome == GateOutcome::Fail);
    let judged = Judged {
        tenant: &ctx.tenant,
        run: &ctx.run,
        phase: &row.id,
        attempt: row.attempts,
        artifacts: row.artifacts.iter().map(|artifact| artifact.digest).collect(),
        gates: failed.map(|gate| (gate.id.as_str(), gate.evidence)).collect(),
        approvers: &plan.approvers,
    };
    approval::check(&judged, signed, ctx.env.clock.now_ms()).map_err(|void| {
        let message = format!("approval of gate {}: {void}", signed.approval.gate);
        Failure::new(FailureKind::SignatureInvalid, message)
    })
}

/// Input of `run-waive`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiveInput {
    /// Which phase.
    pub phase: PhaseId,
    /// Its attempt.
    pub attempt: u32,
}

/// Output of `run-waive`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WaiveOutput {
    /// Gates that were waived.
    pub waived: Vec<String>,
}

/// `run-waive`: applies the decisions that were signed; a gate without one stays as it is.
pub struct RunWaive;

#[async_trait]
impl Function for RunWaive {
    const NAME: &'static str = "run-waive";
    type Input = WaiveInput;
    type Output = WaiveOutput;

    async fn run(&self, ctx: &Ctx, input: WaiveInput) -> Result<WaiveOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let phase_key = rows::phase_key(ctx, &plan, &input.phase)?;
        let row: PhaseRow = rows::get(ctx, &phase_key).await?;
        let mut waived = vec![];
        for (ordinal, gate) in (0..).zip(&row.gates) {
            let key = key::approval(&ctx.tenant, &ctx.run, &input.phase, &gate.id);
            let Some(signed) = rows::find::<SignedApproval>(ctx, &key).await? else { continue };
            if gate.outcome == GateOutcome::Fail && check(ctx, &plan, &row, &signed).is_ok() {
                record(ctx, ordinal, gate, &signed).await?;
                waived.push(gate.id.clone());
            }
        }
        rows::update(ctx, &phase_key, |row: &mut PhaseRow| {
            let mut named = row.gates.iter_mut().filter(|gate| waived.contains(&gate.id));
            named.by_ref().for_each(|gate| gate.outcome = GateOutcome::Waived);
        })
        .await?;
        Ok(WaiveOutput { waived })
    }
}

async fn record(ctx: &Ctx, ordinal: u32, gate: &GateRef, signed: &SignedApproval) -> Result<(), Failure> {
    // The statement itself goes into the store and from there into the dossier: the signature can be checked anywhere.
    let over = ctx.put_json(&signed.approval).await?;
    let path = approval::path(&signed.approval.nonce);
    let purpose = APPROVAL_PURPOSE.to_owned();
    let body = FactBody::Signature { over, signature: signed.signature.clone(), purpose };
    ctx.record_at(&path, 0, body).await?;
    let body = FactBody::Decision {
        decision: WAIVE.to_owned(),
        choice: gate.id.clone(),
        by: "person".to_owned(),
        subject: Some(over),
    };
    ctx.record(ordinal, body).await
}
