//! The wording of causes, after the service's own. Machines must not branch on it.

use serde_json::Value;

use crate::expression::Fault;

pub(super) fn input_too_large() -> String {
    "The input of the execution has a size exceeding the maximum number of bytes service limit.".into()
}

pub(super) fn result_too_large(of: &str) -> String {
    format!(
        "The state/task '{of}' returned a result with a size exceeding the maximum number of bytes service limit."
    )
}

pub(super) fn variables_too_large() -> String {
    "The variables that the state assigns exceed the maximum number of bytes service limit.".into()
}

pub(super) fn history_full() -> String {
    format!(
        "The execution reached the maximum number of history events ({}).",
        crate::limits::MAX_HISTORY_EVENTS
    )
}

pub(super) fn distributed() -> &'static str {
    "The Map state has the mode DISTRIBUTED, which this interpreter does not run."
}

pub(super) fn no_choice() -> &'static str {
    "No choice rule matched and there is no Default: failed to transition out of the state."
}

/// What precedes every cause inside a state.
pub(super) fn in_state(state: &str, visit: u64, what: &str) -> String {
    format!(
        "An error occurred while executing the state '{state}' (entered at the event id #{visit}). {what}"
    )
}

pub(super) fn expression(source: &str, field: &str, fault: &Fault) -> String {
    let what = match fault {
        Fault::Undefined => "returned nothing (undefined).".to_owned(),
        Fault::Unsupported => "returned an unsupported result type.".to_owned(),
        Fault::Threw(why) => format!("threw an error during evaluation. {why}"),
    };
    format!("The JSONata expression '{source}' specified for the field '{field}' {what}")
}

/// A value of the wrong type, from an expression or as written.
pub(super) fn wrong_type(source: Option<&str>, field: &str, expected: &str, value: &Value) -> String {
    let found = type_name(value);
    match source {
        Some(source) => format!(
            "The JSONata expression '{source}' specified for the field '{field}' returned an unexpected result \
             type. Expected '{expected}', but was '{found}' for value: {value}"
        ),
        None => format!("The field '{field}' expects '{expected}', but was '{found}' for value: {value}"),
    }
}

/// A value of the right type that is out of range.
pub(super) fn out_of_range(field: &str, expected: &str, value: &Value) -> String {
    format!("The field '{field}' must be {expected}, but was: {value}")
}

pub(super) fn bad_timestamp(text: &str) -> String {
    format!(
        "The Timestamp parameter does not reference a valid ISO-8601 extended offset date-time format string: {text}"
    )
}

pub(super) fn map_input(value: &Value) -> String {
    format!("Map state input must be an array but was: {value}")
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
