//! What goes into an execution and what can be seen of it.

use std::sync::Arc;

use serde_json::Value;

use crate::event::{Data, FrameId, TaskId};

/// Who and what an execution is, readable by expressions as `$states.context`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// ARN of the execution.
    pub execution_id: String,
    /// Name of the execution.
    pub execution_name: String,
    /// ARN of the state machine.
    pub machine_id: String,
    /// Name of the state machine.
    pub machine_name: String,
    /// ARN of the role it runs under.
    pub role_arn: String,
    /// When it started, UTC milliseconds.
    pub start_ms: i64,
}

/// What happened outside, told to [`crate::Execution::handle`].
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "fields are named after what the language calls them")]
pub enum Input {
    /// Begins the execution; ignored when it has begun.
    Start { input: Value },
    /// A task's raw result.
    TaskSucceeded { task: TaskId, output: Value },
    /// A task failed; `error` is what `ErrorEquals` matches.
    TaskFailed { task: TaskId, error: String, cause: String },
    /// A task is alive; moves its heartbeat deadline.
    TaskHeartbeat { task: TaskId },
    /// Time passed; fires whatever is due.
    Tick,
    /// Whatever waits to be tried again is tried now; waits of `Wait` states go on.
    RetryNow,
    /// Stop on request.
    Abort { error: Option<String>, cause: Option<String> },
}

/// Where an execution stands.
#[derive(Clone, Debug, PartialEq, Default)]
#[expect(missing_docs, reason = "the variants are the service's words")]
pub enum Status {
    #[default]
    Running,
    Succeeded {
        output: Data,
    },
    Failed {
        error: Option<String>,
        cause: Option<String>,
    },
    TimedOut {
        error: Option<String>,
        cause: Option<String>,
    },
    Aborted {
        error: Option<String>,
        cause: Option<String>,
    },
}

/// A scheduled task without outcome: what a recovering caller dispatches again.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingTask {
    /// Names the attempt in everything that comes back.
    pub task: TaskId,
    /// The thread of control that waits for it.
    pub frame: FrameId,
    /// The Task state.
    pub state: Arc<str>,
    /// Id of the history event that entered the state: the same for every attempt of one visit.
    pub visit: u64,
    /// Its `Resource`, as written.
    pub resource: Arc<str>,
    /// Its evaluated `Arguments`.
    pub arguments: Data,
    /// The token to answer with, for `.waitForTaskToken` resources.
    pub token: Option<Arc<str>>,
    /// 0 for the first attempt of this visit to the state.
    pub attempt: u32,
    /// When the attempt times out, UTC milliseconds.
    pub deadline_ms: Option<i64>,
    /// When it times out unless a heartbeat arrives before.
    pub heartbeat_deadline_ms: Option<i64>,
    /// Longest pause between heartbeats.
    pub heartbeat_s: Option<u32>,
}
