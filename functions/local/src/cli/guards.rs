//! Arguments of guards on their own, and of the policy.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum GuardCommand {
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
