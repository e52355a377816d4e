//! `ideamine`: the whole collection of functions and machines in one binary on one machine.

mod app;
mod artifacts;
mod check;
mod cli;
mod commands;
mod config;
mod control;
mod cost;
mod definitions;
mod desk;
mod eval;
mod exit;
mod idea;
mod interrupt;
mod keys;
mod line;
mod link;
mod models;
mod outcome;
mod policies;
mod progress;
#[cfg(feature = "providers")]
mod providers;
mod queue;
mod registry;
#[cfg(feature = "aws")]
mod remote;
mod retain;
mod secrets;
mod service;
mod watched;
mod words;

use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::SignalKind;
use tracing_subscriber::EnvFilter;

use crate::cli::Cli;
use crate::exit::Exit;

/// "File size limit exceeded", on every Linux architecture that this runs on.
const SIGXFSZ: i32 = 25;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    logs();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            commands::say(&format!("ideamine: cannot start: {error}"));
            return Exit::Failed.into();
        }
    };
    let json = cli.json;
    let ended = runtime.block_on(async {
        // A file-size limit must be an error of the write, not the end of the process.
        let _limit = tokio::signal::unix::signal(SignalKind::from_raw(SIGXFSZ));
        commands::dispatch(cli).await
    });
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if json {
                commands::print_json(
                    &serde_json::json!({ "error": failure.kind.name(), "message": failure.message }),
                );
            }
            commands::say(&format!("ideamine: {}", failure.message));
            Exit::of(&failure).into()
        }
    }
}

/// What is wrong with the command line, or the help that was asked for; under `--json` what is wrong as a document too.
fn usage(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().take_while(|word| word != "--").any(|word| word == "--json");
    if error.use_stderr() && json {
        let message = error.render().to_string();
        let message = message.trim_start_matches("error: ").trim_end();
        let kind = ideamine_core::failure::FailureKind::InputInvalid;
        commands::print_json(&serde_json::json!({ "error": kind.name(), "message": message }));
    }
    // A reader that closed it is no error of ours.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() }
}

/// Structured logs on stderr, off unless `IDEAMINE_LOG` asks (`info`, `ideamine_engine=debug`).
fn logs() {
    let filter = EnvFilter::try_from_env("IDEAMINE_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
}
