//! `own-tests`: the application's tests pass, and could have failed.
//!
//! The exit status decides, but code under test shares the process and can set it. So the same tests run
//! twice more on sabotaged copies: with the application emptied, and with a failing test planted. A suite
//! that still passes says nothing.

use ideamine_core::Failure;
use ideamine_core::artifacts::{GateOutcome, Severity};
use ideamine_core::ports::{JobEnd, JobResult, Jobs, SourceFile};

use crate::app::Source;
use crate::verdict::{Verdict, ended, tail};

/// Longest time of a sabotaged run, milliseconds: emptied code mostly fails at its first import.
const SABOTAGED_MS_MAX: u64 = 90_000;
/// How much of a failing run's output a finding quotes, bytes.
const QUOTED: usize = 1_000;
const PLACE: &str = "app.json#/body/test";
const PLANTED: &str = "\nimport unittest as _planted_unittest\n\n\nclass PlantedFailure(_planted_unittest.TestCase):\n    \
                       def test_planted_failure(self):\n        self.fail('planted from outside')\n";

/// Runs the check.
pub(crate) async fn check(jobs: &dyn Jobs, source: &Source, wall_ms: u64) -> Result<Verdict, Failure> {
    let mut verdict = Verdict { again: source.app.test.clone(), ..Verdict::default() };
    let written =
        source.files.iter().filter(|file| is_test(&file.path)).map(|file| tests_in(&file.content)).sum();
    verdict.at_least("test-functions", written, 1, GateOutcome::Fail);
    if written == 0 {
        let message =
            "no test function was found: expected `def test_…` in files of `tests/` or named `test_*.py`";
        verdict.find("own-tests-missing", Severity::Critical, PLACE, message);
    }
    let job = jobs.run(source.job(source.app.test.clone(), wall_ms)).await?;
    let passed = job.end == JobEnd::Exited { code: 0 };
    verdict.at_most("test-run-failures", i64::from(!passed), 0, GateOutcome::Fail);
    verdict.keep("tests", &job);
    if !passed {
        verdict.find("own-tests", Severity::Critical, PLACE, &failing(&job));
        return Ok(verdict);
    }
    for sabotage in [Sabotage::Emptied, Sabotage::Planted] {
        let noticed = sabotage.is_noticed(jobs, source, wall_ms, &mut verdict).await?;
        verdict.at_least(sabotage.measure(), i64::from(noticed), 1, GateOutcome::Fail);
        if !noticed {
            verdict.find(sabotage.rule(), Severity::Critical, PLACE, sabotage.message());
        }
    }
    Ok(verdict)
}

fn failing(job: &JobResult) -> String {
    let output = format!("{}\n{}", job.stdout.trim(), job.stderr.trim());
    format!(
        "the tests did not pass ({}); the output ends with:\n{}",
        ended(job.end),
        tail(output.trim(), QUOTED)
    )
}

#[derive(Clone, Copy)]
enum Sabotage {
    Emptied,
    Planted,
}

impl Sabotage {
    const fn measure(self) -> &'static str {
        match self {
            Self::Emptied => "notices-an-emptied-application",
            Self::Planted => "notices-a-planted-failure",
        }
    }
    const fn rule(self) -> &'static str {
        match self {
            Self::Emptied => "own-tests-vacuous",
            Self::Planted => "own-tests-deaf",
        }
    }
    const fn message(self) -> &'static str {
        match self {
            Self::Emptied => {
                "the tests still pass when every file of the application is emptied: they test nothing; \
                 test the application's behaviour, through its interface"
            }
            Self::Planted => {
                "the test command still ends with exit status 0 when each test file holds a failing unittest case: \
                 it does not run them all, or the exit status is set by other code; expected a command such as \
                 `python3 -m unittest discover`"
            }
        }
    }

    async fn is_noticed(
        self,
        jobs: &dyn Jobs,
        source: &Source,
        wall_ms: u64,
        verdict: &mut Verdict,
    ) -> Result<bool, Failure> {
        let files = source.files.iter().map(|file| self.applied(file, &source.app.test)).collect();
        let sabotaged = Source { files, ..source.clone() };
        let job = jobs.run(sabotaged.job(source.app.test.clone(), wall_ms.min(SABOTAGED_MS_MAX))).await?;
        verdict.keep(self.measure(), &job);
        Ok(job.end != JobEnd::Exited { code: 0 })
    }

    fn applied(self, file: &SourceFile, command: &[String]) -> SourceFile {
        let python = file.path.ends_with(".py");
        let content = match self {
            Self::Emptied if python && !is_test(&file.path) && !is_named(&file.path, command) => {
                String::new()
            }
            Self::Planted if tests_in(&file.content) > 0 && python && is_test(&file.path) => {
                planted(&file.content)
            }
            _ => file.content.clone(),
        };
        SourceFile { path: file.path.clone(), content }
    }
}

/// Before a main block, which may end the program.
fn planted(content: &str) -> String {
    let main = content.find("\nif __name__");
    let (before, after) = content.split_at(main.unwrap_or(content.len()));
    format!("{before}\n{PLANTED}\n{after}")
}

/// Whether a file is part of the tests, by the usual names.
pub(crate) fn is_test(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.strip_suffix(".py").unwrap_or(name);
    let by_name =
        stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest" || stem == "tests";
    by_name || parts.iter().any(|part| *part == "tests" || *part == "test")
}

/// Whether the command runs this very file: a runner is not the application.
fn is_named(path: &str, command: &[String]) -> bool {
    let module = path.trim_end_matches(".py").replace('/', ".");
    let named = |arg: &String| {
        arg.trim_start_matches("./") == path || *arg == module || format!("{arg}.__main__") == module
    };
    command.iter().any(named)
}

/// Test functions in a source text.
fn tests_in(content: &str) -> i64 {
    let starts = |line: &&str| {
        let line = line.trim_start();
        line.strip_prefix("async ").unwrap_or(line).starts_with("def test")
    };
    i64::try_from(content.lines().filter(starts).count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_are_told_from_the_application() {
        let check = |path: &str, test: bool| assert_eq!(is_test(path), test, "{path}");
        check("tests/test_items.py", true);
        check("tests/support.py", true);
        check("app/tests/x.py", true);
        check("test_app.py", true);
        check("app/store_test.py", true);
        check("app/server.py", false);
        check("app/attestation.py", false);
        check("app/latest.py", false);
    }

    #[test]
    fn a_runner_named_by_the_command_is_kept() {
        let command = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert!(is_named("run_all.py", &command(&["python3", "./run_all.py"])));
        assert!(is_named("tools/check.py", &command(&["python3", "-m", "tools.check"])));
        assert!(is_named("tools/__main__.py", &command(&["python3", "-m", "tools"])));
        assert!(!is_named("app/server.py", &command(&["python3", "-m", "unittest"])));
    }

    #[test]
    fn a_failure_is_planted_before_a_main_block() {
        let text = planted("def test_a(): pass\n\nif __name__ == '__main__':\n    main()\n");
        assert!(text.find("PlantedFailure") < text.find("__main__"));
        assert!(planted("def test_a(): pass").contains("PlantedFailure"));
    }
}
