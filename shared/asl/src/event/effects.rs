//! What an event asks of the caller, once it is durable.

use serde_json::Value;

use super::{Event, TaskId};

/// A task that an event asks the caller to start, once the event is durable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScheduledTask<'a> {
    /// Names the attempt in everything that comes back.
    pub task: TaskId,
    /// The Task state.
    pub state: &'a str,
    /// Its `Resource`, as written.
    pub resource: &'a str,
    /// Its evaluated `Arguments`.
    pub arguments: &'a Value,
    /// The token to answer with, for `.waitForTaskToken` resources.
    pub token: Option<&'a str>,
    /// 0 for the first attempt of this visit to the state.
    pub attempt: u32,
    /// When the attempt times out.
    pub deadline_ms: Option<i64>,
}

impl Event {
    /// The effect "start this task", if the event has it.
    pub fn scheduled_task(&self) -> Option<ScheduledTask<'_>> {
        match self {
            Event::TaskScheduled {
                task,
                state,
                resource,
                arguments,
                token,
                attempt,
                at_ms,
                timeout_s,
                ..
            } => Some(ScheduledTask {
                task: *task,
                state,
                resource,
                arguments,
                token: token.as_deref(),
                attempt: *attempt,
                deadline_ms: timeout_s.map(|s| at_ms + i64::from(s) * 1000),
            }),
            _ => None,
        }
    }

    /// The effect "this task's result no longer matters", if the event has it. When an execution
    /// ends, its pending tasks are cancelled one by one before the ending event.
    pub fn cancelled_task(&self) -> Option<TaskId> {
        match self {
            Event::TaskTimedOut { task, .. } => Some(*task),
            Event::StateAborted { task, .. } => *task,
            _ => None,
        }
    }

    /// True for the last event of an execution.
    pub fn ends_execution(&self) -> bool {
        matches!(
            self,
            Event::ExecutionSucceeded {}
                | Event::ExecutionFailed { .. }
                | Event::ExecutionTimedOut { .. }
                | Event::ExecutionAborted { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn a_deadline_counts_from_the_moment_of_scheduling() {
        let event = Event::TaskScheduled {
            frame: 0,
            task: 3,
            state: "T".into(),
            resource: "arn".into(),
            arguments: Arc::new(json!({})),
            token: None,
            attempt: 1,
            at_ms: 500,
            timeout_s: Some(2),
            heartbeat_s: None,
        };
        assert_eq!(event.scheduled_task().and_then(|task| task.deadline_ms), Some(2500));
        assert_eq!(event.cancelled_task(), None);
    }
}
