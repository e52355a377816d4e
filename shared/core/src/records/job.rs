//! Rows of the job queue of one machine.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Digest;
use crate::ports::{JobMessage, Priority};

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for a worker.
    Waiting,
    /// A worker has it.
    Working,
    /// It was delivered so often without being worked that nobody is given it any more.
    Dead,
    /// A person removed it: whoever sends it again is told so.
    Purged,
}

/// One job that is not done. Its payload and its token are the execution's, and are not kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobRow {
    /// Names the job; see [`JobRow::id_of`].
    pub id: String,
    /// The kind of work: `model`, `sandbox`.
    pub kind: String,
    /// Its run's priority.
    pub priority: Priority,
    /// Whose it is.
    pub tenant: String,
    /// Which run.
    pub run: String,
    /// Which step of the run.
    pub step: String,
    /// The function that works it.
    pub function: String,
    /// How it stands.
    pub state: JobState,
    /// When it was sent first, milliseconds since 1970.
    pub sent_ms: i64,
    /// How often it was delivered; each delivery ends the one before.
    pub deliveries: u32,
    /// Why the last delivery did not work it; for a dead job, why it is dead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl JobRow {
    /// A job that was just sent.
    pub fn new(kind: &str, priority: Priority, message: &JobMessage, sent_ms: i64) -> Self {
        let text =
            |field: &str| message.payload.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            id: Self::id_of(message),
            kind: kind.to_owned(),
            priority,
            tenant: text("tenant"),
            run: text("run"),
            step: text("step"),
            function: message.function.clone(),
            state: JobState::Waiting,
            sent_ms,
            deliveries: 0,
            reason: String::new(),
        }
    }

    /// The job's name: the same whenever the same job is sent again, and no way back to its token.
    pub fn id_of(message: &JobMessage) -> String {
        let mut id = Digest::of(message.token.as_bytes()).hex();
        id.truncate(16);
        id
    }
}
