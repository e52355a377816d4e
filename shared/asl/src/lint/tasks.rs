//! Tasks: known resources, bounded and guarded, and read only where every engine agrees.

use jsonata_core::ast::AstNode;

use super::{Linter, each_field};
use crate::errors::ALL;
use crate::expression::walk;
use crate::machine::{State, Task, Work};

/// The integrations that both modes run.
const RESOURCES: &[&str] = &[
    "lambda:invoke",
    "lambda:invoke.waitForTaskToken",
    "sqs:sendMessage",
    "sqs:sendMessage.waitForTaskToken",
    "states:startExecution.sync:2",
    "dynamodb:getItem",
    "dynamodb:putItem",
    "dynamodb:updateItem",
    "dynamodb:deleteItem",
    "events:putEvents",
];
/// A dependency that needs more is down.
const MAX_ATTEMPTS: u32 = 10;

impl<'a> Linter<'a> {
    pub(super) fn tasks(&mut self, state: &'a State) {
        for (index, retrier) in state.retry.iter().enumerate() {
            if retrier.max_attempts > MAX_ATTEMPTS {
                let at = format!("{}/Retry/{index}/MaxAttempts", state.at);
                self.report("retry-bound", Some(state), &at, format!("at most {MAX_ATTEMPTS} attempts"));
            }
        }
        let Work::Task(task) = &state.work else { return };
        self.resource(state, task);
        self.guards(state, task);
        if let Some(arguments) = &task.arguments {
            for field in ["FunctionName", "StateMachineArn", "QueueUrl"] {
                self.target(state, arguments, field);
            }
        }
        if task.resource.ends_with("lambda:invoke") {
            self.payload_only(state);
        }
        if task.resource.contains("startExecution") {
            self.child_errors(state);
        }
    }

    fn resource(&mut self, state: &State, task: &Task) {
        let known = task.resource.strip_prefix("arn:aws:states:::").is_some_and(|r| RESOURCES.contains(&r));
        if !known {
            let message =
                format!("the resource '{}' is not run in both modes; one of {RESOURCES:?}", task.resource);
            self.report("task-resource", Some(state), &format!("{}/Resource", state.at), message);
        }
    }

    fn guards(&mut self, state: &State, task: &Task) {
        if task.timeout.is_none() {
            self.report("task-timeout", Some(state), &state.at, "a Task has TimeoutSeconds");
        }
        if state.retry.is_empty() {
            self.report("task-retry", Some(state), &state.at, "a Task has Retry for what can succeed again");
        }
        let catches_all =
            state.catch.iter().any(|catcher| catcher.errors.iter().any(|name| name.as_ref() == ALL));
        if !catches_all {
            self.report("task-catch", Some(state), &state.at, format!("a Task has a Catch for {ALL}"));
        }
    }

    /// Only the payload of an invocation is the same everywhere.
    fn payload_only(&mut self, state: &'a State) {
        let mut found = Vec::new();
        each_field(state, &mut |at, template| {
            template.each_expression(at, &mut |at, expression| {
                walk(&expression.ast, &mut |node, _| {
                    if reads_more_than_payload(node) {
                        found.push(at.to_owned());
                    }
                });
            });
        });
        for at in found {
            self.report(
                "result-payload",
                Some(state),
                &at,
                "of an invocation, read only $states.result.Payload",
            );
        }
        if state.output.is_none() {
            let message =
                "an invocation has an Output, or its metadata, which differ between modes, travel on";
            self.report("result-payload", Some(state), &state.at, message);
        }
    }

    /// Engines name the failures of a child differently.
    fn child_errors(&mut self, state: &State) {
        let all_errors =
            state.catch.iter().map(|catcher| &catcher.errors).chain(state.retry.iter().map(|r| &r.errors));
        if all_errors.flatten().any(|name| name.as_ref() != ALL) {
            let message =
                format!("of a child execution only {ALL} is caught; its outcome is data in its output");
            self.report("child-errors", Some(state), &state.at, message);
        }
    }
}

fn reads_more_than_payload(node: &AstNode) -> bool {
    let AstNode::Path { steps } = node else { return false };
    let name = |index: usize| match steps.get(index).map(|step| &step.node) {
        Some(AstNode::Variable(name) | AstNode::Name(name)) => Some(name.as_str()),
        _ => None,
    };
    name(0) == Some("states") && name(1) == Some("result") && name(2) != Some("Payload")
}
