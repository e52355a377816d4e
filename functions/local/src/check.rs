//! What `verify RUN` adds to the ledger's own check: the live journal and every stored document.

use std::collections::BTreeSet;

use ideamine_core::records::FactBody;
use ideamine_core::{Env, Failure, RunId};
use ideamine_ledger::{LedgerDocument, Problem, ProblemKind, phase_of};
use ideamine_orchestration::index;
use serde_json::{Value, json};

use crate::lookup::{context, find_run};

/// The ledger document and what the data directory itself has against it: `{ledger, problems}`.
pub(crate) async fn stored(env: &Env, run: &RunId) -> Result<Value, Failure> {
    find_run(env, run).await?;
    let ctx = context(env, run);
    let document = index::ledger_document(&ctx).await?;
    let mut problems = documents(&ctx, &document).await;
    problems.extend(steps(&ctx, &document).await?);
    problems.extend(unsealed(&ctx, &document).await?);
    Ok(json!({ "ledger": document, "problems": problems }))
}

/// Every document that the ledger names must be there with its digest.
async fn documents(ctx: &ideamine_core::Ctx, document: &LedgerDocument) -> Vec<Problem> {
    let mut problems = vec![];
    for row in &document.rows {
        let (name, digest) = match &row.fact.body {
            FactBody::Artifact { name, digest, .. } => (name.clone(), digest),
            FactBody::Gate { gate, evidence, .. } => (format!("evidence of gate {gate}"), evidence),
            FactBody::Cost { answer: Some(answer), .. } => ("a model's answer".to_owned(), answer),
            _ => continue,
        };
        if let Err(failure) = ctx.get(digest).await {
            let phase = phase_of(&row.fact.path).map(str::to_owned);
            let what = format!("{name}: {}", failure.message);
            problems.push(Problem { kind: ProblemKind::Artifact, seq: Some(row.seq), phase, what });
        }
    }
    problems
}

/// Every step that the journal completed must have its row, also those after the step index was closed.
async fn steps(ctx: &ideamine_core::Ctx, document: &LedgerDocument) -> Result<Vec<Problem>, Failure> {
    let rows: BTreeSet<&str> = document
        .facts()
        .filter(|fact| matches!(fact.body, FactBody::Task { .. }))
        .map(|fact| fact.path.as_str())
        .collect();
    let live = index::step_index(ctx).await?.steps;
    let missing = live.into_iter().filter(|step| !rows.contains(step.step.as_str()));
    let problem = |step: ideamine_core::ports::HistoryStep| Problem {
        kind: ProblemKind::MissingTask,
        seq: None,
        phase: phase_of(&step.step).map(str::to_owned),
        what: format!(
            "{} did step {} (state {}), which has no sealed row",
            step.function, step.step, step.state
        ),
    };
    Ok(missing.map(problem).collect())
}

/// A tail that is not sealed yet is reported as such.
async fn unsealed(ctx: &ideamine_core::Ctx, document: &LedgerDocument) -> Result<Vec<Problem>, Failure> {
    let sealed: BTreeSet<_> = document.facts().map(ideamine_core::records::Fact::place).collect();
    let facts = ctx.env.ledger.facts(&ctx.tenant, &ctx.run).await?;
    let open = facts.iter().filter(|fact| !sealed.contains(&fact.place())).count();
    if open == 0 {
        return Ok(vec![]);
    }
    let what = format!("{open} facts are not sealed yet: the run is open, or its end is missing");
    Ok(vec![Problem { kind: ProblemKind::Head, seq: None, phase: None, what }])
}
