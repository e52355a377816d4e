//! The smallest document that fits a schema, with the idea's words where a field's name asks for them.

use ideamine_core::Text;
use serde_json::{Map, Value, json};

/// Deepest nesting of a schema that is followed; a reference may lead back to itself.
pub(super) const DEPTH_MAX: usize = 24;
/// Most items made for a list.
const ITEMS_MAX: usize = 8;

/// Follows a local reference; anything else is itself.
pub(super) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

/// The first alternative that is not null.
pub(super) fn alternative(schema: &Value) -> Option<&Value> {
    let list = ["anyOf", "oneOf", "allOf"].iter().find_map(|k| schema.get(*k)?.as_array())?;
    list.iter().find(|s| s.get("type") != Some(&json!("null")))
}

pub(super) fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|n| *n != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "",
    }
}

/// Whether a string of this schema is a free text.
pub(super) fn is_free(schema: &Value) -> bool {
    type_of(schema) == "string"
        && ["enum", "const", "pattern", "format"].iter().all(|k| schema.get(*k).is_none())
}

/// Makes a document of a schema.
pub(super) struct Maker<'a> {
    pub(super) root: &'a Value,
    pub(super) brief: ideamine_core::artifacts::Brief,
}

impl Maker<'_> {
    pub(super) fn make(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let schema = resolve(self.root, schema);
        if depth > DEPTH_MAX {
            return Value::Null;
        }
        if let Some(fixed) = schema.get("const").or_else(|| schema.get("default")) {
            return if is_free(schema) {
                text(&Text::template(fixed.as_str().unwrap_or_default()))
            } else {
                fixed.clone()
            };
        }
        if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|e| e.first()) {
            return first.clone();
        }
        if let Some(one) = alternative(schema) {
            return self.make(one, name, depth + 1);
        }
        match type_of(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, name, depth),
            "string" if is_free(schema) => text(&self.said(name)),
            "string" => json!(pinned(schema)),
            "integer" | "number" => {
                schema.get("minimum").filter(|n| n.is_i64()).cloned().unwrap_or_else(|| json!(0))
            }
            "boolean" => json!(false),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut fields = Map::new();
        for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            // What is not required is made only where the idea has something to say.
            let made = self.make(field, &name.to_lowercase(), depth + 1);
            if required.contains(&name.as_str()) || has_substance(&made) {
                fields.insert(name.clone(), made);
            }
        }
        Value::Object(fields)
    }

    fn array(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let count = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let (least, most) =
            (count("minItems").unwrap_or(0), count("maxItems").unwrap_or(ITEMS_MAX).min(ITEMS_MAX));
        let item = schema.get("items").map(|item| resolve(self.root, item)).unwrap_or(&Value::Null);
        let mut items: Vec<Value> = Vec::new();
        if is_free(item) {
            items = self.listed(name).iter().take(most).map(text).collect();
        }
        while items.len() < least.min(ITEMS_MAX) {
            items.push(self.make(item, name, depth + 1));
        }
        Value::Array(items)
    }

    /// What the idea says under a field's name.
    fn said(&self, name: &str) -> Text {
        let brief = &self.brief;
        let any = |words: &[&str]| words.iter().any(|w| name.contains(w));
        let said = if any(&["title", "name", "headline"]) {
            brief.title.clone()
        } else if any(&["summary", "description", "overview", "abstract", "intro"]) {
            brief.summary.clone()
        } else if any(&["problem", "pain", "why", "reason"]) {
            brief.problem.clone()
        } else {
            self.listed(name).into_iter().next().unwrap_or_else(|| Text::missing(&name.replace('_', " ")))
        };
        if said.is_substance() { said } else { Text::missing(&name.replace('_', " ")) }
    }

    fn listed(&self, name: &str) -> Vec<Text> {
        let brief = &self.brief;
        let any = |words: &[&str]| words.iter().any(|w| name.contains(w));
        if any(&["user", "actor", "people", "audience", "customer", "stakeholder", "who"]) {
            brief.actors.iter().map(|a| a.name.clone()).collect()
        } else if any(&["need", "feature", "requirement", "goal", "function", "step"]) {
            brief.needs.iter().map(|n| n.statement.clone()).collect()
        } else if any(&["constraint", "limit", "rule"]) {
            brief.constraints.clone()
        } else if any(&["exclu", "non_goal", "scope"]) {
            brief.exclusions.clone()
        } else if any(&["integration", "system", "depend"]) {
            brief.integrations.clone()
        } else if any(&["data", "sensitive", "privacy"]) {
            brief.sensitive_data.clone()
        } else if any(&["question", "open"]) {
            brief.questions.iter().map(|q| Text::rule(q.text.clone(), "generic/question")).collect()
        } else {
            Vec::new()
        }
    }
}

pub(super) fn text(text: &Text) -> Value {
    serde_json::to_value(text).unwrap_or(Value::Null)
}

/// A string for a pinned schema; only formats that have a neutral value.
fn pinned(schema: &Value) -> String {
    match schema.get("format").and_then(Value::as_str) {
        Some("uri") => "about:blank".to_owned(),
        _ => String::new(),
    }
}

fn has_substance(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_substance),
        Value::Object(fields) => match serde_json::from_value::<Text>(value.clone()) {
            Ok(text) => text.is_substance(),
            Err(_) => fields.values().any(has_substance),
        },
        _ => false,
    }
}
