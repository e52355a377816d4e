//! When a breaker opens, who may try, and when it closes: pure, over its row and the time.
//!
//! A breaker guards against a model that is down, not against one that errs: only what says that nobody is there to answer
//! counts ([`Verdict::of`]), and one answer forgets it all. Clocks may jump. A moment that lies before a row's beginning
//! shows that the clock was set back: the span is waited for anew, never the distance to a moment that may be days away. A
//! clock set ahead ends spans early; a second probe that follows has a new epoch, and what the first one says is not heard.

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::records::{BreakerRow, BreakerState, Outage};

/// Failures in a row that open a breaker.
pub(super) const THRESHOLD: usize = 5;
/// How long a failure counts, milliseconds: longer than the deadlines of five calls one after another.
pub(super) const WINDOW_MS: i64 = 15 * 60 * 1_000;
/// How long a breaker is open the first time, milliseconds; twice as long each time that a probe fails.
pub(super) const OPEN_MS: u64 = 10_000;
/// Longest time that it is open of its own accord, milliseconds.
pub(super) const OPEN_MS_MAX: u64 = 300_000;
/// A provider that asks for a longer wait than this opens the breaker at once, milliseconds: a shorter one is waited
/// for by whoever called.
pub(super) const PATIENCE_MS: u64 = 60_000;
/// Longest wait that a provider is granted, milliseconds.
pub(super) const RETRY_AFTER_MS_MAX: u64 = 60 * 60 * 1_000;

/// What a call's end says about its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It answered, be it with a refusal.
    Up,
    /// It was not there to answer, or had no room; with the wait that it asked for.
    Down(FailureKind, Option<u64>),
    /// The call ended for a reason of its own.
    Unknown,
}

impl Verdict {
    /// The closed list of what breaks: not reached or overloaded, throttled past what whoever calls waits for, no answer in time.
    pub(super) fn of<T>(result: &Result<T, Failure>) -> Self {
        let Err(failure) = result else { return Self::Up };
        match failure.kind {
            FailureKind::ModelUnavailable | FailureKind::ModelThrottled | FailureKind::ModelTimeout => {
                Self::Down(failure.kind, failure.retry_after_ms)
            }
            FailureKind::ModelQuotaExhausted
            | FailureKind::ModelContextTooLong
            | FailureKind::ModelRefused
            | FailureKind::ModelTruncated => Self::Up,
            _ => Self::Unknown,
        }
    }
}

/// Whether a call may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may.
    Free,
    /// It alone may, once this row is written over the one that was read.
    Probe(BreakerRow),
    /// It may not; come again after so many milliseconds.
    Refused(u64),
    /// The clock was set back: ask again once this row is written.
    Again(BreakerRow),
}

/// Decides on a call at `now`; a probe is given `lease_ms` to end.
pub(super) fn admit(row: &BreakerRow, now: i64, lease_ms: u64) -> Admission {
    let (BreakerState::Open(outage) | BreakerState::Probing(outage)) = &row.state else {
        return Admission::Free;
    };
    if now < outage.since_ms {
        let span = outage.until_ms.saturating_sub(outage.since_ms);
        let anew = Outage { since_ms: now, until_ms: now.saturating_add(span), ..outage.clone() };
        let state = match row.state {
            BreakerState::Probing(_) => BreakerState::Probing(anew),
            _ => BreakerState::Open(anew),
        };
        return Admission::Again(BreakerRow { state, ..row.clone() });
    }
    let wait = outage.until_ms.saturating_sub(now);
    if wait > 0 {
        return Admission::Refused(wait.unsigned_abs());
    }
    let probing = Outage { since_ms: now, until_ms: later(now, lease_ms), ..outage.clone() };
    Admission::Probe(BreakerRow {
        epoch: row.epoch + 1,
        state: BreakerState::Probing(probing),
        model: row.model.clone(),
    })
}

/// What a call's end makes of the row; `None` when it stays. `probe` is the epoch of a call that tried alone.
pub(super) fn told(
    row: &BreakerRow,
    probe: Option<u64>,
    verdict: Verdict,
    now: i64,
    random: u64,
) -> Option<BreakerRow> {
    let with = |epoch, state| Some(BreakerRow { model: row.model.clone(), epoch, state });
    match (&row.state, probe, verdict) {
        (BreakerState::Closed { failed_ms }, None, Verdict::Up) if !failed_ms.is_empty() => {
            with(row.epoch, BreakerState::Closed { failed_ms: vec![] })
        }
        (BreakerState::Closed { failed_ms }, None, Verdict::Down(error, asked_ms)) => {
            let counts = |at: &i64| *at <= now && now.saturating_sub(*at) < WINDOW_MS;
            let mut failed_ms: Vec<i64> = failed_ms.iter().copied().filter(counts).collect();
            failed_ms.push(now);
            if failed_ms.len() < THRESHOLD && asked_ms.is_none_or(|asked| asked <= PATIENCE_MS) {
                return with(row.epoch, BreakerState::Closed { failed_ms });
            }
            with(row.epoch + 1, open(1, error, asked_ms, now, random))
        }
        // Only the probe that is under way is heard.
        (BreakerState::Probing(outage), Some(epoch), verdict) if epoch == row.epoch => match verdict {
            Verdict::Up => with(epoch, BreakerState::Closed { failed_ms: vec![] }),
            Verdict::Down(error, asked_ms) => {
                with(epoch + 1, open(outage.times.saturating_add(1), error, asked_ms, now, random))
            }
            // It has tried nothing: the next one may.
            Verdict::Unknown => {
                let free = Outage { since_ms: now, until_ms: now, ..outage.clone() };
                with(epoch, BreakerState::Open(free))
            }
        },
        _ => None,
    }
}

/// Open for a time that doubles up to a cap, of which `random` takes up to half away; or for as long as was asked.
fn open(times: u32, error: FailureKind, asked_ms: Option<u64>, now: i64, random: u64) -> BreakerState {
    let full = OPEN_MS.saturating_mul(1 << times.saturating_sub(1).min(16)).min(OPEN_MS_MAX);
    let own = full / 2 + random % (full - full / 2 + 1);
    let asked = asked_ms.unwrap_or(0).min(RETRY_AFTER_MS_MAX);
    let span = own.max(asked.saturating_add(random % (asked / 10 + 1)));
    BreakerState::Open(Outage { since_ms: now, until_ms: later(now, span), times, error })
}

fn later(now: i64, by_ms: u64) -> i64 {
    now.saturating_add(i64::try_from(by_ms).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
