//! What must be on the ledger, told by the journal and the books; and the whole ledger as one document.

use ideamine_core::records::{BudgetRow, PhaseRow, Plan, RunRow, key};
use ideamine_core::{Ctx, Failure};
use ideamine_ledger::{LedgerDocument, PhaseIndex, StepIndex, Usage, phase_of};

use crate::{UNRECORDED, rows};

/// The step index as it is now: every completed call that leaves a task fact, every phase, what was used.
///
/// # Errors
/// The store's failures.
pub async fn step_index(ctx: &Ctx) -> Result<StepIndex, Failure> {
    let run: RunRow = rows::get(ctx, &key::run(&ctx.tenant, &ctx.run)).await?;
    let mut steps = match &run.execution {
        Some(execution) => ctx.env.workflows.steps(execution).await?,
        None => vec![],
    };
    steps.retain(|step| !UNRECORDED.contains(&step.function.as_str()));
    let phases = match run.plan {
        Some(plan) => phases(ctx, &ctx.get_json(&plan).await?).await?,
        None => vec![],
    };
    let budget: BudgetRow = rows::get(ctx, &key::budget(&ctx.tenant, &ctx.run)).await?;
    Ok(StepIndex { steps, phases, usage: Usage::from(&budget) })
}

async fn phases(ctx: &Ctx, plan: &Plan) -> Result<Vec<PhaseIndex>, Failure> {
    let facts = ctx.env.ledger.facts(&ctx.tenant, &ctx.run).await?;
    let mut phases = vec![];
    for row in rows::phases(ctx).await? as Vec<PhaseRow> {
        let path = plan.phase(&row.id).map(ideamine_core::records::PlannedPhase::path).unwrap_or_default();
        let own = facts.iter().filter(|fact| phase_of(&fact.path) == Some(row.id.as_str()));
        phases.push(PhaseIndex {
            usage: Usage::of(own),
            id: row.id,
            path,
            artifacts: row.artifacts,
            gates: row.gates,
        });
    }
    Ok(phases)
}

/// What is sealed of a run's ledger, without its step index.
///
/// # Errors
/// The store's failures.
pub async fn sealed(ctx: &Ctx) -> Result<LedgerDocument, Failure> {
    let rows = ctx.env.ledger.rows(&ctx.tenant, &ctx.run).await?;
    let heads = ctx.env.ledger.heads(&ctx.tenant, &ctx.run).await?;
    let public_key = heads.last().map(|head| head.signature.public_key.clone()).unwrap_or_default();
    Ok(LedgerDocument { rows, heads, index: None, public_key })
}

/// The ledger of a run, with the step index that it closed with.
///
/// # Errors
/// The store's failures.
pub async fn ledger_document(ctx: &Ctx) -> Result<LedgerDocument, Failure> {
    let mut document = sealed(ctx).await?;
    if let Some(digest) = document.sealed_digest(StepIndex::ARTIFACT) {
        document.index = Some(ctx.get_json::<StepIndex>(&digest).await?);
    }
    Ok(document)
}
