//! The `Workflows` port on Step Functions: an execution's id is its ARN.

mod history;

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::SdkError;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::ExecutionStatus as Status;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Execution, ExecutionStatus, HistoryStep, Workflows};
use serde_json::Value;

use crate::error::failure;
use crate::limits::{NAME_BYTES_MAX, STATE_BYTES_MAX};
use crate::settings::{MACHINE_PREFIX, Settings, needed};

/// Longest name of an error, and longest cause, that Step Functions takes.
const ERROR_CHARS_MAX: usize = 256;
const CAUSE_CHARS_MAX: usize = 32_768;

/// An execution that is not known: its ARN names none, or is no ARN at all.
const UNKNOWN: &[&str] = &["ExecutionDoesNotExist", "InvalidArn"];
/// A token that nobody waits for.
const SPENT: &[&str] = &["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"];

/// The state machines of one stack.
pub(crate) struct Machines {
    client: Client,
    settings: Arc<Settings>,
}

impl Machines {
    pub(crate) fn new(client: Client, settings: Arc<Settings>) -> Self {
        Self { client, settings }
    }

    /// What Step Functions knows of an execution.
    async fn found(&self, execution: &str) -> Result<Option<DescribeExecutionOutput>, Failure> {
        match self.client.describe_execution().execution_arn(execution).send().await {
            Ok(found) => Ok(Some(found)),
            Err(error) if says(&error, UNKNOWN) => Ok(None),
            Err(error) => Err(failure(&format!("describe execution {execution}"), &error)),
        }
    }

    /// The execution that has this name already, if it was started with this input.
    async fn same(&self, execution: String, input: &Value) -> Result<String, Failure> {
        let there = self.found(&execution).await?.ok_or_else(|| unknown(&execution))?;
        let there_input = there.input.as_deref().map(serde_json::from_str::<Value>);
        if matches!(there_input, Some(Ok(there)) if there == *input) {
            return Ok(execution);
        }
        let message = format!("execution {execution} was started with another input: choose another name");
        Err(Failure::new(FailureKind::StepConflict, message))
    }
}

#[async_trait]
impl Workflows for Machines {
    async fn start(&self, machine: &str, name: &str, input: Value) -> Result<String, Failure> {
        check_name(name)?;
        let arn = format!("{}{machine}", needed(&self.settings.machine_prefix, MACHINE_PREFIX)?);
        let version = self.settings.machine_versions.get(machine);
        let started = version.map_or_else(|| arn.clone(), |version| format!("{arn}:{version}"));
        let text = within_limit(&format!("the input of {machine} {name}"), &input)?;
        let what = format!("start {machine} {name}");
        let sent =
            self.client.start_execution().state_machine_arn(&started).name(name).input(text).send().await;
        match sent {
            Ok(started) => Ok(started.execution_arn),
            // While the first one runs, AWS answers the same start again with the same execution; when it has ended,
            // with this. Its ARN names no version.
            Err(error) if says(&error, &["ExecutionAlreadyExists"]) => {
                let execution = arn.replacen(":stateMachine:", ":execution:", 1);
                self.same(format!("{execution}:{name}"), &input).await
            }
            Err(error) if says(&error, &["StateMachineDoesNotExist", "InvalidArn"]) => {
                Err(Failure::input(format!("cannot {what}: there is no state machine {started}")))
            }
            Err(error) if says(&error, &["InvalidName", "InvalidExecutionInput"]) => {
                Err(Failure::input(failure(&what, &error).message))
            }
            Err(error) => Err(failure(&what, &error)),
        }
    }

    async fn stop(&self, execution: &str, error: &str, cause: &str) -> Result<(), Failure> {
        let request = self.client.stop_execution().execution_arn(execution);
        let request = request.error(cut(error, ERROR_CHARS_MAX)).cause(cut(cause, CAUSE_CHARS_MAX));
        let Err(refused) = request.send().await else { return Ok(()) };
        if says(&refused, UNKNOWN) {
            return Err(unknown(execution));
        }
        // What has ended may be refused; that is as well as stopped.
        match self.found(execution).await? {
            Some(there) if there.status != Status::Running => Ok(()),
            _ => Err(failure(&format!("stop execution {execution}"), &refused)),
        }
    }

    async fn describe(&self, execution: &str) -> Result<Option<Execution>, Failure> {
        self.found(execution).await?.map(described).transpose()
    }

    async fn task_succeeded(&self, token: &str, output: Value) -> Result<(), Failure> {
        let output = within_limit("the output of a task", &output)?;
        let sent = self.client.send_task_success().task_token(token).output(output).send().await;
        answered("answer a task token", sent)
    }

    async fn task_failed(&self, token: &str, error: &str, cause: &str) -> Result<(), Failure> {
        let request = self.client.send_task_failure().task_token(token);
        let request = request.error(cut(error, ERROR_CHARS_MAX)).cause(cut(cause, CAUSE_CHARS_MAX));
        answered("fail a task token", request.send().await)
    }

    async fn task_heartbeat(&self, token: &str) -> Result<(), Failure> {
        answered("beat for a task token", self.client.send_task_heartbeat().task_token(token).send().await)
    }

    async fn steps(&self, execution: &str) -> Result<Vec<HistoryStep>, Failure> {
        self.history(execution).await
    }
}

fn described(found: DescribeExecutionOutput) -> Result<Execution, Failure> {
    let status = match found.status {
        Status::Succeeded => ExecutionStatus::Succeeded,
        Status::Failed => ExecutionStatus::Failed,
        Status::TimedOut => ExecutionStatus::TimedOut,
        Status::Aborted => ExecutionStatus::Aborted,
        // One that is about to be redriven runs.
        _ => ExecutionStatus::Running,
    };
    let corrupt = |e| Failure::corrupt(format!("the output of execution {}: {e}", found.execution_arn));
    // The emulator gives a failed execution an output as well.
    let output = found.output.as_deref().filter(|_| status == ExecutionStatus::Succeeded);
    Ok(Execution {
        output: output.map(serde_json::from_str).transpose().map_err(corrupt)?,
        status,
        error: found.error,
        cause: found.cause,
        started_ms: millis(&found.start_date),
        ended_ms: found.stop_date.as_ref().map(millis),
        id: found.execution_arn,
    })
}

fn millis(at: &DateTime) -> i64 {
    at.to_millis().unwrap_or_default()
}

fn answered<T, E>(what: &str, sent: Result<T, SdkError<E, HttpResponse>>) -> Result<(), Failure>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match sent {
        Ok(_) => Ok(()),
        Err(error) if says(&error, SPENT) => {
            Err(Failure::not_found(format!("cannot {what}: nobody waits for it any more")))
        }
        Err(error) => Err(failure(what, &error)),
    }
}

fn says<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>, codes: &[&str]) -> bool {
    error.code().is_some_and(|code| codes.contains(&code))
}

fn unknown(execution: &str) -> Failure {
    Failure::not_found(format!("there is no execution {execution}"))
}

/// Step Functions takes more characters than these in a name, but not in what is logged of it.
fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(());
    }
    let message = format!(
        "`{name}` cannot name an execution: expected 1 to {NAME_BYTES_MAX} letters, digits, `-`, `_` or `.`"
    );
    Err(Failure::input(message))
}

fn within_limit(what: &str, value: &Value) -> Result<String, Failure> {
    let text = value.to_string();
    if text.len() <= STATE_BYTES_MAX {
        return Ok(text);
    }
    Err(Failure::input(format!("{what} has {} bytes, over the limit of {STATE_BYTES_MAX}", text.len())))
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}
