//! Judges a phase again by one of its gates, from the recorded inputs, and says whether the outcome is the same.

use ideamine_core::artifacts::Evidence;
use ideamine_core::records::PhaseRow;
use ideamine_core::{Failure, RunId};
use ideamine_orchestration::rows;
use serde_json::{Value, json};

use crate::Runs;

impl Runs {
    /// Runs one gate again.
    ///
    /// # Errors
    /// `Data.NotFound` when it has not judged in this run.
    pub async fn gate(&self, run: &RunId, gate: &str) -> Result<Value, Failure> {
        self.find(run).await?;
        let ctx = self.context(run);
        let phases: Vec<PhaseRow> = rows::phases(&ctx).await?;
        let found = phases.iter().find_map(|phase| Some((phase, phase.gates.iter().find(|g| g.id == gate)?)));
        let (phase, recorded) = found.ok_or_else(|| {
            Failure::not_found(format!(
                "gate `{gate}` has not judged in run {run}; see `ideamine show {run}`"
            ))
        })?;
        let evidence: Evidence = ctx.get_json(&recorded.evidence).await?;
        let again = ideamine_gates::rerun(&ctx, &evidence).await?;
        Ok(json!({
            "gate": gate, "phase": phase.id, "outcome": again.outcome, "recorded": recorded.outcome,
            "same": again.outcome == recorded.outcome && again.measures == evidence.measures,
            "measures": again.measures, "findings": again.findings, "evidence": recorded.evidence,
        }))
    }
}
