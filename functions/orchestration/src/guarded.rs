//! What guards said goes into the rows, and one that blocks, or that could not look, ends the run: for `run-next`, to which
//! the machine hands what they said of the idea, `run-phase-close` and `run-verdict`.

use ideamine_core::ports::Progress;
use ideamine_core::records::{GuardAt, GuardOutcome, GuardRow, Said};
use ideamine_core::{Ctx, Failure, PhaseId};
use ideamine_guarding::{reason, stop, write};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cause::told;
use crate::rows;

/// Place of what is said for a guard that could not look, beside what it may have said before it was lost.
const LOST_ORDINAL: u32 = 1;

/// What one guard said; without it, why it could not look.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spoken {
    /// Which guard.
    pub id: String,
    /// What it said.
    #[serde(default)]
    pub said: Option<Said>,
    /// Why it could not look: the name of the failure.
    #[serde(default)]
    pub error: Option<String>,
    /// What the failure said.
    #[serde(default)]
    pub cause: Option<String>,
}

/// Keeps what guards said, if any did, and, where one stops the run, ends it and says why. `by` is the function that does it.
pub(crate) async fn follow(
    ctx: &Ctx,
    by: &str,
    at: GuardAt,
    phase: Option<PhaseId>,
    guards: Vec<Spoken>,
) -> Result<Option<String>, Failure> {
    if guards.is_empty() {
        return Ok(None);
    }
    let mut said = Vec::with_capacity(guards.len());
    for spoken in guards {
        let looked = spoken.said.is_some();
        let one = spoken.said.unwrap_or_else(|| unable(&spoken.id, spoken.error, spoken.cause));
        if !looked {
            // A guard that looked has said so itself, there.
            ctx.record_at(&step(ctx, at, &one.id), LOST_ORDINAL, one.fact(by)).await?;
        }
        publish(ctx, phase.as_ref(), &one);
        said.push(one);
    }
    let why = said.iter().find(|said| said.outcome.stops()).map(reason);
    write(ctx, &GuardRow { at, phase, subject: None, said }).await?;
    if why.is_some() {
        stop(ctx).await?;
    }
    Ok(why)
}

/// The step of a guard, as the machines name it.
fn step(ctx: &Ctx, at: GuardAt, guard: &str) -> String {
    let around = match at {
        GuardAt::Pre => "run/before",
        GuardAt::Post => "run/after",
        GuardAt::Phase => ctx.step.rsplit_once('/').map_or(ctx.step.as_str(), |(phase, _)| phase),
    };
    format!("{around}/guard-{guard}")
}

fn unable(id: &str, error: Option<String>, cause: Option<String>) -> Said {
    Said {
        id: id.to_owned(),
        outcome: GuardOutcome::Error,
        findings: 0,
        evidence: None,
        review: vec![],
        why: Some(format!("it could not look: {}", told(error.as_deref(), cause.as_deref()))),
    }
}

fn publish(ctx: &Ctx, phase: Option<&PhaseId>, said: &Said) {
    if said.outcome == GuardOutcome::Pass && said.review.is_empty() {
        return;
    }
    let findings = said.findings;
    let note = format!("{}, {findings} findings", said.outcome.name());
    let phase = phase.map_or_else(|| "run".to_owned(), ToString::to_string);
    let progress = Progress::Work { phase, function: format!("guard-{}", said.id), note };
    ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
}

/// Everything that guards said in the run.
///
/// # Errors
/// The store's own.
pub async fn all(ctx: &Ctx) -> Result<Vec<GuardRow>, Failure> {
    rows::all(ctx, "guard#").await
}
