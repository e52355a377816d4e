//! One message of a queue: worked once, heard of while it is worked, its token answered.

use std::time::Duration;

use ideamine_aws::Delivery;
use ideamine_core::failure::FailureKind;
use ideamine_core::function::Envelope;
use ideamine_core::ports::JobMessage;
use ideamine_core::{Env, Failure, Registry};
use serde_json::Value;

use crate::call::{Call, Deadline, out_of_time};
use crate::once::{Claim, Once};

/// How often a worker says that it goes on.
pub const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often a worker looks whether a step that another works is free.
const LOOK: Duration = Duration::from_secs(5);

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// It is done; its token is answered, or nobody waits for it.
    Yes,
    /// It must be delivered again.
    No,
}

/// What works messages of one function.
pub(crate) struct Job<'a> {
    pub(crate) env: &'a Env,
    pub(crate) registry: &'a Registry,
    pub(crate) name: &'a str,
    /// The version of the code, part of what makes a step the same step.
    pub(crate) version: &'a str,
    pub(crate) queue: &'a str,
    pub(crate) deadline: Deadline,
}

/// Nobody waits for the answer any more.
struct Gone;

impl Job<'_> {
    /// Works a message. The second part is the failure that its token was answered with, for the report.
    pub(crate) async fn work(&self, message: &JobMessage) -> (Done, Result<(), Failure>) {
        let result = match self.beat(&message.token).await {
            Err(Gone) => return (Done::Yes, Ok(())),
            Ok(()) => self.result(message).await,
        };
        match result {
            Ended::Gone => (Done::Yes, Ok(())),
            Ended::Elsewhere => (Done::No, Ok(())),
            // Its end sends the message again.
            Ended::With(Err(failure)) if failure.kind == FailureKind::SandboxPending => (Done::Yes, Ok(())),
            Ended::With(result) => self.answer(&message.token, result).await,
        }
    }

    async fn result(&self, message: &JobMessage) -> Ended {
        let envelope: Envelope = match serde_json::from_value(message.payload.clone()) {
            Ok(envelope) => envelope,
            Err(e) => {
                return Ended::With(Err(Failure::input(format!("the payload is not an envelope: {e}"))));
            }
        };
        let function = format!("{}@{}", self.name, self.version);
        let mut once = match Once::new(self.env, function, &envelope) {
            Ok(once) => once,
            Err(failure) => return Ended::With(Err(failure)),
        };
        match self.claim(&mut once, &message.token).await {
            Ok(Some(Claim::Ours)) => self.run(message, once).await,
            Ok(Some(Claim::Done(output))) => Ended::With(Ok(output)),
            Ok(Some(Claim::Busy)) => Ended::Elsewhere,
            Ok(None) => Ended::Gone,
            Err(failure) => Ended::With(Err(failure)),
        }
    }

    /// Waits while somebody else works the step, for as long as there is time; `None` when nobody waits any more.
    async fn claim(&self, once: &mut Once<'_>, token: &str) -> Result<Option<Claim>, Failure> {
        let mut since_beat = Duration::ZERO;
        loop {
            let claim = once.claim().await?;
            if claim != Claim::Busy || self.deadline.left(self.env) < HEARTBEAT {
                return Ok(Some(claim));
            }
            tokio::time::sleep(LOOK).await;
            since_beat += LOOK;
            if since_beat >= HEARTBEAT {
                since_beat = Duration::ZERO;
                if self.beat(token).await.is_err() {
                    return Ok(None);
                }
            }
        }
    }

    async fn run(&self, message: &JobMessage, mut once: Once<'_>) -> Ended {
        let delivery = match Delivery::new(self.queue, message) {
            Ok(delivery) => delivery,
            Err(failure) => return Ended::With(Err(failure)),
        };
        let payload = message.payload.clone();
        let mut call = Call::begin(self.registry, self.env, self.name, payload, Some(delivery));
        let result = tokio::select! {
            result = call.end() => result,
            () = tokio::time::sleep(self.deadline.left(self.env)) => Err(out_of_time(self.name)),
            ended = self.keep(&mut once, &message.token) => {
                drop(call);
                if matches!(ended, Ended::Gone) {
                    self.give_back(&once).await;
                }
                return ended;
            }
        };
        drop(call);
        match &result {
            Ok(output) => {
                // The answer is what counts: without the row, a second delivery would only work the step again.
                if let Err(failure) = once.done(output.clone()).await {
                    tracing::warn!(error = failure.kind.name(), "the output of a step could not be kept");
                }
            }
            Err(_) => self.give_back(&once).await,
        }
        Ended::With(result)
    }

    async fn give_back(&self, once: &Once<'_>) {
        if let Err(failure) = once.release().await {
            tracing::warn!(error = failure.kind.name(), "a step could not be given back; its lease will end");
        }
    }

    /// Says again and again that the work goes on, until nobody wants to hear it or somebody else has the step.
    async fn keep(&self, once: &mut Once<'_>, token: &str) -> Ended {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if self.beat(token).await.is_err() {
                return Ended::Gone;
            }
            match once.renew().await {
                Ok(()) => {}
                Err(failure) if failure.kind == FailureKind::StoreConflict => return Ended::Elsewhere,
                Err(failure) => tracing::warn!(error = failure.kind.name(), "a lease was not renewed"),
            }
        }
    }

    async fn beat(&self, token: &str) -> Result<(), Gone> {
        if token.is_empty() {
            return Ok(());
        }
        match self.env.workflows.task_heartbeat(token).await {
            Err(failure) if failure.kind == FailureKind::NotFound => {
                tracing::info!("nobody waits for this job any more");
                return Err(Gone);
            }
            Err(failure) => tracing::warn!(error = failure.kind.name(), "a heartbeat was not taken"),
            Ok(()) => {}
        }
        Ok(())
    }

    async fn answer(&self, token: &str, result: Result<Value, Failure>) -> (Done, Result<(), Failure>) {
        if token.is_empty() {
            return (Done::Yes, result.map(drop));
        }
        let workflows = &self.env.workflows;
        let (sent, outcome) = match result {
            Ok(output) => (workflows.task_succeeded(token, output).await, Ok(())),
            Err(failure) => {
                let error = failure.kind.name();
                // As a Lambda reports it.
                let cause = serde_json::json!({ "errorMessage": failure.message, "errorType": error });
                (workflows.task_failed(token, error, &cause.to_string()).await, Err(failure))
            }
        };
        match sent {
            Err(failure) if failure.kind != FailureKind::NotFound => {
                tracing::error!(
                    error = failure.kind.name(),
                    "a token could not be answered; the message comes again"
                );
                (Done::No, outcome)
            }
            _ => (Done::Yes, outcome),
        }
    }
}

/// How working a message ended.
enum Ended {
    /// With an answer for its token.
    With(Result<Value, Failure>),
    /// Nobody waits for an answer.
    Gone,
    /// Somebody else works the step.
    Elsewhere,
}
