//! `own-tests`: the application's tests pass, and test the application.
//!
//! What tests print and how their process ends is theirs to choose. So a runner of ours says of each test how it
//! ended, and the same tests run on copies of the application that are written anew, drawn from a secret that no
//! code sees:
//!
//! | copy | what it does | the tests |
//! |---|---|---|
//! | harmless | the same: other local names, comments, order, forms of expressions | must pass: else they look at the source |
//! | emptied | functions do nothing | must mostly fail: else they need no application |
//! | mutant | the same, but for one condition, constant, result, call or function | must notice enough of them |
//!
//! What a copy does can be run, and not read off its text: it is compiled (`runner.py`). Our own test of that is a suite
//! that undoes every form of `forms.py` and compares what is left.
//!
//! All copies are made in the same way, so that only what they do tells them apart (`rewrite.py`).
//!
//! A story's tests are tried before the next story is coded upon it: they pass by our runner, each that is written did run,
//! and they need the application (the emptied copy). What the whole suite is worth is proven once, in all these ways, on the
//! application that the stories leave ([`Proof`]).

mod copies;
mod mutants;
mod report;
mod suite;

use futures_util::future::{join, join_all};
use ideamine_core::Failure;
use ideamine_core::artifacts::{CaseOutcome, CaseResult, GateOutcome, Severity};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobEnd, JobResult, Jobs};

use crate::app::Source;
use crate::verdict::{Verdict, ended, tail};
use copies::{Copies, Wanted};
use report::{Report, TestEnd, Trace};
use suite::{Suite, dotted};

/// Harmless copies on which the tests must pass.
const COPIES: usize = 2;
/// Share of tests that must fail when the application does nothing, percent.
const NEEDING_PERCENT_MIN: i64 = 50;
/// How much longer than at first tests may take on a copy before they are ended, as a factor and milliseconds.
const SLOWER: (u64, u64) = (3, 5_000);
/// Copies that are tried at once.
const AT_ONCE: usize = 2;
/// How much of a failing run's output a finding quotes, bytes.
const QUOTED: usize = 1_000;
const PLACE: &str = "app.json#/body/test";

/// How much is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Everything.
    Whole,
    /// What one story needs, when the whole is proven after the last one.
    Story,
}

impl Proof {
    /// What the evidence is called: a story's is not taken for the whole.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Whole => "own-tests",
            Self::Story => "story-tests",
        }
    }
}

/// Runs the check.
pub(crate) async fn check(
    jobs: &dyn Jobs,
    source: &Source,
    proof: Proof,
    stream: [u8; 32],
    wall_ms: u64,
) -> Result<Verdict, Failure> {
    let mut verdict = Verdict { again: source.app.test.clone(), ..Verdict::default() };
    let suite = Suite::of(source);
    verdict.at_least("test-files", count(suite.tests.len()), 1, GateOutcome::Fail);
    if suite.tests.is_empty() {
        let message =
            "no test function was found: expected `def test_…` in files of `tests/` or named `test_*.py`";
        verdict.find("own-tests-missing", Severity::Critical, PLACE, message);
        return Ok(verdict);
    }
    let mut trial = Trial { jobs, source, suite, wall_ms, spent_ms: 0, verdict };
    if proof == Proof::Story {
        trial.story(stream).await?;
        return Ok(trial.verdict);
    }
    let Some(first) = trial.first().await? else { return Ok(trial.verdict) };
    let Some(copies) = trial.copies(&first, stream).await? else { return Ok(trial.verdict) };
    let harmless = trial.harmless(&first, &copies).await?;
    let needed = trial.emptied(&first, &copies).await?;
    if harmless && needed {
        trial.mutants(&first, &copies).await?;
    }
    Ok(trial.verdict)
}

struct Trial<'a> {
    jobs: &'a dyn Jobs,
    source: &'a Source,
    suite: Suite,
    wall_ms: u64,
    spent_ms: u64,
    verdict: Verdict,
}

impl Trial<'_> {
    /// One story: the tests by our runner, while the copy is written; then that copy, emptied.
    async fn story(&mut self, stream: [u8; 32]) -> Result<(), Failure> {
        let ours = self.jobs.run(report::job(self.source, &self.suite, Trace::Import, self.wall_ms));
        let made = self.jobs.run(copies::job(self.source, &self.suite, Wanted::Emptied, stream));
        let (ours, made) = join(ours, made).await;
        let (ours, made) = (ours?, made?);
        self.verdict.keep("tests", &JobResult { stdout: String::new(), ..ours.clone() });
        let Some(first) = self.heard(&ours) else { return Ok(()) };
        let mut copies = self.written(&first, &made, 1)?;
        copies.leave(&first.lines);
        if self.reached(!copies.emptied.is_empty()) {
            let ours = self.run(vec![copies.emptied(self.source)]).await?;
            self.needed(&first, &ours[0]);
        }
        Ok(())
    }

    /// The application as it is: its own command, and our runner. `None` when there is something to mend first.
    async fn first(&mut self) -> Result<Option<Report>, Failure> {
        let command = self.jobs.run(self.source.job(self.source.app.test.clone(), self.wall_ms));
        let ours = self.jobs.run(report::job(self.source, &self.suite, Trace::All, self.wall_ms));
        let (command, ours) = join(command, ours).await;
        let (command, ours) = (command?, ours?);
        let passed = command.end == JobEnd::Exited { code: 0 };
        self.verdict.at_most("test-run-failures", i64::from(!passed), 0, GateOutcome::Fail);
        self.verdict.keep("tests", &command);
        if !passed {
            self.verdict.find("own-tests", Severity::Critical, PLACE, &failing(&command));
            return Ok(None);
        }
        Ok(self.heard(&ours))
    }

    /// What our runner says of the application as it is. `None` when there is something to mend first.
    fn heard(&mut self, ours: &JobResult) -> Option<Report> {
        let report = Report::of(ours);
        let problems = report.problems();
        self.verdict.at_most("tests-not-passed", count(problems.len()), 0, GateOutcome::Fail);
        for (rule, message) in &problems {
            self.verdict.find(rule, Severity::Critical, PLACE, message);
        }
        self.verdict.cases = report.tests.iter().map(|(name, end)| case(name, (*end).into())).collect();
        let usual = SLOWER.0.saturating_mul(ours.duration_ms).saturating_add(SLOWER.1);
        self.wall_ms = self.wall_ms.min(usual);
        problems.is_empty().then_some(report)
    }

    /// The copies, where they reach the application.
    async fn copies(&mut self, first: &Report, stream: [u8; 32]) -> Result<Option<Copies>, Failure> {
        let job = copies::job(self.source, &self.suite, Wanted::All(&first.lines), stream);
        let made = self.jobs.run(job).await?;
        let copies = self.written(first, &made, COPIES)?;
        let reached = self.reached(!copies.mutants.is_empty() && !copies.emptied.is_empty());
        Ok(reached.then_some(copies))
    }

    /// So many copies, and whether every test that is written did run.
    fn written(&mut self, first: &Report, made: &JobResult, number: usize) -> Result<Copies, Failure> {
        let Some(copies) = Copies::of(made, number) else {
            let message = format!("the application could not be written anew: {}", ended(made.end));
            return Err(Failure::new(FailureKind::SandboxFailed, message));
        };
        let idle: Vec<&String> = copies.tests.iter().filter(|test| !first.written.contains(*test)).collect();
        self.verdict.at_most("tests-that-never-ran", count(idle.len()), 0, GateOutcome::Fail);
        for test in idle {
            let message = format!("`{}` is written and never ran: {NEVER_RAN}", dotted(test));
            self.verdict.find("own-tests-not-run", Severity::High, PLACE, &message);
            self.verdict.cases.push(case(test, CaseOutcome::NotRun));
        }
        let skipped = first.tests.values().filter(|end| **end == TestEnd::Skipped).count();
        self.verdict.at_most("tests-skipped", count(skipped), 0, GateOutcome::Concerns);
        Ok(copies)
    }

    /// Whether there is anything of the application in a copy that tests could notice.
    fn reached(&mut self, reached: bool) -> bool {
        self.verdict.at_least("application-reached", i64::from(reached), 1, GateOutcome::Fail);
        if !reached {
            self.verdict.find("own-tests-vacuous", Severity::Critical, PLACE, VACUOUS);
        }
        reached
    }

    /// Harmless copies: everything that passed must pass again.
    async fn harmless(&mut self, first: &Report, copies: &Copies) -> Result<bool, Failure> {
        let sources = (0..COPIES).map(|number| copies.harmless(self.source, number)).collect();
        let mut noticed = 0;
        for (number, job) in self.run(sources).await?.iter().enumerate() {
            let report = Report::of(job);
            let lost = first.passed().find(|test| !report.has_passed(test)).cloned();
            let line =
                lost.as_ref().map_or_else(|| "all pass".to_owned(), |test| format!("{test} does not pass"));
            self.verdict.raw.push_str(&format!("harmless copy {}: {line}\n", number + 1));
            if let Some(test) = lost {
                noticed += 1;
                let message = format!("`{}` {}: {RECOGNISING}", dotted(&test), report.why_not(&test));
                self.verdict.find("own-tests-recognising", Severity::Critical, PLACE, &message);
            }
        }
        self.verdict.at_most("harmless-changes-refused", noticed, 0, GateOutcome::Fail);
        Ok(noticed == 0)
    }

    /// The application with its functions emptied: by our runner, test by test, and by the command as a whole.
    async fn emptied(&mut self, first: &Report, copies: &Copies) -> Result<bool, Failure> {
        let emptied = copies.emptied(self.source);
        let command = self.jobs.run(emptied.job(self.source.app.test.clone(), self.wall_ms));
        let ours = self.jobs.run(report::job(&emptied, &self.suite, Trace::None, self.wall_ms));
        let (command, ours) = join(command, ours).await;
        let (command, ours) = (command?, ours?);
        self.spent_ms += command.duration_ms + ours.duration_ms;
        let needed = self.needed(first, &ours);
        let heard = command.end != JobEnd::Exited { code: 0 };
        self.verdict.at_least("command-notices", i64::from(heard), 1, GateOutcome::Fail);
        if !heard && needed {
            self.verdict.find("own-tests-deaf", Severity::Critical, PLACE, DEAF);
        }
        Ok(heard && needed)
    }

    /// Whether enough of the tests that passed noticed that the application does nothing.
    fn needed(&mut self, first: &Report, ours: &JobResult) -> bool {
        let report = Report::of(ours);
        let idle: Vec<&String> = first.passed().filter(|test| report.has_passed(test)).collect();
        for case in
            self.verdict.cases.iter_mut().filter(|case| idle.iter().any(|test| dotted(test) == case.name))
        {
            case.outcome = CaseOutcome::Idle;
        }
        let all = first.passed().count();
        let needing = count((all - idle.len()) * 100 / all.max(1));
        self.verdict.raw.push_str(&format!("emptied: {} of {all} tests still pass\n", idle.len()));
        self.verdict.at_least(
            "tests-that-need-the-application-percent",
            needing,
            NEEDING_PERCENT_MIN,
            GateOutcome::Fail,
        );
        if needing < NEEDING_PERCENT_MIN {
            let some: Vec<String> = idle.iter().take(5).map(|test| dotted(test)).collect();
            let message = format!(
                "{} of {all} tests pass although no function of the application does anything ({}): {VACUOUS}",
                idle.len(),
                some.join(", ")
            );
            self.verdict.find("own-tests-vacuous", Severity::Critical, PLACE, &message);
        }
        needing >= NEEDING_PERCENT_MIN
    }

    /// Our runner on these trees.
    async fn run(&mut self, sources: Vec<Source>) -> Result<Vec<JobResult>, Failure> {
        let jobs = sources
            .iter()
            .map(|source| self.jobs.run(report::job(source, &self.suite, Trace::None, self.wall_ms)));
        let done: Vec<JobResult> = join_all(jobs).await.into_iter().collect::<Result<_, _>>()?;
        self.spent_ms += done.iter().map(|job| job.duration_ms).sum::<u64>();
        Ok(done)
    }
}

const VACUOUS: &str = "test the application's behaviour, through its functions or its interface";
const RECOGNISING: &str = "it ran on a copy of the application that does the same, written with other local names, comments and \
                           forms of expressions; test what the application does and not how it is written, and let a test \
                           that is repeated end the same way";
const DEAF: &str = "the test command ends with exit status 0 although no function of the application does anything: it does not run \
                    the tests, or the exit status is set by other code; expected a command such as \
                    `python3 -m unittest discover`";
const NEVER_RAN: &str =
    "a test is a method of a `unittest.TestCase` in a module that can be imported, with a name of its own";

fn failing(job: &JobResult) -> String {
    let output = format!("{}\n{}", job.stdout.trim(), job.stderr.trim());
    let end = tail(output.trim(), QUOTED);
    format!("the tests did not pass ({}); the output ends with:\n{end}", ended(job.end))
}

fn case(test: &str, outcome: CaseOutcome) -> CaseResult {
    CaseResult { name: dotted(test), outcome }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
