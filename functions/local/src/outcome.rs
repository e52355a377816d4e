//! A run in words, and what it means for the exit code.

use ideamine_core::records::RunStatus;
use serde_json::Value;

use crate::exit::Exit;

/// What a run that was followed to its end means to the caller.
pub(crate) fn exit(shown: &Value, require_release: bool) -> Exit {
    let is = |field: &str, value: &str| shown[field] == value;
    if is("status", "paused") || is("status", "cancelled") {
        return Exit::Stopped;
    }
    if !is("status", "completed") {
        return Exit::Failed;
    }
    if require_release && !is("verdict", "released") { Exit::Unmet } else { Exit::Ok }
}

/// Whether following is over.
pub(crate) fn is_over(status: &Value) -> bool {
    let paused = serde_json::to_value(RunStatus::Paused).unwrap_or_default();
    status["ended"] == true || status["status"] == paused
}
