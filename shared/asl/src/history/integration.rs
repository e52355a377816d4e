//! How a task's resource appears in the history.

use serde_json::{Map, Value};

/// The service behind a resource.
pub(super) enum Integration<'a> {
    /// A function ARN of its own.
    Lambda,
    /// `arn:aws:states:::service:action`.
    Service { kind: &'a str, action: &'a str },
}

impl Integration<'_> {
    pub(super) fn of(resource: &str) -> Integration<'_> {
        let service = resource.strip_prefix("arn:aws:states:::").or_else(|| {
            let rest = resource.strip_prefix("arn:aws:states:")?;
            rest.splitn(3, ':').nth(2)
        });
        match service.and_then(|service| service.rsplit_once(':')) {
            Some((kind, action)) => Integration::Service { kind, action },
            None => Integration::Lambda,
        }
    }

    pub(super) fn submits(&self) -> bool {
        match self {
            Integration::Lambda => false,
            Integration::Service { action, .. } => {
                action.ends_with(".waitForTaskToken") || action.contains(".sync")
            }
        }
    }

    /// The name of a record: `TaskFailed`, or `LambdaFunctionFailed`.
    pub(super) fn record(&self, what: &str) -> String {
        match self {
            Integration::Lambda => format!("LambdaFunction{what}"),
            Integration::Service { .. } => format!("Task{what}"),
        }
    }

    pub(super) fn details(&self) -> Map<String, Value> {
        let mut details = Map::new();
        if let Integration::Service { kind, action } = self {
            details.insert("resourceType".into(), (*kind).into());
            details.insert("resource".into(), (*action).into());
        }
        details
    }
}
