//! One run of a machine: what the caller sees of it.

use std::sync::Arc;

use serde_json::Value;

use crate::event::{Data, Event, TaskId};
use crate::machine::Machine;

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

/// What happened outside, told to [`Execution::handle`].
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
    /// Stop on request.
    Abort { error: Option<String>, cause: Option<String> },
}

/// Where an execution stands.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the variants are the service's words")]
pub enum Status {
    Running,
    Succeeded { output: Data },
    Failed { error: Option<String>, cause: Option<String> },
    TimedOut { error: Option<String>, cause: Option<String> },
    Aborted { error: Option<String>, cause: Option<String> },
}

/// A scheduled task without outcome: what a recovering caller dispatches again.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingTask {
    /// Names the attempt in everything that comes back.
    pub task: TaskId,
    /// The Task state.
    pub state: Arc<str>,
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

/// One run of a machine. `Send`; owned by one thread at a time.
#[derive(Debug)]
pub struct Execution {
    machine: Arc<Machine>,
    context: Arc<Context>,
    status: Status,
}

impl Execution {
    /// An execution that has not started.
    pub fn new(machine: Arc<Machine>, context: Context) -> Execution {
        Execution { machine, context: Arc::new(context), status: Status::Running }
    }

    /// Decides and applies: pushes every event that follows from `input` up to the next point where
    /// the execution has to wait. A late or unknown task is ignored and yields nothing. `random`
    /// yields uniform numbers for jitter, task tokens, `$random` and `$uuid`.
    pub fn handle(
        &mut self,
        input: Input,
        now_ms: i64,
        random: &mut dyn FnMut() -> u64,
        events: &mut Vec<Event>,
    ) {
        let _ = (input, now_ms, random, events, &self.machine, &self.context);
    }

    /// Folds one journaled event on recovery: no expression, no clock, no randomness.
    pub fn apply(&mut self, event: &Event) {
        let _ = event;
    }

    /// Where the execution stands.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Tasks that are scheduled and have no outcome, oldest first.
    pub fn pending_tasks(&self) -> impl Iterator<Item = &PendingTask> {
        std::iter::empty()
    }

    /// The earliest moment at which [`Input::Tick`] has an effect.
    pub fn next_deadline_ms(&self) -> Option<i64> {
        None
    }

    /// Names of the states that are under way, outermost first.
    pub fn current_states(&self) -> Vec<String> {
        Vec::new()
    }
}
