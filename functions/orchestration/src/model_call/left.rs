//! What a run's calls left open when nothing of it is under way any more.

use ideamine_core::budget::Payer;
use ideamine_core::records::{CallRow, CallState, Limits, key};
use ideamine_core::{Ctx, Failure, PhaseId};
use ideamine_ledger::phase_of;

use super::books::{Books, parse};

/// Rows read at once.
const PAGE: usize = 200;

/// Settles whatever a run's calls left open, once nothing of the run is under way any more: facts of
/// finished calls are made sure of, and calls cut off are booked as uncertain. A run that ends without
/// this may hold money that no ledger row explains.
///
/// # Errors
/// The ports' own failures.
pub async fn settle_open_calls(ctx: &Ctx) -> Result<(), Failure> {
    let pk = key::run_pk(&ctx.tenant, &ctx.run);
    let mut after: Option<String> = None;
    loop {
        let page = ctx.env.records.query(&pk, CALL_PREFIX, after.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.key.sk.clone());
        for item in page {
            let row: CallRow = parse(&item.key, item.value)?;
            let step = item.key.sk.trim_start_matches(CALL_PREFIX).to_owned();
            settle_left(&Ctx { step, ..ctx.clone() }, row, item.version).await?;
        }
    }
}

/// Sort keys of call rows begin with this.
const CALL_PREFIX: &str = "call#";

async fn settle_left(ctx: &Ctx, row: CallRow, version: u64) -> Result<(), Failure> {
    let unpaid = || Failure::corrupt(format!("the call row {} is of no phase", ctx.step));
    let phase = phase_of(&ctx.step).and_then(|id| PhaseId::new(id).ok()).ok_or_else(unpaid)?;
    // Nothing is reserved any more, so no limit is asked for.
    let books = Books::new(ctx, "", row.request, Payer::new(phase, Limits::default(), &ctx.step));
    match row.state {
        CallState::Idle => Ok(()),
        CallState::Done => books.conclude(row, None).await.map(drop),
        CallState::InFlight => {
            let request: ideamine_core::ports::Request = ctx.get_json(&row.request).await?;
            books.book_uncertain(&request.model, row, version).await.map(drop)
        }
    }
}
