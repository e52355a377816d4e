//! What a Task state can ask for, and what its arguments must say: the service's own integrations.

use ideamine_core::ports::JobMessage;
use serde_json::Value;

/// A supported integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Calls a function; its output is the result.
    Invoke,
    /// Calls a function; the token's answer is the result.
    InvokeForToken,
    /// Puts a job into a queue.
    Send,
    /// Puts a job into a queue; the token's answer is the result.
    SendForToken,
    /// Starts an execution.
    Start,
    /// Starts an execution; its end is the result.
    StartAndWait,
}

impl Resource {
    pub(crate) const ALL: [Self; 6] =
        [Self::Invoke, Self::InvokeForToken, Self::Send, Self::SendForToken, Self::Start, Self::StartAndWait];

    /// As written in a definition.
    pub(crate) const fn arn(self) -> &'static str {
        match self {
            Self::Invoke => "arn:aws:states:::lambda:invoke",
            Self::InvokeForToken => "arn:aws:states:::lambda:invoke.waitForTaskToken",
            Self::Send => "arn:aws:states:::sqs:sendMessage",
            Self::SendForToken => "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            Self::Start => "arn:aws:states:::states:startExecution",
            Self::StartAndWait => "arn:aws:states:::states:startExecution.sync:2",
        }
    }

    pub(crate) fn parse(arn: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.arn() == arn)
    }
}

/// Arguments that a task cannot run with: what is missing or wrong.
pub(crate) type BadArguments = String;

/// The function to call: `FunctionName`, or the name in a function's ARN, without an alias.
pub(crate) fn function_name(arguments: &Value) -> Result<&str, BadArguments> {
    let name = text(arguments, "FunctionName")?;
    let bare = if name.starts_with("arn:") { name.split(':').nth(6) } else { name.split(':').next() };
    bare.filter(|bare| !bare.is_empty()).ok_or_else(|| format!("`{name}` names no function"))
}

/// The function's payload.
pub(crate) fn payload(arguments: &Value) -> &Value {
    arguments.get("Payload").unwrap_or(&Value::Null)
}

/// The queue: last part of `QueueUrl`.
pub(crate) fn queue_name(arguments: &Value) -> Result<&str, BadArguments> {
    let url = text(arguments, "QueueUrl")?;
    last_part(url, '/').ok_or_else(|| format!("`{url}` names no queue"))
}

/// The job in `MessageBody`, an object or its JSON; without a token of its own it has none.
pub(crate) fn message(arguments: &Value) -> Result<JobMessage, BadArguments> {
    let body = arguments.get("MessageBody").ok_or("MessageBody is missing")?;
    let parsed = match body {
        Value::String(json) => serde_json::from_str(json).map_err(|e| format!("MessageBody: {e}"))?,
        other => other.clone(),
    };
    let Value::Object(mut fields) = parsed else { return Err("MessageBody is not an object".to_owned()) };
    fields.entry("token").or_insert_with(|| Value::from(""));
    serde_json::from_value(Value::Object(fields)).map_err(|e| format!("MessageBody is not a job: {e}"))
}

/// The machine to start: last part of `StateMachineArn`.
pub(crate) fn machine_name(arguments: &Value) -> Result<&str, BadArguments> {
    let arn = text(arguments, "StateMachineArn")?;
    last_part(arn, ':').ok_or_else(|| format!("`{arn}` names no state machine"))
}

/// The child's input; an empty object when there is none, as on AWS.
pub(crate) fn child_input(arguments: &Value) -> Value {
    arguments.get("Input").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()))
}

fn text<'a>(arguments: &'a Value, field: &str) -> Result<&'a str, BadArguments> {
    arguments.get(field).and_then(Value::as_str).ok_or_else(|| format!("{field} is missing or not a string"))
}

fn last_part(text: &str, separator: char) -> Option<&str> {
    text.rsplit(separator).next().filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_the_last_parts_of_arns_and_urls() {
        let check = |name: &str, bare: &str| {
            assert_eq!(function_name(&json!({ "FunctionName": name })).unwrap(), bare);
        };
        check("agent-prd", "agent-prd");
        check("agent-prd:live", "agent-prd");
        check("arn:aws:lambda:eu-west-1:123456789012:function:agent-prd", "agent-prd");
        check("arn:aws:lambda:eu-west-1:123456789012:function:agent-prd:7", "agent-prd");
        let queue = json!({ "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/model" });
        assert_eq!(queue_name(&queue).unwrap(), "model");
        assert_eq!(queue_name(&json!({ "QueueUrl": "model" })).unwrap(), "model");
        let machine =
            json!({ "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:phase" });
        assert_eq!(machine_name(&machine).unwrap(), "phase");
    }

    #[test]
    fn missing_names_say_which_field() {
        for (failed, field) in [
            (function_name(&json!({})).unwrap_err(), "FunctionName"),
            (function_name(&json!({ "FunctionName": "arn:aws:lambda" })).unwrap_err(), "arn:aws:lambda"),
            (queue_name(&json!({ "QueueUrl": 3 })).unwrap_err(), "QueueUrl"),
            (machine_name(&json!({ "StateMachineArn": "a:" })).unwrap_err(), "`a:`"),
            (message(&json!({})).unwrap_err(), "MessageBody"),
            (message(&json!({ "MessageBody": {"function": "f"} })).unwrap_err(), "payload"),
        ] {
            assert!(failed.contains(field), "{failed}");
        }
    }

    #[test]
    fn a_job_is_read_from_an_object_and_from_its_json() {
        let job = json!({ "function": "f", "payload": {"a": 1}, "token": "t" });
        let expected = JobMessage { function: "f".into(), payload: json!({"a": 1}), token: "t".into() };
        assert_eq!(message(&json!({ "MessageBody": job })).unwrap(), expected);
        assert_eq!(message(&json!({ "MessageBody": job.to_string() })).unwrap(), expected);
    }
}
