//! One line per call: log entry and metrics in one (CloudWatch's embedded metric format). Ids, names and times only.

use ideamine_core::failure::FailureKind;
use ideamine_core::{Env, Failure};
use serde_json::{Value, json};

use crate::server::Identity;

/// Namespace of the metrics; alarms in infra/template.yaml look at it.
pub(crate) const NAMESPACE: &str = "IdeaMine";

/// What an invocation is known by.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    /// X-Ray's trace id.
    pub(crate) trace: String,
    /// The invocation's own id.
    pub(crate) request: String,
    /// Whether it is the first of its process.
    pub(crate) cold: bool,
}

/// The line for one call.
pub(crate) fn line(
    identity: &Identity,
    trace: &Trace,
    payload: &Value,
    began_ms: i64,
    env: &Env,
    outcome: &Result<(), Failure>,
) -> String {
    let now = env.clock.now_ms();
    let kind = outcome.as_ref().err().map(|failure| failure.kind);
    let level = if kind.is_some() { "WARN" } else { "INFO" };
    let mut line = json!({
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["stack", "family"], ["stack", "family", "function"]],
                "Metrics": [
                    { "Name": "duration_ms", "Unit": "Milliseconds" },
                    { "Name": "cold_starts", "Unit": "Count" },
                    { "Name": "failures", "Unit": "Count" },
                    { "Name": "faults", "Unit": "Count" },
                ],
            }],
        },
        "level": level,
        "message": "call",
        "stack": identity.stack,
        "family": identity.family,
        "function": identity.function,
        "version": identity.version,
        "trace": trace.trace,
        "request": trace.request,
        "duration_ms": now.saturating_sub(began_ms).max(0),
        "cold_starts": u8::from(trace.cold),
        "failures": u8::from(kind.is_some()),
        "faults": u8::from(kind.is_some_and(is_fault)),
        "outcome": kind.map_or("ok", FailureKind::name),
    });
    for field in ["tenant", "run", "step", "message_id"] {
        if let Some(value) = payload[field].as_str() {
            line[field] = Value::from(value);
        }
    }
    if let Err(failure) = outcome {
        line["error"] = Value::from(failure.message.as_str());
    }
    line.to_string()
}

/// Whether somebody must look at it: what a person or a provider caused is told to them, and is no fault.
const fn is_fault(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::InputInvalid
            | FailureKind::ConfigInvalid
            | FailureKind::NotFound
            | FailureKind::DataCorrupt
            | FailureKind::StoreUnavailable
            | FailureKind::StepConflict
            | FailureKind::OutputTooLarge
            | FailureKind::ModelConfig
            | FailureKind::SandboxMissing
            | FailureKind::SandboxFailed
            | FailureKind::SignatureInvalid
            | FailureKind::Bug
    )
}
