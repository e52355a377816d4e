//! Which field may stand where, in JSONata mode.

use crate::event::StateKind;

pub(super) const MACHINE: &[&str] =
    &["Comment", "StartAt", "States", "QueryLanguage", "TimeoutSeconds", "Version"];
pub(super) const BRANCH: &[&str] = &["Comment", "StartAt", "States", "QueryLanguage"];
pub(super) const PROCESSOR: &[&str] = &["Comment", "StartAt", "States", "QueryLanguage", "ProcessorConfig"];
pub(super) const PROCESSOR_CONFIG: &[&str] = &["Mode", "ExecutionType"];
pub(super) const RULE: &[&str] = &["Condition", "Next", "Assign", "Output", "Comment"];
pub(super) const RETRIER: &[&str] = &[
    "ErrorEquals",
    "IntervalSeconds",
    "MaxAttempts",
    "BackoffRate",
    "MaxDelaySeconds",
    "JitterStrategy",
    "Comment",
];
pub(super) const CATCHER: &[&str] = &["ErrorEquals", "Next", "Assign", "Output", "Comment"];

const COMMON: &[&str] = &["Type", "Comment", "QueryLanguage"];
const JSON_PATH: &[&str] = &[
    "InputPath",
    "OutputPath",
    "ResultPath",
    "Parameters",
    "ResultSelector",
    "ItemsPath",
    "Result",
    "Variable",
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "ErrorPath",
    "CausePath",
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "And",
    "Or",
    "Not",
];

/// True for a field that only the other query language has.
pub(super) fn is_json_path(field: &str) -> bool {
    JSON_PATH.contains(&field)
}

/// The fields of a state of this type.
pub(super) fn of_state(kind: StateKind) -> Vec<&'static str> {
    let own: &[&str] = match kind {
        StateKind::Pass => &["Next", "End", "Output", "Assign"],
        StateKind::Succeed => &["Output"],
        StateKind::Fail => &["Error", "Cause"],
        StateKind::Wait => &["Next", "End", "Output", "Assign", "Seconds", "Timestamp"],
        StateKind::Choice => &["Choices", "Default", "Output", "Assign"],
        StateKind::Task => &[
            "Next",
            "End",
            "Output",
            "Assign",
            "Retry",
            "Catch",
            "Resource",
            "Arguments",
            "TimeoutSeconds",
            "HeartbeatSeconds",
            "Credentials",
        ],
        StateKind::Parallel => {
            &["Next", "End", "Output", "Assign", "Retry", "Catch", "Arguments", "Branches"]
        }
        StateKind::Map => &[
            "Next",
            "End",
            "Output",
            "Assign",
            "Retry",
            "Catch",
            "Items",
            "ItemSelector",
            "ItemProcessor",
            "Iterator",
            "ItemReader",
            "ItemBatcher",
            "ResultWriter",
            "Label",
            "MaxConcurrency",
            "ToleratedFailureCount",
            "ToleratedFailurePercentage",
        ],
    };
    [COMMON, own].concat()
}
