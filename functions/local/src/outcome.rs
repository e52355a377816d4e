//! A run as the command line shows it: the JSON that others rely on, and what it means for the exit code.

use std::path::Path;

use ideamine_core::records::{BudgetRow, PhaseRow, QuestionRow, RunRow, RunStatus, key};
use ideamine_core::{Env, Failure, RunId, Tenant};
use ideamine_orchestration::{index, judge, rows};
use serde_json::{Value, json};

use crate::artifacts;
use crate::exit::Exit;
use crate::lookup::{all_runs, context, find_run};

/// All runs, newest first.
pub(crate) async fn list(env: &Env) -> Result<Value, Failure> {
    let shown = |row: RunRow| {
        json!({
            "run_id": row.run_id, "status": row.status, "verdict": row.verdict, "idea": row.title,
            "created_at": timestamp(row.created_ms),
        })
    };
    Ok(Value::Array(all_runs(env).await?.into_iter().map(shown).collect()))
}

/// RFC 3339, UTC, milliseconds.
pub(crate) fn timestamp(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|t| format!("{t:.3}")).unwrap_or_default()
}

/// One run, in the form of `run --json`.
pub(crate) async fn show(env: &Env, data_dir: &Path, run: &RunId) -> Result<Value, Failure> {
    let ctx = context(env, run);
    let row = find_run(env, run).await?;
    let phases: Vec<PhaseRow> = rows::phases(&ctx).await?;
    let budget: BudgetRow = rows::get(&ctx, &key::budget(&ctx.tenant, run)).await?;
    let now = env.clock.now_ms();
    let generator = match row.plan {
        Some(plan) => Some(judge::generator(&ctx.get_json(&plan).await?, &phases)),
        None => None,
    };
    let mut questions: Vec<QuestionRow> = rows::all(&ctx, "question#").await?;
    questions.sort_by_key(|q| (!q.blocking, q.rank, q.id.clone()));
    Ok(json!({
        "run_id": run,
        "idea": row.title,
        "seed": row.options.seed,
        "model": row.options.model,
        "plan_hash": row.plan,
        "status": row.status,
        "verdict": row.verdict.unwrap_or(ideamine_core::records::RunVerdict::Stopped),
        "reasons": row.reasons,
        "generator": generator,
        "phases": phases.iter().map(|phase| shown(phase, now)).collect::<Vec<_>>(),
        "guards": [],
        "questions": questions.iter().map(|q| json!({
            "id": q.id, "phase": q.phase, "text": q.text, "blocking": q.blocking, "state": q.state, "answer": q.answer,
        })).collect::<Vec<_>>(),
        "dossier": artifacts::dossier_files(env, data_dir, &row).await?,
        "ledger": head(env, run).await?,
        "usage": {
            "usd": budget.settled.plus(budget.uncertain).dollars(), "usd_recorded": budget.recorded.dollars(),
            "tokens_in": budget.tokens_in, "tokens_out": budget.tokens_out,
            "model_calls": budget.model_calls, "cache_hits": budget.cache_hits,
            "uncertain_calls": budget.uncertain_calls,
        },
        "created_at": timestamp(row.created_ms),
        "duration_ms": row.ended_ms.unwrap_or(now) - row.created_ms,
    }))
}

fn shown(phase: &PhaseRow, now: i64) -> Value {
    let duration = phase.started_ms.map_or(0, |start| phase.ended_ms.unwrap_or(now) - start);
    json!({
        "id": phase.id, "status": phase.status, "attempts": phase.attempts, "duration_ms": duration,
        "artifacts": phase.artifacts, "gates": phase.gates, "problems": phase.problems,
    })
}

async fn head(env: &Env, run: &RunId) -> Result<Value, Failure> {
    let head = env.ledger.heads(&Tenant::local(), run).await?.pop();
    Ok(match head {
        Some(signed) => json!({ "entries": signed.head.size, "head": signed.head.root, "signed": true }),
        None => json!({ "entries": 0, "head": ideamine_ledger::ZERO_HASH, "signed": false }),
    })
}

/// The ledger as a document that can be verified on its own.
pub(crate) async fn ledger(env: &Env, run: &RunId) -> Result<Value, Failure> {
    find_run(env, run).await?;
    let document = index::ledger_document(&context(env, run)).await?;
    serde_json::to_value(document).map_err(|e| Failure::bug(e.to_string()))
}

/// What a run that was followed to its end means to the caller.
pub(crate) fn exit(shown: &Value, require_release: bool) -> Exit {
    let is = |field: &str, value: &str| shown[field] == value;
    if is("status", "paused") || is("status", "cancelled") {
        return Exit::Stopped;
    }
    if !is("status", "completed") {
        return Exit::Failed;
    }
    if require_release && !is("verdict", "released") { Exit::Unmet } else { Exit::Ok }
}

/// Whether following is over.
pub(crate) fn is_over(status: &Value) -> bool {
    let paused = serde_json::to_value(RunStatus::Paused).unwrap_or_default();
    status["ended"] == true || status["status"] == paused
}
