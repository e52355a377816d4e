//! The wall clock of the machine that the function runs on.

use std::time::{SystemTime, UNIX_EPOCH};

use ideamine_core::ports::Clock;

/// Reads the system's time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}
