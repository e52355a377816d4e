//! `ideamine gate GATE --run RUN`: judges again from the recorded inputs and says whether the outcome is the same.

use ideamine_core::artifacts::Evidence;
use ideamine_core::records::PhaseRow;
use ideamine_core::{Env, Failure, RunId};
use ideamine_orchestration::rows;
use serde_json::{Value, json};

use crate::lookup::{context, find_run};

/// Runs one gate again.
pub(crate) async fn again(env: &Env, run: &RunId, gate: &str) -> Result<Value, Failure> {
    find_run(env, run).await?;
    let ctx = context(env, run);
    let phases: Vec<PhaseRow> = rows::phases(&ctx).await?;
    let found = phases.iter().find_map(|phase| Some((phase, phase.gates.iter().find(|g| g.id == gate)?)));
    let (phase, recorded) = found.ok_or_else(|| {
        Failure::not_found(format!("gate `{gate}` has not judged in run {run}; see `ideamine show {run}`"))
    })?;
    let evidence: Evidence = ctx.get_json(&recorded.evidence).await?;
    let again = ideamine_gates::rerun(&ctx, &evidence).await?;
    Ok(json!({
        "gate": gate, "phase": phase.id, "outcome": again.outcome, "recorded": recorded.outcome,
        "same": again.outcome == recorded.outcome && again.measures == evidence.measures,
        "measures": again.measures, "findings": again.findings, "evidence": recorded.evidence,
    }))
}
