//! Workers: they take jobs from the queue, so many of each kind at once, and answer the jobs' tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Events, JobMessage, JobSource, Progress, Receipt, Workflows};
use ideamine_core::{Env, Failure, Registry, RunId, Tenant};
pub use ideamine_embedded::HEARTBEAT;
use ideamine_embedded::{LocalQueue, Taken};
use serde_json::Value;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

use crate::engine::Engine;
use crate::outcome::Outcome;

/// How often the tokens of jobs that wait are held: a state waits longer than this for a heartbeat.
const HELD: Duration = Duration::from_secs(300);
/// When every job that the engine sends again has long been sent.
const SENT: Duration = Duration::from_secs(60);
/// A job that waited longer than this may be awaited by nobody any more, which is asked before it is worked.
const FRESH: Duration = Duration::from_secs(1);
/// Wait after the store refused a delivery.
const PAUSE: Duration = Duration::from_secs(1);

/// Running workers; dropping them, or a log that takes nothing more, breaks their jobs off, which the next
/// engine sends again.
#[derive(Debug)]
pub struct Workers {
    loops: Vec<AbortHandle>,
}

impl Workers {
    /// Serves kinds of work, at most `limits` jobs of each at once, on the current tokio runtime.
    ///
    /// # Errors
    /// `Input.Invalid` for a kind that the queue has not.
    pub fn start(
        engine: &Engine,
        env: &Env,
        registry: &Registry,
        queue: &Arc<LocalQueue>,
        limits: &[(&str, usize)],
    ) -> Result<Self, Failure> {
        let worker = Arc::new(Worker {
            env: engine.task_env(env),
            registry: registry.clone(),
            queue: queue.clone(),
            workflows: Arc::new(engine.clone()),
        });
        let mut workers = Self { loops: Vec::new() };
        for (kind, limit) in limits {
            queue.at_once(kind, *limit)?;
            workers.serve(engine, worker.clone().serve((*kind).to_owned()));
        }
        workers.serve(engine, worker.tend());
        Ok(workers)
    }

    fn serve(&mut self, engine: &Engine, serving: impl Future<Output = ()> + Send + 'static) {
        let engine = engine.clone();
        let serving = tokio::spawn(async move {
            tokio::select! {
                biased;
                // What a job comes to could not be kept.
                _ = engine.stopped() => {}
                () = serving => {}
            }
        });
        self.loops.push(serving.abort_handle());
    }

    /// Breaks all jobs off.
    pub fn stop(&self) {
        for serving in &self.loops {
            serving.abort();
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Worker {
    env: Env,
    registry: Registry,
    queue: Arc<LocalQueue>,
    workflows: Arc<dyn Workflows>,
}

/// Why a job is broken off.
enum Off {
    /// Nobody waits for its answer any more.
    Gone,
    /// Nothing was heard of this worker for too long: another has the job.
    Fenced,
}

impl Worker {
    async fn serve(self: Arc<Self>, kind: String) {
        let mut jobs = JoinSet::new();
        loop {
            match self.queue.take(&kind).await {
                Ok(taken) => {
                    while jobs.try_join_next().is_some() {}
                    let worker = self.clone();
                    jobs.spawn(async move { worker.work(taken).await });
                }
                Err(failure) => {
                    tracing::error!(%failure, kind, "a job could not be handed out");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Holds the tokens of jobs that wait, and forgets those for which nobody waits.
    async fn tend(self: Arc<Self>) {
        sleep(SENT).await;
        if let Err(failure) = self.queue.forget_unsent().await {
            tracing::warn!(%failure, "rows of old jobs could not be removed");
        }
        loop {
            sleep(HELD).await;
            for (id, token) in self.queue.held_tokens() {
                if self.is_gone(&token).await
                    && let Err(failure) = self.queue.forget(&id).await
                {
                    tracing::warn!(job = id, %failure, "the row of a job could not be removed");
                }
            }
        }
    }

    /// Runs one job and answers its token; a token that is spent ends the job.
    async fn work(&self, taken: Taken) {
        let Taken { message: JobMessage { function, payload, token }, receipt, waited, .. } = taken;
        let progress = Arc::new(AtomicU64::new(0));
        let result = if waited > FRESH && self.is_gone(&token).await {
            Err(Off::Gone)
        } else {
            tokio::select! {
                result = self.run(&function, payload, progress.clone()) => Ok(result),
                off = self.beat(&receipt, &token, &progress) => Err(off),
            }
        };
        if matches!(result, Err(Off::Fenced)) {
            return tracing::warn!(function, "this worker was not heard of in time; another has its job");
        }
        match (self.queue.done(&receipt).await, result) {
            // Only the holder of the job answers.
            (Err(failure), _) if failure.kind == FailureKind::NotFound => {
                tracing::warn!(function, "a late answer is dropped: another worker has the job");
            }
            (_, Ok(result)) => self.told(&function, self.answer(&token, result).await),
            (_, Err(_)) => tracing::info!(function, "nobody waits for this job any more"),
        }
    }

    fn told(&self, function: &str, answer: Result<(), Failure>) {
        match answer {
            Ok(()) => {}
            Err(failure) if failure.kind == FailureKind::NotFound => {
                tracing::info!(function, "nobody waits for this job any more");
            }
            Err(failure) => {
                tracing::error!(function, %failure, "a job's answer is lost; it will be sent again")
            }
        }
    }

    /// In a task of its own, so that a panic is an answer too.
    async fn run(&self, function: &str, payload: Value, progress: Arc<AtomicU64>) -> Result<Value, Failure> {
        let events = Arc::new(Counted { inner: self.env.events.clone(), progress });
        let env = Env { events, ..self.env.clone() };
        let (registry, name) = (self.registry.clone(), function.to_owned());
        let mut job = JoinSet::new();
        job.spawn(async move { registry.invoke(&env, &name, payload).await });
        match job.join_next().await {
            Some(Ok(result)) => result,
            _ => Err(Failure::bug(format!("{function} panicked; see the log"))),
        }
    }

    async fn answer(&self, token: &str, result: Result<Value, Failure>) -> Result<(), Failure> {
        if token.is_empty() {
            return result.map(|_| ());
        }
        match result {
            Ok(output) => self.workflows.task_succeeded(token, output).await,
            Err(failure) => match Outcome::of_failure(&failure) {
                Outcome::Failed { error, cause } => self.workflows.task_failed(token, &error, &cause).await,
                Outcome::Succeeded(_) => Ok(()),
            },
        }
    }

    /// Says that the job goes on, until nobody wants to hear it.
    async fn beat(&self, receipt: &Receipt, token: &str, progress: &AtomicU64) -> Off {
        loop {
            sleep(HEARTBEAT).await;
            if self.queue.heartbeat(receipt, progress.load(Ordering::Relaxed)).is_err() {
                return Off::Fenced;
            }
            if self.is_gone(token).await {
                return Off::Gone;
            }
        }
    }

    /// Says that a token is still to be answered; true when nobody waits for it.
    async fn is_gone(&self, token: &str) -> bool {
        if token.is_empty() {
            return false;
        }
        match self.workflows.task_heartbeat(token).await {
            Err(failure) if failure.kind == FailureKind::NotFound => true,
            Err(failure) => {
                tracing::warn!(%failure, "a heartbeat was not taken");
                false
            }
            Ok(()) => false,
        }
    }
}

/// Counts what a job tells watchers: its progress.
struct Counted {
    inner: Arc<dyn Events>,
    progress: Arc<AtomicU64>,
}

impl Events for Counted {
    fn publish(&self, tenant: &Tenant, run: &RunId, progress: Progress) {
        self.progress.fetch_add(1, Ordering::Relaxed);
        self.inner.publish(tenant, run, progress);
    }
}
