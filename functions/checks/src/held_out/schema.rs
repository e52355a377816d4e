//! JSON Schemas of an OpenAPI document: resolved, filled with values, and broken on purpose.

use serde_json::{Value, json};

use crate::draw::Draw;

/// Deepest chain of references and alternatives.
const DEPTH_MAX: usize = 16;

/// The schema itself: references followed, `allOf` joined, the first alternative that is not null taken.
pub(super) fn resolve(root: &Value, schema: &Value) -> Value {
    resolve_at(root, schema, 0)
}

fn resolve_at(root: &Value, schema: &Value, depth: usize) -> Value {
    if depth > DEPTH_MAX {
        return Value::Null;
    }
    if let Some(target) = schema["$ref"].as_str() {
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(Value::Null, |target| resolve_at(root, target, depth + 1));
    }
    let alternatives = ["anyOf", "oneOf"].iter().find_map(|word| schema[*word].as_array());
    if let Some(first) = alternatives.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        return resolve_at(root, first, depth + 1);
    }
    let mut joined = schema.clone();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        join(&mut joined, resolve_at(root, part, depth + 1));
    }
    joined
}

/// Properties and required names are joined, whatever else is taken where it is not yet there.
fn join(into: &mut Value, part: Value) {
    let (Value::Object(into), Value::Object(part)) = (into, part) else { return };
    for (name, value) in part {
        match (into.get_mut(&name), value) {
            (Some(Value::Object(ours)), Value::Object(theirs)) => ours.extend(theirs),
            (Some(Value::Array(ours)), Value::Array(theirs)) => ours.extend(theirs),
            (Some(_), _) => {}
            (None, value) => {
                into.insert(name, value);
            }
        }
    }
}

/// Its type; of several the first that is not null.
pub(super) fn kind(schema: &Value) -> &str {
    let named = match &schema["type"] {
        Value::String(kind) => Some(kind.as_str()),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    };
    let implied = if schema["properties"].is_object() { "object" } else { "string" };
    named.unwrap_or(implied)
}

/// A string without format, pattern or fixed values, that can hold so many characters.
pub(super) fn is_free_text(schema: &Value, characters: usize) -> bool {
    let bound = ["format", "pattern", "enum", "const"].iter().any(|word| !schema[*word].is_null());
    kind(schema) == "string"
        && !bound
        && limit(schema, "maxLength").is_none_or(|most| most >= characters as u64)
}

fn limit(schema: &Value, word: &str) -> Option<u64> {
    schema[word].as_u64()
}

/// A value that fits; `None` when this schema is beyond us.
pub(super) fn value(root: &Value, schema: &Value, draw: &mut Draw) -> Option<Value> {
    value_at(root, &resolve(root, schema), draw, 0)
}

fn value_at(root: &Value, schema: &Value, draw: &mut Draw, depth: usize) -> Option<Value> {
    // A circle of references, or none at the end of one.
    if depth > DEPTH_MAX || schema.is_null() {
        return None;
    }
    if !schema["const"].is_null() {
        return Some(schema["const"].clone());
    }
    if let Some(values) = schema["enum"].as_array().filter(|values| !values.is_empty()) {
        let at = usize::try_from(draw.below(values.len() as u64)).ok()?;
        return values.get(at).cloned();
    }
    match kind(schema) {
        "boolean" => Some(json!(draw.below(2) == 1)),
        "integer" | "number" => whole(schema, draw).map(Value::from),
        "string" => text(schema, draw).map(Value::from),
        "array" => {
            let item = value_at(root, &resolve(root, &schema["items"]), draw, depth + 1)?;
            Some(json!([item]))
        }
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let filled = fields.map(|(name, field)| {
                Some((name.clone(), value_at(root, &resolve(root, field), draw, depth + 1)?))
            });
            filled.collect::<Option<serde_json::Map<_, _>>>().map(Value::Object)
        }
        _ => None,
    }
}

fn whole(schema: &Value, draw: &mut Draw) -> Option<i64> {
    let step = schema["multipleOf"].as_i64().unwrap_or(1).max(1);
    let open = |word: &str| schema[word].as_i64();
    let least = open("minimum").or_else(|| open("exclusiveMinimum").map(|n| n + 1));
    let most = open("maximum").or_else(|| open("exclusiveMaximum").map(|n| n - 1));
    let least = least.unwrap_or_else(|| most.map_or(1, |most| most.min(1)));
    let most = most.unwrap_or_else(|| least.saturating_add(9_998));
    let first = least.checked_add(step - 1)?.div_euclid(step) * step;
    let room = u64::try_from(most.checked_sub(first)? / step).ok()?;
    let steps = i64::try_from(draw.below(room.min(9_999) + 1)).ok()?;
    (first <= most).then_some(first + steps * step)
}

fn text(schema: &Value, draw: &mut Draw) -> Option<String> {
    Some(match schema["format"].as_str() {
        Some("date") => draw.day(),
        Some("date-time") => format!("{}T{}Z", draw.day(), draw.time()),
        Some("time") => format!("{}Z", draw.time()),
        Some("uuid") => draw.uuid(),
        Some("email") => format!("{}@example.org", draw.word()),
        Some("uri" | "url") => format!("https://example.org/{}", draw.word()),
        Some("ipv4") => format!("192.0.2.{}", 1 + draw.below(250)),
        // Texts of a pattern's own kind are not made here: the document's example serves.
        _ if !schema["pattern"].is_null() => {
            let given = schema["example"].as_str().or_else(|| schema["examples"][0].as_str());
            return given.map(str::to_owned);
        }
        _ => words(schema, draw),
    })
}

fn words(schema: &Value, draw: &mut Draw) -> String {
    let bound =
        |word, otherwise| limit(schema, word).and_then(|n| usize::try_from(n).ok()).unwrap_or(otherwise);
    let (least, most) = (bound("minLength", 1).min(4_096), bound("maxLength", 40));
    let mut text = format!("{} {}", draw.word(), draw.word());
    while text.len() < least {
        text.push_str(&draw.word());
    }
    text.truncate(most.max(least));
    // A text that ends in a space could be trimmed by a careful application.
    if text.ends_with(' ') {
        text.pop();
        text.push('x');
    }
    text
}

/// A value of another type, or outside of what is allowed; `None` where everything is.
pub(super) fn wrong(schema: &Value) -> Option<Value> {
    let fixed = !schema["enum"].is_null();
    Some(match (kind(schema), schema["format"].as_str()) {
        ("integer" | "number", _) => json!("not a number"),
        ("boolean", _) => json!("perhaps"),
        ("array", _) => json!({ "not": "a list" }),
        ("object", _) => json!(["not an object"]),
        ("string", Some("date" | "date-time" | "uuid")) => json!("neither day nor id"),
        ("string", _) if fixed => json!("none-of-the-allowed"),
        ("string", _) => json!({ "not": "a text" }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_fits_its_schema() {
        let check = |schema: Value| {
            for seed in 0..20 {
                let value = value(&schema, &schema, &mut Draw::new([seed; 32])).unwrap();
                let valid = jsonschema::is_valid(&schema, &value);
                assert!(valid, "{schema} {value}");
            }
        };
        check(json!({"type": "integer", "minimum": 5, "maximum": 6}));
        check(json!({"type": "integer", "maximum": -3}));
        check(json!({"type": "integer", "minimum": 7, "multipleOf": 5}));
        check(json!({"type": "number", "exclusiveMinimum": 0}));
        check(json!({"type": "string", "minLength": 60, "maxLength": 61}));
        check(json!({"type": "string", "maxLength": 9}));
        check(json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}));
        check(json!({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["AB"]}));
        check(json!({"type": ["null", "boolean"]}));
        check(json!({"enum": ["a", "b"]}));
        check(json!({"type": "array", "items": {"type": "string"}}));
        check(json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}));
        check(
            json!({"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"required": ["a"]}]}),
        );
        check(json!({"anyOf": [{"type": "null"}, {"type": "boolean"}]}));
        check(json!({"$ref": "#/$defs/x", "$defs": {"x": {"type": "boolean"}}}));
    }

    #[test]
    fn a_wrong_value_does_not_fit() {
        let check =
            |schema: Value| assert!(!jsonschema::is_valid(&schema, &wrong(&schema).unwrap()), "{schema}");
        for kind in ["integer", "number", "boolean", "array", "object", "string"] {
            check(json!({"type": kind}));
        }
        check(json!({"type": "string", "enum": ["a"]}));
    }

    #[test]
    fn a_schema_beyond_us_has_no_value() {
        let mut draw = Draw::new([0; 32]);
        let check =
            |schema: Value, draw: &mut Draw| assert_eq!(value(&schema, &schema, draw), None, "{schema}");
        check(json!({"type": "string", "pattern": "^[0-9]+$"}), &mut draw);
        check(json!({"$ref": "#"}), &mut draw);
        check(json!({"type": "integer", "minimum": 6, "maximum": 5}), &mut draw);
    }
}
