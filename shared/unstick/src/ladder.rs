//! The fallback ladder, and the supervisor that climbs down it.
//!
//! The supervisor is a function of everything that was tried: asked twice, or by another process after a crash, it
//! says the same. Leaving a rung costs little, because the next one goes on from what is there; ending the work costs all
//! of it. So a rung is left when stuck is three times likelier than working: two attempts that bring nothing. The work is
//! ended when it is three thousand times likelier (see [`crate::monitor`]): the least of the thresholds that
//! [`crate::simulate::sweep`] tries at which no more than a quarter of a percent of the agents of
//! [`crate::simulate::CHOOSING`] are ended that would have passed. One attempt that left the very same ends it as well.

pub use ideamine_core::records::StopReason;

use crate::attempt::Attempt;
use crate::monitor::{MilliNats, Monitor, Seen};

/// Evidence at which a rung is left for the next one: `1000 · ln 3`.
pub const MOVE_AT: MilliNats = 1_099;
/// Evidence at which the work is ended: `1000 · ln 3000`.
pub const STOP_AT: MilliNats = 8_006;

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rung {
    /// As it was begun.
    Same,
    /// The same model, a smaller job: only what is still open.
    Smaller,
    /// The same model, its input in chunks.
    Chunked,
    /// Another model, `provider/model`.
    Model(String),
    /// A person decides.
    Person,
}

impl Rung {
    /// Its name on the ledger: what is done, or the model.
    pub fn name(&self) -> &str {
        match self {
            Self::Same => "same",
            Self::Smaller => "smaller-job",
            Self::Chunked => "chunked",
            Self::Model(model) => model,
            Self::Person => "person",
        }
    }
}

/// Hard ends, whatever the evidence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most attempts in all.
    pub attempts: u32,
    /// Most cost in all, in the unit of [`Attempt::cost`].
    pub cost: Option<u64>,
}

/// What follows. There is no success among it: gates say that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Try again on this rung.
    GoOn,
    /// Leave this rung for the one of this index.
    Next {
        /// Index in the ladder.
        rung: usize,
        /// Why this one is left.
        reason: StopReason,
    },
    /// It is over.
    Stop(StopReason),
}

/// Takes attempts in one after the other and says what follows on each.
#[derive(Debug, Clone)]
pub struct Supervisor<'a> {
    monitor: Monitor,
    rung: usize,
    ladder: &'a [Rung],
    limits: Limits,
    stop_at: MilliNats,
}

impl<'a> Supervisor<'a> {
    /// Before the first attempt. `ladder` begins with the rung of that attempt; an empty one is [`Rung::Same`] alone. A
    /// [`Rung::Person`] stands last: whatever would end the work, that person hears of first.
    pub fn new(ladder: &'a [Rung], limits: Limits) -> Self {
        Self { monitor: Monitor::default(), rung: 0, ladder, limits, stop_at: STOP_AT }
    }

    /// With another threshold than [`STOP_AT`], to show what a threshold costs.
    #[must_use]
    pub(crate) const fn stopping_at(mut self, stop_at: MilliNats) -> Self {
        self.stop_at = stop_at;
        self
    }

    /// Takes an attempt in that did not pass.
    pub fn read(&mut self, attempt: &Attempt) -> Decision {
        self.monitor.read(attempt);
        let decision = self.decide();
        if let Decision::Next { rung, .. } = decision {
            self.rung = rung;
            self.monitor.change();
        }
        decision
    }

    /// Takes in that an attempt came to nothing, and that the next one is made on this rung: what earlier ones showed was
    /// of another.
    pub fn skip(&mut self, rung: usize) {
        self.rung = rung;
        self.monitor.change();
    }

    /// The rung on which the next attempt is made.
    pub const fn rung(&self) -> usize {
        self.rung
    }

    fn decide(&self) -> Decision {
        if self.limits.cost.is_some_and(|most| self.monitor.cost() >= most) {
            return self.end(StopReason::CostUsedUp);
        }
        let why = reason(self.monitor.last());
        let machines = self.person().unwrap_or(self.ladder.len());
        let evidence = self.monitor.evidence();
        if self.rung + 1 >= machines && evidence >= self.stop_at {
            return self.end(why);
        }
        if self.monitor.attempts() >= self.limits.attempts as usize {
            return self.end(StopReason::AttemptsUsedUp);
        }
        if self.rung + 1 < machines && evidence >= MOVE_AT {
            return Decision::Next { rung: self.rung + 1, reason: why };
        }
        Decision::GoOn
    }

    fn end(&self, reason: StopReason) -> Decision {
        match self.person() {
            Some(rung) if rung > self.rung => Decision::Next { rung, reason },
            _ => Decision::Stop(reason),
        }
    }

    fn person(&self) -> Option<usize> {
        self.ladder.iter().position(|rung| *rung == Rung::Person)
    }
}

/// What follows on these attempts, none of which passed; see [`Supervisor::new`].
pub fn supervise(attempts: &[Attempt], ladder: &[Rung], limits: Limits) -> Decision {
    let mut supervisor = Supervisor::new(ladder, limits);
    attempts.iter().map(|attempt| supervisor.read(attempt)).last().unwrap_or(Decision::GoOn)
}

const fn reason(last: Option<Seen>) -> StopReason {
    match last {
        Some(Seen::Unchanged) => StopReason::Unchanged,
        Some(Seen::Returned | Seen::Repeated) => StopReason::Cycle,
        _ => StopReason::NoProgress,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ideamine_core::Digest;
    use std::collections::BTreeSet;

    const LIMITS: Limits = Limits { attempts: 20, cost: None };

    /// `a3` left the bytes `a` and three open findings.
    fn attempts(names: &str) -> Vec<Attempt> {
        let attempt = |name: &str| {
            let open: u32 = name[1..].parse().unwrap();
            Attempt {
                artifacts: BTreeSet::from([Digest::of(&name.as_bytes()[..1])]),
                findings: (0..open).map(|n| (format!("f{n}"), 1)).collect(),
                shortfall: 0,
                cost: Some(10),
            }
        };
        names.split(' ').map(attempt).collect()
    }

    #[test]
    fn each_rung_is_left_early_and_the_last_one_late() {
        use Decision::{GoOn, Stop};
        use StopReason::{AttemptsUsedUp, CostUsedUp, Cycle, NoProgress, Unchanged};
        let next = |rung, reason| Decision::Next { rung, reason };
        let other = || Rung::Model("openai/other".to_owned());
        let alone = vec![Rung::Same];
        let two = vec![Rung::Same, other()];
        let person = vec![Rung::Same, other(), Rung::Person];
        let check = |ladder: &[Rung], limits: Limits, names: &str, expected: Decision| {
            assert_eq!(supervise(&attempts(names), ladder, limits), expected, "{ladder:?} {names}");
        };
        check(&alone, LIMITS, "a3", GoOn);
        check(&alone, LIMITS, "a3 b2 c1", GoOn);
        check(&alone, LIMITS, "a3 b2 b2", Stop(Unchanged));
        check(&[], LIMITS, "a3 b2 b2", Stop(Unchanged));
        check(&alone, LIMITS, "a3 b4 a3", GoOn);
        check(&alone, LIMITS, "a3 b4 a3 b4", Stop(Cycle));
        check(&alone, LIMITS, "a3 b3 c3 d3 e3 f3 g3 h3 i3 j3", GoOn);
        check(&alone, LIMITS, "a3 b3 c3 d3 e3 f3 g3 h3 i3 j3 k3", Stop(NoProgress));
        check(&two, LIMITS, "a3 b3", GoOn);
        check(&two, LIMITS, "a3 b3 c3", next(1, NoProgress));
        check(&two, LIMITS, "a3 a3", next(1, Unchanged));
        check(&two, LIMITS, "a3 b3 c3 d3 e3", GoOn);
        check(&two, LIMITS, "a3 b3 c3 d3 d3", Stop(Unchanged));
        check(&person, LIMITS, "a3 b3 c3 d3 d3", next(2, Unchanged));
        let five = Limits { attempts: 5, cost: None };
        check(&alone, five, "a9 b8 c7 d6", GoOn);
        check(&alone, five, "a9 b8 c7 d6 e5", Stop(AttemptsUsedUp));
        check(&person, five, "a9 b8 c7 d6 e5", next(2, AttemptsUsedUp));
        check(&alone, Limits { attempts: 5, cost: Some(30) }, "a9 b8 c7", Stop(CostUsedUp));
    }

    #[test]
    fn thresholds_are_the_logarithms_that_the_documentation_states() {
        assert_eq!(MOVE_AT, (1000.0 * 3_f64.ln()).round() as MilliNats);
        assert_eq!(STOP_AT, (1000.0 * 3000_f64.ln()).round() as MilliNats);
    }
}
