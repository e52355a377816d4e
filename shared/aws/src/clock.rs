//! The wall clock, and chance.

use std::time::{SystemTime, UNIX_EPOCH};

use ideamine_core::ports::{Clock, Random};

/// Reads the system's time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Numbers for ids, names of processes and jitter; nothing secret is made of them.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn next_u64(&self) -> u64 {
        fastrand::u64(..)
    }
}
