//! What happens outside once the entries that ask for it are durable.

use ideamine_asl::{Data, TaskId};
use ideamine_core::Failure;
use ideamine_core::ports::JobMessage;

use super::command::{Number, Reply};

/// Whose answer ends a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndedBy {
    /// What the effect itself comes to.
    Effect,
    /// Whoever holds the token; the effect's own failure also does.
    Token,
}

/// Work for the dispatcher.
#[derive(Debug)]
pub(crate) struct Effect {
    pub(crate) no: Number,
    pub(crate) task: TaskId,
    pub(crate) ended_by: EndedBy,
    /// When the attempt times out, milliseconds since 1970.
    pub(crate) deadline_ms: Option<i64>,
    pub(crate) work: Work,
}

#[derive(Debug)]
pub(crate) enum Work {
    /// Call the function that the arguments name.
    Invoke { arguments: Data },
    /// Put a job into a queue.
    Send { queue: String, message: JobMessage },
}

/// An answer that waits for the disk.
pub(crate) enum Promise {
    Started(Reply<String>, String),
    Done(Reply<()>),
}

impl Promise {
    pub(crate) fn keep(self, result: Result<(), Failure>) {
        // Whoever stopped waiting need not hear.
        match self {
            Self::Started(reply, id) => drop(reply.send(result.map(|()| id))),
            Self::Done(reply) => drop(reply.send(result)),
        }
    }
}
