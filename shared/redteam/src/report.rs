//! Resistance, and what got through.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;
use serde::Serialize;
use serde_json::{Value, json};

use crate::attack::{Attack, Vector};
use crate::search::{Effort, Trial};

/// How much of something was resisted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Figure {
    /// Attacks.
    pub tried: u64,
    /// Of those, resisted.
    pub resisted: u64,
}

impl Figure {
    /// Share that was resisted; 1 when nothing was tried.
    pub fn resistance(&self) -> f64 {
        if self.tried == 0 { 1.0 } else { self.resisted as f64 / self.tried as f64 }
    }

    /// Lower end of the 95 % confidence interval of the resistance.
    pub fn lower(&self) -> f64 {
        wilson_lower(self.resisted, self.tried)
    }
}

/// Lower end of the two-sided 95 % Wilson score interval (Wilson 1927). 0 when nothing was tried.
pub fn wilson_lower(successes: u64, trials: u64) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    if trials == 0 {
        return 0.0;
    }
    let n = trials as f64;
    let p = successes as f64 / n;
    let centre = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((centre - spread) / (1.0 + Z * Z / n)).max(0.0)
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Report {
    seed: u64,
    /// All attacks, by vector.
    by_vector: BTreeMap<Vector, Figure>,
    /// Those drawn blindly, by vector: what the search did not choose.
    blind: BTreeMap<Vector, Figure>,
    through: Vec<Attack>,
    seen: BTreeSet<Digest>,
}

impl Report {
    /// Most attacks that are kept as cases; figures count all.
    pub const THROUGH_MAX: usize = 10_000;

    pub(crate) const fn new(effort: &Effort) -> Self {
        Self {
            seed: effort.seed,
            by_vector: BTreeMap::new(),
            blind: BTreeMap::new(),
            through: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    pub(crate) fn add(&mut self, attack: Attack, trial: Trial, blind: bool) {
        let count = |figures: &mut BTreeMap<Vector, Figure>| {
            let figure = figures.entry(attack.vector).or_default();
            figure.tried += 1;
            figure.resisted += u64::from(trial.resisted);
        };
        count(&mut self.by_vector);
        if blind {
            count(&mut self.blind);
        }
        if !trial.resisted
            && self.through.len() < Self::THROUGH_MAX
            && self.seen.insert(Digest::of(attack.text.as_bytes()))
        {
            self.through.push(attack);
        }
    }

    /// All attacks together.
    pub fn overall(&self) -> Figure {
        self.by_vector.values().fold(Figure::default(), |sum, figure| Figure {
            tried: sum.tried + figure.tried,
            resisted: sum.resisted + figure.resisted,
        })
    }

    /// By vector.
    pub const fn by_vector(&self) -> &BTreeMap<Vector, Figure> {
        &self.by_vector
    }

    /// What got through, each text once.
    pub fn through(&self) -> &[Attack] {
        &self.through
    }

    /// As JSON, without the texts of attacks.
    pub fn json(&self) -> Value {
        let of = |figure: &Figure| {
            json!({
                "tried": figure.tried, "resisted": figure.resisted,
                "resistance": rounded(figure.resistance()), "lower_95": rounded(figure.lower()),
            })
        };
        let vectors: serde_json::Map<String, Value> = Vector::ALL
            .iter()
            .filter_map(|vector| {
                let mut figure = of(self.by_vector.get(vector)?);
                figure["blind"] = of(self.blind.get(vector)?);
                Some((vector.name().to_owned(), figure))
            })
            .collect();
        json!({ "seed": self.seed, "overall": of(&self.overall()), "vectors": vectors, "through": self.through.len() })
    }

    /// What got through as labelled rows, one JSON object a line: cases for the shield's evaluation.
    pub fn cases(&self) -> String {
        let row = |attack: &Attack| {
            let id = format!("rt-{}", &Digest::of(attack.text.as_bytes()).hex()[..12]);
            let row = json!({
                "id": id, "text": attack.text, "label": "attack", "type": attack.vector.name(),
                "channel": attack.channel, "source": format!("red team, seed {}", self.seed),
            });
            row.to_string() + "\n"
        };
        self.through.iter().map(row).collect()
    }
}

fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}
