//! `bench …`: figures of this machine beside their targets, printed, never asserted.

mod control;
mod soak;

use std::path::Path;
use std::process::Command;

use ideamine_core::Failure;
use ideamine_engine::bench::{self, BenchOptions, RecoverOptions, RecoverPart, TimersOptions};
use ideamine_unstick::simulate::{BEYOND, CHOOSING, JUDGING, measure, sweep};
use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Common;
use super::run::show;
use crate::cli::{BenchCommand, BenchPart};
use crate::exit::Exit;

/// `ideamine bench …`.
pub(super) async fn bench(common: &Common, command: BenchCommand) -> Result<Exit, Failure> {
    match command {
        BenchCommand::Engine { runs, concurrency, steps, payload_bytes, sync_us } => {
            let folder = folder()?;
            let dir = folder.path().to_owned();
            let sync_floor = std::time::Duration::from_micros(sync_us);
            let options = BenchOptions { runs, concurrency, steps, payload_bytes, sync_floor, dir };
            report(common, &bench::bench(options).await?)
        }
        BenchCommand::Recover { runs, steps, payload_bytes, part: Some(part), part_dir: Some(dir) } => {
            let part = match part {
                BenchPart::Work => RecoverPart::Work,
                BenchPart::Resume => RecoverPart::Resume,
                BenchPart::First => RecoverPart::First,
            };
            bench::recover_part(part, &RecoverOptions { runs, steps, payload_bytes, dir }).await?;
            Ok(Exit::Ok)
        }
        BenchCommand::Recover { runs, steps, payload_bytes, .. } => {
            let folder = folder()?;
            let options = RecoverOptions { runs, steps, payload_bytes, dir: folder.path().to_owned() };
            let program = program()?;
            let measured = tokio::task::spawn_blocking(move || {
                bench::recover(&options, |part, dir| part_of(&program, &options, part, dir))
            });
            report(common, &measured.await.map_err(|e| Failure::bug(e.to_string()))??)
        }
        BenchCommand::Timers { timers } => {
            let folder = folder()?;
            let dir = folder.path().to_owned();
            report(common, &bench::timers(TimersOptions { timers, dir }).await?)
        }
        BenchCommand::Control { runs } => {
            let folder = folder()?;
            report(common, &control::control(runs, folder.path()).await?)
        }
        BenchCommand::Soak(args) => match (args.part, args.part_dir.clone()) {
            (Some(part), Some(dir)) => soak::part(part, &args, &dir).await.map(|()| Exit::Ok),
            _ => {
                let (folder, program) = (folder()?, program()?);
                let dir = folder.path().to_owned();
                let measured = tokio::task::spawn_blocking(move || soak::soak(&args, &program, &dir));
                report(common, &measured.await.map_err(|e| Failure::bug(e.to_string()))??)
            }
        },
        BenchCommand::Unstick { agents, seed } => report(common, &unstick(agents, seed)),
    }
}

/// This program, to start it again.
fn program() -> Result<std::path::PathBuf, Failure> {
    std::env::current_exe()
        .map_err(|e| Failure::input(format!("cannot find this program to start it again: {e}")))
}

/// This program as a process of `bench recover`.
fn part_of(program: &Path, options: &RecoverOptions, part: RecoverPart, dir: &Path) -> Command {
    let part = match part {
        RecoverPart::Work => "work",
        RecoverPart::Resume => "resume",
        RecoverPart::First => "first",
    };
    let mut command = Command::new(program);
    command.args(["bench", "recover", "--part", part, "--part-dir"]).arg(dir);
    for (name, number) in
        [("--runs", options.runs), ("--steps", options.steps), ("--payload-bytes", options.payload_bytes)]
    {
        command.arg(name).arg(number.to_string());
    }
    command
}

/// A folder for the data, on the disk of the working directory.
fn folder() -> Result<TempDir, Failure> {
    let folder = tempfile::Builder::new().prefix(".ideamine-bench-").tempdir_in(".");
    folder.map_err(|e| Failure::input(format!("cannot make a folder for the benchmark here: {e}")))
}

fn report(common: &Common, report: &impl Serialize) -> Result<Exit, Failure> {
    let value = serde_json::to_value(report).map_err(|e| Failure::bug(e.to_string()))?;
    show(common, &value, |value| serde_json::to_string_pretty(value).unwrap_or_default());
    Ok(Exit::Ok)
}

/// The supervisor on simulated agents: judged, chosen by, and where it ends.
fn unstick(agents: usize, seed: u64) -> Value {
    json!({
        "seed": seed,
        "judged": measure(&JUDGING, seed, agents),
        "beyond": measure(&BEYOND, seed, agents),
        "chosen_by": sweep(&CHOOSING, seed, agents),
    })
}
