//! One file per group of commands; this one only hands over.

mod approve;
mod asl;
mod aws;
mod bench;
mod cost;
mod data;
mod eval;
mod fork;
mod guard;
mod history;
mod info;
mod policy;
mod queue;
mod redteam;
mod replay;
mod retain;
mod run;
mod serve;
mod tree;
mod verify;
mod verify_folder;

use std::io::{IsTerminal as _, Write as _};

use ideamine_core::Failure;
use serde_json::Value;

use crate::app::Keep;
use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::link::DataDir;
use crate::models::ModelChoice;

/// What every command knows.
pub(crate) struct Common {
    /// Whether one JSON document is wanted.
    pub json: bool,
    /// Where runs are kept.
    pub data_dir: std::path::PathBuf,
    /// Whether the runs of a deployed API are meant instead.
    pub remote: bool,
}

impl Common {
    /// The way to the runs, to work them.
    async fn open(&self, choice: ModelChoice, keep: Keep) -> Result<DataDir, Failure> {
        if self.remote {
            return DataDir::deployed(&choice.config);
        }
        DataDir::open(&self.data_dir, choice, keep).await
    }

    /// The way to the runs, to look at them.
    async fn open_to_read(&self, choice: ModelChoice) -> Result<DataDir, Failure> {
        if self.remote {
            return DataDir::deployed(&choice.config);
        }
        DataDir::open_to_read(&self.data_dir, choice).await
    }

    /// Refuses phase files for runs that are not this machine's.
    fn check_phases(&self, dir: Option<&std::path::Path>) -> Result<(), Failure> {
        if self.remote && dir.is_some() {
            let message =
                "--phases: a deployed stack works its own phase files; leave out --phases or --remote";
            return Err(Failure::input(message));
        }
        Ok(())
    }

    /// What an advised command needs to be about the same runs.
    const fn same_place(&self) -> &'static str {
        if self.remote { " --remote" } else { "" }
    }
}

/// Runs one command.
///
/// # Errors
/// What went wrong, for a person.
pub(crate) async fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    if cli.remote && !cli.can_be_remote() {
        return Err(Failure::input("--remote: this command is about this machine; leave it out"));
    }
    let common = Common { json: cli.json, data_dir: cli.data_dir, remote: cli.remote };
    match cli.command {
        Command::Run(args) => run::run(&common, args).await,
        Command::Resume(args) => run::resume(&common, args).await,
        Command::Checkpoints(args) => fork::checkpoints(&common, &args.run).await,
        Command::Watch(args) => run::watch(&common, &args.run).await,
        Command::List => data::list(&common).await,
        Command::Show(args) => data::show(&common, &args.run).await,
        Command::Pause(args) => data::pause(&common, &args.run).await,
        Command::Cancel(args) => run::cancel(&common, &args.run).await,
        Command::KillSwitch(args) => run::kill_switch(&common, args).await,
        Command::Artifact(args) => data::artifact(&common, args).await,
        Command::Gate(args) => data::gate(&common, args).await,
        Command::Answer(args) => run::answer(&common, args).await,
        Command::Approve(args) => approve::approve(&common, args).await,
        Command::Verify(args) => verify::verify(&common, args).await,
        Command::Ledger(args) => verify::export(&common, args).await,
        Command::Trust(args) => verify::trust(&common, args).await,
        Command::Replay(args) => replay::replay(&common, args).await,
        Command::Dossier(args) => data::dossier(&common, args).await,
        Command::Retain(args) => retain::retain(&common, args).await,
        Command::Serve(args) => serve::serve(&common, args).await,
        Command::Config => info::config(&common),
        Command::Functions => info::functions(&common),
        Command::Phases(args) => info::phases(&common, args),
        Command::Doctor(args) => info::doctor(&common, args).await,
        Command::Asl(command) => asl::asl(&common, command),
        Command::History(args) => history::history(&common, &args.run).await,
        Command::Queue(args) => queue::queue(&common, args).await,
        Command::Guard(command) => guard::guard(&common, command),
        Command::Eval(args) => eval::eval(&common, &args),
        Command::Redteam(args) => redteam::redteam(&common, &args),
        Command::Policy(command) => policy::policy(&common, command).await,
        Command::Cost(command) => cost::cost(&common, command).await,
        Command::Aws(command) => aws::aws(&common, command),
        Command::Bench(command) => bench::bench(&common, command).await,
    }
}

/// Prints the one JSON document of `--json`.
pub(crate) fn print_json(value: &Value) {
    print(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Prints a result. A reader that closes early (`| head`) is no error of ours.
pub(crate) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", printable(text));
}

/// Says something to a person on stderr. A reader that closed it is no error of ours.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", printable(text));
}

/// Without control characters: what an idea holds must not drive a person's terminal.
pub(crate) fn printable(text: &str) -> String {
    let shown = |c: char| if drives(c) { '\u{fffd}' } else { c };
    text.chars().map(shown).collect()
}

/// Characters that act on a terminal, or turn the direction of reading so that it shows what is not there.
fn drives(c: char) -> bool {
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    turns || (c.is_control() && c != '\n' && c != '\t')
}

/// Writes bytes to a file, or to stdout: exactly, but for a terminal, which they must not drive.
pub(crate) fn deliver(bytes: &[u8], out: Option<&std::path::PathBuf>) -> Result<(), Failure> {
    match out {
        Some(path) => crate::artifacts::save(path, bytes),
        None if std::io::stdout().is_terminal() => {
            print(&String::from_utf8_lossy(bytes));
            Ok(())
        }
        // A reader that closes early is no error of ours.
        None => match std::io::stdout().write_all(bytes) {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::input(format!("stdout: {e}")))
            }
            _ => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_that_drives_a_terminal_is_printed() {
        for c in ['\u{1b}', '\u{7}', '\u{8}', '\u{7f}', '\u{9b}', '\r', '\u{61c}', '\u{200e}', '\u{200f}']
            .into_iter()
            .chain('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}')
        {
            assert_eq!(printable(&format!("a{c}b")), "a\u{fffd}b", "{:04x}", u32::from(c));
        }
        assert_eq!(printable("é\t\n\u{200d}日"), "é\t\n\u{200d}日");
    }
}
