//! A person's signed decision on a failed gate: says what is to be signed, and takes what was.

use ideamine_core::artifacts::GateOutcome;
use ideamine_core::ports::{Condition, Write};
use ideamine_core::records::{Approval, PhaseRow, Plan, SignedApproval, key};
use ideamine_core::{Ctx, Failure, RunId};
use ideamine_ledger::approval::WAIVE;
use ideamine_orchestration::{appeal, rows};
use serde_json::{Value, json};

use crate::Runs;

/// How long an approval holds, milliseconds: seven days.
const VALID_MS: i64 = 7 * 24 * 60 * 60 * 1000;

impl Runs {
    async fn planned(&self, run: &RunId) -> Result<(Ctx, Plan), Failure> {
        let row = self.find(run).await?;
        let ctx = self.context(run);
        if row.ended_ms.is_some() {
            return Err(Failure::input(format!("run {run} has ended: what it came to stands")));
        }
        let plan = row.plan.ok_or_else(|| Failure::input(format!("run {run} is not planned yet")))?;
        let plan = ctx.get_json(&plan).await?;
        Ok((ctx, plan))
    }

    /// What an approver would sign for this gate now; `nonce` is unique.
    ///
    /// # Errors
    /// `Input.Invalid` when the gate has not failed or the run has ended.
    pub async fn statement(&self, nonce: &RunId, run: &RunId, gate: &str) -> Result<Value, Failure> {
        let (ctx, _) = self.planned(run).await?;
        let phases: Vec<PhaseRow> = rows::phases(&ctx).await?;
        let failed = phases.iter().find_map(|row| {
            let gate =
                row.gates.iter().find(|found| found.id == gate && found.outcome == GateOutcome::Fail)?;
            Some((row, gate))
        });
        let (row, found) =
            failed.ok_or_else(|| Failure::input(format!("gate `{gate}` has not failed in run {run}")))?;
        let approval = Approval {
            tenant: self.tenant.clone(),
            run: run.clone(),
            phase: row.id.clone(),
            gate: found.id.clone(),
            attempt: row.attempts,
            artifacts: row.artifacts.iter().map(|artifact| artifact.digest).collect(),
            evidence: found.evidence,
            decision: WAIVE.to_owned(),
            expires_ms: self.env.clock.now_ms() + VALID_MS,
            nonce: nonce.to_string(),
        };
        serde_json::to_value(approval).map_err(|e| Failure::bug(e.to_string()))
    }

    /// Takes a signed decision, and lets the run go on with it.
    ///
    /// # Errors
    /// `Input.Invalid` with what does not hold of the decision.
    pub async fn approve(&self, run: &RunId, signed: SignedApproval) -> Result<Value, Failure> {
        let (ctx, plan) = self.planned(run).await?;
        let approval = &signed.approval;
        let row: PhaseRow = rows::get(&ctx, &rows::phase_key(&ctx, &plan, &approval.phase)?).await?;
        appeal::check(&ctx, &plan, &row, &signed)?;
        let (phase, gate) = (approval.phase.clone(), approval.gate.clone());
        let value = serde_json::to_value(&signed).map_err(|e| Failure::bug(e.to_string()))?;
        let key = key::approval(&ctx.tenant, run, &phase, &gate);
        self.env.records.write(vec![Write::Put { key, value, when: Condition::Any }]).await?;
        self.release_holds(&ctx).await?;
        Ok(json!({ "run_id": run, "phase": phase, "gate": gate, "decision": WAIVE }))
    }
}
