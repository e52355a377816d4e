//! `run-appeal` and `run-waive`: a person's signed decision on a failed gate.
//!
//! The approvers' public keys are in the plan, so nobody who joins later can approve. An approval names the
//! artifacts and the evidence by digest: it is void when either changes, and it is used once.

use async_trait::async_trait;
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::digest::canonical;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Progress;
use ideamine_core::records::{
    Approval, FactBody, GateRef, PhaseRow, Plan, RunRow, RunStatus, SignedApproval, key,
};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId};
use ideamine_ledger::signature::verify_signature;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::next::HoldRow;
use crate::rows;

/// Decision of an approval that lets a failed gate pass.
pub const WAIVE: &str = "waive";

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

/// Whether the approval may be used for this gate of this phase, now.
///
/// # Errors
/// `Signature.Invalid` with what does not fit.
pub fn check(plan: &Plan, row: &PhaseRow, signed: &SignedApproval, now_ms: i64) -> Result<(), Failure> {
    let refuse = |what: &str| {
        Err(Failure::new(
            FailureKind::SignatureInvalid,
            format!("approval of gate {}: {what}", signed.approval.gate),
        ))
    };
    let Approval { phase, gate, attempt, artifacts, evidence, decision, expires_ms, .. } = &signed.approval;
    if !plan.approvers.contains(&signed.signature.public_key) {
        return refuse("its key is not among the approvers that the plan names");
    }
    if verify_signature(&signed.signature, &canonical(&signed.approval)?).is_err() {
        return refuse("the signature does not hold");
    }
    let judged = row
        .gates
        .iter()
        .any(|found| found.id == *gate && found.evidence == *evidence && found.outcome == GateOutcome::Fail);
    let made: Vec<Digest> = row.artifacts.iter().map(|artifact| artifact.digest).collect();
    if *phase != row.id || *attempt != row.attempts || !judged || made != *artifacts {
        return refuse("it is for other artifacts or other evidence than what the gate judged last");
    }
    if decision != WAIVE {
        return refuse("its decision is not `waive`");
    }
    if *expires_ms <= now_ms {
        return refuse("it has expired");
    }
    Ok(())
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
            if gate.outcome == GateOutcome::Fail
                && check(&plan, &row, &signed, ctx.env.clock.now_ms()).is_ok()
            {
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
    let over = Digest::of_json(&signed.approval)?;
    let path = format!("control/approval-{}", signed.approval.nonce);
    let purpose = "approval".to_owned();
    let body = FactBody::Signature { over, signature: signed.signature.clone(), purpose };
    ctx.record_at(&path, 0, body).await?;
    let body = FactBody::Decision {
        decision: "waive".to_owned(),
        choice: gate.id.clone(),
        by: "person".to_owned(),
        subject: Some(over),
    };
    ctx.record(ordinal, body).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use ideamine_core::records::{PhaseStatus, Signature};
    use ideamine_core::{RunId, Tenant};

    fn row() -> PhaseRow {
        let gates = vec![GateRef { id: "qa".into(), outcome: GateOutcome::Fail, evidence: Digest::of(b"e") }];
        PhaseRow {
            id: PhaseId::new("qa").unwrap(),
            order: 9,
            status: PhaseStatus::Running,
            attempts: 2,
            artifacts: vec![],
            gates,
            generator: None,
            problems: vec![],
            started_ms: None,
            ended_ms: None,
        }
    }

    #[test]
    fn an_approval_by_an_unknown_key_or_with_a_false_signature_is_refused() {
        let approval = Approval {
            tenant: Tenant::local(),
            run: RunId::new("r").unwrap(),
            phase: PhaseId::new("qa").unwrap(),
            gate: "qa".into(),
            attempt: 2,
            artifacts: vec![],
            evidence: Digest::of(b"e"),
            decision: WAIVE.into(),
            expires_ms: 10,
            nonce: "n".into(),
        };
        let signature = Signature {
            algorithm: "ed25519".into(),
            key_id: "k".into(),
            public_key: "aa".into(),
            value: "bb".into(),
        };
        let signed = SignedApproval { approval, signature };
        let plan = |approvers: Vec<String>| Plan {
            version: 1,
            build: "b".into(),
            idea: Digest::of(b"i"),
            idea_media_type: "text/plain".into(),
            seed: 0,
            model: "composer".into(),
            ask: true,
            phases: vec![],
            machines: Default::default(),
            approvers,
        };
        let says = |plan: &Plan| check(plan, &row(), &signed, 0).unwrap_err().message;
        assert!(says(&plan(vec![])).contains("not among the approvers"));
        assert!(says(&plan(vec!["aa".into()])).contains("does not hold"));
    }
}
