//! Unpredictable numbers: one secret from the system, stretched by SHA-256 over a counter.
//!
//! So drawing can neither fail nor cost a system call; only making the source can fail.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Random;
use ideamine_core::{Digest, Failure};

/// Random numbers for ids, tokens and jitter.
pub struct SystemRandom {
    secret: [u8; 32],
    drawn: AtomicU64,
}

impl SystemRandom {
    /// Takes a secret from the system.
    ///
    /// # Errors
    /// `Store.Unavailable` when the system gives none.
    pub fn new() -> Result<Self, Failure> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|e| {
            Failure::new(FailureKind::StoreUnavailable, format!("the system gives no random bytes: {e}"))
        })?;
        Ok(Self { secret, drawn: AtomicU64::new(0) })
    }
}

impl Random for SystemRandom {
    fn next_u64(&self) -> u64 {
        let mut block = [0; 40];
        block[..32].copy_from_slice(&self.secret);
        block[32..].copy_from_slice(&self.drawn.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        let digest = Digest::of(&block);
        digest.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}

impl fmt::Debug for SystemRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemRandom")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sources_and_two_draws_differ() {
        let (one, other) = (SystemRandom::new().unwrap(), SystemRandom::new().unwrap());
        let drawn = [one.next_u64(), one.next_u64(), other.next_u64(), other.next_u64()];
        let different: std::collections::HashSet<_> = drawn.iter().collect();
        assert_eq!(different.len(), drawn.len());
    }
}
