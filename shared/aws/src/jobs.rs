//! stub
use crate::settings::{Runner, Settings};
use async_trait::async_trait;
use ideamine_core::ports::{Clock, JobMessage, JobResult, JobSpec, Jobs, Records};
use ideamine_core::{Failure, RunId, Tenant};
use std::future::Future;
use std::sync::Arc;
/// The message that a worker serves: whose work it is, and what is sent again once a job that it waits for has ended.
#[derive(Clone)]
pub struct Delivery {
    queue: String,
    message: JobMessage,
}
impl Delivery {
    /// Reads tenant, run and step from the message's envelope.
    ///
    /// # Errors
    /// `Input.Invalid` when its payload is no envelope.
    pub fn new(queue: &str, message: &JobMessage) -> Result<Self, Failure> {
        Ok(Self { queue: queue.to_owned(), message: message.clone() })
    }
    /// Runs work for this message: [`Jobs::run`] inside it knows whose it is.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        drop((self.queue, self.message));
        work.await
    }
}
/// A job that ended, and who waits for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Whose job it was.
    pub tenant: Tenant,
    /// Which run's.
    pub run: RunId,
    /// The queue that the message came from: send it there again.
    pub queue: String,
    /// The message that waits.
    pub message: JobMessage,
}
/// Jobs on AWS Batch.
#[derive(Clone)]
pub struct BatchJobs {
    _s: Arc<Settings>,
}
impl BatchJobs {
    pub(crate) fn new(
        _: aws_sdk_batch::Client,
        _: aws_sdk_s3::Client,
        _: Arc<dyn Records>,
        _: Arc<dyn Clock>,
        _s: Arc<Settings>,
    ) -> Self {
        Self { _s }
    }
    /// Takes an event `Batch Job State Change` (the whole event): reads and checks what the job left. `None` when the
    /// job has not ended or nobody waits for it.
    ///
    /// # Errors
    /// `Input.Invalid` for another event; `Store.Unavailable`.
    pub async fn finished(&self, _event: &serde_json::Value) -> Result<Option<Finished>, Failure> {
        Err(Failure::bug("unfinished"))
    }
    /// Stops all jobs of a run; returns how many there were.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub async fn cancel(&self, _tenant: &Tenant, _run: &RunId) -> Result<usize, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
#[async_trait]
impl Jobs for BatchJobs {
    async fn run(&self, _: JobSpec) -> Result<JobResult, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn probe(&self) -> Result<String, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
pub(crate) struct ElsewhereJobs(pub(crate) Option<Runner>);
#[async_trait]
impl Jobs for ElsewhereJobs {
    async fn run(&self, _: JobSpec) -> Result<JobResult, Failure> {
        let _ = self.0;
        Err(Failure::bug("unfinished"))
    }
    async fn probe(&self) -> Result<String, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
