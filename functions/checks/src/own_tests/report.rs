//! What our runner says of the tests (`runner.py`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ideamine_core::artifacts::CaseOutcome;
use ideamine_core::ports::{JobEnd, JobResult, JobSpec};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::QUOTED;
use super::suite::{Suite, dotted};
use crate::app::Source;
use crate::verdict::{ended, tail};

const RUNNER: &str = include_str!("runner.py");
/// What the runner says at most, bytes: lines of code that ran, by their numbers.
const OUTPUT_BYTES: usize = 8 * 1024 * 1024;
/// The runner ends the tests this much earlier than the sandbox would end the runner, milliseconds.
const EARLIER_MS: u64 = 1_500;
/// Most tests that a finding each tells of.
const TOLD_MAX: usize = 10;

/// Which lines of the application are noted as they run: that takes as long again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Trace {
    None,
    /// Those that run while modules are imported.
    Import,
    All,
}

/// The runner in this tree; every run but the first is asked for in the same words.
pub(super) fn job(source: &Source, suite: &Suite, trace: Trace, wall_ms: u64) -> JobSpec {
    let within = wall_ms.saturating_sub(EARLIER_MS).max(EARLIER_MS);
    // Where lines are noted it is the application itself, and else a copy.
    let sealed = trace == Trace::None;
    let config = json!({
        "tests": suite.tests, "app": suite.app, "trace": trace, "sealed": sealed, "wall_ms": within,
    });
    // No site folder of the tree's own (`-s`): the runner starts before any file of it is read.
    let argv = ["python3", "-s", "-c", RUNNER, &config.to_string()].map(str::to_owned).into();
    let mut job = source.job(argv, within + 2 * EARLIER_MS);
    job.limits.output_bytes = OUTPUT_BYTES;
    job
}

/// How a test ended, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TestEnd {
    Passed,
    Skipped,
    /// By something other than an assertion.
    Broke,
    Failed,
}

impl From<TestEnd> for CaseOutcome {
    fn from(end: TestEnd) -> Self {
        match end {
            TestEnd::Passed => Self::Passed,
            TestEnd::Skipped => Self::NotRun,
            TestEnd::Broke | TestEnd::Failed => Self::Failed,
        }
    }
}

/// Lines that ran, by file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Lines {
    import: BTreeMap<String, Vec<u64>>,
    test: BTreeMap<String, Vec<u64>>,
}

impl Lines {
    /// Whether one of these lines ran while modules were imported.
    pub(super) fn imports(&self, path: &str, lines: RangeInclusive<u64>) -> bool {
        self.import.get(path).is_some_and(|ran| ran.iter().any(|line| lines.contains(line)))
    }
}

/// One run of all tests.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Whether the runner came to the end of the tests.
    pub(super) ended: bool,
    /// By their names, `tests/test_items.py:TestItems.test_create`.
    pub(super) tests: BTreeMap<String, TestEnd>,
    /// Where the functions that ran are written: a test of a base class runs in others.
    pub(super) written: BTreeSet<String>,
    /// Set-ups of classes and modules that did not work.
    pub(super) fixtures: Vec<String>,
    /// Lines of the application that ran, while importing and while testing.
    pub(super) lines: Lines,
    /// Modules that could not be imported, with the error.
    modules: Vec<(String, String)>,
    messages: BTreeMap<String, String>,
    /// What the tests' process printed last.
    output: String,
    /// How it ended.
    status: String,
}

#[derive(Deserialize)]
struct Said {
    status: Option<i64>,
    events: Vec<Vec<Value>>,
    output: String,
}

impl Report {
    /// Reads the runner's one line; a runner that did not come to say it saw no test pass.
    pub(super) fn of(job: &JobResult) -> Self {
        let said = match (job.end, serde_json::from_str::<Said>(&job.stdout)) {
            (JobEnd::Exited { code: 0 }, Ok(said)) => said,
            _ => return Self { status: ended(job.end), output: job.stderr.clone(), ..Self::default() },
        };
        let status = match said.status {
            None => "ended by the time limit".to_owned(),
            Some(code) if code < 0 => format!("killed by signal {}", -code),
            Some(code) => format!("exit status {code}"),
        };
        let mut report = Self { status, output: said.output, ..Self::default() };
        for event in &said.events {
            report.hear(event);
        }
        report
    }

    fn hear(&mut self, event: &[Value]) {
        let text = |at: usize| event.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        match text(0).as_str() {
            "test" => {
                let end: TestEnd = serde_json::from_value(event.get(3).cloned().unwrap_or_default())
                    .unwrap_or(TestEnd::Failed);
                let known = self.tests.entry(text(1)).or_insert(end);
                *known = end.max(*known);
                self.written.insert(text(2));
                if end > TestEnd::Skipped {
                    self.messages.insert(text(1), text(4));
                }
            }
            "module" => self.modules.push((text(1), text(3))),
            "fixture" => self.fixtures.push(format!("{} ({})", text(1), text(3).trim())),
            "lines" => {
                self.lines =
                    serde_json::from_value(event.get(1).cloned().unwrap_or_default()).unwrap_or_default();
            }
            "end" => self.ended = true,
            // Not a word of the runner's.
            _ => {}
        }
    }

    pub(super) fn passed(&self) -> impl Iterator<Item = &String> {
        self.tests.iter().filter(|(_, end)| **end == TestEnd::Passed).map(|(name, _)| name)
    }

    pub(super) fn has_passed(&self, test: &str) -> bool {
        self.tests.get(test) == Some(&TestEnd::Passed)
    }

    /// What is to be mended before anything else can be said: rule and message.
    pub(super) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        for (module, error) in &self.modules {
            problems.push(("own-tests", format!("the tests in `{module}` could not be imported: {error}")));
        }
        for fixture in &self.fixtures {
            problems.push(("own-tests", format!("a set-up did not work: {fixture}")));
        }
        let bad = self.tests.iter().filter(|(_, end)| **end > TestEnd::Skipped);
        for (test, _) in bad {
            let message = self.messages.get(test).map_or("", |message| message.trim());
            problems.push(("own-tests", format!("`{}` did not pass: {message}", dotted(test))));
        }
        problems.truncate(TOLD_MAX);
        if !self.ended {
            problems.push(("own-tests-cut-short", self.cut_short()));
        } else if self.passed().next().is_none() {
            problems.push(("own-tests-missing", "no test ran and passed".to_owned()));
        }
        problems
    }

    fn cut_short(&self) -> String {
        format!(
            "the tests' process ended before its tests did ({}, after {} of them): a test must not end the process, and none may hang; it wrote last: {}",
            self.status,
            self.tests.len(),
            tail(self.output.trim(), QUOTED)
        )
    }

    /// Why a test that should have passed did not.
    pub(super) fn why_not(&self, test: &str) -> String {
        match (self.tests.get(test), self.messages.get(test), self.modules.first()) {
            (Some(TestEnd::Skipped), ..) => "was skipped".to_owned(),
            (Some(_), Some(message), _) => format!("failed ({})", message.trim()),
            (_, _, Some((module, error))) => {
                format!("could not run, `{module}` was not imported ({})", error.trim())
            }
            _ => match self.fixtures.first() {
                Some(fixture) => format!("could not run, a set-up did not work: {fixture}"),
                None => format!("did not come to its end ({})", self.status),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(events: Value) -> Report {
        let stdout = json!({ "status": 0, "events": events, "output": "last words" }).to_string();
        let (stderr, tool) = (String::new(), String::new());
        let end = JobEnd::Exited { code: 0 };
        Report::of(&JobResult { end, stdout, stderr, exchanges: vec![], files: vec![], tool, duration_ms: 0 })
    }

    #[test]
    fn a_report_says_what_is_to_be_mended() {
        let check = |events: Value, rules: &[&str]| {
            let problems = report(events.clone()).problems();
            assert_eq!(problems.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), rules, "{events}");
        };
        let passed = json!(["test", "t.py:T.test_a", "t.py:T.test_a", "passed", ""]);
        let failed = json!(["test", "t.py:T.test_a", "t.py:B.test_a", "failed", "no"]);
        check(json!([passed, ["end"]]), &[]);
        check(json!([passed]), &["own-tests-cut-short"]);
        check(json!([["end"]]), &["own-tests-missing"]);
        check(json!([passed, failed, ["end"]]), &["own-tests", "own-tests-missing"]);
        check(json!([passed, ["module", "t.py", "failed", "no"], ["end"]]), &["own-tests"]);
        check(json!([passed, ["fixture", "setUpClass", "broke", "no"], ["end"]]), &["own-tests"]);
        check(json!([["noise"], ["test"], []]), &["own-tests", "own-tests-cut-short"]);
    }

    #[test]
    fn a_runner_that_was_killed_saw_nothing_pass() {
        let end = JobEnd::Signalled { signal: 9 };
        let (stdout, stderr, tool) = ("{}".to_owned(), String::new(), String::new());
        let report = Report::of(&JobResult {
            end,
            stdout,
            stderr,
            exchanges: vec![],
            files: vec![],
            tool,
            duration_ms: 0,
        });
        assert_eq!(report.problems()[0].0, "own-tests-cut-short");
    }
}
