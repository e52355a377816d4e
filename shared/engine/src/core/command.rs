//! What the core thread is told.

use ideamine_asl::TaskId;
use ideamine_core::Failure;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::outcome::Outcome;

/// Number of an execution in its store.
pub(crate) type Number = u64;

/// Where an answer goes, once what it says is durable.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Failure>>;

/// What somebody does with a task token.
#[derive(Debug)]
pub(crate) enum Answer {
    Outcome(Outcome),
    Heartbeat,
}

/// A message to the core thread.
pub(crate) enum Command {
    Start {
        machine: String,
        name: String,
        input: Value,
        reply: Reply<String>,
    },
    Stop {
        id: String,
        error: String,
        cause: String,
        reply: Reply<()>,
    },
    Answer {
        token: String,
        answer: Answer,
        reply: Reply<()>,
    },
    /// A task that the engine ran came to its end.
    Done {
        no: Number,
        task: TaskId,
        outcome: Outcome,
    },
    /// What waits to be tried again in an execution or its children is tried now.
    RetryNow {
        id: String,
        reply: Reply<()>,
    },
    /// Tells when an execution has ended.
    Wait {
        id: String,
        reply: Reply<()>,
    },
    /// The clock may have moved.
    Wake,
    /// The log takes nothing more.
    Broken(Failure),
    Shutdown,
}

impl Command {
    /// Tells whoever waits for an answer that there is none.
    pub(crate) fn refuse(self, failure: &Failure) {
        // Whoever stopped waiting need not hear.
        match self {
            Self::Start { reply, .. } => drop(reply.send(Err(failure.clone()))),
            Self::Stop { reply, .. }
            | Self::Answer { reply, .. }
            | Self::RetryNow { reply, .. }
            | Self::Wait { reply, .. } => {
                drop(reply.send(Err(failure.clone())));
            }
            Self::Done { .. } | Self::Wake | Self::Broken(_) | Self::Shutdown => {}
        }
    }
}
