//! The command line as others rely on it (see README): names here are stable, extend freely.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Largest seed: JSON numbers are exact up to here.
pub(crate) const SEED_MAX: u64 = (1 << 53) - 1;

/// Carries one idea through thirteen phases to a release dossier that others can verify.
#[derive(Parser)]
#[command(
    name = "ideamine",
    version,
    about,
    after_help = "Example:\n  ideamine run events/idea.md --budget-usd 5\n  ideamine verify RUN"
)]
pub(crate) struct Cli {
    /// One JSON document on stdout; progress and logs go to stderr.
    #[arg(long, global = true)]
    pub json: bool,
    /// Where runs are kept; made on first use.
    #[arg(long, global = true, value_name = "DIR", env = "IDEAMINE_DATA_DIR", default_value = "./.ideamine")]
    pub data_dir: PathBuf,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start a run and follow it to its end.
    #[command(
        after_help = "Example:\n  ideamine run events/idea.md --until prd\n  echo 'A shared tool shed' | ideamine run -"
    )]
    Run(RunArgs),
    /// Go on with a run that was paused or interrupted.
    #[command(after_help = "Example:\n  ideamine resume 01J9ZK7C5M --budget-usd 10")]
    Resume(ResumeArgs),
    /// All runs, newest first.
    #[command(after_help = "Example:\n  ideamine list --json")]
    List,
    /// One run with its phases.
    #[command(after_help = "Example:\n  ideamine show 01J9ZK7C5M")]
    Show(OneRun),
    /// Follow a run that another process works.
    #[command(after_help = "Example:\n  ideamine watch 01J9ZK7C5M")]
    Watch(OneRun),
    /// Ask a run to wait before its next phase, attempt or paid call.
    #[command(after_help = "Example:\n  ideamine pause 01J9ZK7C5M")]
    Pause(OneRun),
    /// End a run: what is there is sealed, the dossier is written.
    #[command(after_help = "Example:\n  ideamine cancel 01J9ZK7C5M")]
    Cancel(OneRun),
    /// Print or save an artifact, by name or digest.
    #[command(after_help = "Example:\n  ideamine artifact 01J9ZK7C5M prd.json --out prd.json")]
    Artifact(ArtifactArgs),
    /// Judge a phase again by one of its gates, from its evidence.
    #[command(after_help = "Example:\n  ideamine gate prd-completeness --run 01J9ZK7C5M")]
    Gate(GateArgs),
    /// Answer a question that a run waits for (see `run --ask`).
    #[command(
        after_help = "Example:\n  ideamine answer 01J9ZK7C5M prd-Q1 'Only the owner may see the photos.'"
    )]
    Answer(AnswerArgs),
    /// Let a failed gate pass by a person's signed decision, while the run waits for one (see `run --ask`).
    #[command(after_help = "Example:\n  ideamine approve 01J9ZK7C5M qa --key ~/approver.key")]
    Approve(ApproveArgs),
    /// Check a run, a dossier or an exported ledger; needs no network and runs nothing.
    #[command(after_help = "Example:\n  ideamine verify dossier.json --trust 3f9a…")]
    Verify(VerifyArgs),
    /// The ledger as a file.
    #[command(subcommand, after_help = "Example:\n  ideamine ledger export 01J9ZK7C5M --out ledger.jsonl")]
    Ledger(LedgerCommand),
    /// Show this machine's signing key, or trust another one.
    #[command(after_help = "Example:\n  ideamine trust 3f9a…")]
    Trust(TrustArgs),
    /// Work a run again from its recorded answers and seeds, without network, and compare every artifact.
    #[command(after_help = "Example:\n  ideamine replay 01J9ZK7C5M --verify")]
    Replay(ReplayArgs),
    /// Write the dossier of a run.
    #[command(after_help = "Example:\n  ideamine dossier 01J9ZK7C5M --format html --out dossier.html")]
    Dossier(DossierArgs),
    /// Serve the API on this machine; runs that were interrupted go on.
    #[command(after_help = "Example:\n  ideamine serve --listen 127.0.0.1:8080")]
    Serve(ServeArgs),
    /// Effective configuration, secrets hidden.
    #[command(after_help = "Example:\n  ideamine config --json")]
    Config,
    /// Every function of the collection.
    #[command(after_help = "Example:\n  ideamine functions --json")]
    Functions,
    /// The phases and what they depend on.
    #[command(after_help = "Example:\n  ideamine phases --phases my-phases")]
    Phases(PhasesArgs),
    /// What this machine has, and whether the data directory is sound.
    #[command(after_help = "Example:\n  ideamine doctor --rebuild")]
    Doctor(DoctorArgs),
    /// State machines: check, draw, run, compare with recorded executions.
    #[command(subcommand, after_help = "Example:\n  ideamine asl lint statemachines/*.asl.json")]
    Asl(AslCommand),
    /// What happened in a run's executions, state by state.
    #[command(after_help = "Example:\n  ideamine history 01J9ZK7C5M --json")]
    History(OneRun),
    /// What a run costs on AWS, and which limit its load reaches first.
    #[command(subcommand, after_help = "Example:\n  ideamine cost model --runs-per-day 100000")]
    Cost(CostCommand),
    /// Measure this machine.
    #[command(subcommand, after_help = "Example:\n  ideamine bench engine --runs 2000 --concurrency 64")]
    Bench(BenchCommand),
}

#[derive(Args)]
pub(crate) struct RunArgs {
    /// A Markdown or text file, a JSON brief, or `-` for standard input.
    pub idea: String,
    /// Seed of the run.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=SEED_MAX))]
    pub seed: u64,
    /// `auto`, `composer`, `scripted:FILE` or `PROVIDER/MODEL`.
    #[arg(long, default_value = "auto")]
    pub model: String,
    /// Most it may spend, US dollars.
    #[arg(long, value_name = "X")]
    pub budget_usd: Option<f64>,
    /// Last phase to work, with all it depends on.
    #[arg(long, value_name = "PHASE")]
    pub until: Option<String>,
    /// Folder with phase files that are added or replace those of the same name.
    #[arg(long, value_name = "DIR")]
    pub phases: Option<PathBuf>,
    /// Wait for a person where a question cannot be answered.
    #[arg(long)]
    pub ask: bool,
    /// Exit with 3 when the run is held.
    #[arg(long)]
    pub require_release: bool,
}

#[derive(Args)]
pub(crate) struct ResumeArgs {
    /// The run's id.
    pub run: String,
    /// Raise what it may spend to this, US dollars.
    #[arg(long, value_name = "X")]
    pub budget_usd: Option<f64>,
    /// Give this phase what its file allows it (tokens, dollars, minutes of tools) once more; repeat for several.
    #[arg(long, value_name = "PHASE")]
    pub grant: Vec<String>,
    /// Exit with 3 when the run is held.
    #[arg(long)]
    pub require_release: bool,
    /// Go on although another build started the run; written to its ledger.
    #[arg(long)]
    pub accept_build: bool,
}

#[derive(Args)]
pub(crate) struct OneRun {
    /// The run's id.
    pub run: String,
}

#[derive(Args)]
pub(crate) struct ArtifactArgs {
    /// The run's id.
    pub run: String,
    /// Its name (`prd.json`, or `prd/prd.json` to name the phase) or its digest.
    pub artifact: String,
    /// Where to write it; stdout otherwise.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct GateArgs {
    /// Which gate.
    pub gate: String,
    /// The run's id.
    #[arg(long)]
    pub run: String,
}

#[derive(Args)]
pub(crate) struct AnswerArgs {
    /// The run's id.
    pub run: String,
    /// The question's id.
    pub question: String,
    /// The answer.
    pub text: String,
}

#[derive(Args)]
pub(crate) struct ApproveArgs {
    /// The run's id.
    pub run: String,
    /// The failed gate.
    pub gate: String,
    /// The approver's key (make one with `ideamine trust --new-key FILE`).
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// A run's id, a dossier.json, or an exported ledger.
    pub what: String,
    /// Fingerprint of the key that must have signed.
    #[arg(long, value_name = "FINGERPRINT")]
    pub trust: Option<String>,
    /// Head that must be on the ledger: its number of rows and Merkle root or last row's hash.
    #[arg(long, value_name = "SEQ:HEX")]
    pub expect_head: Option<String>,
    /// Folder with artifacts to check as well.
    #[arg(long, value_name = "DIR")]
    pub artifacts: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    /// Write the ledger as JSON lines.
    #[command(after_help = "Example:\n  ideamine ledger export 01J9ZK7C5M --out ledger.jsonl")]
    Export {
        /// The run's id.
        run: String,
        /// Where to write it; stdout otherwise.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct TrustArgs {
    /// Fingerprint to trust; without one, this machine's own and all trusted ones are shown.
    pub fingerprint: Option<String>,
    /// Make an approver's key and show its public part, for `approvers` in the configuration.
    #[arg(long, value_name = "FILE")]
    pub new_key: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ReplayArgs {
    /// The run's id.
    pub run: String,
    /// Exit with 3 unless every artifact is identical.
    #[arg(long)]
    pub verify: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum DossierFormat {
    /// The source of the others.
    Json,
    /// One page, without external resources.
    Html,
}

#[derive(Args)]
pub(crate) struct DossierArgs {
    /// The run's id.
    pub run: String,
    /// Which form.
    #[arg(long, value_enum, default_value = "json")]
    pub format: DossierFormat,
    /// Where to write it; stdout otherwise.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Address; loopback only, since there is no authentication yet.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
}

#[derive(Args)]
pub(crate) struct PhasesArgs {
    /// Folder with phase files that are added or replace those of the same name.
    #[arg(long, value_name = "DIR")]
    pub phases: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Build the record tables again from the journal.
    #[arg(long)]
    pub rebuild: bool,
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
        #[arg(long, default_value_t = 2000)]
        runs: usize,
        /// Runs at once.
        #[arg(long, default_value_t = 64)]
        concurrency: usize,
        /// Steps of a run.
        #[arg(long, default_value_t = 26)]
        steps: usize,
        /// Payload of a step, bytes.
        #[arg(long, default_value_t = 200)]
        payload_bytes: usize,
    },
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
        #[arg(long, default_value_t = 1_000)]
        runs_per_day: u64,
    },
}
