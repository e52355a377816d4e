//! `start` and `held-out` for what does not serve: a command is called with arguments that it has never seen,
//! a library shows its example.

use ideamine_core::Failure;
use ideamine_core::artifacts::{AppKind, GateOutcome, Severity};
use ideamine_core::ports::{JobEnd, JobResult, Jobs};

use crate::app::Source;
use crate::draw::Draw;
use crate::verdict::{Verdict, ended, tail};

/// Longest wait for one call, milliseconds.
const CALL_MS_MAX: u64 = 30_000;
/// How much of an error output a finding quotes, bytes.
const QUOTED: usize = 600;
/// Exit status of a usage error, as in the C library's `getopt` programs and Python's `argparse`.
const USAGE: i32 = 2;
/// A long argument, bytes: well below the kernel's limit of 128 KiB for one.
const LONG_ARGUMENT: usize = 60_000;
const PLACE: &str = "app.json#/body/start";

/// Whether it comes up: the help of a command, the example of a library.
pub(crate) async fn start(jobs: &dyn Jobs, source: &Source, wall_ms: u64) -> Result<Verdict, Failure> {
    let (arguments, what): (&[&str], _) = match source.app.kind {
        AppKind::Command => (&["--help"], "the command with `--help`"),
        AppKind::Library | AppKind::Service => (&[], "the library's example"),
    };
    let mut verdict = Verdict { again: argv(source, arguments), ..Verdict::default() };
    let job = call(jobs, source, arguments, wall_ms).await?;
    let problem = if let Some(problem) = crashed(&job) {
        Some(problem)
    } else if job.end != (JobEnd::Exited { code: 0 }) {
        Some(format!("ended with {}: expected exit status 0", ended(job.end)))
    } else {
        job.stdout.trim().is_empty().then(|| "printed nothing: expected to read what it is for".to_owned())
    };
    verdict.at_most("start-problems", i64::from(problem.is_some()), 0, GateOutcome::Fail);
    if let Some(problem) = problem {
        verdict.find("start-command", Severity::Critical, PLACE, &format!("{what} {problem}"));
    }
    verdict.keep("start", &job);
    Ok(verdict)
}

/// Calls with arguments drawn from the run's seed. A library can only be called by code of its own: that is said.
pub(crate) async fn held_out(
    jobs: &dyn Jobs,
    source: &Source,
    stream: [u8; 32],
    wall_ms: u64,
) -> Result<Verdict, Failure> {
    let mut verdict = Verdict { again: argv(source, &["--help"]), ..Verdict::default() };
    if source.app.kind == AppKind::Library {
        verdict.at_least("calls-judged", 0, 1, GateOutcome::Concerns);
        let message =
            "a library has nothing that could be tried from outside: its own tests and people must do";
        verdict.find("held-out-not-tried", Severity::Low, PLACE, message);
        return Ok(verdict);
    }
    let mut draw = Draw::new(stream);
    let option = format!("--{}", draw.word());
    let refused = call(jobs, source, &[&option], wall_ms).await?;
    let is_refused = refused.end == (JobEnd::Exited { code: USAGE }) && !refused.stderr.trim().is_empty();
    let problem = crashed(&refused).or_else(|| {
        (!is_refused).then(|| {
            format!(
                "ended with {}: expected exit status {USAGE} and a word on standard error",
                ended(refused.end)
            )
        })
    });
    note(&mut verdict, "refuses-unknown-options", &format!("the unknown option `{option}`"), problem);
    verdict.keep("unknown option", &refused);
    let (folder, file) = (draw.word(), draw.word());
    let arguments = [
        ("a path that is not there", format!("./{folder}/{file}")),
        ("markup and quotes", format!("{folder}\"'<{file}>;$(x)\u{e9}\u{1f600}")),
        ("a long argument", file.repeat(LONG_ARGUMENT / file.len().max(1))),
    ];
    for (what, argument) in &arguments {
        let job = call(jobs, source, &[argument], wall_ms).await?;
        note(&mut verdict, "bears-any-argument", what, crashed(&job));
    }
    verdict.at_least("calls-judged", 4, 1, GateOutcome::Fail);
    Ok(verdict)
}

fn note(verdict: &mut Verdict, rule: &str, what: &str, problem: Option<String>) {
    verdict.at_most(&format!("failed-{rule}"), i64::from(problem.is_some()), 0, GateOutcome::Fail);
    if let Some(problem) = problem {
        verdict.find(&format!("held-out-{rule}"), Severity::High, PLACE, &format!("{what}: {problem}"));
    }
}

/// Whether it ended by a signal, by the time limit, or by an exception that nobody caught.
fn crashed(job: &JobResult) -> Option<String> {
    let uncaught = job.stderr.contains("Traceback (most recent call last)");
    let ended_itself = matches!(job.end, JobEnd::Exited { .. });
    (uncaught || !ended_itself)
        .then(|| format!("crashed ({}); it wrote: {}", ended(job.end), tail(job.stderr.trim(), QUOTED)))
}

fn argv(source: &Source, arguments: &[&str]) -> Vec<String> {
    source.app.start.iter().cloned().chain(arguments.iter().map(|a| (*a).to_owned())).collect()
}

async fn call(
    jobs: &dyn Jobs,
    source: &Source,
    arguments: &[&str],
    wall_ms: u64,
) -> Result<JobResult, Failure> {
    jobs.run(source.job(argv(source, arguments), wall_ms.min(CALL_MS_MAX))).await
}
