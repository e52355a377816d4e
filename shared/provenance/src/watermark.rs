//! A statistical mark in a sequence of tokens, found by whoever knows its key.
//!
//! Source: Kirchenbauer et al., "A Watermark for Large Language Models" (ICML 2023): a key and the token before choose a share
//! `gamma` of the vocabulary as *green*; a marked text holds more green tokens than chance. The list is chosen here by one
//! keyed hash for each pair of tokens, which needs no vocabulary. Only for text marked with a key of one's own: it says
//! nothing about any other text, and little about text with few choices, such as code.

use sha2::{Digest as _, Sha256};

/// A key and its share of green tokens.
#[derive(Clone)]
pub struct Key {
    secret: [u8; 32],
    /// Share of green tokens, per thousand.
    gamma_permille: u32,
}

/// What a test found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Pairs of tokens that were judged; each distinct pair counts once, so that repetition is no evidence.
    pub pairs: u64,
    /// Of those, green.
    pub green: u64,
    /// How far above chance, in standard deviations.
    pub z: f64,
}

impl Evidence {
    /// From this on a text counts as marked: one false alarm in 31,000 texts (one-sided).
    pub const Z_MARKED: f64 = 4.0;

    /// Whether the text counts as marked.
    pub fn is_marked(&self) -> bool {
        self.z >= Self::Z_MARKED
    }
}

impl Key {
    /// `gamma_permille`: 1 to 999; the paper's usual value is 250.
    pub fn new(secret: [u8; 32], gamma_permille: u32) -> Self {
        Self { secret, gamma_permille: gamma_permille.clamp(1, 999) }
    }

    /// Whether a token is green after another.
    pub fn is_green(&self, before: u32, token: u32) -> bool {
        let mut hash = Sha256::new();
        hash.update(self.secret);
        hash.update(before.to_be_bytes());
        hash.update(token.to_be_bytes());
        let digest = hash.finalize();
        let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        u64::from(drawn) * 1000 < u64::from(self.gamma_permille) << 32
    }

    /// Tests a text's tokens.
    pub fn test(&self, tokens: &[u32]) -> Evidence {
        let mut pairs: Vec<(u32, u32)> = tokens.windows(2).map(|pair| (pair[0], pair[1])).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let green = pairs.iter().filter(|(before, token)| self.is_green(*before, *token)).count() as u64;
        let n = pairs.len() as u64;
        let gamma = f64::from(self.gamma_permille) / 1000.0;
        let z = if n == 0 {
            0.0
        } else {
            (green as f64 - gamma * n as f64) / (n as f64 * gamma * (1.0 - gamma)).sqrt()
        };
        Evidence { pairs: n, green, z }
    }
}
