//! Quotas of Step Functions that a run must meet in both modes, and how payload bytes are counted.

use serde_json::Value;

/// Most bytes of a state's input, output, result or arguments, as compact JSON in UTF-8.
pub const MAX_PAYLOAD_BYTES: usize = 262_144;
/// Most history events of one execution; the next one fails it.
pub const MAX_HISTORY_EVENTS: u64 = 25_000;
/// Most bytes of one variable, and of all variables that one state assigns together.
pub(crate) const MAX_VARIABLE_BYTES: usize = 262_144;
/// Most bytes of all variables of an execution.
pub(crate) const MAX_VARIABLES_BYTES: usize = 10 * 1024 * 1024;
/// Longest name of a state or a variable, in characters.
pub(crate) const MAX_NAME_CHARS: usize = 80;
/// Largest definition, in bytes.
pub(crate) const MAX_DEFINITION_BYTES: usize = 1024 * 1024;
/// Longest timeout, wait and retry interval, in seconds.
pub(crate) const MAX_SECONDS: i64 = 99_999_999;
/// Most iterations that an inline Map runs at once, however high `MaxConcurrency` is.
pub(crate) const MAX_INLINE_CONCURRENCY: usize = 40;
/// Longest error name and cause kept, in characters (GetExecutionHistory's own lengths).
pub(crate) const MAX_ERROR_CHARS: usize = 256;
/// See [`MAX_ERROR_CHARS`].
pub(crate) const MAX_CAUSE_CHARS: usize = 32_768;

/// The size of `value` as compact JSON, counted without writing it; stops counting above `limit`.
pub(crate) fn json_bytes(value: &Value, limit: usize) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(number) => number_bytes(number),
        Value::String(text) => string_bytes(text),
        Value::Array(items) => sum(items.iter().map(|item| json_bytes(item, limit) + 1), limit),
        Value::Object(fields) => {
            sum(fields.iter().map(|(key, item)| string_bytes(key) + json_bytes(item, limit) + 2), limit)
        }
    }
}

/// Brackets plus parts that each carry one separator; an empty list has no separator to take back.
fn sum(parts: impl Iterator<Item = usize>, limit: usize) -> usize {
    let mut total = 1;
    for part in parts {
        total += part;
        if total > limit {
            return total;
        }
    }
    total.max(2)
}

fn number_bytes(number: &serde_json::Number) -> usize {
    match (number.as_u64(), number.as_i64()) {
        (Some(n), _) => digits(n),
        (None, Some(n)) => 1 + digits(n.unsigned_abs()),
        (None, None) => number.to_string().len(),
    }
}

fn digits(n: u64) -> usize {
    n.checked_ilog10().unwrap_or(0) as usize + 1
}

fn string_bytes(text: &str) -> usize {
    let escapes: usize = text.bytes().map(escape_bytes).sum();
    text.len() + escapes + 2
}

/// How many bytes an escape adds to a byte of a JSON string.
fn escape_bytes(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
        0..=31 => 5,
        _ => 0,
    }
}

/// Cuts `text` to `chars` characters, as the history does with long causes.
pub(crate) fn clip(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter_map("finite", |n| serde_json::Number::from_f64(n).map(Value::Number)),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((".{0,6}", inner), 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn counted_bytes_are_the_bytes_written(value in json_value()) {
            prop_assert_eq!(json_bytes(&value, usize::MAX), value.to_string().len());
        }
    }

    #[test]
    fn counting_stops_soon_after_the_limit() {
        let value = json!(vec!["x".repeat(100); 1000]);
        assert!((201..=400).contains(&json_bytes(&value, 200)));
    }

    #[test]
    fn a_cause_is_cut_at_characters_not_bytes() {
        assert_eq!(clip("äöü", 2), "äö");
        assert_eq!(clip("ab", 2), "ab");
    }
}
