//! Arguments of guards on their own, of the policy, and of evaluations.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Deserialize;

#[derive(Subcommand)]
pub(crate) enum GuardCommand {
    /// Whether a text tries to turn a model against those it works for.
    #[command(after_help = "Example:\n  ideamine guard prompt-shield notes.md --channel document")]
    PromptShield {
        /// The text, a file or `-`.
        text: String,
        /// Where it came from: a document may not give orders, a person may.
        #[arg(long, value_enum, default_value_t = Channel::User)]
        channel: Channel,
        /// The operating point.
        #[arg(long, value_enum, default_value_t = Point::Default)]
        point: Point,
    },
    /// Whether a text holds what must not leave.
    #[command(
        after_help = "Example:\n  ideamine guard exfil report.md --secrets known.txt\n  ideamine guard exfil report.md --redact --key redaction.key --out clean.md"
    )]
    Exfil(ExfilArgs),
    /// Under which licences a file is, and whether that suits what it is used for.
    #[command(
        after_help = "Example:\n  ideamine guard licence vendor/parser.c --outgoing 'MIT OR Apache-2.0' --used dynamic-link"
    )]
    Licence {
        /// The file, or `-`.
        file: String,
        /// The licence of the work that uses it; without one nothing is judged.
        #[arg(long, value_name = "EXPRESSION")]
        outgoing: Option<String>,
        /// How it is used.
        #[arg(long, value_enum, default_value_t = Used::StaticLink)]
        used: Used,
    },
    /// Whether a text asks for what nobody may use this for.
    #[command(after_help = "Example:\n  ideamine guard terms idea.md")]
    Terms {
        /// The text, a file or `-`.
        text: String,
        /// What the text is: of documents and code, which speak of dangers to meet them, more is asked.
        #[arg(long, value_enum, default_value_t = TextKind::Idea)]
        kind: TextKind,
    },
    /// Whether a policy lets an action through; exit code 3 if not.
    #[command(
        after_help = "Example:\n  echo '{\"subject\": {\"tenant\": \"local\", \"run\": \"01M831TJAXR780B3JV8PDY4NRT\", \"function\": \"job-check\"}, \"action\": {\"kind\": \"network\", \"host\": \"169.254.169.254\", \"port\": 80, \"tls\": false}}' | ideamine guard policy -"
    )]
    Policy {
        /// The action, a JSON file or `-`.
        action: String,
        /// A bundle: a folder of Rego files with a data.json, or a signed bundle as one file; else the one that comes with
        /// the program.
        #[arg(long, value_name = "PATH")]
        policy: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Run the tests of a bundle: rules named `test_…` in files named `…_test.rego`.
    #[command(after_help = "Example:\n  ideamine policy test my-policy")]
    Test {
        /// A folder or a signed bundle; else the bundle that comes with the program.
        bundle: Option<PathBuf>,
    },
    /// Write the bundle that comes with the program into a new folder, to change it.
    #[command(after_help = "Example:\n  ideamine policy init my-policy")]
    Init {
        /// The folder; must not exist.
        folder: PathBuf,
    },
    /// Sign a bundle whose tests hold.
    #[command(
        after_help = "Example:\n  ideamine policy sign my-policy --key ~/approver.key --out policy.json"
    )]
    Sign {
        /// The folder.
        bundle: PathBuf,
        /// The signer's key (make one with `ideamine trust --new-key FILE`).
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where the signed bundle goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// How strict a guard is: both points are fixed in the component's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Point {
    /// Finds more, and raises more false alarms.
    Strict,
    /// Few false alarms.
    Default,
}

impl From<Point> for ideamine_shield::Point {
    fn from(point: Point) -> Self {
        match point {
            Point::Strict => Self::Strict,
            Point::Default => Self::Default,
        }
    }
}

impl From<Point> for ideamine_exfil::Point {
    fn from(point: Point) -> Self {
        match point {
            Point::Strict => Self::Strict,
            Point::Default => Self::Default,
        }
    }
}

/// How a work is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Used {
    /// Never leaves the house.
    Internal,
    /// People use it over a network.
    NetworkService,
    /// Linked into one program.
    StaticLink,
    /// A library that its user can replace.
    DynamicLink,
    /// Handed on beside the own work.
    Aggregate,
}

impl From<Used> for ideamine_licence::compat::Use {
    fn from(used: Used) -> Self {
        match used {
            Used::Internal => Self::Internal,
            Used::NetworkService => Self::NetworkService,
            Used::StaticLink => Self::StaticLink,
            Used::DynamicLink => Self::DynamicLink,
            Used::Aggregate => Self::Aggregate,
        }
    }
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextKind {
    /// What a person wants made.
    Idea,
    /// A document of a run.
    Document,
    /// Source code.
    Code,
    /// An answer or a generated text.
    Output,
}

impl From<TextKind> for ideamine_terms::Kind {
    fn from(kind: TextKind) -> Self {
        match kind {
            TextKind::Idea => Self::Idea,
            TextKind::Document => Self::Document,
            TextKind::Code => Self::Code,
            TextKind::Output => Self::Output,
        }
    }
}

/// Where a text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    /// A person.
    User,
    /// A retrieved document.
    Document,
    /// A tool.
    Tool,
    /// An agent.
    Agent,
}

impl From<Channel> for ideamine_shield::Channel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::User => Self::User,
            Channel::Document => Self::Document,
            Channel::Tool => Self::Tool,
            Channel::Agent => Self::Agent,
        }
    }
}

#[derive(Args)]
pub(crate) struct ExfilArgs {
    /// The text, a file or `-`.
    pub text: String,
    /// Values that are known to be secret, one a line: found in every encoding.
    #[arg(long, value_name = "FILE")]
    pub secrets: Option<PathBuf>,
    /// The operating point.
    #[arg(long, value_enum, default_value_t = Point::Default)]
    pub point: Point,
    /// Replace what was found by placeholders; what they stand for goes, sealed, into OUT.map.json.
    #[arg(long, requires_all = ["key", "out"])]
    pub redact: bool,
    /// The key of the placeholders: a file, made if it does not exist.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Where the redacted text goes.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct EvalArgs {
    /// The component.
    pub component: String,
    /// Labelled rows, one JSON object a line; several files make one set.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub data: Vec<PathBuf>,
    /// The operating point.
    #[arg(long, value_enum, default_value_t = Point::Default)]
    pub point: Point,
    /// Exit code 3 if it finds a smaller share.
    #[arg(long, value_name = "R", value_parser = share)]
    pub min_recall: Option<f64>,
    /// Exit code 3 if a larger share of what is harmless is an alarm.
    #[arg(long, value_name = "F", value_parser = share)]
    pub max_fpr: Option<f64>,
    /// Figures for each type, or each source, as well.
    #[arg(long, value_enum)]
    pub by: Option<By>,
}

#[derive(Args)]
pub(crate) struct RedteamArgs {
    /// Attacks for each of the ten vectors.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub trials: u32,
    /// Everything follows from it.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// The shield's operating point.
    #[arg(long, value_enum, default_value_t = Point::Default)]
    pub point: Point,
    /// Where attacks that got through go, as labelled rows for `eval`.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit code 3 if the resistance to any vector is smaller.
    #[arg(long, value_name = "R", value_parser = share)]
    pub min_resistance: Option<f64>,
}

/// What figures are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// The rows' types.
    Type,
    /// The rows' sources.
    Source,
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "a share from 0 to 1 is expected".to_owned())
}
