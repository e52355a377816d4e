//! Problems of an answer: against its schema, and those that every agent looks for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most problems that are told at once: a repair brief must stay readable.
pub const PROBLEMS_MAX: usize = 20;
/// Longest message of one problem, characters: a validator may quote the whole answer.
pub const MESSAGE_CHARS_MAX: usize = 400;
/// Longest path of a generated file, bytes.
pub const PATH_BYTES_MAX: usize = 200;

/// Something that is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// JSON pointer into the answer; empty for the whole.
    pub place: String,
    /// Rule that found it: `schema`, `unknown-id`, `repeated-name`, `unsafe-path` …
    pub rule: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(place: impl Into<String>, rule: &str, message: impl Into<String>) -> Self {
        let message = message.into().chars().take(MESSAGE_CHARS_MAX).collect();
        Self { place: place.into(), rule: rule.to_owned(), message }
    }
}

/// Why this is no JSON Schema that can be used here; none is fetched from anywhere.
pub fn schema_problem(schema: &Value) -> Option<String> {
    jsonschema::validator_for(schema).err().map(|e| e.to_string().chars().take(MESSAGE_CHARS_MAX).collect())
}

/// Where an answer does not fit its schema, at most [`PROBLEMS_MAX`]. An unusable schema is a problem too.
pub fn against_schema(schema: &Value, answer: &Value) -> Vec<Problem> {
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(e) => return vec![Problem::new("", "schema", format!("the schema itself is not usable: {e}"))],
    };
    let told =
        |e: jsonschema::ValidationError| Problem::new(e.instance_path().to_string(), "schema", e.to_string());
    validator.iter_errors(answer).take(PROBLEMS_MAX).map(told).collect()
}

/// Numbers that are no integers: documents hold integers and strings only.
pub fn floats(answer: &Value) -> Vec<Problem> {
    fn walk(value: &Value, place: &str, problems: &mut Vec<Problem>) {
        match value {
            Value::Number(n) if n.is_f64() => {
                let message = format!("{n} is not an integer: write a smaller unit or a string");
                problems.push(Problem::new(place, "float", message));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, item)| walk(item, &format!("{place}/{i}"), problems));
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(key, item)| walk(item, &format!("{place}/{key}"), problems));
            }
            _ => {}
        }
    }
    let mut problems = Vec::new();
    walk(answer, "", &mut problems);
    problems.truncate(PROBLEMS_MAX);
    problems
}

/// Names that stand more than once under `place`.
pub fn repeated<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let again = names.enumerate().filter(|(_, name)| !seen.insert(*name));
    let told = |(index, name): (usize, &str)| {
        Problem::new(format!("{place}/{index}"), "repeated-name", format!("`{name}` stands here twice"))
    };
    again.map(told).collect()
}

/// Ids that do not exist. `what` says what they should name.
pub fn unknown<'a>(
    place: &str,
    what: &str,
    ids: impl Iterator<Item = &'a String>,
    known: &BTreeSet<String>,
) -> Vec<Problem> {
    let told = |id: &String| {
        let some: Vec<&str> = known.iter().take(12).map(String::as_str).collect();
        let message = format!("`{id}` is no {what}; there are {}", some.join(", "));
        Problem::new(place, "unknown-id", message)
    };
    ids.filter(|id| !known.contains(*id)).map(told).collect()
}

/// Why a path of a generated file may not be used; `None` when it may.
pub fn unsafe_path(path: &str) -> Option<&'static str> {
    if path.is_empty() || path.len() > PATH_BYTES_MAX {
        return Some("a path has 1 to 200 bytes");
    }
    if !path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/')) {
        return Some("a path holds a-z, A-Z, 0-9, `.`, `_`, `-` and `/` only");
    }
    let bad = |part: &str| part.is_empty() || part.bytes().all(|b| b == b'.');
    if path.split('/').any(bad) {
        return Some("a path is relative and has no empty, `.` or `..` part");
    }
    None
}

/// Whether a name can be a table, a path part and a type: `[a-z][a-z0-9_]*`, at most 40 bytes.
pub fn is_snake(name: &str) -> bool {
    let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.len() <= 40 && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_plain_relative_paths_are_safe() {
        let check = |path: &str, safe: bool| assert_eq!(unsafe_path(path).is_none(), safe, "{path:?}");
        check("app/server.py", true);
        check("a-b_c.D1", true);
        check("", false);
        check("/etc/passwd", false);
        check("../up", false);
        check("a/../b", false);
        check("a//b", false);
        check("a/.", false);
        check("a\\b", false);
        check("a b", false);
        check("é", false);
        check(&"a".repeat(201), false);
    }

    #[test]
    fn a_schema_problem_names_its_place() {
        let schema =
            json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["b"] });
        let problems = against_schema(&schema, &json!({ "a": 1 }));
        let places: Vec<&str> = problems.iter().map(|p| p.place.as_str()).collect();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(places.contains(&"/a") && places.contains(&""), "{places:?}");
    }

    #[test]
    fn floats_are_found_wherever_they_stand() {
        let places: Vec<String> =
            floats(&json!({ "a": [1, 2.5], "b": { "c": 1.0 } })).into_iter().map(|p| p.place).collect();
        assert_eq!(places, ["/a/1", "/b/c"]);
    }

    #[test]
    fn repeated_and_unknown_names_are_told() {
        assert_eq!(repeated("/x", ["a", "b", "a"].into_iter())[0].place, "/x/2");
        let known = BTreeSet::from(["N-1".to_owned()]);
        let ids = ["N-1".to_owned(), "N-9".to_owned()];
        let problems = unknown("/serves", "need", ids.iter(), &known);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.contains("N-9") && problems[0].message.contains("N-1"));
    }
}
