//! Build: a source tree that runs.
//!
//! The contract of an application: `start` serves HTTP/1.1 on a listening socket that it inherits
//! as file descriptor 0 when `--inherit` is given, or on `--port N` of the loopback address; JSON
//! in and out; `GET /health` answers 200; `GET /` is an HTML page; the interface is the one of
//! `openapi.json`. `test` runs its own tests. Data lies in the folder named by `--data DIR`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ports::SourceFile;
use crate::{Digest, Text};

/// What the build agent answers with: files and how to run them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppAnswer {
    /// What it is.
    pub summary: Text,
    /// The source tree.
    pub files: Vec<SourceFile>,
    /// Starts the server, without `--inherit`/`--port`/`--data`: `["python3", "-m", "app"]`.
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
    /// The source tree.
    pub tree: Tree,
    /// Starts the server.
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
