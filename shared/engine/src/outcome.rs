//! What a task came to, in the shapes and words that machines see on AWS.

use ideamine_core::Failure;
use ideamine_core::ports::ExecutionStatus;
use ideamine_embedded::{Ended, Identity};
use serde_json::{Value, json};

/// The error of a child that did not succeed, and of arguments that cannot be used.
const TASK_FAILED: &str = "States.TaskFailed";
/// The error of a name that another execution has.
const NAME_TAKEN: &str = "StepFunctions.ExecutionAlreadyExistsException";

/// A task's result or failure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Succeeded(Value),
    Failed { error: String, cause: String },
}

impl Outcome {
    /// Of a function called by `lambda:invoke`.
    pub(crate) fn of_call(result: Result<Value, Failure>) -> Self {
        match result {
            Ok(output) => {
                Self::Succeeded(json!({ "ExecutedVersion": "$LATEST", "Payload": output, "StatusCode": 200 }))
            }
            Err(failure) => Self::of_failure(&failure),
        }
    }

    /// A function's failure: its kind, and as the cause what a Lambda reports.
    pub(crate) fn of_failure(failure: &Failure) -> Self {
        let error = failure.kind.name().to_owned();
        let cause = json!({ "errorMessage": failure.message, "errorType": error }).to_string();
        Self::Failed { error, cause }
    }

    /// Of arguments that a task cannot run with.
    pub(crate) fn bad_arguments(what: &str) -> Self {
        Self::Failed { error: TASK_FAILED.to_owned(), cause: format!("the task's Arguments: {what}") }
    }

    /// Of a child whose name another execution has.
    pub(crate) fn name_taken(id: &str) -> Self {
        Self::Failed { error: NAME_TAKEN.to_owned(), cause: format!("execution already exists: `{id}`") }
    }

    /// Of a child that was started and is not waited for.
    pub(crate) fn started(id: &str, at_ms: i64) -> Self {
        Self::Succeeded(json!({ "ExecutionArn": id, "StartDate": at_ms }))
    }

    /// Of a child that ended, as `.sync:2` shows it.
    pub(crate) fn of_child(identity: &Identity, end: &Ended) -> Self {
        let mut shown = json!({
            "ExecutionArn": identity.id,
            "Name": identity.name,
            "StartDate": identity.at_ms,
            "StateMachineArn": identity.machine,
            "Status": end.status,
            "StopDate": end.at_ms,
        });
        if end.status == ExecutionStatus::Succeeded {
            shown["Output"] = end.output.clone().unwrap_or(Value::Null);
            return Self::Succeeded(shown);
        }
        for (name, value) in [("Error", &end.error), ("Cause", &end.cause)] {
            if let Some(value) = value {
                shown[name] = Value::from(value.as_str());
            }
        }
        Self::Failed { error: TASK_FAILED.to_owned(), cause: shown.to_string() }
    }
}
