//! One sandboxed job on AWS Batch: fetch the specification, run it in the sandbox, store the result.
//!
//! The container has no role. All it may do is what its two signed addresses allow: read one object and write one other,
//! once. This program alone knows them: the job runs in bubblewrap, without a network and in a process namespace of its
//! own, and the result is stored after its last process has ended. What went wrong goes to standard error, without the
//! addresses and without a word of the job's files.

mod carry;
mod store;

use std::process::ExitCode;

use ideamine_core::Failure;
use ideamine_core::ports::{JOB_RESULT_URL, JOB_SPEC_URL};
use ideamine_embedded::sandbox::Bubblewrap;

use store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match work().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("batch-job: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn work() -> Result<(), Failure> {
    let store = Store::new(&variable(JOB_SPEC_URL)?, &variable(JOB_RESULT_URL)?)?;
    carry::carry(&store, &Bubblewrap::from_env()).await
}

fn variable(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| {
        Failure::input(format!("{name} is not set: this program is started by AWS Batch, for one job"))
    })
}
