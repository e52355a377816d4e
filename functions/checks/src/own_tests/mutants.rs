//! Small faults, one at a time: enough of them must be noticed.

use ideamine_core::Failure;
use ideamine_core::artifacts::{GateOutcome, Severity};

use super::copies::{Copies, MUTANTS_MAX, Mutant};
use super::report::{Report, TestEnd};
use super::{AT_ONCE, PLACE, Trial, count};
use crate::app::place;

/// Mutants that must be noticed of so many. A suite that asserts what it calls notices four of five, measured on suites
/// of 35 to 99 tests; this is where chance refuses one of them once in ten thousand times. Where there are fewer mutants,
/// the same share.
const NOTICED_MIN: usize = 4;
/// Of these, mutants that must be noticed by an assertion: a suite that only calls notices two of five as well, because
/// something breaks.
const ASSERTED_MIN: usize = 1;
/// All runs together, milliseconds: two go on at once, and the state that waits has its own limit.
const SPENT_MS_MAX: u64 = 1_200_000;

impl Trial<'_> {
    /// Mutants, until enough were noticed or so many were not that enough cannot be.
    pub(super) async fn mutants(&mut self, first: &Report, copies: &Copies) -> Result<(), Failure> {
        let all = &copies.mutants[..copies.mutants.len().min(MUTANTS_MAX)];
        let needed = NOTICED_MIN.min((all.len() * NOTICED_MIN).div_ceil(MUTANTS_MAX));
        let asserted_min = ASSERTED_MIN.min(needed);
        let (mut noticed, mut asserted, mut missed) = (0, 0, Vec::new());
        for group in all.chunks(AT_ONCE) {
            let enough = noticed >= needed && asserted >= asserted_min;
            if enough || missed.len() > all.len() - needed || self.spent_ms > SPENT_MS_MAX {
                break;
            }
            let sources = group.iter().map(|mutant| copies.mutant(self.source, mutant)).collect();
            for (mutant, job) in group.iter().zip(self.run(sources).await?) {
                let (seen, line) = Seen::of(first, &Report::of(&job));
                self.verdict.raw.push_str(&format!("{}: {line}\n", told(mutant)));
                match seen {
                    Seen::Asserted => (noticed, asserted) = (noticed + 1, asserted + 1),
                    Seen::Broke => noticed += 1,
                    Seen::Nothing => missed.push(mutant),
                }
            }
        }
        self.verdict.at_least("mutants-noticed", count(noticed), count(needed), GateOutcome::Fail);
        self.verdict.at_least(
            "mutants-noticed-by-assertion",
            count(asserted),
            count(asserted_min),
            GateOutcome::Fail,
        );
        if noticed >= needed && asserted >= asserted_min {
            return Ok(());
        }
        let message = format!(
            "of {} small faults that were planted in code that the tests run, they noticed {noticed}, {asserted} of them by an assertion: expected at least {needed} and {asserted_min}; assert what the application answers and keeps",
            noticed + missed.len(),
        );
        self.verdict.find("own-tests-weak", Severity::Critical, PLACE, &message);
        for mutant in missed {
            let message = format!("no test noticed that {} was changed here", mutant.kind.words());
            self.verdict.find(
                "own-tests-missed",
                Severity::Medium,
                &place(&mutant.path, Some(mutant.line)),
                &message,
            );
        }
        Ok(())
    }
}

/// What a mutant's run shows. A process that left, or hung, shows nothing: it could have recognised the copy.
enum Seen {
    Asserted,
    Broke,
    Nothing,
}

impl Seen {
    fn of(first: &Report, report: &Report) -> (Self, String) {
        let by = |end: TestEnd| first.passed().find(|test| report.tests.get(*test) == Some(&end));
        if !report.ended {
            return (Self::Nothing, "undecided, the run did not come to its end".to_owned());
        }
        if let Some(test) = by(TestEnd::Failed) {
            return (Self::Asserted, format!("noticed by {test}"));
        }
        match by(TestEnd::Broke).or_else(|| report.fixtures.first()) {
            Some(test) => (Self::Broke, format!("broke {test}")),
            None => (Self::Nothing, "not noticed".to_owned()),
        }
    }
}

fn told(mutant: &Mutant) -> String {
    format!("{} changed at {}:{}", mutant.kind.words(), mutant.path, mutant.line)
}
