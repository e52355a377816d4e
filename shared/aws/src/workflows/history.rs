//! What an execution and its children have done, read from their histories.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aws_sdk_sfn::types::{HistoryEvent, HistoryEventType};
use ideamine_core::Failure;
use ideamine_core::ports::HistoryStep;
use serde_json::Value;

use super::{Machines, UNKNOWN, says, unknown};
use crate::error::failure;
use crate::limits::FAMILY_MAX;

/// Most events that Step Functions gives at once.
const PAGE_EVENTS: i32 = 1_000;

/// Where an event's chain of predecessors comes from.
#[derive(Clone, Default)]
struct Origin {
    state: Arc<str>,
    call: Option<Arc<Call>>,
}

/// A function that a task calls.
struct Call {
    function: String,
    step: String,
}

/// What one execution's history tells.
#[derive(Default)]
struct Told {
    origins: HashMap<i64, Origin>,
    steps: Vec<HistoryStep>,
    children: Vec<String>,
}

impl Machines {
    /// Completed function calls of an execution and of all that it started: a parent's before its children's, children
    /// in order of starting. The emulator's histories hold no arguments: there, none are found.
    pub(super) async fn history(&self, root: &str) -> Result<Vec<HistoryStep>, Failure> {
        let prefix = self.settings.function_prefix.as_deref().unwrap_or_default();
        let (mut steps, mut seen) = (Vec::new(), HashSet::from([root.to_owned()]));
        // Depth first: a child's own children come before its next sibling.
        let mut open = vec![root.to_owned()];
        while let Some(execution) = open.pop() {
            let told = self.told(&execution, prefix).await?;
            steps.extend(told.steps);
            let fresh: Vec<_> =
                told.children.into_iter().filter(|child| seen.insert(child.clone())).collect();
            open.extend(fresh.into_iter().rev());
            if seen.len() > FAMILY_MAX {
                let message = format!("execution {root} started more than {FAMILY_MAX} others");
                return Err(Failure::input(message));
            }
        }
        Ok(steps)
    }

    async fn told(&self, execution: &str, prefix: &str) -> Result<Told, Failure> {
        let mut told = Told::default();
        let request = self.client.get_execution_history().execution_arn(execution).max_results(PAGE_EVENTS);
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if says(&error, UNKNOWN) => return Err(unknown(execution)),
                other => other.map_err(|e| failure(&format!("read the history of {execution}"), &e))?,
            };
            for event in &page.events {
                told.hear(execution, prefix, event);
            }
        }
        Ok(told)
    }
}

impl Told {
    /// Events name their predecessor, so that what parallel branches did is told apart.
    fn hear(&mut self, execution: &str, prefix: &str, event: &HistoryEvent) {
        let mut origin = self.origins.get(&event.previous_event_id).cloned().unwrap_or_default();
        if let Some(entered) = &event.state_entered_event_details {
            origin = Origin { state: entered.name.as_str().into(), call: None };
        }
        if let Some(task) = &event.task_scheduled_event_details {
            origin.call = called(&task.resource, &task.parameters, prefix).map(Arc::new);
        }
        if let Some(task) = &event.task_submitted_event_details {
            self.children.extend(started(&task.resource, task.output.as_deref()));
        }
        if event.r#type == HistoryEventType::TaskSucceeded {
            let task = event.task_succeeded_event_details.as_ref();
            // The emulator tells nothing when a child is started; this is the same one on AWS.
            let child = task.and_then(|task| started(&task.resource, task.output.as_deref()));
            self.children.extend(child.filter(|child| !self.children.contains(child)));
            if let Some(call) = &origin.call {
                self.steps.push(HistoryStep {
                    execution: execution.to_owned(),
                    state: origin.state.to_string(),
                    function: call.function.clone(),
                    step: call.step.clone(),
                });
            }
        }
        self.origins.insert(event.id, origin);
    }
}

/// The function that a task calls, directly or through the queue, and the logical path that it is given; none for a
/// child's start. `resource` is the action alone on AWS (`invoke`), an ARN in the emulator.
fn called(resource: &str, parameters: &str, prefix: &str) -> Option<Call> {
    let parameters: Value = serde_json::from_str(parameters).ok()?;
    let action = resource.rsplit(':').next()?.split('.').next()?;
    let (function, payload) = match action {
        "invoke" => (
            function_name(parameters.get("FunctionName")?.as_str()?, prefix),
            parameters.get("Payload")?.clone(),
        ),
        "sendMessage" => {
            let message = match parameters.get("MessageBody")? {
                Value::String(text) => serde_json::from_str(text).ok()?,
                body => body.clone(),
            };
            (message.get("function")?.as_str()?.to_owned(), message.get("payload")?.clone())
        }
        _ => return None,
    };
    let step = payload.get("step").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Call { function, step })
}

/// A function's own name: without ARN, version or alias, and prefix.
fn function_name(reference: &str, prefix: &str) -> String {
    let name = reference.rsplit_once(":function:").map_or(reference, |(_, name)| name);
    let name = name.split(':').next().unwrap_or(name);
    name.strip_prefix(prefix).unwrap_or(name).to_owned()
}

/// The execution that a task started.
fn started(resource: &str, output: Option<&str>) -> Option<String> {
    let action = resource.rsplit(':').find(|part| part.contains("startExecution"));
    action?;
    let output: Value = serde_json::from_str(output?).ok()?;
    Some(output.get("ExecutionArn")?.as_str()?.to_owned())
}
