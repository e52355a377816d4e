//! What follows on what guards said: rows, and the end of a run that is not to go on.

use ideamine_authoring::rows;
use ideamine_core::failure::FailureKind;
use ideamine_core::records::{BY_GUARD, ControlRow, GuardAt, GuardRow, Said, key};
use ideamine_core::{Ctx, Digest, Failure, PhaseId};

/// Why a guard ends the run.
pub fn reason(said: &Said) -> String {
    let why = said.why.as_deref().unwrap_or("it let something not pass");
    format!("guard {}: {why}", said.id)
}

/// Keeps what guards said at this step.
///
/// # Errors
/// The store's own.
pub async fn write(ctx: &Ctx, row: &GuardRow) -> Result<(), Failure> {
    rows::put(ctx, key::guard(&ctx.tenant, &ctx.run, &ctx.step), row).await
}

/// Ends the run, as the kill switch does: nothing more is paid for, and what is under way comes to its end.
///
/// # Errors
/// The store's own.
pub async fn stop(ctx: &Ctx) -> Result<(), Failure> {
    let key = key::control(&ctx.tenant, &ctx.run);
    rows::update(ctx, &key, |control: &mut ControlRow| control.end(BY_GUARD)).await.map(drop)
}

/// Lets guards look at what a step of a phase is about to do to `subject`, keeps what they said, and lets it be done or
/// ends the run. A step that comes again finds what was said.
///
/// # Errors
/// `Guard.Blocked` with the guard and its reason; what `look` fails with; the store's own. Nothing may be done then.
pub async fn guard<F>(ctx: &Ctx, phase: &PhaseId, subject: Digest, look: F) -> Result<(), Failure>
where
    F: Future<Output = Result<Vec<Said>, Failure>> + Send,
{
    let key = key::guard(&ctx.tenant, &ctx.run, &ctx.step);
    let before: Option<GuardRow> = rows::find(ctx, &key).await?;
    let row = match before.filter(|row| row.subject == Some(subject)) {
        Some(row) => row,
        None => {
            let said = look.await?;
            let row =
                GuardRow { at: GuardAt::Phase, phase: Some(phase.clone()), subject: Some(subject), said };
            write(ctx, &row).await?;
            row
        }
    };
    let Some(why) = row.said.iter().find(|said| said.outcome.stops()).map(reason) else { return Ok(()) };
    stop(ctx).await?;
    Err(Failure::new(FailureKind::GuardBlocked, why))
}
