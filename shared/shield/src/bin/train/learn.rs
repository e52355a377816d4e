//! Logistic regression over hashed features by AdaGrad (Duchi et al., 2011). A text is a bag of stretches: every stretch
//! of a harmless text is harmless, an attack has at least one that is not, which is taken to be the one that looks most
//! like an attack so far (multiple-instance learning, Andrews et al., 2002).
use crate::corpus::Row;
use ideamine_shield::training::{BUCKETS, stretches, sum_of, text_sum};
use ideamine_shield::{Channel, Model};

const EPOCHS: usize = 8;
const RATE: f32 = 0.25;
const L2: f32 = 2e-4;
/// Labels are wrong now and then: none is certain.
const SMOOTHING: f32 = 0.03;
/// Sources count by this power of their size, so that none dominates.
const SOURCE_POWER: f32 = -0.35;

/// A row as the classifier sees it.
pub(crate) struct Example {
    pub(crate) bags: Vec<(Vec<u32>, bool)>,
    pub(crate) attack: bool,
    pub(crate) rule_blocks: bool,
    pub(crate) rule_blocks_other: bool,
    pub(crate) rules: Vec<&'static str>,
    source: String,
}

impl Example {
    pub(crate) fn of(row: &Row) -> Self {
        let (all, rules) = stretches(&row.text, Channel::User);
        let (_, other) = stretches(&row.text, Channel::Document);
        Self {
            bags: all.into_iter().map(|stretch| (stretch.features, stretch.decoded)).collect(),
            attack: row.attack,
            rule_blocks: rules.iter().any(|hit| hit.blocks()),
            rule_blocks_other: other.iter().any(|hit| hit.blocks()),
            rules: rules.iter().map(|hit| hit.name).collect(),
            source: row.source.clone(),
        }
    }

    /// The sum of the text.
    pub(crate) fn sum(&self, model: &Model) -> f32 {
        let sums = self.bags.iter().map(|(features, decoded)| sum_of(model, features, *decoded));
        text_sum(sums.fold(f32::NEG_INFINITY, f32::max), self.bags.len())
    }
}

struct Learner {
    weights: Vec<f32>,
    squares: Vec<f32>,
    bias: f32,
}

impl Learner {
    fn sum(&self, features: &[u32]) -> f32 {
        let total: f32 = features.iter().map(|feature| self.weights[*feature as usize]).sum();
        self.bias + total / (features.len().max(1) as f32).sqrt()
    }

    fn step(&mut self, features: &[u32], attack: bool, weight: f32) {
        let target = if attack { 1.0 - SMOOTHING } else { SMOOTHING };
        let error = 1.0 / (1.0 + (-self.sum(features)).exp()) - target;
        let gradient = weight * error / (features.len().max(1) as f32).sqrt();
        for feature in features {
            let at = *feature as usize;
            let slope = gradient + L2 * self.weights[at];
            self.squares[at] += slope * slope;
            self.weights[at] -= RATE * slope / (self.squares[at].sqrt() + 1e-4);
        }
        self.bias -= 0.02 * weight * error;
    }
}

/// The model learned from the examples `of`.
pub(crate) fn learn(examples: &[Example], of: &[usize]) -> Model {
    let mut learner = Learner { weights: vec![0.0; BUCKETS], squares: vec![0.0; BUCKETS], bias: 0.0 };
    let size = |example: &Example| of.iter().filter(|at| examples[**at].source == example.source).count();
    let mut sizes = std::collections::HashMap::new();
    for at in of {
        let source = examples[*at].source.clone();
        sizes.entry(source).or_insert_with(|| size(&examples[*at]) as f32);
    }
    let mut order = of.to_vec();
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    for epoch in 0..EPOCHS {
        shuffle(&mut order, &mut seed);
        for at in &order {
            let example = &examples[*at];
            let weight = (sizes[&example.source] / 300.0).powf(SOURCE_POWER).clamp(0.3, 3.0);
            if example.attack {
                let worst =
                    example.bags.iter().max_by(|a, b| learner.sum(&a.0).total_cmp(&learner.sum(&b.0)));
                if let Some((features, _)) = worst.filter(|_| epoch > 0 || example.bags.len() <= 3) {
                    learner.step(features, true, weight);
                }
            } else {
                for (features, _) in &example.bags {
                    learner.step(features, false, weight / (example.bags.len() as f32).sqrt());
                }
            }
        }
    }
    quantise(&learner)
}

/// A fixed shuffle (xorshift): a training is the same each time.
fn shuffle(order: &mut [usize], seed: &mut u64) {
    for at in (1..order.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        order.swap(at, (*seed % (at as u64 + 1)) as usize);
    }
}

/// Weights in one byte: the largest are cut at six standard deviations.
fn quantise(learner: &Learner) -> Model {
    let used = learner.weights.iter().filter(|weight| **weight != 0.0).count().max(1) as f32;
    let deviation = (learner.weights.iter().map(|weight| weight * weight).sum::<f32>() / used).sqrt();
    let step = (deviation * 6.0 / 127.0).max(1e-6);
    let weights =
        learner.weights.iter().map(|weight| (weight / step).round().clamp(-127.0, 127.0) as i8).collect();
    Model { bias: learner.bias, step, slope: 1.0, intercept: 0.0, user: [0.0; 2], other: [0.0; 2], weights }
}
