//! The reserved error names, and what a failure inside an execution consists of.

use std::sync::Arc;

pub(crate) const ALL: &str = "States.ALL";
pub(crate) const TIMEOUT: &str = "States.Timeout";
pub(crate) const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
pub(crate) const TASK_FAILED: &str = "States.TaskFailed";
pub(crate) const RUNTIME: &str = "States.Runtime";
pub(crate) const DATA_LIMIT: &str = "States.DataLimitExceeded";
pub(crate) const NO_CHOICE: &str = "States.NoChoiceMatched";
pub(crate) const QUERY: &str = "States.QueryEvaluationError";

/// Every reserved name that a definition may list in `ErrorEquals`.
pub(crate) const RESERVED: &[&str] = &[
    ALL,
    TIMEOUT,
    HEARTBEAT_TIMEOUT,
    TASK_FAILED,
    RUNTIME,
    DATA_LIMIT,
    NO_CHOICE,
    QUERY,
    "States.Permissions",
    "States.ResultPathMatchFailure",
    "States.ParameterPathFailure",
    "States.BranchFailed",
    "States.IntrinsicFailure",
    "States.ExceedToleratedFailureThreshold",
    "States.ItemReaderFailed",
    "States.ResultWriterFailed",
    "States.Http.Socket",
];

/// Why a state, a branch or an execution failed. Names are absent where AWS leaves them absent: a
/// Fail state without `Error` has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) error: Option<Arc<str>>,
    pub(crate) cause: Option<Arc<str>>,
    /// A missed heartbeat is reported as States.Timeout, and States.HeartbeatTimeout catches it too.
    pub(crate) heartbeat: bool,
}

impl Failure {
    pub(crate) fn new(error: impl Into<Arc<str>>, cause: impl Into<Arc<str>>) -> Failure {
        Failure { error: Some(error.into()), cause: Some(cause.into()), heartbeat: false }
    }

    /// A timeout carries no cause; only the name of the error.
    pub(crate) fn timeout(heartbeat: bool) -> Failure {
        Failure { error: Some(TIMEOUT.into()), cause: None, heartbeat }
    }

    pub(crate) fn name(&self) -> &str {
        self.error.as_deref().unwrap_or_default()
    }

    /// True if a Retry or Catch entry that lists `names` takes this failure.
    ///
    /// States.Runtime is never caught; States.DataLimitExceeded only by its own name; TaskFailed
    /// stands for any name except Timeout.
    pub(crate) fn matches(&self, names: &[Arc<str>]) -> bool {
        let error = self.name();
        if error == RUNTIME {
            return false;
        }
        names.iter().any(|name| match name.as_ref() {
            ALL => error != DATA_LIMIT,
            TASK_FAILED => error == TASK_FAILED || (error != TIMEOUT && error != DATA_LIMIT),
            HEARTBEAT_TIMEOUT => self.heartbeat || error == HEARTBEAT_TIMEOUT,
            name => name == error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caught(error: &str, by: &str) -> bool {
        Failure::new(error, "").matches(&[by.into()])
    }

    #[test]
    fn names_catch_as_the_service_says() {
        let table = [
            ("My.Error", "My.Error", true),
            ("My.Error", "My.Other", false),
            ("My.Error", ALL, true),
            ("My.Error", TASK_FAILED, true),
            (TIMEOUT, TASK_FAILED, false),
            (TIMEOUT, ALL, true),
            (TIMEOUT, HEARTBEAT_TIMEOUT, false),
            (RUNTIME, ALL, false),
            (RUNTIME, RUNTIME, false),
            (DATA_LIMIT, ALL, false),
            (DATA_LIMIT, DATA_LIMIT, true),
            (QUERY, ALL, true),
        ];
        for (error, by, expected) in table {
            assert_eq!(caught(error, by), expected, "{error} by {by}");
        }
    }

    #[test]
    fn a_missed_heartbeat_is_caught_under_both_names() {
        for by in [TIMEOUT, HEARTBEAT_TIMEOUT, ALL] {
            assert!(Failure::timeout(true).matches(&[by.into()]), "{by}");
        }
        assert!(!Failure::timeout(true).matches(&[TASK_FAILED.into()]));
    }
}
