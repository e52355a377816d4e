//! Build: a source tree that runs.
//!
//! The contract of an application hangs on its [`AppKind`]:
//!
//! - A service: `start` serves HTTP/1.1 on a listening socket that it inherits as file descriptor 0
//!   when `--inherit` is given, or on `--port N` of the loopback address; JSON in and out; `GET /health`
//!   answers 200; `GET /` is an HTML page; the interface is the one of `openapi.json`. Data lies in the
//!   folder named by `--data DIR`.
//! - A command: `start` takes the arguments that people type. With `--help` it explains itself and ends
//!   with exit status 0; an option that it does not know is refused with exit status 2, on standard error.
//! - A library: `start` is its example, which says on standard output what it offers, and ends with exit status 0.
//!
//! `test` runs its own tests, exit status 0 when all pass.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ports::SourceFile;
use crate::{Digest, Text};

/// What sort of application a tree is: how it is started, and tried from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppKind {
    /// Serves HTTP.
    #[default]
    Service,
    /// A command for a terminal.
    Command,
    /// Code that other code calls.
    Library,
}

impl AppKind {
    /// Whether it is a service, which is what is meant where nothing is said.
    pub fn is_service(&self) -> bool {
        *self == Self::Service
    }
}

/// What the build agent answers with: files and how to run them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppAnswer {
    /// What it is.
    pub summary: Text,
    /// What sort of application it is: a service unless the idea asks for a command or a library.
    #[serde(default, skip_serializing_if = "AppKind::is_service")]
    pub kind: AppKind,
    /// The source tree.
    pub files: Vec<SourceFile>,
    /// Starts it, without options such as `--port` or `--help`: `["python3", "-m", "app"]`.
    pub start: Vec<String>,
    /// Runs its own tests, exit status 0 when all pass.
    pub test: Vec<String>,
    /// Requirements (ids) by the file that serves them.
    pub serves: BTreeMap<String, Vec<String>>,
}

/// `app.json`: the tree by digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// What it is.
    pub summary: Text,
    /// What sort of application it is.
    #[serde(default, skip_serializing_if = "AppKind::is_service")]
    pub kind: AppKind,
    /// The source tree.
    pub tree: Tree,
    /// Starts it.
    pub start: Vec<String>,
    /// Runs its own tests.
    pub test: Vec<String>,
    /// Requirements (ids) by the file that serves them.
    pub serves: BTreeMap<String, Vec<String>>,
}

/// A source tree by digests, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Its files.
    pub files: Vec<TreeEntry>,
}

/// One file of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TreeEntry {
    /// Relative path.
    pub path: String,
    /// Its bytes.
    pub digest: Digest,
    /// Size.
    pub bytes: u64,
}
