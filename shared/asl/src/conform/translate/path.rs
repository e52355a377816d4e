//! Paths and payload templates.

use serde_json::{Map, Value};

use super::{Part, braces};

/// What `$` stands for.
pub(super) const INPUT: &str = "$states.input";
pub(super) const RESULT: &str = "$states.result";
pub(super) const ERROR: &str = "$states.errorOutput";

/// A reference path as a JSONata expression; `base` is what `$` stands for.
pub(super) fn path(text: &str, base: &str) -> Part<String> {
    let (root, rest) = if let Some(rest) = text.strip_prefix("$$") {
        ("$states.context".to_owned(), rest)
    } else if let Some(rest) = text.strip_prefix('$') {
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let rest = &rest[name.len()..];
        (if name.is_empty() { base.to_owned() } else { format!("${name}") }, rest)
    } else {
        return Err(format!("'{text}' is an intrinsic function"));
    };
    Ok(root + &steps(rest).ok_or_else(|| format!("'{text}' is not a reference path"))?)
}

/// `.a`, `['a']` and `[0]`, any number of them.
fn steps(mut rest: &str) -> Option<String> {
    let mut out = String::new();
    while !rest.is_empty() {
        let (name, after) = if let Some(after) = rest.strip_prefix("['") {
            after.split_once("']")?
        } else if let Some(after) = rest.strip_prefix('[') {
            let (index, after) = after.split_once(']')?;
            out += &format!("[{}]", index.parse::<u32>().ok()?);
            rest = after;
            continue;
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            after.split_at(end)
        };
        if name.is_empty() || name.contains(['*', '?', '(', '`', '@', ':', ',']) {
            return None;
        }
        out += &format!(".`{name}`");
        rest = after;
    }
    Some(out)
}

/// Members of `at` along the reference path, for paths that are written to.
pub(super) fn members(text: &str) -> Part<Vec<String>> {
    let refuse = || format!("'{text}' is not a path of members");
    let steps = steps(text.strip_prefix('$').ok_or_else(refuse)?).ok_or_else(refuse)?;
    if steps.contains('[') {
        return Err(refuse());
    }
    Ok(steps.split(".`").skip(1).map(|step| step.trim_end_matches('`').to_owned()).collect())
}

/// A payload template as a document with expressions in it.
pub(super) fn template(value: &Value, base: &str) -> Part<Value> {
    match value {
        Value::Object(fields) => {
            let mut translated = Map::new();
            for (key, field) in fields {
                let (key, field) = match key.strip_suffix(".$") {
                    Some(key) => (key.to_owned(), braces(&path(text_of(field)?, base)?)),
                    None => (key.clone(), template(field, base)?),
                };
                translated.insert(key, field);
            }
            Ok(Value::Object(translated))
        }
        Value::Array(items) => {
            items.iter().map(|item| template(item, base)).collect::<Part<_>>().map(Value::Array)
        }
        other => Ok(other.clone()),
    }
}

/// A payload template as one JSONata expression.
pub(super) fn expression(value: &Value, base: &str) -> Part<String> {
    match value {
        Value::Object(fields) => {
            let mut parts = Vec::new();
            for (key, field) in fields {
                let (key, field) = match key.strip_suffix(".$") {
                    Some(key) => (key, path(text_of(field)?, base)?),
                    None => (key.as_str(), expression(field, base)?),
                };
                parts.push(format!("{}: {field}", Value::from(key)));
            }
            Ok(format!("{{{}}}", parts.join(", ")))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(|item| expression(item, base)).collect::<Part<_>>()?;
            Ok(format!("[{}]", parts.join(", ")))
        }
        constant => Ok(constant.to_string()),
    }
}

pub(super) fn text_of(value: &Value) -> Part<&str> {
    value.as_str().ok_or_else(|| format!("{value} is not a path"))
}
