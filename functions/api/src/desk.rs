//! What the routes need done.

use async_trait::async_trait;
use ideamine_core::records::Desired;
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_runs::Runs;
use serde_json::{Value, json};

use crate::{NewFork, NewLimits, NewRun};

/// Whoever has the runs: the process that owns a data directory, or the API's function on AWS. Only what differs
/// between the two is asked of it; everything else is asked of the [`Runs`] that it hands out.
#[async_trait]
pub trait Desk: Send + Sync {
    /// The runs of a tenant.
    fn runs(&self, tenant: &Tenant) -> Runs;
    /// Starts a run: `{run_id}`.
    async fn create(&self, tenant: &Tenant, new: NewRun) -> Result<Value, Failure>;
    /// Goes on with a run.
    async fn resume(&self, tenant: &Tenant, run: &RunId, limits: NewLimits) -> Result<Value, Failure>;
    /// Starts a run that goes on from a state of this one: `{run_id, forked_from}`.
    async fn fork(&self, tenant: &Tenant, run: &RunId, new: NewFork) -> Result<Value, Failure>;
    /// Progress of a run since the event `after`: `{events, last}`; `last` is the next call's `after`.
    async fn events(&self, tenant: &Tenant, run: &RunId, after: &str) -> Result<Value, Failure>;
    /// How much lies in the job queue: `{queues: [{kind, priority, waiting, working, dead}]}`, and what else is known.
    async fn queue(&self) -> Result<Value, Failure>;
    /// A document that no answer of this desk can carry: where whoever has the link can fetch it for a short while, under
    /// this media type. `None` when the answer carries it.
    async fn link(&self, _: &Tenant, _document: &[u8], _media_type: &str) -> Result<Option<String>, Failure> {
        Ok(None)
    }
    /// All runs, newest first.
    async fn list(&self, tenant: &Tenant) -> Result<Value, Failure> {
        self.runs(tenant).list().await
    }
    /// Asks a run to wait or to end.
    async fn want(&self, tenant: &Tenant, run: &RunId, desired: Desired) -> Result<Value, Failure> {
        self.runs(tenant).want(run, desired).await
    }
    /// One run, as `run --json` shows it.
    async fn show(&self, tenant: &Tenant, run: &RunId) -> Result<Value, Failure> {
        self.runs(tenant).show(run).await
    }
    /// Whether work can be done: `{status, build}`.
    async fn health(&self) -> Result<Value, Failure> {
        Ok(json!({ "status": "ok", "build": ideamine_runs::build::build() }))
    }
}
