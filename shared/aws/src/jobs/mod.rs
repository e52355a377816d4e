//! The `Jobs` port on AWS Batch: a job is submitted, not awaited.
//!
//! [`BatchJobs::run`] may be called again at any time with the same outcome. The first call stores the specification,
//! submits a container that can read this one object and write its one result (two URLs, no role, no token), remembers
//! the message that waits, and fails with `Sandbox.Pending`: the worker ends quietly. When Batch says that the job has
//! ended, [`BatchJobs::finished`] names the message to send again; the step runs once more, and this time `run` finds
//! the result. A job that ended without one is submitted again, a few times.

mod delivery;
mod finished;
mod job;
mod submit;

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Item, JobResult, JobSpec, Jobs, Records, Write};

use crate::limits::{JOB_ATTEMPTS_MAX, JOB_RESULT_BYTES_MAX, RACES_MAX};
use crate::objects::Object;
use crate::settings::{BATCH_JOB, BATCH_QUEUE, BUCKET, JOBS, Runner, Settings, needed};
pub use delivery::Delivery;
pub use finished::Finished;
use job::{Away, Job};

/// Jobs on AWS Batch.
#[derive(Clone)]
pub struct BatchJobs {
    batch: aws_sdk_batch::Client,
    objects: aws_sdk_s3::Client,
    records: Arc<dyn Records>,
    settings: Arc<Settings>,
}

impl BatchJobs {
    pub(crate) fn new(
        batch: aws_sdk_batch::Client,
        objects: aws_sdk_s3::Client,
        records: Arc<dyn Records>,
        settings: Arc<Settings>,
    ) -> Self {
        Self { batch, objects, records, settings }
    }

    fn object(&self, key: String) -> Result<Object<'_>, Failure> {
        Ok(Object { client: &self.objects, bucket: needed(&self.settings.bucket, BUCKET)?, key })
    }

    /// What the job left, once it did.
    async fn result(&self, job: &Job) -> Result<Option<JobResult>, Failure> {
        let object = self.object(job.result_object())?;
        let Some(bytes) = object.get(JOB_RESULT_BYTES_MAX).await? else { return Ok(None) };
        let unusable = |e| Failure::corrupt(format!("the result {} of a job: {e}", object.key));
        serde_json::from_slice(&bytes).map(Some).map_err(unusable)
    }

    /// One look at a job without a result: `None` when the row changed meanwhile.
    async fn go_on(
        &self,
        job: &Job,
        spec: &JobSpec,
        delivery: &Delivery,
    ) -> Result<Option<Failure>, Failure> {
        let there = self.records.get(&job.row_key()).await?;
        let (away, when) = match there {
            None => (None, Condition::Absent),
            Some(Item { value, version, .. }) => {
                let away: Away = serde_json::from_value(value)
                    .map_err(|e| Failure::corrupt(format!("the row of job {}: {e}", job.id())))?;
                (Some(away), Condition::Version(version))
            }
        };
        let next = match away {
            None => self.first(job, delivery),
            Some(away) => match self.state(&away).await? {
                // Cut off before its id was known: it may run, and one more does no harm.
                State::Unsubmitted => Away { message: delivery.message.clone(), ..away },
                State::Under => {
                    let waiting = Away {
                        queue: delivery.queue.clone(),
                        message: delivery.message.clone(),
                        ..away.clone()
                    };
                    if waiting != away && !self.write(job, &waiting, when).await? {
                        return Ok(None);
                    }
                    return Ok(Some(pending(job)));
                }
                State::Failed(reason) if away.attempt >= JOB_ATTEMPTS_MAX => {
                    // Whoever tries the step again, later, begins anew.
                    self.records
                        .write(vec![Write::Delete { key: job.row_key(), when: Condition::Any }])
                        .await?;
                    return Err(failed(job, &away, &reason));
                }
                State::Failed(_) => Away { attempt: away.attempt + 1, ..self.first(job, delivery) },
            },
        };
        if !self.write(job, &next, when).await? {
            return Ok(None);
        }
        let batch_id = self.submit(job, spec, next.attempt).await?;
        // If somebody else wrote the row since, the job is known by its name all the same.
        let version = match when {
            Condition::Version(version) => version + 1,
            _ => 1,
        };
        self.write(job, &Away { batch_id: Some(batch_id), ..next }, Condition::Version(version)).await?;
        Ok(Some(pending(job)))
    }

    fn first(&self, job: &Job, delivery: &Delivery) -> Away {
        Away {
            run: job.run.clone(),
            job: job.digest,
            queue: delivery.queue.clone(),
            message: delivery.message.clone(),
            attempt: 1,
            batch_id: None,
            failed: None,
        }
    }

    async fn state(&self, away: &Away) -> Result<State, Failure> {
        match (&away.failed, &away.batch_id) {
            (Some(reason), _) => Ok(State::Failed(reason.clone())),
            (None, None) => Ok(State::Unsubmitted),
            // Its end may not have been told, or is being told now.
            (None, Some(id)) => Ok(self.ended(id).await?.map_or(State::Under, State::Failed)),
        }
    }

    /// Writes the row; `false` when somebody else was first.
    async fn write(&self, job: &Job, away: &Away, when: Condition) -> Result<bool, Failure> {
        let value = serde_json::to_value(away).map_err(|e| Failure::bug(format!("a job's row: {e}")))?;
        match self.records.write(vec![Write::Put { key: job.row_key(), value, when }]).await {
            Err(failure) if failure.kind == FailureKind::StoreConflict => Ok(false),
            other => other.map(|()| true),
        }
    }
}

/// How a job stands that left no result yet.
enum State {
    /// Written down, and not known to be submitted.
    Unsubmitted,
    /// Under way, or waiting for a machine.
    Under,
    /// Ended without a result: why.
    Failed(String),
}

#[async_trait]
impl Jobs for BatchJobs {
    /// # Errors
    /// `Sandbox.Pending` while the job is away: end without an answer, the message comes again. `Sandbox.Failed` when
    /// it was submitted [`JOB_ATTEMPTS_MAX`] times and left nothing; `Data.Corrupt` for an unusable result;
    /// `Internal.Bug` outside [`Delivery::scope`]; `Config.Invalid`; `Store.Unavailable`.
    async fn run(&self, spec: JobSpec) -> Result<JobResult, Failure> {
        let delivery = Delivery::current()?;
        let job = Job::new(&delivery, &spec)?;
        for _ in 0..RACES_MAX {
            if let Some(result) = self.result(&job).await? {
                self.records.write(vec![Write::Delete { key: job.row_key(), when: Condition::Any }]).await?;
                return Ok(result);
            }
            if let Some(pending) = self.go_on(&job, &spec, &delivery).await? {
                return Err(pending);
            }
        }
        let message = format!("job {} is being handed over by others all the time", job.id());
        Err(Failure::new(FailureKind::StoreConflict, message))
    }

    async fn probe(&self) -> Result<String, Failure> {
        let queue = needed(&self.settings.batch_queue, BATCH_QUEUE)?;
        let definition = needed(&self.settings.batch_job, BATCH_JOB)?;
        Ok(format!("AWS Batch, queue {queue}, job {definition}"))
    }
}

fn pending(job: &Job) -> Failure {
    Failure::new(
        FailureKind::SandboxPending,
        format!("job {} runs on Batch; its end sends the message again", job.id()),
    )
}

fn failed(job: &Job, away: &Away, reason: &str) -> Failure {
    let message = format!("job {} left no result in {} attempts: {reason}", job.id(), away.attempt);
    Failure::new(FailureKind::SandboxFailed, message)
}

/// No sandbox here: a worker process has one, or nobody.
pub(crate) struct ElsewhereJobs(pub(crate) Option<Runner>);

impl ElsewhereJobs {
    fn missing(&self) -> Failure {
        let message = match self.0 {
            Some(Runner::Worker) => {
                format!(
                    "{JOBS} is `worker`: sandboxed jobs are run by the process that serves their queue, not here"
                )
            }
            _ => format!(
                "this function has no sandbox: set {JOBS} to `batch`, or serve the queue with a worker"
            ),
        };
        Failure::new(FailureKind::SandboxMissing, message)
    }
}

#[async_trait]
impl Jobs for ElsewhereJobs {
    async fn run(&self, _: JobSpec) -> Result<JobResult, Failure> {
        Err(self.missing())
    }

    async fn probe(&self) -> Result<String, Failure> {
        Err(self.missing())
    }
}
