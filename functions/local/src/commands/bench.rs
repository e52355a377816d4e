//! `bench engine`: figures of this machine, printed, never asserted.

use ideamine_core::Failure;
use ideamine_engine::bench::{self, BenchOptions};

use super::Common;
use super::run::show;
use crate::cli::BenchCommand;
use crate::exit::Exit;

/// `ideamine bench …`.
pub(super) async fn bench(common: &Common, command: BenchCommand) -> Result<Exit, Failure> {
    let BenchCommand::Engine { runs, concurrency, steps, payload_bytes, sync_us } = command;
    let folder = tempfile::Builder::new().prefix(".ideamine-bench-").tempdir_in(".");
    let folder =
        folder.map_err(|e| Failure::input(format!("cannot make a folder for the benchmark here: {e}")))?;
    let sync_floor = std::time::Duration::from_micros(sync_us);
    let dir = folder.path().to_owned();
    let options = BenchOptions { runs, concurrency, steps, payload_bytes, sync_floor, dir };
    let report = bench::bench(options).await?;
    let value = serde_json::to_value(&report).map_err(|e| Failure::bug(e.to_string()))?;
    show(common, &value, |value| serde_json::to_string_pretty(value).unwrap_or_default());
    Ok(Exit::Ok)
}
