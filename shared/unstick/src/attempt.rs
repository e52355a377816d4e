//! What is seen of one attempt, and how good it is.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;

/// Score improvements smaller than this part of the first attempt's shortfall count for nothing: scores may be noisy,
/// and no row of ever smaller steps may pass for progress.
const SHORTFALL_STEPS: u64 = 20;

/// One attempt that did not pass, as others measured it. What the agent claims has no place here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Digests of everything that it left.
    pub artifacts: BTreeSet<Digest>,
    /// Open findings by stable id (rule and place), each with its weight, from 1.
    pub findings: BTreeMap<String, u32>,
    /// How far the measures that failed are from their thresholds, summed, thousandths of the thresholds.
    pub shortfall: u64,
    /// What it cost, in any unit that all attempts of one piece of work share; `None` where that is not known.
    pub cost: Option<u64>,
}

/// How good an attempt is: less is better, findings before scores. A total order with a least element, so that
/// nothing can improve for ever, and no circle of attempts can count as progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Summed weight of open findings.
    pub findings: u64,
    /// [`Attempt::shortfall`].
    pub shortfall: u64,
}

impl Attempt {
    /// How good it is.
    pub fn standing(&self) -> Standing {
        let findings = self.findings.values().map(|weight| u64::from(*weight)).sum();
        Standing { findings, shortfall: self.shortfall }
    }
}

impl Standing {
    /// Whether this is better than `best` by more than noise. `first` is the first attempt's.
    pub fn beats(self, best: Self, first: Self) -> bool {
        let step = (first.shortfall / SHORTFALL_STEPS).max(1);
        self.findings < best.findings
            || (self.findings == best.findings && self.shortfall.saturating_add(step) <= best.shortfall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_before_scores_and_small_steps_count_for_nothing() {
        let at = |findings, shortfall| Standing { findings, shortfall };
        let first = at(9, 1000);
        let check = |new: Standing, best: Standing, beats: bool| {
            assert_eq!(new.beats(best, first), beats, "{new:?} {best:?}");
        };
        check(at(8, 2000), at(9, 1000), true);
        check(at(10, 0), at(9, 1000), false);
        check(at(9, 950), at(9, 1000), true);
        check(at(9, 951), at(9, 1000), false);
        check(at(9, 1000), at(9, 1000), false);
    }
}
