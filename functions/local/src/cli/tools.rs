//! Arguments of the commands that need no run: state machines, measurements, costs.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand, ValueEnum};
use ideamine_engine::bench::{BENCH_STEPS_MAX, TIMERS_MAX};

/// Most runs of a measurement.
const RUNS_MAX: u64 = 1_000_000;
/// Most runs at once of a measurement.
const AT_ONCE_MAX: u64 = 10_000;
/// Largest payload of a step, bytes: what a state may carry.
const PAYLOAD_BYTES_MAX: u64 = 32 * 1024;
/// Longest soak, minutes: a week.
const MINUTES_MAX: f64 = 7.0 * 24.0 * 60.0;
/// Most runs per second of a soak.
const RATE_MAX: f64 = 1_000.0;
/// Largest load whose price is asked for.
const RUNS_PER_DAY_MAX: u64 = 1_000_000_000;

fn within(least: u64, most: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=most)
}

#[derive(Subcommand)]
pub(crate) enum AslCommand {
    /// Check machines by the rules of this project; names state and line.
    #[command(after_help = "Example:\n  ideamine asl lint statemachines/*.asl.json")]
    Lint {
        /// Machine files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Draw a machine as Mermaid.
    #[command(after_help = "Example:\n  ideamine asl draw statemachines/run.asl.json")]
    Draw {
        /// Machine file.
        file: PathBuf,
    },
    /// Run a machine on a virtual clock with scripted task outcomes.
    #[command(
        after_help = "Example:\n  ideamine asl run statemachines/author.asl.json --input '{}' --mocks mocks.json"
    )]
    Run {
        /// Machine file.
        file: PathBuf,
        /// Input, as JSON.
        #[arg(long, value_name = "JSON")]
        input: String,
        /// Outcomes of tasks.
        #[arg(long, value_name = "FILE")]
        mocks: Option<PathBuf>,
    },
    /// Compare with recorded executions (one JSON object per line: definition, input, tasks, expected).
    #[command(after_help = "Example:\n  ideamine asl conform recordings.jsonl --json")]
    Conform {
        /// Recordings, one JSON object per line.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum BenchCommand {
    /// Durable steps per second of the engine, fsync on.
    #[command(after_help = "Example:\n  ideamine bench engine --runs 2000 --concurrency 64 --json")]
    Engine {
        /// Runs in all.
        #[arg(long, default_value_t = 2000, value_parser = within(1, RUNS_MAX))]
        runs: usize,
        /// Runs at once.
        #[arg(long, default_value_t = 64, value_parser = within(1, AT_ONCE_MAX))]
        concurrency: usize,
        /// Steps of a run.
        #[arg(long, default_value_t = 26, value_parser = within(1, BENCH_STEPS_MAX as u64))]
        steps: usize,
        /// Payload of a step, bytes.
        #[arg(long, default_value_t = 200, value_parser = within(0, PAYLOAD_BYTES_MAX))]
        payload_bytes: usize,
        /// Shortest time of one sync, microseconds, of the journal and of the bare log alike: shows what a
        /// slower disk would give. 0 takes the disk as it is.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=1_000_000))]
        sync_us: u64,
    },
    /// What a kill costs: runs in flight, kill -9, and how soon a new process has them all going.
    #[command(after_help = "Example:\n  ideamine bench recover --runs 1000 --json")]
    Recover {
        /// Runs in flight.
        #[arg(long, default_value_t = 1000, value_parser = within(1, AT_ONCE_MAX))]
        runs: usize,
        /// Steps of a run.
        #[arg(long, default_value_t = 26, value_parser = within(1, BENCH_STEPS_MAX as u64))]
        steps: usize,
        /// Payload of a step, bytes.
        #[arg(long, default_value_t = 200, value_parser = within(0, PAYLOAD_BYTES_MAX))]
        payload_bytes: usize,
        /// What a process that this command starts does.
        #[arg(long, value_enum, hide = true, requires = "part_dir")]
        part: Option<BenchPart>,
        /// Where.
        #[arg(long, hide = true, requires = "part")]
        part_dir: Option<PathBuf>,
    },
    /// Persisted timers: memory, order and lateness, over a restart and over clocks that are set.
    #[command(after_help = "Example:\n  ideamine bench timers --timers 100000 --json")]
    Timers {
        /// Timers in all.
        #[arg(long, default_value_t = TIMERS_MAX, value_parser = within(5, TIMERS_MAX as u64))]
        timers: usize,
    },
    /// How soon pause, resume, cancel and the kill switch take effect; the model behind the runs is made up.
    #[command(after_help = "Example:\n  ideamine bench control --runs 1000 --json")]
    Control {
        /// Runs in flight when the kill switch is thrown.
        #[arg(long, default_value_t = 1000, value_parser = within(1, AT_ONCE_MAX))]
        runs: usize,
    },
    /// Runs at a steady rate for a long time, kill -9 again and again; at the end every one is verified.
    #[command(after_help = "Example:\n  ideamine bench soak --minutes 60 --kill-every 5m --json")]
    Soak(SoakArgs),
    /// Stalls found, false stops and money saved by the supervisor, on simulated agents.
    #[command(after_help = "Example:\n  ideamine bench unstick --agents 2000 --json")]
    Unstick {
        /// Agents of each kind.
        #[arg(long, default_value_t = 2000, value_parser = within(1, RUNS_MAX))]
        agents: usize,
        /// Seed of their parameters.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
}

#[derive(Args, Clone)]
pub(crate) struct SoakArgs {
    /// How long runs are started, minutes.
    #[arg(long, default_value_t = 60.0, value_parser = minutes)]
    pub minutes: f64,
    /// Runs started per second.
    #[arg(long, default_value_t = 12.0, value_parser = rate)]
    pub rate: f64,
    /// From one kill to the next: `5m`, `90s`.
    #[arg(long, default_value = "5m", value_parser = duration)]
    pub kill_every: Duration,
    /// After each kill, remove what runs left that ended so long ago; without it all is kept.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub keep: Option<Duration>,
    /// Steps of a run, besides closing it and sealing its ledger.
    #[arg(long, default_value_t = 26, value_parser = within(1, BENCH_STEPS_MAX as u64))]
    pub steps: usize,
    /// Payload of a step, bytes.
    #[arg(long, default_value_t = 200, value_parser = within(0, PAYLOAD_BYTES_MAX))]
    pub payload_bytes: usize,
    /// What a process that this command starts does, from which run on, for how many milliseconds.
    #[arg(long, value_enum, hide = true, requires_all = ["part_dir", "from", "for_ms"])]
    pub part: Option<SoakPart>,
    /// Where.
    #[arg(long, hide = true)]
    pub part_dir: Option<PathBuf>,
    /// See `part`.
    #[arg(long, hide = true)]
    pub from: Option<u64>,
    /// See `part`.
    #[arg(long, hide = true)]
    pub for_ms: Option<u64>,
}

/// A process of `bench soak`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SoakPart {
    /// Works until it is killed, or until all that it was to start has ended.
    Work,
    /// Removes what is old.
    Retain,
    /// Verifies all that is there.
    Verify,
}

fn minutes(text: &str) -> Result<f64, String> {
    number(text, MINUTES_MAX)
}

fn rate(text: &str) -> Result<f64, String> {
    number(text, RATE_MAX)
}

fn number(text: &str, most: f64) -> Result<f64, String> {
    let found = text.parse().ok().filter(|number: &f64| *number > 0.0 && *number <= most);
    found.ok_or_else(|| format!("expected a number above 0, at most {most}"))
}

/// A length of time as a person writes it: `90s`, `5m`, `12h`, `30d`; a day has 24 hours.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let span: Option<jiff::Span> = text.parse().ok();
    let length = span.and_then(|span| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok());
    let length = length.and_then(|length| Duration::try_from(length).ok());
    length.ok_or_else(|| "expected a length of time like 90s, 5m, 12h or 30d".to_owned())
}

/// A process of `bench recover`.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum BenchPart {
    /// Works until it is killed.
    Work,
    /// Takes up what was left.
    Resume,
    /// One run in an empty directory.
    First,
}

#[derive(Subcommand)]
pub(crate) enum AwsCommand {
    /// Lists what stays when the stack is deleted, and the commands for each; changes nothing and asks nobody.
    #[command(after_help = "Example:\n  ideamine aws remove --stack ideamine-prod")]
    Remove {
        /// The stack's name.
        #[arg(long, default_value = "ideamine", value_parser = stack)]
        stack: String,
    },
}

/// A stack's name as CloudFormation takes it, so that it can stand in a command as it is.
fn stack(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let ok = plain && text.len() <= 128 && text.starts_with(|c: char| c.is_ascii_alphabetic());
    ok.then(|| text.to_owned())
        .ok_or_else(|| "expected letters, digits and hyphens, a letter first".to_owned())
}

#[derive(Subcommand)]
pub(crate) enum CostCommand {
    /// Works an idea in a folder of its own and counts what it used: a profile for `cost model`.
    #[command(after_help = "Example:\n  ideamine cost profile events/idea.md > profile.json")]
    Profile {
        /// A Markdown or text file, a JSON brief, or `-` for standard input.
        idea: String,
        /// `composer`, `scripted:FILE` or `PROVIDER/MODEL`.
        #[arg(long, default_value = "auto")]
        model: String,
    },
    /// The price of one run and the first limit that a load reaches.
    #[command(after_help = "Example:\n  ideamine cost model --profile profile.json --runs-per-day 100000")]
    Model {
        /// A profile made by `cost profile`; without it that of the recorded run in this build.
        #[arg(long, value_name = "FILE")]
        profile: Option<PathBuf>,
        /// Load, for the bill of a day.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=RUNS_PER_DAY_MAX))]
        runs_per_day: u64,
    },
}
