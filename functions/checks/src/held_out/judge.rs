//! What an answer is worth: judged here, outside, by what the interface promises.

use std::collections::HashMap;

use ideamine_core::ports::Exchange;
use serde_json::{Map, Value};

use super::probes::{Expect, Probe, reference};
use crate::verdict::cut;

/// How much of a body or value a finding quotes, bytes.
const QUOTED: usize = 200;

/// The answers so far, by request. They stay text, and are read when a judgement asks: a tree of values takes many times
/// the memory of its text.
pub(super) struct Answers<'a>(HashMap<&'a str, &'a Exchange>);

/// What came of one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it must be.
    Holds,
    /// Not, and why.
    Fails(String),
    /// No answer at all.
    Silent,
    /// A request that it builds on did not succeed.
    NotTried,
}

impl<'a> Answers<'a> {
    /// All of a job.
    pub(super) fn of(exchanges: &'a [Exchange]) -> Self {
        Self(exchanges.iter().map(|e| (e.id.as_str(), e)).collect())
    }

    fn succeeded(&self, id: &str) -> bool {
        self.0.get(id).and_then(|e| e.status).is_some_and(|status| (200..300).contains(&status))
    }

    fn value(&self, id: &str, pointer: &str) -> Option<Value> {
        serde_json::from_str::<Value>(&self.0.get(id)?.body).ok()?.pointer_mut(pointer).map(Value::take)
    }
}

/// Judges one answer.
pub(super) fn judge(probe: &Probe, exchange: &Exchange, answers: &Answers<'_>) -> Outcome {
    if let Some(needed) = &probe.needs
        && (!answers.succeeded(needed) || answers.value(needed, "/id").is_none() && takes_id(probe, needed))
    {
        return Outcome::NotTried;
    }
    let Some(status) = exchange.status else { return Outcome::Silent };
    let body = serde_json::from_str::<Value>(&exchange.body).ok();
    let problem = match &probe.expect {
        Expect::Status(codes) => one_of(status, codes, exchange),
        Expect::Created(codes) => one_of(status, codes, exchange).or_else(|| has_id(body.as_ref(), exchange)),
        Expect::Fields(fields) => {
            one_of(status, &[200], exchange).or_else(|| differs(fields, body.as_ref(), answers))
        }
        Expect::Listed(id) => one_of(status, &[200], exchange)
            .or_else(|| unlisted(body.as_ref(), answers.value(id, "/id").as_ref())),
        Expect::Refused if (400..500).contains(&status) => None,
        Expect::Refused => Some(format!(
            "answered {status}{}: expected it to be refused with 400 or another 4xx",
            quoted(exchange)
        )),
        Expect::NoServerError => broke(status, exchange),
        Expect::Escaped(markup) => broke(status, exchange).or_else(|| unescaped(markup, exchange)),
    };
    problem.map_or(Outcome::Holds, Outcome::Fails)
}

/// Whether the request takes its id from that earlier answer.
fn takes_id(probe: &Probe, needed: &str) -> bool {
    let body = probe.request.body.as_ref().map_or("", |(text, _)| text);
    let reference = format!("{{{needed}:/");
    probe.request.path.contains(&reference) || body.contains(&reference)
}

fn one_of(status: u16, codes: &[u16], exchange: &Exchange) -> Option<String> {
    let expected = match codes {
        [200, .., 299] => "any 2xx".to_owned(),
        codes => codes.iter().map(u16::to_string).collect::<Vec<_>>().join(" or "),
    };
    let text = || format!("answered {status}{}: expected {expected}", quoted(exchange));
    (!codes.contains(&status)).then(text)
}

fn quoted(exchange: &Exchange) -> String {
    let body = exchange.body.trim();
    if body.is_empty() { String::new() } else { format!(" with `{}`", cut(body, QUOTED)) }
}

fn has_id(body: Option<&Value>, exchange: &Exchange) -> Option<String> {
    let id = body.and_then(|body| body.get("id"));
    match id {
        Some(Value::String(_) | Value::Number(_)) => None,
        _ => Some(format!(
            "the answer has no `id`{}: expected the created record as a JSON object with its `id`",
            quoted(exchange)
        )),
    }
}

fn differs(fields: &Map<String, Value>, body: Option<&Value>, answers: &Answers<'_>) -> Option<String> {
    let Some(body) = body.filter(|body| body.is_object()) else {
        return Some("the answer is not a JSON object".to_owned());
    };
    fields.iter().find_map(|(name, sent)| {
        let referred = reference(sent).and_then(|(id, pointer)| answers.value(id, pointer));
        let sent = referred.as_ref().unwrap_or(sent);
        let got = body.get(name).unwrap_or(&Value::Null);
        let message = || format!("`{name}` came back as {}, but {} was stored", shown(got), shown(sent));
        (!same(sent, got)).then(message)
    })
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let (part, rest) = (cut(&text, QUOTED), text.len().saturating_sub(QUOTED));
    if rest > 0 { format!("`{part}…` ({} bytes)", text.len()) } else { format!("`{part}`") }
}

/// Equal, or equal in meaning: whole numbers as floats, UTC as `+00:00`.
fn same(sent: &Value, got: &Value) -> bool {
    let moment = |text: &str| text.replace("+00:00", "Z");
    match (sent, got) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) => a == b || (a.ends_with('Z') && moment(b) == *a),
        _ => sent == got,
    }
}

/// A list as such, or as one field of an object (`{"items": [...]}`).
fn unlisted(body: Option<&Value>, id: Option<&Value>) -> Option<String> {
    let list = match body {
        Some(Value::Array(list)) => Some(list),
        Some(Value::Object(fields)) => fields.values().find_map(Value::as_array),
        _ => None,
    };
    let Some(list) = list else { return Some("the answer is not a JSON list of records".to_owned()) };
    let found = list.iter().any(|record| record.get("id") == id);
    (!found).then(|| format!("the record created before is not among the {} that are listed", list.len()))
}

fn broke(status: u16, exchange: &Exchange) -> Option<String> {
    (status >= 500)
        .then(|| format!("answered {status}{}: a request must never break the server", quoted(exchange)))
}

fn unescaped(markup: &str, exchange: &Exchange) -> Option<String> {
    let html = exchange.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/html"));
    let found = html && exchange.body.contains(markup);
    found.then(|| format!("the page shows `{markup}`, which a user stored, as markup: escape every stored text (html.escape)"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_the_same_when_they_mean_the_same() {
        let check = |a: Value, b: Value, yes: bool| assert_eq!(same(&a, &b), yes, "{a} {b}");
        check(json!(3), json!(3.0), true);
        check(json!("2031-01-02T03:04:05Z"), json!("2031-01-02T03:04:05+00:00"), true);
        check(json!("a"), json!("a "), false);
        check(json!(3), json!("3"), false);
        check(json!(true), json!(1), false);
    }

    #[test]
    fn a_record_is_found_in_a_plain_or_a_wrapped_list() {
        let check = |body: Value, found: bool| {
            assert_eq!(unlisted(Some(&body), Some(&json!(7))).is_none(), found, "{body}")
        };
        check(json!([{"id": 1}, {"id": 7}]), true);
        check(json!({"items": [{"id": 7}], "next": null}), true);
        check(json!([{"id": "7"}]), false);
        check(json!([]), false);
        check(json!({"id": 7}), false);
    }
}
