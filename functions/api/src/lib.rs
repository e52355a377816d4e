//! One axum router: the run routes and health, over a [`Desk`] that does the work.
//!
//! Errors are RFC 9457 problem details. There is no authentication yet, so the local binary serves it on
//! loopback only, and the guard turns away what a web page of another origin sends. Heads, bodies and connections
//! are bounded in size, number and time.

mod guard;
mod problem;
mod routes;
mod server;

use async_trait::async_trait;
use ideamine_core::{Failure, RunId};
use serde::Deserialize;
use serde_json::Value;

pub use problem::Problem;
pub use routes::router;
pub use server::serve;

/// Largest request body, bytes.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A run to be started.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// The idea, as text.
    pub idea: String,
    /// Its kind: `text/markdown` (default), `text/plain` or `application/json`.
    #[serde(default)]
    pub media_type: Option<String>,
    /// Seed of the run.
    #[serde(default)]
    pub seed: u64,
    /// `auto`, `composer` or `PROVIDER/MODEL`.
    #[serde(default)]
    pub model: Option<String>,
    /// Most it may spend, US dollars.
    #[serde(default)]
    pub budget_usd: Option<f64>,
    /// Last phase to work.
    #[serde(default)]
    pub until: Option<String>,
    /// Whether questions may wait for a person.
    #[serde(default)]
    pub ask: bool,
}

/// What the routes need done; whoever owns the data does it.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Starts a run: `{run_id}`.
    async fn create(&self, new: NewRun) -> Result<Value, Failure>;
    /// All runs, newest first.
    async fn list(&self) -> Result<Value, Failure>;
    /// One run, as `run --json` shows it.
    async fn get(&self, run: RunId) -> Result<Value, Failure>;
    /// Asks it to wait.
    async fn pause(&self, run: RunId) -> Result<Value, Failure>;
    /// Goes on with it.
    async fn resume(&self, run: RunId) -> Result<Value, Failure>;
    /// Ends it.
    async fn cancel(&self, run: RunId) -> Result<Value, Failure>;
    /// Whether work can be done: `{status, build}`.
    async fn health(&self) -> Result<Value, Failure>;
}
