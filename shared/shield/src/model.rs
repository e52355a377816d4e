//! The learned classifier: a weight for each place a feature is hashed to, one byte each, with the numbers that turn a
//! sum into a probability and a decision. The file is written by `shield-train`; `training-report.md` tells how.
use crate::features::BUCKETS;
use crate::threat::{Channel, Point};
use std::sync::LazyLock;

/// Numbers before the weights, each a little-endian `f32`.
const HEADER_NUMBERS: usize = 8;

/// The weights as learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Added to every sum.
    pub bias: f32,
    /// What one step of a weight is worth.
    pub step: f32,
    /// Slope of the calibration (Platt, 1999).
    pub slope: f32,
    /// Intercept of the calibration.
    pub intercept: f32,
    /// Sums from which a user's text is blocked: strict, default.
    pub user: [f32; 2],
    /// Sums from which any other text is blocked: strict, default.
    pub other: [f32; 2],
    /// A weight for each place.
    pub weights: Vec<i8>,
}

static BUILT_IN: LazyLock<Model> = LazyLock::new(|| Model::from_bytes(include_bytes!("weights.bin")));

impl Model {
    /// The model of this build.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads what [`Model::to_bytes`] wrote; what is missing counts as zero.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let number = |at: usize| {
            bytes
                .get(at * 4..at * 4 + 4)
                .and_then(|four| four.try_into().ok())
                .map_or(0.0, f32::from_le_bytes)
        };
        let mut weights: Vec<i8> = bytes.iter().skip(HEADER_NUMBERS * 4).map(|byte| *byte as i8).collect();
        weights.resize(BUCKETS, 0);
        Self {
            bias: number(0),
            step: number(1),
            slope: number(2),
            intercept: number(3),
            user: [number(4), number(5)],
            other: [number(6), number(7)],
            weights,
        }
    }

    /// The file: eight numbers, then the weights.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = [
            self.bias,
            self.step,
            self.slope,
            self.intercept,
            self.user[0],
            self.user[1],
            self.other[0],
            self.other[1],
        ];
        let weights = self.weights.iter().map(|weight| *weight as u8);
        header.iter().flat_map(|number| number.to_le_bytes()).chain(weights).collect()
    }

    /// The sum for the features of one stretch: the mean weight by the root of their number, so that long stretches
    /// do not win by length.
    pub fn sum(&self, features: &[u32]) -> f32 {
        let total: i32 = features.iter().map(|feature| i32::from(self.weights[*feature as usize])).sum();
        self.bias + self.step * total as f32 / (features.len().max(1) as f32).sqrt()
    }

    /// The probability that belongs to a sum.
    pub fn probability(&self, sum: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * sum + self.intercept)).exp())
    }

    /// The sum from which a text is blocked.
    pub fn threshold(&self, channel: Channel, point: Point) -> f32 {
        let by_point = if channel == Channel::User { self.user } else { self.other };
        match point {
            Point::Strict => by_point[0],
            Point::Default => by_point[1],
        }
    }
}
