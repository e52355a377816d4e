//! What executions are called, and how one input is told from another.

use ideamine_core::{Digest, Failure};
use serde_json::Value;

/// Longest name of an execution, bytes, as on AWS.
pub const NAME_BYTES_MAX: usize = 80;

/// `machine:name`, if the name can be used.
pub(super) fn execution_id(machine: &str, name: &str) -> Result<String, Failure> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
        let message = format!(
            "`{name}` cannot name an execution: expected 1 to {NAME_BYTES_MAX} of a-z, A-Z, 0-9, `-`, `_`, `.`"
        );
        return Err(Failure::input(message));
    }
    Ok(format!("{machine}:{name}"))
}

/// Digest of a document, the same whatever the order of its keys.
pub(super) fn input_digest(input: &Value) -> String {
    let mut text = String::new();
    write_sorted(input, &mut text);
    Digest::of(text.as_bytes()).hex()
}

fn write_sorted(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (name, field) in sorted {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_sorted(field, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_sorted(item, out);
                out.push(',');
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn inputs_are_the_same_whatever_the_order_of_their_keys_and_differ_otherwise() {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let one = parsed(r#"{"a": [1, {"x": 1.5, "y": null}], "b": "é"}"#);
        let same = parsed(r#"{"b": "é", "a": [1, {"y": null, "x": 1.5}]}"#);
        assert_eq!(input_digest(&one), input_digest(&same));
        let others = [
            json!({}),
            json!([]),
            json!(null),
            json!("null"),
            json!(["a", "b"]),
            json!(["a,b"]),
            json!([["a"], "b"]),
        ];
        for (index, other) in others.iter().enumerate() {
            for another in &others[index + 1..] {
                assert_ne!(input_digest(other), input_digest(another), "{other} {another}");
            }
        }
    }

    #[test]
    fn a_name_is_one_plain_word() {
        let check = |name: &str, good: bool| assert_eq!(execution_id("m", name).is_ok(), good, "{name:?}");
        check("01J8-prd-a1_b.0", true);
        check(&"a".repeat(NAME_BYTES_MAX), true);
        check(&"a".repeat(NAME_BYTES_MAX + 1), false);
        for bad in ["", "a b", "a:b", "é", "a/b"] {
            check(bad, false);
        }
    }
}
