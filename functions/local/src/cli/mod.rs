//! The command line as others rely on it (see README): names here are stable, extend freely.

mod args;
mod guards;
mod tools;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use args::*;
pub(crate) use guards::*;
pub(crate) use tools::*;

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
    /// On the runs of the deployed API at IDEAMINE_API_URL, with the token in IDEAMINE_API_TOKEN, not on this machine.
    #[arg(long, global = true)]
    pub remote: bool,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Whether the command can be about the runs of a deployed API.
    pub(crate) const fn can_be_remote(&self) -> bool {
        use Command::*;
        matches!(
            self.command,
            Run(_)
                | Resume(_)
                | Checkpoints(_)
                | List
                | Show(_)
                | Watch(_)
                | Pause(_)
                | Cancel(_)
                | KillSwitch(_)
                | Answer(_)
                | Artifact(_)
                | Verify(_)
                | Ledger(_)
                | Dossier(_)
                | Queue(QueueArgs { command: None })
        )
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start a run and follow it to its end.
    #[command(
        after_help = "Example:\n  ideamine run events/idea.md --until prd\n  echo 'A shared tool shed' | ideamine run -"
    )]
    Run(RunArgs),
    /// Go on with a run that was paused or interrupted.
    #[command(
        after_help = "Example:\n  ideamine resume 01J9ZK7C5M --budget-usd 10\n  ideamine resume 01J9ZK7C5M --from prd --model openai/gpt-5.2"
    )]
    Resume(ResumeArgs),
    /// The states of a run that are done: where `resume --from` can go on.
    #[command(after_help = "Example:\n  ideamine checkpoints 01J9ZK7C5M")]
    Checkpoints(OneRun),
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
    /// End all runs at once, and let none start until it is released.
    #[command(
        after_help = "Example:\n  ideamine kill-switch                              # how it stands\n  ideamine kill-switch --engage 'bill doubled'\n  ideamine kill-switch --release"
    )]
    KillSwitch(KillSwitchArgs),
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
    /// Remove what runs left that ended long ago; their seals stay, and every run that stays is verified.
    #[command(after_help = "Example:\n  ideamine retain --older-than 30d --dry-run")]
    Retain(RetainArgs),
    /// State machines: check, draw, run, compare with recorded executions.
    #[command(subcommand, after_help = "Example:\n  ideamine asl lint statemachines/*.asl.json")]
    Asl(AslCommand),
    /// What happened in a run's executions, state by state.
    #[command(after_help = "Example:\n  ideamine history 01J9ZK7C5M --json")]
    History(OneRun),
    /// The job queue: what waits, what is worked, what is dead, by kind and priority.
    #[command(after_help = "Example:\n  ideamine queue --json\n  ideamine queue dead")]
    Queue(QueueArgs),
    /// A guard on its own; exit code 3 if it does not let through.
    #[command(subcommand, after_help = "Example:\n  ideamine guard policy action.json")]
    Guard(GuardCommand),
    /// Hold a guard against labelled rows; figures as JSON with --json.
    #[command(
        after_help = "Example:\n  ideamine eval prompt-shield --data attacks.jsonl benign.jsonl --by type"
    )]
    Eval(EvalArgs),
    /// Attack the prompt shield by ten vectors, adaptively; what gets through becomes labelled rows.
    #[command(
        after_help = "Example:\n  ideamine redteam --trials 1000 --out cases.jsonl --min-resistance 0.9"
    )]
    Redteam(RedteamArgs),
    /// The rules of what a run may do: test, start from, sign.
    #[command(subcommand, after_help = "Example:\n  ideamine policy test")]
    Policy(PolicyCommand),
    /// What a run costs on AWS, and which limit its load reaches first.
    #[command(subcommand, after_help = "Example:\n  ideamine cost model --runs-per-day 100000")]
    Cost(CostCommand),
    /// The stack on AWS: what its removal leaves behind.
    #[command(subcommand, after_help = "Example:\n  ideamine aws remove --stack ideamine-prod")]
    Aws(AwsCommand),
    /// Measure this machine.
    #[command(subcommand, after_help = "Example:\n  ideamine bench engine --runs 2000 --concurrency 64")]
    Bench(BenchCommand),
}
