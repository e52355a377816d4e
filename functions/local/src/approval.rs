//! The owner's side of `ideamine approve`: says what is to be signed, and takes the signed decision.

use ideamine_core::artifacts::GateOutcome;
use ideamine_core::ports::{Condition, Write};
use ideamine_core::records::{Approval, PhaseRow, Plan, SignedApproval, key};
use ideamine_core::{Ctx, Env, Failure, RunId, Tenant};
use ideamine_ledger::approval::WAIVE;
use ideamine_orchestration::{appeal, rows};
use serde_json::{Value, json};

use crate::lookup::{context, find_run};

/// How long an approval holds, milliseconds: seven days.
const VALID_MS: i64 = 7 * 24 * 60 * 60 * 1000;

async fn planned(env: &Env, run: &RunId) -> Result<(Ctx, Plan), Failure> {
    let row = find_run(env, run).await?;
    let ctx = context(env, run);
    if row.ended_ms.is_some() {
        return Err(Failure::input(format!("run {run} has ended: what it came to stands")));
    }
    let plan = row.plan.ok_or_else(|| Failure::input(format!("run {run} is not planned yet")))?;
    let plan = ctx.get_json(&plan).await?;
    Ok((ctx, plan))
}

/// What an approver would sign for this gate now; `nonce` is unique.
pub(crate) async fn statement(env: &Env, nonce: RunId, run: &RunId, gate: &str) -> Result<Value, Failure> {
    let (ctx, _) = planned(env, run).await?;
    let phases: Vec<PhaseRow> = rows::phases(&ctx).await?;
    let failed = phases.iter().find_map(|row| {
        let gate = row.gates.iter().find(|found| found.id == gate && found.outcome == GateOutcome::Fail)?;
        Some((row, gate))
    });
    let (row, found) =
        failed.ok_or_else(|| Failure::input(format!("gate `{gate}` has not failed in run {run}")))?;
    let approval = Approval {
        tenant: Tenant::local(),
        run: run.clone(),
        phase: row.id.clone(),
        gate: found.id.clone(),
        attempt: row.attempts,
        artifacts: row.artifacts.iter().map(|artifact| artifact.digest).collect(),
        evidence: found.evidence,
        decision: WAIVE.to_owned(),
        expires_ms: env.clock.now_ms() + VALID_MS,
        nonce: nonce.to_string(),
    };
    serde_json::to_value(approval).map_err(|e| Failure::bug(e.to_string()))
}

/// Takes a signed decision; the run can go on with it.
pub(crate) async fn approve(env: &Env, run: &RunId, signed: SignedApproval) -> Result<Value, Failure> {
    let (ctx, plan) = planned(env, run).await?;
    let approval = &signed.approval;
    let row: PhaseRow = rows::get(&ctx, &rows::phase_key(&ctx, &plan, &approval.phase)?).await?;
    appeal::check(&ctx, &plan, &row, &signed)?;
    let (phase, gate) = (approval.phase.clone(), approval.gate.clone());
    let value = serde_json::to_value(&signed).map_err(|e| Failure::bug(e.to_string()))?;
    let key = key::approval(&ctx.tenant, run, &phase, &gate);
    env.records.write(vec![Write::Put { key, value, when: Condition::Any }]).await?;
    Ok(json!({ "run_id": run, "phase": phase, "gate": gate, "decision": WAIVE }))
}
