//! `run-guarded`: what guards said before the first phase or after the last goes into the rows, and one that blocks, or
//! that could not look, ends the run. At the end of a phase `run-phase-close` does the same.

use async_trait::async_trait;
use ideamine_core::ports::Progress;
use ideamine_core::records::{GuardAt, GuardOutcome, GuardRow, Said};
use ideamine_core::{Ctx, Failure, Function, PhaseId};
use ideamine_guarding::{reason, stop, write};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cause::told;
use crate::rows;

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

/// Input of `run-guarded`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// When they looked: before the first phase, or after the last.
    pub at: GuardAt,
    /// One per guard, in the order of the plan.
    pub guards: Vec<Spoken>,
}

/// Output of `run-guarded`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// Whether the run ends.
    pub stops: bool,
    /// Why, in one sentence; empty when it goes on.
    pub why: String,
}

/// `run-guarded`.
pub struct RunGuarded;

#[async_trait]
impl Function for RunGuarded {
    const NAME: &'static str = "run-guarded";
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let why = follow(ctx, Self::NAME, input.at, None, input.guards).await?;
        Ok(Output { stops: why.is_some(), why: why.unwrap_or_default() })
    }
}

/// Keeps what guards said and, where one stops the run, ends it and says why. `by` is the function that does it.
pub(crate) async fn follow(
    ctx: &Ctx,
    by: &str,
    at: GuardAt,
    phase: Option<PhaseId>,
    guards: Vec<Spoken>,
) -> Result<Option<String>, Failure> {
    let mut said = Vec::with_capacity(guards.len());
    for (ordinal, spoken) in (0..).zip(guards) {
        let looked = spoken.said.is_some();
        let one = spoken.said.unwrap_or_else(|| unable(&spoken.id, spoken.error, spoken.cause));
        if !looked {
            // A guard that looked has said so itself.
            ctx.record(ordinal, one.fact(by)).await?;
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
