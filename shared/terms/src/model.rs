//! The learned numbers: one row that says prohibited or not, and one for each category.

use std::sync::LazyLock;

use crate::features::WIDTH;

/// Rows of the model: prohibited, then the categories in their order.
pub const ROWS: usize = 11;

/// Linear rows over the features, kept as bytes with a scale each.
#[derive(Debug, Clone)]
pub struct Model {
    scale: Vec<f32>,
    weights: Vec<i8>,
}

/// The model that is checked in; its report lies beside it in `data/training-report.md`.
pub static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_bytes!("../data/weights.bin")).unwrap_or_else(Model::empty));

impl Model {
    /// Knows nothing: every score is zero.
    pub fn empty() -> Self {
        Self { scale: vec![0.0; ROWS * 2], weights: vec![0; ROWS * WIDTH] }
    }

    /// Rounds learned rows to bytes; `offset` is taken from each row's score.
    pub fn of(rows: &[Vec<f32>], offset: &[f32]) -> Self {
        let mut scale: Vec<f32> =
            rows.iter().map(|row| row.iter().fold(1e-6f32, |most, w| most.max(w.abs())) / 127.0).collect();
        let weights = rows
            .iter()
            .zip(&scale)
            .flat_map(|(row, scale)| row.iter().map(move |w| (w / scale).round() as i8))
            .collect();
        scale.extend(offset);
        Self { scale, weights }
    }

    /// The file's bytes: the scales, then the rows.
    pub fn write(&self) -> Vec<u8> {
        let scales = self.scale.iter().flat_map(|s| s.to_le_bytes());
        scales.chain(self.weights.iter().map(|w| *w as u8)).collect()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (scales, weights) = bytes.split_at_checked(ROWS * 8)?;
        let scale = scales.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        (weights.len() == ROWS * WIDTH)
            .then(|| Self { scale, weights: weights.iter().map(|b| *b as i8).collect() })
    }

    /// The score of a row: log-odds as learned.
    pub fn score(&self, row: usize, features: &[u32]) -> f32 {
        let weights = &self.weights[row * WIDTH..(row + 1) * WIDTH];
        let sum: f32 = features.iter().map(|i| f32::from(weights[*i as usize])).sum();
        // Longer texts have more of everything; the bias (the last row of scales) is not shared out.
        sum * self.scale[row] / (features.len().max(1) as f32).sqrt() - self.scale[ROWS + row]
    }
}
