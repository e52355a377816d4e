//! How much of a kind of work, and of each model's calls, may be under way and may begin.

use std::collections::{BTreeMap, VecDeque};

/// The span of [`Bound::per_minute`], milliseconds.
const MINUTE: u64 = 60_000;

/// A limit; what is absent is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bound {
    /// Jobs at once.
    pub at_once: Option<usize>,
    /// Jobs that begin within any 60 seconds.
    pub per_minute: Option<usize>,
}

/// The limits of one kind of work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// For all jobs of the kind.
    pub all: Bound,
    /// For those whose run calls this model, `PROVIDER/MODEL`.
    pub models: BTreeMap<String, Bound>,
}

impl Limits {
    /// The limit of a model, or of the kind.
    pub(super) fn of(&self, model: Option<&str>) -> Option<Bound> {
        match model {
            None => Some(self.all),
            Some(model) => self.models.get(model).copied(),
        }
    }
}

/// What began lately under a limit.
#[derive(Debug, Clone, Default)]
pub(super) struct Limit {
    began: VecDeque<u64>,
}

impl Limit {
    /// Whether one more may begin; if not, when to look again, where time alone decides.
    pub(super) fn room(&mut self, bound: Bound, working: usize, now: u64) -> Result<(), Option<u64>> {
        if bound.at_once.is_some_and(|most| working >= most) {
            return Err(None);
        }
        while self.began.front().is_some_and(|began| began + MINUTE <= now) {
            self.began.pop_front();
        }
        match (bound.per_minute, self.began.front()) {
            (Some(most), Some(oldest)) if self.began.len() >= most => Err(Some(oldest + MINUTE)),
            _ => Ok(()),
        }
    }

    pub(super) fn began(&mut self, now: u64) {
        self.began.push_back(now);
        // Only as many count as the largest limit that a configuration may set.
        if self.began.len() > PER_MINUTE_MAX {
            self.began.pop_front();
        }
    }
}

/// Largest [`Bound::per_minute`].
pub const PER_MINUTE_MAX: usize = 100_000;
