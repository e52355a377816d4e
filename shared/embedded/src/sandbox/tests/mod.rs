//! What a job can and cannot do, tried with the real sandbox. Where there is none the tests say so and pass.
//!
//! | file | what |
//! |---|---|
//! | `jobs` | jobs as they should be |
//! | `walls` | what a job cannot reach |
//! | `calls` | the filter of system calls |
//! | `hostile` | programs that take all they can get |
//! | `probed` | servers, honest ones and hostile ones |
//! | `limits` | limits that this process was started with |
//! | `ending` | that a job ends, with its owner at the latest |

mod calls;
mod ending;
mod hostile;
mod jobs;
mod limits;
mod probed;
mod walls;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobEnd, JobLimits, JobResult, JobSpec, Jobs, SourceFile};

use super::Bubblewrap;

const OK: JobEnd = JobEnd::Exited { code: 0 };

fn spec(script: &str) -> JobSpec {
    JobSpec {
        argv: vec!["python3".to_owned(), "main.py".to_owned()],
        files: vec![SourceFile { path: "main.py".to_owned(), content: script.to_owned() }],
        env: Vec::new(),
        limits: JobLimits { wall_ms: 10_000, ..JobLimits::default() },
        requests: Vec::new(),
        collect: false,
    }
}

/// Runs it, or says why it cannot be.
async fn run(spec: JobSpec) -> Option<JobResult> {
    let sandbox = Bubblewrap::from_env();
    if let Err(failure) = sandbox.probe().await {
        assert_eq!(failure.kind, FailureKind::SandboxMissing);
        eprintln!("skipped: {failure}");
        return None;
    }
    Some(sandbox.run(spec).await.unwrap())
}

async fn script(text: &str) -> Option<JobResult> {
    run(spec(text)).await
}

/// A script that tries each line, and prints `BROKE line` for one that succeeds.
async fn nothing_succeeds(setup: &str, attempts: &[String]) {
    let list = serde_json::to_string(attempts).unwrap();
    let text = format!(
        "{setup}\nfor line in {list}:\n    try:\n        exec(line)\n        print('BROKE', line)\n    except BaseException as e:\n        print('held', type(e).__name__)\n"
    );
    let Some(result) = script(&text).await else { return };
    assert_eq!(result.end, OK, "{result:?}");
    assert!(!result.stdout.contains("BROKE"), "{}", result.stdout);
    assert_eq!(result.stdout.matches("held").count(), attempts.len(), "{}", result.stdout);
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
