//! A figure beside its target.

use serde::{Deserialize, Serialize};

/// A measured figure that is to be at most its target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured.
    pub measured: f64,
    /// The most that is meant to be.
    pub at_most: f64,
    /// Whether it is.
    pub holds: bool,
}

impl Figure {
    /// A figure and its target, in the same unit.
    pub fn new(measured: f64, at_most: f64) -> Self {
        Self { measured, at_most, holds: measured <= at_most }
    }

    /// A number of things of which there is to be none.
    pub fn none(count: usize) -> Self {
        Self::new(count as f64, 0.0)
    }
}
