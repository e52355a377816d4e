//! Several branches' answers become one; pure, and independent of the order in which they came in.
//!
//! Answers are in their stored form. Things of a list are the same when they carry the same name, path or
//! words; two of the same are merged, so that a joined list never names a thing twice.

use ideamine_core::failure::FailureKind;
use ideamine_core::records::Aggregation;
use ideamine_core::{Failure, Origin, Text};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Answers with their branch index, in branch order: the order of completion must not matter.
pub fn in_branch_order(mut answers: Vec<(u32, Value)>) -> Vec<Value> {
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// One answer of several, given in branch order.
///
/// # Errors
/// `Input.Invalid` for no answer at all; `Config.Invalid` for `custom`, which a registered function decides.
pub fn aggregate(answers: &[Value], how: &Aggregation) -> Result<Value, Failure> {
    let Some((first, rest)) = answers.split_first() else {
        return Err(Failure::input("nothing to aggregate: no branch has an answer"));
    };
    let join = match how {
        Aggregation::Merge => Join::FirstText,
        Aggregation::Concat => Join::AllTexts,
        Aggregation::Vote => return Ok(vote(answers)),
        Aggregation::Custom(name) => {
            let message = format!("aggregation `{name}` is a function of its own: call it by name");
            return Err(Failure::new(FailureKind::ConfigInvalid, message));
        }
    };
    Ok(rest.iter().fold(first.clone(), |one, other| joined(one, other, join)))
}

/// The answer given most often; the earliest branch on a tie.
fn vote(answers: &[Value]) -> Value {
    let votes = |answer: &Value| answers.iter().filter(|other| *other == answer).count();
    let most = answers.iter().map(votes).max().unwrap_or(0);
    answers.iter().find(|answer| votes(answer) == most).cloned().unwrap_or(Value::Null)
}

/// What becomes of two texts for the same field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    FirstText,
    AllTexts,
}

fn joined(one: Value, other: &Value, join: Join) -> Value {
    if let (Some(a), Some(b)) = (text_of(&one), text_of(other)) {
        return texts(one, &a, &b, other, join);
    }
    match (one, other) {
        (Value::Array(items), Value::Array(more)) => Value::Array(lists(items, more, join)),
        (Value::Object(fields), Value::Object(more)) => Value::Object(objects(fields, more, join)),
        (one, other) if is_empty(&one) => other.clone(),
        (one, _) => one,
    }
}

fn texts(one: Value, a: &Text, b: &Text, other: &Value, join: Join) -> Value {
    match (a.is_substance(), b.is_substance()) {
        (false, true) => other.clone(),
        (true, true) if join == Join::AllTexts && !same_words(a, b) => {
            let origin = if a.origin == Origin::Model || b.origin == Origin::Model {
                Origin::Model
            } else {
                Origin::Rule { rule: "aggregate/concat".to_owned() }
            };
            let text = Text { text: format!("{}\n{}", a.text, b.text), origin };
            serde_json::to_value(text).unwrap_or(one)
        }
        _ => one,
    }
}

fn lists(mut items: Vec<Value>, more: &[Value], join: Join) -> Vec<Value> {
    let mut keys: Vec<String> = items.iter().map(key).collect();
    for item in more {
        let new = key(item);
        match keys.iter().position(|known| *known == new) {
            Some(at) => {
                let known = std::mem::take(&mut items[at]);
                // The same thing twice is one thing: its texts are never doubled, even under `concat`.
                let join = if text_of(&known).is_some() { Join::FirstText } else { join };
                items[at] = joined(known, item, join);
            }
            None => {
                keys.push(new);
                items.push(item.clone());
            }
        }
    }
    items
}

/// The field by which an adviser says whether to go on (a critique's).
const ADVICE: &str = "recommendation";
/// What it may say, the most cautious last.
const ADVICES: [&str; 3] = ["proceed", "revise", "stop"];

/// Of several advisers the most cautious is heard: merging must not lose a `stop`.
fn most_cautious(one: Value, other: &Value) -> Value {
    let caution = |value: &Value| ADVICES.iter().position(|advice| value == advice);
    if caution(other) > caution(&one) { other.clone() } else { one }
}

fn objects(mut fields: Map<String, Value>, more: &Map<String, Value>, join: Join) -> Map<String, Value> {
    for (name, value) in more {
        let known = fields.remove(name);
        let one = match known {
            None => value.clone(),
            Some(known) if name == ADVICE => most_cautious(known, value),
            Some(known) => joined(known, value, join),
        };
        fields.insert(name.clone(), one);
    }
    fields
}

/// What makes a thing of a list the same as another: method and path, name or path, else its words without ids.
fn key(item: &Value) -> String {
    if let Some(text) = text_of(item) {
        return words(&text);
    }
    let Value::Object(fields) = item else { return item.to_string() };
    let named = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => Some(text.to_lowercase()),
        Some(value) => text_of(value).map(|t| words(&t)),
        None => None,
    };
    if let (Some(method), Some(path)) = (named("method"), named("path")) {
        return format!("{method} {path}");
    }
    let identity = ["name", "path", "statement", "title"].into_iter().find_map(|n| Some((n, named(n)?)));
    identity.map_or_else(|| bare(item).to_string(), |(name, value)| format!("{name}:{value}"))
}

/// Without ids and origins: what is said, not by whom.
fn bare(value: &Value) -> Value {
    if let Some(text) = text_of(value) {
        return Value::String(words(&text));
    }
    match value {
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| *name != "id");
            Value::Object(kept.map(|(name, value)| (name.clone(), bare(value))).collect())
        }
        other => other.clone(),
    }
}

fn text_of(value: &Value) -> Option<Text> {
    let fields = value.as_object()?;
    if fields.len() != 2 || !fields.contains_key("origin") {
        return None;
    }
    Text::deserialize(value).ok()
}

fn words(text: &Text) -> String {
    text.text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn same_words(a: &Text, b: &Text) -> bool {
    words(a) == words(b)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
