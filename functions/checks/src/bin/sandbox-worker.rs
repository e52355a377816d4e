//! Serves the sandbox queue from a machine that has a sandbox of its own, where AWS Batch is not used.
//!
//! Takes the same variables as a Lambda of the stack, and `IDEAMINE_SANDBOX_JOBS`: how many jobs at once (2).

use std::sync::Arc;

use ideamine_checks::registry;
use ideamine_embedded::sandbox::Bubblewrap;
use tokio::signal::unix::{SignalKind, signal};

/// Jobs at once, unless `IDEAMINE_SANDBOX_JOBS` says otherwise.
const JOBS: usize = 2;

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    ideamine_lambda::log_as_json();
    let limit = match std::env::var("IDEAMINE_SANDBOX_JOBS") {
        Ok(text) => {
            text.parse().map_err(|_| format!("IDEAMINE_SANDBOX_JOBS is `{text}`, expected a number"))?
        }
        Err(_) => JOBS,
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        terminate.recv().await;
    };
    let functions = async |_: &_, _: &_| Ok(registry(Arc::new(Bubblewrap::from_env())));
    Ok(ideamine_lambda::work_queue("checks", "job-check", "sandbox", limit, functions, stop).await?)
}
