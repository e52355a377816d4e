//! One function behind its events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::future::join_all;
use ideamine_aws::Aws;
use ideamine_core::ports::JobMessage;
use ideamine_core::{Env, Failure, Registry};
use serde_json::Value;

use crate::call::{Call, Deadline};
use crate::event::{self, Event, Item, Message, Undone};
use crate::job::{Done, Job};
use crate::notice;
use crate::report::{self, Trace};

/// What stands around the ports: on AWS it is [`Aws`].
#[async_trait]
pub trait Host: Send + Sync {
    /// Writes what an invocation published; never fails.
    async fn flush(&self);
    /// Takes a notice of AWS Batch: the message that waits for a job that ended is sent again.
    ///
    /// # Errors
    /// `Input.Invalid` for another notice, and the ports' own failures.
    async fn job_changed(&self, notice: &Value) -> Result<(), Failure>;
}

#[async_trait]
impl Host for Aws {
    async fn flush(&self) {
        Aws::flush(self).await;
    }
    async fn job_changed(&self, notice: &Value) -> Result<(), Failure> {
        match self.batch().finished(notice).await? {
            Some(finished) => self.queue().send(&finished.queue, finished.message).await,
            None => Ok(()),
        }
    }
}

/// Who serves: names for logs, metrics and steps.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The function.
    pub function: String,
    /// Its family.
    pub family: String,
    /// The stack.
    pub stack: String,
    /// Version of the code.
    pub version: String,
}

/// One function that answers events.
pub struct Server {
    identity: Identity,
    registry: Registry,
    env: Env,
    host: Arc<dyn Host>,
    print: fn(&str),
    cold: AtomicBool,
}

impl Server {
    /// Over ports and functions; `print` takes one line per call.
    ///
    /// # Errors
    /// `Config.Invalid` when the registry has no such function.
    pub fn new(
        identity: Identity,
        registry: Registry,
        env: Env,
        host: Arc<dyn Host>,
        print: fn(&str),
    ) -> Result<Self, Failure> {
        if registry.get(&identity.function).is_none() {
            let Identity { function, family, .. } = &identity;
            let names: Vec<&str> = registry.names().collect();
            let message = format!(
                "the Handler is `{function}`, which is no function of the family {family}; there are {}",
                names.join(", ")
            );
            return Err(Failure::new(ideamine_core::failure::FailureKind::ConfigInvalid, message));
        }
        Ok(Self { identity, registry, env, host, print, cold: AtomicBool::new(true) })
    }

    /// Answers one event. `deadline_ms` is when the invocation is ended from outside, milliseconds since 1970.
    ///
    /// # Errors
    /// The function's failure; `Input.Invalid` for an event of an unknown kind.
    pub async fn handle(
        &self,
        event: Value,
        deadline_ms: i64,
        trace: &str,
        request: &str,
    ) -> Result<Value, Failure> {
        let cold = self.cold.swap(false, Ordering::Relaxed);
        let trace = Trace { trace: trace.to_owned(), request: request.to_owned(), cold };
        let deadline = Deadline::of(deadline_ms, &self.env);
        let result = match event::read(event) {
            Ok(Event::Envelope(envelope)) => self.call(envelope, deadline, &trace).await,
            Ok(Event::Messages(messages)) => self.messages(messages, deadline, &trace).await,
            Ok(Event::Notice(kind, notice)) => self.notice(&kind, notice, deadline, &trace).await,
            Err(failure) => self.reported(&trace, &Value::Null, self.now(), Err(failure)),
        };
        self.host.flush().await;
        result
    }

    fn now(&self) -> i64 {
        self.env.clock.now_ms()
    }

    fn reported(
        &self,
        trace: &Trace,
        payload: &Value,
        began_ms: i64,
        result: Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
        (self.print)(&report::line(&self.identity, trace, payload, began_ms, &self.env, &outcome));
        result
    }

    async fn call(&self, envelope: Value, deadline: Deadline, trace: &Trace) -> Result<Value, Failure> {
        let began = self.now();
        let ids = ids(&envelope);
        let call = Call::begin(&self.registry, &self.env, &self.identity.function, envelope, None);
        let result = call.end_before(deadline, &self.env).await;
        self.reported(trace, &ids, began, result)
    }

    async fn notice(
        &self,
        kind: &str,
        notice: Value,
        deadline: Deadline,
        trace: &Trace,
    ) -> Result<Value, Failure> {
        let began = self.now();
        match (self.identity.function.as_str(), kind) {
            (function @ ("run-reconcile" | "run-seal"), notice::EXECUTION) => {
                match notice::ended(function, &notice) {
                    Ok(Some(envelope)) => self.call(envelope, deadline, trace).await,
                    Ok(None) => Ok(Value::Null),
                    Err(failure) => self.reported(trace, &Value::Null, began, Err(failure)),
                }
            }
            ("job-check", notice::BATCH) => {
                let result = self.host.job_changed(&notice).await.map(|()| Value::Null);
                self.reported(trace, &Value::Null, began, result)
            }
            (function, _) => {
                let failure = Failure::input(format!("{function} takes no notices of the kind `{kind}`"));
                self.reported(trace, &Value::Null, began, Err(failure))
            }
        }
    }

    async fn messages(
        &self,
        messages: Vec<Message>,
        deadline: Deadline,
        trace: &Trace,
    ) -> Result<Value, Failure> {
        if !self.identity.function.starts_with("job-") {
            let failure = Failure::input(format!("{} is not fed by a queue", self.identity.function));
            return self.reported(trace, &Value::Null, self.now(), Err(failure));
        }
        let done = join_all(messages.iter().map(|message| self.message(message, deadline, trace))).await;
        let again = messages.into_iter().zip(done).filter(|(_, done)| *done == Done::No);
        let undone = Undone {
            batch_item_failures: again
                .map(|(message, _)| Item { item_identifier: message.message_id })
                .collect(),
        };
        serde_json::to_value(undone).map_err(|e| Failure::bug(e.to_string()))
    }

    async fn message(&self, message: &Message, deadline: Deadline, trace: &Trace) -> Done {
        let began = self.now();
        let prefix = format!("{}-", self.identity.stack);
        let read = readable(&message.body, &self.identity.function);
        let (done, outcome, ids) = match read {
            Ok(job) => {
                let queue = message.queue_name(&prefix);
                let (done, outcome) = self.job(&queue, deadline).work(&job).await;
                (done, outcome, ids(&job.payload))
            }
            // After some deliveries it goes to the dead-letter queue, where a person finds it: the report has the
            // reason under the message's id.
            Err(failure) => (Done::No, Err(failure), Value::Null),
        };
        let mut ids = ids;
        ids["message_id"] = Value::from(message.message_id.as_str());
        let result = outcome.map(|()| Value::Null);
        let _ = self.reported(trace, &ids, began, result);
        done
    }

    /// What works messages of `queue`.
    pub(crate) fn job<'a>(&'a self, queue: &'a str, deadline: Deadline) -> Job<'a> {
        Job {
            env: &self.env,
            registry: &self.registry,
            name: &self.identity.function,
            version: &self.identity.version,
            queue,
            deadline,
        }
    }

    /// Works one message of a queue that this process receives from by itself.
    pub(crate) async fn received(&self, queue: &str, job: &JobMessage) -> Done {
        let cold = self.cold.swap(false, Ordering::Relaxed);
        let trace = Trace { trace: String::new(), request: String::new(), cold };
        let began = self.now();
        let (done, outcome) = self.job(queue, Deadline { at_ms: None }).work(job).await;
        let _ = self.reported(&trace, &ids(&job.payload), began, outcome.map(|()| Value::Null));
        self.host.flush().await;
        done
    }

    /// The function that is served.
    pub(crate) fn function(&self) -> &str {
        &self.identity.function
    }
}

/// What a report may say of an envelope.
fn ids(envelope: &Value) -> Value {
    let named = ["tenant", "run", "step"].map(|field| (field.to_owned(), envelope[field].clone()));
    Value::Object(named.into_iter().collect())
}

/// Reads a message for this function. What it holds is not repeated: there is a token in it.
fn readable(body: &str, function: &str) -> Result<JobMessage, Failure> {
    let refuse = |what: &str| Failure::input(format!("a message for {function} {what}"));
    let job: JobMessage = serde_json::from_str(body)
        .map_err(|e| refuse(&format!("cannot be read: line {} column {}", e.line(), e.column())))?;
    if job.function != function {
        return Err(refuse("names another function"));
    }
    Ok(job)
}
