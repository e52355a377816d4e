//! The job queue: long work by priority, answered through task tokens.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Failure;

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
    /// Hands a job over. `queue` names the kind of work (`model`, `sandbox`).
    async fn send(&self, queue: &str, message: JobMessage) -> Result<(), Failure>;
}
