//! The search for attacks that get through.
//!
//! Each vector gets the same number of trials. A third is drawn blindly, so that the figure is not the search's luck alone; the
//! rest follows what came closest: an attack's nearness is what the target lets be seen of its score. Changes are chosen by
//! UCB1 (Auer, Cesa-Bianchi, Fischer 2002) over their nearness so far.

use std::collections::BTreeMap;

use ideamine_core::seed;

use crate::attack::{Attack, Vector};
use crate::mutation::Mutation;
use crate::report::Report;

/// What attacks are tried on.
pub trait Target {
    /// Tries one attack.
    fn try_attack(&self, attack: &Attack) -> Trial;
}

/// How a target took an attack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Whether it resisted: blocked the text, or did not do what it says.
    pub resisted: bool,
    /// How near the attack came, 0 (nowhere) to 1 (through).
    pub nearness: f64,
}

/// How much is tried.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Trials for each vector.
    pub trials: u32,
    /// Everything follows from it.
    pub seed: u64,
}

impl Effort {
    /// Most trials for each vector.
    pub const TRIALS_MAX: u32 = 100_000;
}

/// Most changes of one attack.
const CHANGES_MAX: usize = 3;
/// Weight of what was tried seldom (UCB1).
const CURIOSITY: f64 = 0.7;

/// Attacks the target by every vector.
pub fn search(target: &dyn Target, canary: &str, effort: &Effort) -> Report {
    let mut report = Report::new(effort);
    for vector in Vector::ALL {
        let mut random = random(effort.seed, vector);
        let mut arms = Arms::default();
        for number in 0..effort.trials.min(Effort::TRIALS_MAX) {
            let blind = number % 3 == 0;
            let changes = arms.changes(vector, blind, &mut random);
            let attack = Attack::draw(vector, canary, &changes, &mut random);
            let trial = target.try_attack(&attack);
            arms.learn(&changes, trial.nearness);
            report.add(attack, trial, blind);
        }
    }
    report
}

fn random(seed: u64, vector: Vector) -> fastrand::Rng {
    let stream = seed::stream(seed, &format!("redteam/{}", vector.name()));
    let mut first = [0; 8];
    first.copy_from_slice(&stream[..8]);
    fastrand::Rng::with_seed(u64::from_be_bytes(first))
}

/// What is known of each change: how often it was tried, and the sum of nearness. `None` is: no change.
#[derive(Default)]
struct Arms {
    known: BTreeMap<Option<Mutation>, (f64, f64)>,
    trials: f64,
}

impl Arms {
    fn changes(&self, vector: Vector, blind: bool, random: &mut fastrand::Rng) -> Vec<Mutation> {
        let count = random.usize(..=CHANGES_MAX);
        let mut changes: Vec<Mutation> = Vec::new();
        for _ in 0..count {
            let change = if blind { any(random) } else { self.best(random) };
            changes.extend(change.filter(|change| !changes.contains(change)));
        }
        // An attack by encoding is one that is encoded.
        if vector == Vector::EncodingObfuscation && !changes.iter().any(|change| coded(*change)) {
            let codes: Vec<Mutation> = Mutation::ALL.into_iter().filter(|change| coded(*change)).collect();
            changes.insert(0, codes[random.usize(..codes.len())]);
        }
        changes
    }

    fn best(&self, random: &mut fastrand::Rng) -> Option<Mutation> {
        let arms = std::iter::once(None).chain(Mutation::ALL.into_iter().map(Some));
        let worth = |arm: &Option<Mutation>| match self.known.get(arm) {
            Some((tried, sum)) => sum / tried + CURIOSITY * ((self.trials + 1.0).ln() / tried).sqrt(),
            None => f64::INFINITY,
        };
        // Among equals, by chance.
        let mut arms: Vec<(f64, u32, Option<Mutation>)> =
            arms.map(|arm| (worth(&arm), random.u32(..), arm)).collect();
        arms.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        arms.first().and_then(|(.., arm)| *arm)
    }

    fn learn(&mut self, changes: &[Mutation], nearness: f64) {
        self.trials += 1.0;
        let arms: Vec<Option<Mutation>> =
            if changes.is_empty() { vec![None] } else { changes.iter().copied().map(Some).collect() };
        for arm in arms {
            let (tried, sum) = self.known.entry(arm).or_default();
            *tried += 1.0;
            *sum += nearness.clamp(0.0, 1.0);
        }
    }
}

fn any(random: &mut fastrand::Rng) -> Option<Mutation> {
    Mutation::ALL.get(random.usize(..=Mutation::ALL.len())).copied()
}

const fn coded(change: Mutation) -> bool {
    use Mutation::*;
    matches!(change, Base64 | Hex | Rot13 | Percent | Reversed | Leet | Spaced | ZeroWidth | Homoglyphs)
}
