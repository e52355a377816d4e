//! For whom a job is run.
//!
//! The `Jobs` port has no room for that: on one machine nobody needs to know. On AWS a job outlives the call that
//! asked for it, so whoever serves a message says so once, around everything that it runs for it.

use std::future::Future;

use ideamine_core::function::Envelope;
use ideamine_core::ports::JobMessage;
use ideamine_core::{Failure, RunId, Tenant};

tokio::task_local! {
    static CURRENT: Delivery;
}

/// The message that a worker serves: whose work it is, and what is sent again once a job that it waits for has ended.
#[derive(Clone)]
pub struct Delivery {
    pub(super) queue: String,
    pub(super) message: JobMessage,
    pub(super) tenant: Tenant,
    pub(super) run: RunId,
    pub(super) step: String,
}

impl Delivery {
    /// Reads tenant, run and step from the message's envelope.
    ///
    /// # Errors
    /// `Input.Invalid` when its payload is no envelope.
    pub fn new(queue: &str, message: &JobMessage) -> Result<Self, Failure> {
        let envelope: Envelope = serde_json::from_value(message.payload.clone()).map_err(|e| {
            Failure::input(format!(
                "payload of {} in queue `{queue}` is not an envelope: {e}",
                message.function
            ))
        })?;
        let Envelope { tenant, run, step, .. } = envelope;
        Ok(Self { queue: queue.to_owned(), message: message.clone(), tenant, run, step })
    }

    /// Runs work for this message. Work that it spawns as a task of its own is outside.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// The message that is being served.
    pub(super) fn current() -> Result<Self, Failure> {
        CURRENT.try_with(Self::clone).map_err(|_| {
            Failure::bug(
                "a job for Batch was asked for outside the delivery of a message: nobody could go on with it",
            )
        })
    }
}
