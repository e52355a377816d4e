//! The actions that a policy decides: one typed input for each kind.

use ideamine_core::{Digest, RunId, Tenant, UsdMicros};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is about to act. Names and ids, no content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Whose run it is.
    pub tenant: Tenant,
    /// The run.
    pub run: RunId,
    /// The phase, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The function that acts.
    pub function: String,
}

/// One action, as rules see it: `input.subject` and `input.action`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Who acts.
    pub subject: Subject,
    /// What is about to be done.
    pub action: Kind,
}

/// What is about to be done. `input.action.kind` tells which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// A request to a model.
    ModelCall {
        /// `provider/model`, or `composer`, `scripted`.
        model: String,
        /// Scheme and authority of the provider, empty for a model in this process.
        #[serde(default)]
        origin: String,
        /// Tokens that the call may use, input and output.
        tokens: u64,
        /// What it may cost at most; absent where no price is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usd_micros: Option<UsdMicros>,
        /// What the guards found in the request: threat types and leak kinds.
        #[serde(default)]
        findings: Vec<String>,
    },
    /// A program or a job, sandboxed or not.
    ToolCall {
        /// Which tool, such as `sandbox-job`.
        tool: String,
        /// Program and arguments.
        #[serde(default)]
        argv: Vec<String>,
        /// Whether it runs in the sandbox.
        sandboxed: bool,
        /// Whether it has a network beyond its own loopback.
        network: bool,
        /// Its deadline, seconds.
        timeout_s: u32,
    },
    /// A file outside the store.
    File {
        /// What is done to it.
        access: Access,
        /// Path, relative to the place that the function owns; absolute where it owns none.
        path: String,
        /// Size, bytes.
        bytes: u64,
    },
    /// A connection.
    Network {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
        /// Whether it is encrypted.
        tls: bool,
        /// Whether it asks for, or sends.
        #[serde(default)]
        method: String,
    },
    /// Something is put where others use it.
    Deploy {
        /// Stage, such as `prod`.
        stage: String,
        /// What is deployed.
        artifact: Digest,
        /// Persons who signed for it.
        #[serde(default)]
        approvals: u32,
        /// What the gates said of it: the worst outcome.
        gates: String,
    },
    /// Data leaves the run.
    DataRelease {
        /// To whom: `artifact`, `dossier`, `api`, or a host.
        destination: String,
        /// Which document.
        digest: Digest,
        /// Its size, bytes.
        bytes: u64,
        /// What guards found in it: leak kinds, licences in conflict, prohibited uses.
        #[serde(default)]
        findings: Vec<String>,
    },
}

/// What is done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Read.
    Read,
    /// Made or changed.
    Write,
    /// Removed.
    Delete,
    /// Run as a program.
    Execute,
}

impl Kind {
    /// The kinds' names, as in `input.action.kind`.
    pub const NAMES: [&'static str; 6] =
        ["model_call", "tool_call", "file", "network", "deploy", "data_release"];

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ModelCall { .. } => Self::NAMES[0],
            Self::ToolCall { .. } => Self::NAMES[1],
            Self::File { .. } => Self::NAMES[2],
            Self::Network { .. } => Self::NAMES[3],
            Self::Deploy { .. } => Self::NAMES[4],
            Self::DataRelease { .. } => Self::NAMES[5],
        }
    }
}
