//! Time and randomness enter here and nowhere else.

/// The wall clock.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
}

/// Unpredictable numbers, for ids, tokens and jitter; whatever is drawn is recorded where it matters.
pub trait Random: Send + Sync {
    /// Sixty-four uniform bits.
    fn next_u64(&self) -> u64;
}
