//! When an outcome counts as the recorded one.

use serde_json::Value;

use super::row::Row;
use crate::history::HistoryEvent;

/// Stands for any text in a recorded string.
const ANY: &str = "{{any}}";

/// True if `actual` is what was recorded: numbers by value, objects without order, `{{any}}` for any
/// text, and JSON inside strings compared as JSON, since the recorder took such strings apart.
pub(super) fn matches(recorded: &Value, actual: &Value) -> bool {
    matches_masked(recorded, actual, &|_| false)
}

/// The same, where `own` tells strings that no other run could have, such as tokens and times: the
/// recorder put names in their place.
pub(super) fn matches_masked(recorded: &Value, actual: &Value, own: &dyn Fn(&str) -> bool) -> bool {
    match (recorded, actual) {
        (Value::String(_), Value::String(text)) if own(text) => true,
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| matches_masked(a, b, own))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| matches_masked(a, b, own)))
        }
        (Value::Object(_), Value::String(text)) => {
            object_in(text).is_some_and(|actual| matches_masked(recorded, &actual, own))
        }
        (Value::String(a), Value::String(b)) => same_string(a, b),
        (Value::String(text), _) if text == ANY => true,
        _ => recorded == actual,
    }
}

pub(super) fn same_text(recorded: Option<&str>, actual: Option<&str>) -> bool {
    match (recorded, actual) {
        (Some(recorded), Some(actual)) => same_string(recorded, actual),
        (recorded, actual) => recorded.is_none() && actual.is_none(),
    }
}

fn same_string(recorded: &str, actual: &str) -> bool {
    if recorded == actual || (recorded.contains(ANY) && like(recorded, actual)) {
        return true;
    }
    match (object_in(recorded), object_in(actual)) {
        (Some(recorded), Some(actual)) => matches(&recorded, &actual),
        _ => false,
    }
}

fn object_in(text: &str) -> Option<Value> {
    text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split(ANY);
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

/// True if the types of all records agree, in order where the recording has an order.
pub(super) fn same_events(row: &Row, actual: &[HistoryEvent]) -> bool {
    let recorded: Vec<&str> = row.events.iter().map(|event| event.kind.as_str()).collect();
    let actual: Vec<&str> = actual.iter().map(|event| event.kind.as_str()).collect();
    sorted_unless(row.events_ordered, recorded) == sorted_unless(row.events_ordered, actual)
}

/// The states in the order in which they were entered.
pub(super) fn state_order(events: &[HistoryEvent], ordered: bool) -> Vec<String> {
    let entered = events.iter().filter(|event| event.kind.ends_with("StateEntered"));
    let name = |event: &HistoryEvent| {
        let details = event.details.get("stateEnteredEventDetails");
        details.and_then(|details| details["name"].as_str()).unwrap_or_default().to_owned()
    };
    sorted_unless(ordered, entered.map(name).collect())
}

pub(super) fn recorded_states(row: &Row) -> Vec<String> {
    let entered = row.events.iter().filter(|event| event.kind.ends_with("StateEntered"));
    sorted_unless(row.events_ordered, entered.filter_map(|event| event.name.clone()).collect())
}

fn sorted_unless<T: Ord>(ordered: bool, mut list: Vec<T>) -> Vec<T> {
    if !ordered {
        list.sort();
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_only_this_run_has_matches_any_name() {
        let own = |text: &str| text == "token-of-this-run";
        let actual = json!({"a": ["token-of-this-run"], "b": "x"});
        assert!(matches_masked(&json!({"a": ["<token>"], "b": "x"}), &actual, &own));
        assert!(!matches_masked(&json!({"a": ["<token>"], "b": "y"}), &actual, &own));
    }

    #[test]
    fn values_are_compared_by_meaning() {
        let table = [
            (json!(1), json!(1.0), true),
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
            (json!([1, 2]), json!([2, 1]), false),
            (json!("x{{any}}z"), json!("xyz"), true),
            (json!("x{{any}}z"), json!("xy"), false),
            (json!("{{any}}:{{any}}"), json!("a:b"), true),
            (json!({"a": 1}), json!("{\"a\": 1}"), true),
            (json!("{\"a\":1}"), json!("{ \"a\": 1.0 }"), true),
            (json!(null), json!(false), false),
            (json!("1"), json!(1), false),
        ];
        for (recorded, actual, expected) in table {
            assert_eq!(matches(&recorded, &actual), expected, "{recorded} / {actual}");
        }
    }
}
