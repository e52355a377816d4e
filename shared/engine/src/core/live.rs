//! An execution under way, as the core thread keeps it.

use std::sync::Arc;

use ideamine_asl::{Context, Event, Execution, Machine, Status, TaskId};
use ideamine_core::ports::ExecutionStatus;
use ideamine_embedded::{Ended, Identity};

use super::command::{Number, Reply};

/// One running execution.
pub(crate) struct Live {
    pub(crate) identity: Identity,
    pub(crate) execution: Execution,
    /// The deadline that the timer heap holds for it.
    pub(crate) armed_ms: Option<i64>,
    /// Parents' tasks that its end answers.
    pub(crate) parents: Vec<(Number, TaskId)>,
    /// Who else waits for its end.
    pub(crate) watchers: Vec<Reply<()>>,
    /// Tokens of its pending tasks.
    pub(crate) tokens: Vec<(TaskId, Arc<str>)>,
    /// Children whose end a pending task waits for.
    pub(crate) children: Vec<(TaskId, Number)>,
}

impl Live {
    pub(crate) fn new(identity: Identity, machine: Arc<Machine>) -> Self {
        let context = Context {
            execution_id: identity.id.clone(),
            execution_name: identity.name.clone(),
            machine_id: identity.machine.clone(),
            machine_name: identity.machine.clone(),
            role_arn: "local".to_owned(),
            start_ms: identity.at_ms,
        };
        Self {
            execution: Execution::new(machine, context),
            identity,
            armed_ms: None,
            parents: Vec::new(),
            watchers: Vec::new(),
            tokens: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Notes the token that a task waits for.
    pub(crate) fn keep_token(&mut self, task: TaskId, token: Arc<str>) {
        self.tokens.push((task, token));
    }

    /// The token of a task that ended or was given up.
    pub(crate) fn take_token(&mut self, task: TaskId) -> Option<Arc<str>> {
        let at = self.tokens.iter().position(|(of, _)| *of == task)?;
        Some(self.tokens.swap_remove(at).1)
    }

    /// The child of a task that ended or was given up.
    pub(crate) fn take_child(&mut self, task: TaskId) -> Option<Number> {
        let at = self.children.iter().position(|(of, _)| *of == task)?;
        Some(self.children.swap_remove(at).1)
    }

    /// How it ended, when it did.
    pub(crate) fn ended(&self, at_ms: i64) -> Option<Ended> {
        let end = |status, error: &Option<String>, cause: &Option<String>| {
            Some(Ended { status, output: None, error: error.clone(), cause: cause.clone(), at_ms })
        };
        match self.execution.status() {
            Status::Running => None,
            Status::Succeeded { output } => Some(Ended {
                status: ExecutionStatus::Succeeded,
                output: Some((**output).clone()),
                error: None,
                cause: None,
                at_ms,
            }),
            Status::Failed { error, cause } => end(ExecutionStatus::Failed, error, cause),
            Status::TimedOut { error, cause } => end(ExecutionStatus::TimedOut, error, cause),
            Status::Aborted { error, cause } => end(ExecutionStatus::Aborted, error, cause),
        }
    }
}

/// The task that an event ends or gives up.
pub(crate) fn settled_task(event: &Event) -> Option<TaskId> {
    match event {
        Event::TaskSucceeded { task, .. } | Event::TaskFailed { task, .. } => Some(*task),
        other => other.cancelled_task(),
    }
}
