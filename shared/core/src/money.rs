//! Money as whole micro-dollars, so that sums are exact.

use serde::{Deserialize, Serialize};

/// Millionths of a US dollar. One dollar is 1,000,000.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct UsdMicros(pub i64);

impl UsdMicros {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whether it is nothing.
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }
    /// From dollars, rounded up to the next micro-dollar: an estimate never understates.
    pub fn from_dollars(dollars: f64) -> Option<Self> {
        let micros = (dollars * 1e6).ceil();
        #[expect(clippy::cast_possible_truncation, reason = "range checked on the same line")]
        (micros.is_finite() && micros.abs() < 9e15).then_some(Self(micros as i64))
    }
    /// In dollars, for people and for `--json` output.
    pub fn dollars(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "shown to people; sums are made in micro-dollars")]
        let micros = self.0 as f64;
        micros / 1e6
    }
    /// The sum, stopping at the largest amount instead of wrapping.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
    /// The difference, never below the smallest amount.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for UsdMicros {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::plus)
    }
}

impl std::fmt::Display for UsdMicros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "${:.4}", self.dollars())
    }
}
