//! Arguments of the commands on runs and on the data directory.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand, ValueEnum};
use ideamine_core::ports::Priority;
use ideamine_core::records::Limits;

/// Largest seed: JSON numbers are exact up to here.
pub(crate) const SEED_MAX: u64 = (1 << 53) - 1;

fn tokens() -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(..=Limits::AMOUNT_MAX)
}

fn minutes() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(..=u64::from(Limits::TIME_MAX))
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
    /// Most tokens it may use, read and written.
    #[arg(long, value_name = "N", value_parser = tokens())]
    pub budget_tokens: Option<u64>,
    /// Most minutes its sandboxed jobs may take.
    #[arg(long, value_name = "N", value_parser = minutes())]
    pub budget_minutes: Option<u32>,
    /// Last phase to work, with all it depends on.
    #[arg(long, value_name = "PHASE")]
    pub until: Option<String>,
    /// Folder with phase files that are added or replace those of the same name.
    #[arg(long, value_name = "DIR")]
    pub phases: Option<PathBuf>,
    /// Runtime policy: a folder of Rego, or a signed bundle; without one the `policy` of the configuration, else the one
    /// that comes with the program.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Wait for a person where a question cannot be answered.
    #[arg(long)]
    pub ask: bool,
    /// How urgent its model calls and sandboxed jobs are beside those of other runs: `high`, `normal` or `low`. It changes
    /// no document.
    #[arg(long, value_name = "PRIORITY", default_value_t = Priority::Normal)]
    pub priority: Priority,
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
    /// Raise the tokens that it may use to this.
    #[arg(long, value_name = "N", value_parser = tokens())]
    pub budget_tokens: Option<u64>,
    /// Raise the minutes that its sandboxed jobs may take to this.
    #[arg(long, value_name = "N", value_parser = minutes())]
    pub budget_minutes: Option<u32>,
    /// Give this phase, or this story or branch of it (`story-loop/ST-1`, `prd/b00`), what it may use (tokens, dollars,
    /// minutes of tools) once more; repeat for several.
    #[arg(long, value_name = "PHASE[/PART]")]
    pub grant: Vec<String>,
    /// Exit with 3 when the run is held.
    #[arg(long)]
    pub require_release: bool,
    /// Go on although another build started the run; written to its ledger.
    #[arg(long)]
    pub accept_build: bool,
    /// Go on from this state in a new run, which asks it anew and pays only for what then differs: a phase, or a path that
    /// `checkpoints` names.
    #[arg(long, value_name = "STATE", conflicts_with_all = ["grant", "accept_build"])]
    pub from: Option<String>,
    /// With --from: another model.
    #[arg(long, requires = "from")]
    pub model: Option<String>,
    /// With --from: folder with phase files that are added or replace those of the same name.
    #[arg(long, value_name = "DIR", requires = "from")]
    pub phases: Option<PathBuf>,
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
    /// Its name (`prd.json`, or `prd/prd.json` to name the phase), its digest, or `app` for the generated application.
    pub artifact: String,
    /// Where to write it; stdout otherwise. For `app` a folder that is new or empty.
    #[arg(long, value_name = "FILE|FOLDER")]
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
pub(crate) struct KillSwitchArgs {
    /// End every run that has not ended: none makes a paid call any more. Say why, in one line.
    #[arg(long, value_name = "WHY", conflicts_with = "release")]
    pub engage: Option<String>,
    /// Let runs start again; those that were ended stay so.
    #[arg(long)]
    pub release: bool,
}

#[derive(Args)]
pub(crate) struct QueueArgs {
    #[command(subcommand)]
    pub command: Option<QueueCommand>,
}

#[derive(Subcommand)]
pub(crate) enum QueueCommand {
    /// Jobs of a kind that wait, the oldest first.
    #[command(after_help = "Example:\n  ideamine queue peek model --limit 5")]
    Peek {
        /// `model` or `sandbox`.
        kind: String,
        /// How many.
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Jobs that nobody could work, and why.
    #[command(after_help = "Example:\n  ideamine queue dead --json")]
    Dead,
    /// Let dead jobs be worked again.
    #[command(
        after_help = "Example:\n  ideamine queue redrive 3f9a0c1d2e4b5a69\n  ideamine queue redrive --all"
    )]
    Redrive {
        /// Which one; see `queue dead`.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<String>,
        /// All of them.
        #[arg(long)]
        all: bool,
    },
    /// Remove the jobs of a kind that wait; the steps that wait for them fail.
    #[command(after_help = "Example:\n  ideamine queue purge sandbox --yes")]
    Purge {
        /// `model` or `sandbox`.
        kind: String,
        /// The dead ones, not those that wait.
        #[arg(long)]
        dead: bool,
        /// Really.
        #[arg(long)]
        yes: bool,
    },
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
pub(crate) struct RetainArgs {
    /// Runs that ended so long ago: `12h`, `30d`; without it what the configuration says in `retention`.
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    pub older_than: Option<std::time::Duration>,
    /// Only say what would be removed.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Build the record tables again from the journal.
    #[arg(long)]
    pub rebuild: bool,
}
