//! The slope monitor: weighs each attempt for or against "it is stuck".
//!
//! Two hypotheses. *Working*: an attempt reaches a new best with chance 0.5; it comes back to findings that were open
//! before with 0.08, to bytes that were there before with 0.01, hands in the very same as the last time with 0.0003, and
//! is else somewhere new without being better. *Stuck*: it wanders, returns or repeats, whichever explains the
//! attempt best, with chance 0.95, and reaches a new best by luck with 0.05. After each attempt the evidence
//! moves by the logarithm of the likelihood ratio, and never falls below nothing:
//!
//! ```text
//! S ← max(0, S + ln( max P(seen | stuck) / P(seen | working) ))
//! ```
//!
//! That is the cumulative sum of Page ("Continuous inspection schemes", Biometrika 41, 1954), with the better of several
//! alternatives as in Lorden ("Procedures for reacting to a change in distribution", Annals of Mathematical
//! Statistics 42, 1971), who also shows that no rule with as few false alarms finds a change sooner in the worst case.
//! `e^S` is how many times likelier stuck is than working since the work last went well.
//!
//! *Per dollar*: if a new best comes at a constant rate per unit of cost, an attempt that cost `c` times the mean of
//! those before it is worth `c` attempts of evidence when it brings nothing. `c` is kept between ½ and 2, so that neither
//! a free attempt nor one dear attempt decides.
//!
//! Weights are whole thousandths of a nat, so that every machine decides alike.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;

use crate::attempt::{Attempt, Standing};

/// What an attempt was, seen against those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// A new best.
    Better,
    /// Somewhere new, and no better.
    Elsewhere,
    /// Findings that were open before, no better than the best, and not those of the attempt before.
    Returned,
    /// Bytes that were there before the last attempt.
    Repeated,
    /// The very same as the attempt before, byte for byte.
    Unchanged,
}

/// Evidence in thousandths of a nat.
pub type MilliNats = i64;

impl Seen {
    /// `1000 · ln(P(seen | stuck) / P(seen | working))`.
    pub const fn weight(self) -> MilliNats {
        match self {
            Self::Better => -2_303,
            Self::Elsewhere => 841,
            Self::Returned => 2_474,
            Self::Repeated => 4_554,
            Self::Unchanged => 8_060,
        }
    }
}

/// Reads attempts one after the other.
#[derive(Debug, Clone, Default)]
pub struct Monitor {
    history: Vec<Past>,
    best: Option<Standing>,
    evidence: MilliNats,
    last: Option<Seen>,
}

#[derive(Debug, Clone)]
struct Past {
    artifacts: BTreeSet<Digest>,
    findings: BTreeMap<String, u32>,
    standing: Standing,
    cost: Option<u64>,
}

impl Monitor {
    /// Takes the next attempt in, and says what it was; the first is the measure for all others and says nothing.
    pub fn read(&mut self, attempt: &Attempt) -> Option<Seen> {
        let standing = attempt.standing();
        let seen = self.seen(attempt, standing);
        if let Some(seen) = seen {
            self.evidence = (self.evidence + self.weight(seen, attempt.cost)).max(0);
        }
        if self.best.is_none() || seen == Some(Seen::Better) {
            self.best = Some(standing);
        }
        self.last = seen;
        let Attempt { artifacts, findings, cost, .. } = attempt.clone();
        self.history.push(Past { artifacts, findings, standing, cost });
        seen
    }

    /// How much says that it is stuck.
    pub const fn evidence(&self) -> MilliNats {
        self.evidence
    }

    /// What the last attempt was.
    pub const fn last(&self) -> Option<Seen> {
        self.last
    }

    /// Attempts read.
    pub fn attempts(&self) -> usize {
        self.history.len()
    }

    /// Cost of all attempts, as far as it is known.
    pub fn cost(&self) -> u64 {
        self.history.iter().filter_map(|past| past.cost).fold(0, u64::saturating_add)
    }

    /// Something else is tried from here on: what was held against the old way does not count against the new one. The
    /// best so far stays what has to be beaten.
    pub fn change(&mut self) {
        self.evidence = 0;
    }

    fn seen(&self, attempt: &Attempt, standing: Standing) -> Option<Seen> {
        let (first, before) = (self.history.first()?, self.history.last()?);
        if self.best.is_some_and(|best| standing.beats(best, first.standing)) {
            return Some(Seen::Better);
        }
        let same_bytes = |past: &Past| !attempt.artifacts.is_empty() && past.artifacts == attempt.artifacts;
        if same_bytes(before) {
            return Some(Seen::Unchanged);
        }
        if self.history.iter().any(same_bytes) {
            return Some(Seen::Repeated);
        }
        // The same findings as the attempt before are a plateau, and those of the best a recovery.
        let was_worse = |past: &Past| self.best.is_some_and(|best| past.standing > best);
        let moved = before.findings != attempt.findings;
        let returned = |past: &Past| past.findings == attempt.findings && was_worse(past);
        Some(if moved && self.history.iter().any(returned) { Seen::Returned } else { Seen::Elsewhere })
    }

    fn weight(&self, seen: Seen, cost: Option<u64>) -> MilliNats {
        let known: Vec<u64> = self.history.iter().filter_map(|past| past.cost).collect();
        let total = known.iter().copied().fold(0, u64::saturating_add);
        let (Seen::Elsewhere, Some(cost), true) = (seen, cost, total > 0) else { return seen.weight() };
        let counted = i128::from(seen.weight()) * i128::from(cost) * known.len() as i128 / i128::from(total);
        let most = i128::from(seen.weight()) * 2;
        let least = i128::from(seen.weight()) / 2;
        MilliNats::try_from(counted.clamp(least, most)).unwrap_or(MilliNats::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(name: &str, findings: &[&str], cost: Option<u64>) -> Attempt {
        Attempt {
            artifacts: BTreeSet::from([Digest::of(name.as_bytes())]),
            findings: findings.iter().map(|id| ((*id).to_owned(), 1)).collect(),
            shortfall: 0,
            cost,
        }
    }

    #[test]
    fn weights_are_the_logarithms_that_the_documentation_states() {
        let check = |seen: Seen, stuck: f64, working: f64| {
            let weight = (1000.0 * (stuck / working).ln()).round() as MilliNats;
            assert_eq!(seen.weight(), weight, "{seen:?}");
        };
        check(Seen::Better, 0.05, 0.5);
        check(Seen::Returned, 0.95, 0.08);
        check(Seen::Repeated, 0.95, 0.01);
        check(Seen::Unchanged, 0.95, 0.000_3);
        check(Seen::Elsewhere, 0.95, 1.0 - 0.5 - 0.08 - 0.01 - 0.000_3);
    }

    #[test]
    fn attempts_are_told_apart_by_what_they_left() {
        let check = |attempts: &[(&str, &[&str])], expected: &[Option<Seen>]| {
            let mut monitor = Monitor::default();
            let seen: Vec<_> = attempts
                .iter()
                .map(|(name, findings)| monitor.read(&attempt(name, findings, None)))
                .collect();
            assert_eq!(seen, expected, "{attempts:?}");
        };
        use Seen::{Better, Elsewhere, Repeated, Returned, Unchanged};
        check(&[("1", &["a", "b"]), ("2", &["a"])], &[None, Some(Better)]);
        check(&[("1", &["a"]), ("1", &["a"])], &[None, Some(Unchanged)]);
        check(&[("1", &["a"]), ("2", &["a"]), ("3", &["a"])], &[None, Some(Elsewhere), Some(Elsewhere)]);
        check(&[("1", &["a"]), ("2", &["b"]), ("3", &["a"])], &[None, Some(Elsewhere), Some(Elsewhere)]);
        let (one, two, three): (&[&str], &[&str], &[&str]) = (&["a"], &["a", "b"], &["a", "c"]);
        check(
            &[("1", one), ("2", two), ("3", three), ("4", two)],
            &[None, Some(Elsewhere), Some(Elsewhere), Some(Returned)],
        );
        check(&[("1", &["a"]), ("2", &["a"]), ("1", &["a"])], &[None, Some(Elsewhere), Some(Repeated)]);
        // Closing one finding by opening another of the same weight is no progress, however new it looks.
        check(&[("1", &["a"]), ("2", &["b"]), ("3", &["c"])], &[None, Some(Elsewhere), Some(Elsewhere)]);
        // Work that leaves nothing is not the same as work that leaves the same.
        let mut monitor = Monitor::default();
        let nothing = Attempt { artifacts: BTreeSet::new(), ..attempt("", &["a"], None) };
        monitor.read(&nothing);
        assert_eq!(monitor.read(&nothing), Some(Elsewhere));
    }

    #[test]
    fn a_dear_attempt_that_brings_nothing_says_more_than_a_cheap_one() {
        let check = |cost: Option<u64>, evidence: MilliNats| {
            let mut monitor = Monitor::default();
            monitor.read(&attempt("1", &["a"], Some(100)));
            monitor.read(&attempt("2", &["a"], cost));
            assert_eq!(monitor.evidence(), evidence, "{cost:?}");
        };
        check(Some(100), 841);
        check(Some(150), 1261);
        check(Some(10_000), 1682);
        check(Some(0), 420);
        check(Some(u64::MAX), 1682);
        check(None, 841);
    }
}
