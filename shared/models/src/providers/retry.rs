//! When a call is tried again, and how long after: the only place that decides it.
//!
//! Only what certainly charged nothing is tried again here: a request that was turned away, or a host that
//! was not reached. A broken or late answer may have been charged; the caller books it before it asks again.

use std::time::Duration;

use ideamine_core::failure::FailureKind;

/// Limits of retrying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all when the provider asks to come back later.
    pub throttled_tries: u32,
    /// Tries in all when it is overloaded, down or not reached.
    pub unavailable_tries: u32,
    /// First wait, milliseconds; it doubles with each try.
    pub base_ms: u64,
    /// Longest wait, milliseconds.
    pub cap_ms: u64,
    /// Longest wait that a provider may ask for, milliseconds: for more, the caller is told and decides.
    pub retry_after_max_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            throttled_tries: 4,
            unavailable_tries: 3,
            base_ms: 500,
            cap_ms: 30_000,
            retry_after_max_ms: 60_000,
        }
    }
}

impl RetryPolicy {
    /// Tries in all for failures of this kind.
    pub fn tries(&self, kind: FailureKind) -> u32 {
        match kind {
            FailureKind::ModelThrottled => self.throttled_tries,
            FailureKind::ModelUnavailable => self.unavailable_tries,
            _ => 1,
        }
    }

    /// How long to wait before the next try; `None` ends it. `made` counts the tries so far, `random`
    /// spreads callers that failed together: over the upper half of the wait, or a tenth on top of what was
    /// asked for.
    pub fn wait(
        &self,
        kind: FailureKind,
        made: u32,
        retry_after_ms: Option<u64>,
        random: u64,
    ) -> Option<Duration> {
        if made >= self.tries(kind) {
            return None;
        }
        let spread = |over_ms: u64| random % (over_ms + 1);
        let ms = match retry_after_ms {
            Some(asked) if asked > self.retry_after_max_ms => return None,
            Some(asked) => asked + spread(asked / 10),
            None => {
                let full = self.base_ms.saturating_mul(1 << made.saturating_sub(1).min(20)).min(self.cap_ms);
                full / 2 + spread(full - full / 2)
            }
        };
        Some(Duration::from_millis(ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FailureKind as K;

    #[test]
    fn waits_double_up_to_the_cap_are_spread_and_follow_what_the_provider_asks() {
        let policy = RetryPolicy { cap_ms: 1_500, throttled_tries: 9, ..RetryPolicy::default() };
        let check = |kind, made, after, random, ms: Option<u64>| {
            let got = policy.wait(kind, made, after, random);
            assert_eq!(got, ms.map(Duration::from_millis), "{kind:?} {made} {after:?} {random}");
        };
        check(K::ModelThrottled, 1, None, 0, Some(250));
        check(K::ModelThrottled, 1, None, 250, Some(500));
        check(K::ModelThrottled, 2, None, 0, Some(500));
        check(K::ModelThrottled, 3, None, 750, Some(1_500));
        check(K::ModelThrottled, 8, None, u64::MAX, Some(750 + u64::MAX % 751));
        check(K::ModelThrottled, 9, None, 0, None);
        check(K::ModelThrottled, 1, Some(7_000), 0, Some(7_000));
        check(K::ModelThrottled, 1, Some(7_000), 700, Some(7_700));
        check(K::ModelThrottled, 1, Some(60_001), 0, None);
        check(K::ModelUnavailable, 2, Some(0), 5, Some(0));
        check(K::ModelUnavailable, 3, None, 0, None);
        for once in
            [K::ModelTimeout, K::ModelStreamBroken, K::ModelQuotaExhausted, K::ModelConfig, K::ModelRefused]
        {
            check(once, 1, None, 0, None);
        }
    }
}
