//! Executions of state machines and their task tokens: Step Functions, or `ideamine-engine`.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Failure;

/// How an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    /// Under way.
    Running,
    /// Ended well.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Its own time limit passed.
    TimedOut,
    /// Stopped from outside.
    Aborted,
}

/// What is known of an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// Its id: machine and name, `run:01J…`.
    pub id: String,
    /// How it stands.
    pub status: ExecutionStatus,
    /// Its output, once it succeeded.
    pub output: Option<Value>,
    /// Error name, when it failed and has one.
    pub error: Option<String>,
    /// What happened, when it failed.
    pub cause: Option<String>,
    /// Start, milliseconds since 1970.
    pub started_ms: i64,
    /// End, milliseconds since 1970.
    pub ended_ms: Option<i64>,
}

/// One completed function call in an execution's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryStep {
    /// The execution that made it.
    pub execution: String,
    /// The state.
    pub state: String,
    /// The function that was called, directly or through the queue.
    pub function: String,
    /// The logical path it was given.
    pub step: String,
}

/// Starts, stops and answers executions.
#[async_trait]
pub trait Workflows: Send + Sync {
    /// Starts `machine` under `name`; the same name and input again returns the same execution,
    /// another input under a used name is `Step.Conflict`. Durable when it returns.
    async fn start(&self, machine: &str, name: &str, input: Value) -> Result<String, Failure>;
    /// Stops it; stopping what has ended changes nothing.
    async fn stop(&self, execution: &str, error: &str, cause: &str) -> Result<(), Failure>;
    /// Lets it, and every execution that it waits for, try again now what waits to be tried again, so that a wish is seen
    /// that was written before. Where the service knows no such thing nothing changes, and the delays end by themselves.
    async fn retry_now(&self, _execution: &str) -> Result<(), Failure> {
        Ok(())
    }
    /// What is known of it.
    async fn describe(&self, execution: &str) -> Result<Option<Execution>, Failure>;
    /// Answers a task token. An unknown or spent token is `Data.NotFound`.
    async fn task_succeeded(&self, token: &str, output: Value) -> Result<(), Failure>;
    /// Fails a task token. An unknown or spent token is `Data.NotFound`.
    async fn task_failed(&self, token: &str, error: &str, cause: &str) -> Result<(), Failure>;
    /// Tells that the work behind a token goes on.
    async fn task_heartbeat(&self, token: &str) -> Result<(), Failure>;
    /// Every completed function call of an execution and of its children, in order of completion per execution,
    /// a parent's before its children's.
    async fn steps(&self, execution: &str) -> Result<Vec<HistoryStep>, Failure>;
}
