//! Notices of EventBridge become envelopes.

use ideamine_core::Failure;
use serde_json::{Value, json};

/// `detail-type` of an execution that changed.
pub(crate) const EXECUTION: &str = "Step Functions Execution Status Change";
/// `detail-type` of a job of AWS Batch that changed.
pub(crate) const BATCH: &str = "Batch Job State Change";

/// Longest cause that is passed on, characters, as in the machines.
const CAUSE_CHARS_MAX: usize = 2_000;

/// What `run-reconcile` and `run-seal` are called with when a mothership ended in any other way than through
/// `run-close`; `None` when it has not ended so.
///
/// # Errors
/// `Input.Invalid` for a notice without the fields that AWS documents.
pub(crate) fn ended(function: &str, notice: &Value) -> Result<Option<Value>, Failure> {
    let detail = &notice["detail"];
    let text = |field: &str| detail[field].as_str();
    let refuse = |what: &str| Failure::input(format!("a notice of an execution {what}"));
    let status = text("status").ok_or_else(|| refuse("without detail.status"))?;
    if !["FAILED", "TIMED_OUT", "ABORTED"].contains(&status) {
        return Ok(None);
    }
    let input = text("input").ok_or_else(|| refuse("without detail.input"))?;
    let input: Value =
        serde_json::from_str(input).map_err(|e| refuse(&format!("whose detail.input is not JSON: {e}")))?;
    let error = text("error").filter(|error| !error.is_empty()).unwrap_or(status);
    let cause: String = text("cause").unwrap_or_default().chars().take(CAUSE_CHARS_MAX).collect();
    let (step, own) = match function {
        "run-seal" => ("run/seal-end", json!({ "once": "closed" })),
        _ => ("run/reconcile", json!({ "error": error, "cause": cause })),
    };
    Ok(Some(json!({ "tenant": input["tenant"], "run": input["run"], "step": step, "input": own })))
}
