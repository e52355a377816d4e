//! `cargo run --release -p ideamine-engine --example bench -- RUNS CONCURRENCY [STEPS [PAYLOAD_BYTES [SYNC_US]]]`

use std::io::Write;
use std::time::Duration;

use ideamine_engine::bench::{BenchOptions, bench};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut next = |otherwise| numbers.next().transpose().map(|number| number.unwrap_or(otherwise));
    let temp = tempfile::tempdir_in(std::env::current_dir()?)?;
    let options = BenchOptions {
        runs: next(2_000)?,
        concurrency: next(64)?,
        steps: next(26)?,
        payload_bytes: next(200)?,
        sync_floor: Duration::from_micros(next(0)? as u64),
        dir: temp.path().to_owned(),
    };
    let report = bench(options).await?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
    Ok(())
}
