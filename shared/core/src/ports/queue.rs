//! The job queue: long work by priority, answered through task tokens.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Failure;

/// Kinds of long work: each has a queue of every priority.
pub const QUEUES: &[&str] = &["model", "sandbox"];

/// How urgent a run is; a run's jobs go through the queue of its priority. It decides when work is done, never what
/// comes of it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Before others.
    High,
    /// As most runs.
    #[default]
    Normal,
    /// When there is room.
    Low,
}

impl Priority {
    /// All of them, most urgent first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// `high`, `normal` or `low`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// Whether it is the one that need not be said.
    pub const fn is_normal(&self) -> bool {
        matches!(self, Self::Normal)
    }

    /// The queue of this priority for a kind of work: `model-high`.
    pub fn queue(self, kind: &str) -> String {
        format!("{kind}-{}", self.name())
    }

    /// The kind of work and the priority that a queue's name says; a bare kind is of normal priority.
    pub fn of_queue(queue: &str) -> (&str, Self) {
        let named = queue.rsplit_once('-').and_then(|(kind, name)| Some((kind, name.parse().ok()?)));
        named.unwrap_or((queue, Self::Normal))
    }
}

impl FromStr for Priority {
    type Err = Failure;
    fn from_str(text: &str) -> Result<Self, Failure> {
        let found = Self::ALL.into_iter().find(|priority| priority.name() == text);
        found.ok_or_else(|| Failure::input(format!("priority: `{text}` is none of high, normal, low")))
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a state machine sends: which function to run, on what, and the token to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobMessage {
    /// The function that does the work.
    pub function: String,
    /// Its envelope.
    pub payload: Value,
    /// The task token that its result answers. A capability: never logged.
    pub token: String,
}

/// Takes jobs; workers elsewhere run them at least once.
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// Hands a job over. `queue` names the kind of work and its priority (`model-normal`, see [`Priority::queue`]).
    async fn send(&self, queue: &str, message: JobMessage) -> Result<(), Failure>;
}

/// One delivery of a job, for [`JobSource::keep`] and the like. A delivery that is over names nothing any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The queue it came from.
    pub queue: String,
    /// Which delivery; the adapter's own.
    pub handle: String,
}

/// One message as it was received.
#[derive(Debug)]
pub struct Received {
    /// What it says, or why it cannot be read (`Input.Invalid`): then leave it to the dead letters.
    pub message: Result<JobMessage, Failure>,
    /// Names this delivery.
    pub receipt: Receipt,
    /// How often it was delivered, this time included.
    pub deliveries: u32,
}

/// How much lies in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueDepth {
    /// The kind of work.
    pub kind: String,
    /// The priority.
    pub priority: Priority,
    /// Jobs that wait.
    pub waiting: u64,
    /// Jobs that a worker has.
    pub working: u64,
    /// Jobs that were laid aside.
    pub dead: u64,
}

/// The receiving side of a [`JobQueue`].
///
/// Whoever received a job has it for a while and says again and again that it goes on; if nothing is heard, another
/// is given it. Each delivery ends the one before: what is said with an older receipt is refused. After so many
/// deliveries a job is laid aside with the dead letters.
#[async_trait]
pub trait JobSource: Send + Sync {
    /// The next jobs of a kind (`model`), at most `most`, those of higher priority first as far as that starves none.
    /// Waits a little for some.
    async fn receive(&self, kind: &str, most: usize) -> Result<Vec<Received>, Failure>;
    /// Says that the job goes on: nobody else is given it for so long from now on. `Data.NotFound` when the delivery
    /// is over: others may have the job by now.
    async fn keep(&self, receipt: &Receipt, hidden: Duration) -> Result<(), Failure>;
    /// Gives the job back: it is delivered again. `Data.NotFound` when the delivery is over.
    async fn give_back(&self, receipt: &Receipt) -> Result<(), Failure>;
    /// Ends a job that is done. `Data.NotFound` when the delivery is over.
    async fn done(&self, receipt: &Receipt) -> Result<(), Failure>;
    /// How much lies in every queue of a kind.
    async fn depth(&self, kind: &str) -> Result<Vec<QueueDepth>, Failure>;
}
