//! Workers: they take jobs from the queue, so many of each kind at once, and answer the jobs' tokens.

use std::sync::Arc;
use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobMessage, Workflows};
use ideamine_core::{Env, Failure, Registry};
use ideamine_embedded::LocalQueue;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};

use crate::engine::Engine;
use crate::outcome::Outcome;

/// How often a worker says that it goes on.
pub const HEARTBEAT: Duration = Duration::from_secs(20);

/// Running workers; dropping them, or a log that takes nothing more, breaks their jobs off, which the next
/// engine sends again.
#[derive(Debug)]
pub struct Workers {
    loops: Vec<AbortHandle>,
}

impl Workers {
    /// Serves queues, at most `limits` jobs of each at once, on the current tokio runtime.
    ///
    /// # Errors
    /// `Input.Invalid` for a queue that there is not.
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
        for (name, limit) in limits {
            if !queue.names().any(|known| known == *name) {
                return Err(Failure::input(format!("there is no queue `{name}` to serve")));
            }
            let (worker, engine) = (worker.clone(), engine.clone());
            let (queue, limit) = ((*name).to_owned(), (*limit).max(1));
            let serving = tokio::spawn(async move {
                tokio::select! {
                    biased;
                    // What a job comes to could not be kept.
                    _ = engine.stopped() => {}
                    () = worker.serve(queue, limit) => {}
                }
            });
            workers.loops.push(serving.abort_handle());
        }
        Ok(workers)
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

impl Worker {
    async fn serve(self: Arc<Self>, queue: String, limit: usize) {
        let room = Arc::new(Semaphore::new(limit));
        let mut jobs = JoinSet::new();
        while let Ok(place) = room.clone().acquire_owned().await {
            let message = match self.queue.receive(&queue).await {
                Ok(message) => message,
                Err(failure) => return tracing::error!(%failure, queue, "a queue is served no longer"),
            };
            while jobs.try_join_next().is_some() {}
            let worker = self.clone();
            jobs.spawn(async move {
                worker.work(message).await;
                drop(place);
            });
        }
    }

    /// Runs one job and answers its token; a token that is spent ends the job.
    async fn work(&self, message: JobMessage) {
        let JobMessage { function, payload, token } = message;
        let answer = tokio::select! {
            result = self.run(&function, payload) => self.answer(&token, result).await,
            gone = self.beat(&token) => Err(gone),
        };
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
    async fn run(&self, function: &str, payload: Value) -> Result<Value, Failure> {
        let (env, registry, name) = (self.env.clone(), self.registry.clone(), function.to_owned());
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
    async fn beat(&self, token: &str) -> Failure {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if token.is_empty() {
                continue;
            }
            match self.workflows.task_heartbeat(token).await {
                Err(failure) if failure.kind == FailureKind::NotFound => return failure,
                Err(failure) => tracing::warn!(%failure, "a heartbeat was not taken"),
                Ok(()) => {}
            }
        }
    }
}
