//! Runs as the command line and the API show them: the JSON that others rely on.

use ideamine_core::records::{
    BudgetRow, ControlRow, Desired, GuardSum, PhaseRow, PhaseSpend, Plan, QuestionRow, RunRow, RunStatus,
    RunVerdict, key,
};
use ideamine_core::{Failure, RunId};
use ideamine_orchestration::{guarded, index, judge, rows};
use serde_json::{Value, json};

use crate::Runs;
use crate::tree::tree;

impl Runs {
    /// All runs, newest first.
    ///
    /// # Errors
    /// The store's own.
    pub async fn list(&self) -> Result<Value, Failure> {
        let shown = |row: RunRow| {
            json!({
                "run_id": row.run_id, "status": row.status, "verdict": verdict(&row), "idea": row.title,
                "created_at": timestamp(row.created_ms),
            })
        };
        Ok(Value::Array(self.all().await?.into_iter().map(shown).collect()))
    }

    /// One run, in the form of `run --json`; of the dossier only its digest.
    ///
    /// # Errors
    /// `Data.NotFound`.
    pub async fn show(&self, run: &RunId) -> Result<Value, Failure> {
        let ctx = self.context(run);
        let row = self.find(run).await?;
        let phases: Vec<PhaseRow> = rows::phases(&ctx).await?;
        let budget: BudgetRow = rows::get(&ctx, &key::budget(&ctx.tenant, run)).await?;
        let control: ControlRow = rows::get(&ctx, &key::control(&ctx.tenant, run)).await?;
        let under_way = matches!(row.status, RunStatus::Pending | RunStatus::Running);
        let now = self.env.clock.now_ms();
        let plan: Option<Plan> = match row.plan {
            Some(plan) => Some(ctx.get_json(&plan).await?),
            None => None,
        };
        let generator = plan.as_ref().map(|plan| judge::generator(plan, &phases));
        let mut questions: Vec<QuestionRow> = rows::all(&ctx, "question#").await?;
        questions.sort_by_key(|q| (!q.blocking, q.rank, q.id.clone()));
        Ok(json!({
            "run_id": run,
            "idea": row.title,
            "seed": row.options.seed,
            "model": row.options.model,
            "priority": row.options.priority,
            "plan_hash": row.plan,
            "forked_from": row.options.fork,
            "status": row.status,
            "verdict": verdict(&row),
            "pause_requested": under_way && control.desired == Desired::Pause,
            "reasons": row.reasons.iter().chain(&budget.refusal).collect::<Vec<_>>(),
            "generator": generator,
            "phases": phases.iter().map(|phase| shown(phase, budget.phases.get(&phase.id), now)).collect::<Vec<_>>(),
            "guards": GuardSum::of(&guarded::all(&ctx).await?),
            "questions": questions.iter().map(|q| json!({
                "id": q.id, "phase": q.phase, "text": q.text, "blocking": q.blocking, "state": q.state, "answer": q.answer,
            })).collect::<Vec<_>>(),
            "dossier": { "json": null, "html": null, "pdf": null, "digest": row.dossier },
            "ledger": self.head(run).await?,
            "usage": {
                "usd": budget.settled.plus(budget.uncertain).dollars(), "usd_recorded": budget.recorded.dollars(),
                "tokens_in": budget.tokens_in, "tokens_out": budget.tokens_out,
                "model_calls": budget.model_calls, "cache_hits": budget.cache_hits,
                "uncertain_calls": budget.uncertain_calls,
            },
            "budget": tree(&budget, plan.as_ref()),
            "created_at": timestamp(row.created_ms),
            "duration_ms": row.ended_ms.unwrap_or(now) - row.created_ms,
        }))
    }

    async fn head(&self, run: &RunId) -> Result<Value, Failure> {
        let head = self.env.ledger.heads(&self.tenant, run).await?.pop();
        Ok(match head {
            Some(signed) => json!({ "entries": signed.head.size, "head": signed.head.root, "signed": true }),
            None => json!({ "entries": 0, "head": ideamine_ledger::ZERO_HASH, "signed": false }),
        })
    }

    /// The ledger as a document that can be verified on its own.
    ///
    /// # Errors
    /// `Data.NotFound`.
    pub async fn ledger(&self, run: &RunId) -> Result<Value, Failure> {
        self.find(run).await?;
        let document = index::ledger_document(&self.context(run)).await?;
        serde_json::to_value(document).map_err(|e| Failure::bug(e.to_string()))
    }

    /// How a run stands: `{status, ended}`.
    ///
    /// # Errors
    /// `Data.NotFound`.
    pub async fn status(&self, run: &RunId) -> Result<Value, Failure> {
        let row = self.find(run).await?;
        Ok(json!({ "status": row.status, "ended": row.ended_ms.is_some() }))
    }
}

/// What a run came to: nothing yet while it is under way; one that waits is stopped until it goes on.
fn verdict(row: &RunRow) -> Option<RunVerdict> {
    row.verdict.or_else(|| (row.status == RunStatus::Paused).then_some(RunVerdict::Stopped))
}

/// RFC 3339, UTC, milliseconds.
pub fn timestamp(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|t| format!("{t:.3}")).unwrap_or_default()
}

fn shown(phase: &PhaseRow, spend: Option<&PhaseSpend>, now: i64) -> Value {
    let usage = spend.map(|spend| {
        json!({
            "usd": spend.settled.plus(spend.uncertain).dollars(),
            "tokens_in": spend.tokens_in, "tokens_out": spend.tokens_out, "tokens_uncertain": spend.tokens_uncertain,
            "tools_ms": spend.tools_ms, "grants": spend.grants,
        })
    });
    let duration = phase.started_ms.map_or(0, |start| phase.ended_ms.unwrap_or(now) - start);
    json!({
        "id": phase.id, "status": phase.status, "attempts": phase.attempts, "duration_ms": duration,
        "artifacts": phase.artifacts, "gates": phase.gates, "problems": phase.problems,
        "stopped": phase.stopped, "usage": usage,
    })
}
