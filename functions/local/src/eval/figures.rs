//! Counts and rates of an evaluation.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// One row and what was said of it.
pub(crate) struct Outcome {
    /// Which row.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its source.
    pub source: String,
    /// What its label says.
    pub actual: bool,
    /// What the component said.
    pub said: bool,
    /// Whether what it named is exactly right, where that is asked.
    pub exact: Option<bool>,
    /// How long it took.
    pub took_ns: u64,
}

/// What some outcomes amount to.
pub(crate) struct Figures {
    tp: u64,
    fp: u64,
    tn: u64,
    fn_: u64,
    /// Of rows that ask for it, those that are exactly right.
    exact: Option<(u64, u64)>,
    /// Sorted.
    took_ns: Vec<u64>,
}

impl Figures {
    /// Of these outcomes.
    pub(crate) fn of<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Self {
        let mut figures = Self { tp: 0, fp: 0, tn: 0, fn_: 0, exact: None, took_ns: Vec::new() };
        for outcome in outcomes {
            let count = match (outcome.actual, outcome.said) {
                (true, true) => &mut figures.tp,
                (false, true) => &mut figures.fp,
                (false, false) => &mut figures.tn,
                (true, false) => &mut figures.fn_,
            };
            *count += 1;
            if let Some(exact) = outcome.exact {
                let (right, of) = figures.exact.get_or_insert((0, 0));
                *right += u64::from(exact);
                *of += 1;
            }
            figures.took_ns.push(outcome.took_ns);
        }
        figures.took_ns.sort_unstable();
        figures
    }

    /// Found of what is there; `None` where nothing is.
    pub(crate) fn recall(&self) -> Option<f64> {
        share(self.tp, self.tp + self.fn_)
    }

    /// False alarms of what is harmless.
    pub(crate) fn fpr(&self) -> Option<f64> {
        share(self.fp, self.fp + self.tn)
    }

    /// As JSON: rates to four digits, null where there is nothing to divide by.
    pub(crate) fn json(&self) -> Map<String, Value> {
        let precision = share(self.tp, self.tp + self.fp);
        let f1 = share(2 * self.tp, 2 * self.tp + self.fp + self.fn_);
        let us = |share: usize| {
            let at = (self.took_ns.len() * share / 100).min(self.took_ns.len().saturating_sub(1));
            self.took_ns.get(at).map(|ns| rounded(*ns as f64 / 1000.0))
        };
        let value = json!({
            "n": self.tp + self.fp + self.tn + self.fn_, "tp": self.tp, "fp": self.fp, "tn": self.tn, "fn": self.fn_,
            "recall": self.recall().map(rounded), "fpr": self.fpr().map(rounded),
            "precision": precision.map(rounded), "f1": f1.map(rounded),
            "p50_us": us(50), "p99_us": us(99),
        });
        let mut map = match value {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        if let Some((right, of)) = self.exact {
            map.insert("exact".to_owned(), json!(share(right, of).map(rounded)));
        }
        map
    }

    /// One line for a person.
    pub(crate) fn line(&self) -> String {
        let rate = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), |rate| format!("{:.3}", rate));
        let exact =
            self.exact.map_or_else(String::new, |(right, of)| format!(", exact {}", rate(share(right, of))));
        format!(
            "recall {} ({} of {}), false alarms {} ({} of {}){exact}",
            rate(self.recall()),
            self.tp,
            self.tp + self.fn_,
            rate(self.fpr()),
            self.fp,
            self.fp + self.tn,
        )
    }
}

/// Figures by a property of rows, in its order.
pub(crate) fn groups(outcomes: &[Outcome], by: impl Fn(&Outcome) -> &str) -> BTreeMap<String, Figures> {
    let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        groups.entry(by(outcome).to_owned()).or_default().push(outcome);
    }
    groups.into_iter().map(|(name, outcomes)| (name, Figures::of(outcomes.into_iter()))).collect()
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn rounded(rate: f64) -> f64 {
    (rate * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(actual: bool, said: bool) -> Outcome {
        Outcome {
            id: String::new(),
            kind: if actual { "a" } else { "b" }.to_owned(),
            source: String::new(),
            actual,
            said,
            exact: actual.then_some(said),
            took_ns: 2000,
        }
    }

    #[test]
    fn rates_are_of_what_they_say() {
        let outcomes = [
            outcome(true, true),
            outcome(true, true),
            outcome(true, false),
            outcome(false, true),
            outcome(false, false),
        ];
        let figures = Figures::of(outcomes.iter()).json();
        let expected = json!({
            "n": 5, "tp": 2, "fp": 1, "tn": 1, "fn": 1, "recall": 0.6667, "fpr": 0.5, "precision": 0.6667, "f1": 0.6667,
            "p50_us": 2.0, "p99_us": 2.0, "exact": 0.6667,
        });
        assert_eq!(Value::Object(figures), expected);
        let groups = groups(&outcomes, |outcome| &outcome.kind);
        assert_eq!(groups["b"].recall(), None);
        assert_eq!(groups["a"].fpr(), None);
        assert_eq!(Figures::of([].iter()).json()["p50_us"], Value::Null);
    }
}
