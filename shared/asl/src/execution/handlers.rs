//! After a failure: the next retry, a catcher, or the end of the frame.

use std::sync::Arc;

use serde_json::json;

use super::scope::Here;
use super::state::ROOT;
use crate::errors::Failure;
use crate::event::{Event, StateKind};
use crate::functions::unit;
use crate::machine::Retrier;

impl Here<'_> {
    pub(super) fn recover(&self, failure: &Failure, reported: bool) -> Event {
        if !reported {
            if let Some(event) = self.retry(failure) {
                return event;
            }
            if matches!(self.state.kind, StateKind::Parallel | StateKind::Map) {
                return Event::StateFailed { frame: self.id };
            }
        }
        self.catch(failure).unwrap_or_else(|| self.fall(failure))
    }

    /// The first retrier that names the error decides, even when its attempts are used up.
    fn retry(&self, failure: &Failure) -> Option<Event> {
        let (index, retrier) =
            self.state.retry.iter().enumerate().find(|(_, retrier)| failure.matches(&retrier.errors))?;
        let used = self.frame.retries.get(index).copied().unwrap_or(0);
        if used >= retrier.max_attempts {
            return None;
        }
        let until_ms = self.world.now_ms + delay_ms(retrier, used, self.world.draw);
        Some(Event::RetryScheduled { frame: self.id, retrier: u32::try_from(index).ok()?, until_ms })
    }

    fn catch(&self, failure: &Failure) -> Option<Event> {
        let (index, catcher) =
            self.state.catch.iter().enumerate().find(|(_, catcher)| failure.matches(&catcher.errors))?;
        let output = json!({"Error": failure.name(), "Cause": failure.cause.as_deref().unwrap_or_default()});
        let exit = self.exit_caught(catcher, &format!("Catch[{index}]"), &Arc::new(output));
        Some(exit.unwrap_or_else(|fault| self.fall_by(&fault)))
    }

    /// The failure leaves the frame.
    pub(super) fn fall(&self, failure: &Failure) -> Event {
        let Failure { error, cause, heartbeat } = failure.clone();
        if self.id == ROOT {
            return Event::ExecutionFailed { error, cause };
        }
        Event::ChildFailed { frame: self.id, error, cause, heartbeat }
    }

    /// A catcher whose own fields fail cannot catch that again.
    fn fall_by(&self, fault: &Event) -> Event {
        match fault {
            Event::StateFaulted { error, cause, .. } => {
                self.fall(&Failure::new(Arc::clone(error), Arc::clone(cause)))
            }
            other => other.clone(),
        }
    }
}

/// How long the retry after `used` earlier ones waits.
fn delay_ms(retrier: &Retrier, used: u32, draw: &dyn Fn() -> u64) -> i64 {
    let exponent = i32::try_from(used).unwrap_or(i32::MAX);
    let grown = f64::from(retrier.interval_s) * retrier.backoff_rate.powi(exponent);
    let most = retrier.max_delay_s.map_or(crate::limits::MAX_SECONDS as f64, f64::from);
    let seconds = if grown < most { grown } else { most };
    let fraction = if retrier.full_jitter { unit(draw()) } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the longest delay")]
    let ms = (seconds * fraction * 1000.0).round() as i64;
    ms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(interval_s: u32, backoff_rate: f64, max_delay_s: Option<u32>) -> Retrier {
        Retrier {
            errors: Vec::new(),
            interval_s,
            max_attempts: 9,
            backoff_rate,
            max_delay_s,
            full_jitter: false,
        }
    }

    fn delays(retrier: &Retrier, draw: u64) -> Vec<i64> {
        (0..5).map(|used| delay_ms(retrier, used, &|| draw)).collect()
    }

    #[test]
    fn delays_grow_by_the_rate_up_to_the_longest() {
        assert_eq!(delays(&retrier(1, 2.0, None), 0), [1000, 2000, 4000, 8000, 16000]);
        assert_eq!(delays(&retrier(3, 1.5, Some(8)), 0), [3000, 4500, 6750, 8000, 8000]);
        assert_eq!(delays(&retrier(2, 1.0, None), 0), [2000; 5]);
    }

    #[test]
    fn full_jitter_draws_between_nothing_and_the_delay() {
        let jittery = Retrier { full_jitter: true, ..retrier(2, 2.0, None) };
        assert_eq!(delays(&jittery, 0), [0; 5]);
        assert_eq!(delays(&jittery, 1 << 63), [1000, 2000, 4000, 8000, 16000]);
        assert!(
            delays(&jittery, u64::MAX).iter().zip([2000, 4000, 8000, 16000, 32000]).all(|(a, b)| *a <= b)
        );
    }

    #[test]
    fn a_delay_without_bound_stays_finite() {
        assert!(delay_ms(&retrier(99_999_999, 99.0, None), 40_000, &|| 0) > 0);
    }
}
