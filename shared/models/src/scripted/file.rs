//! Checks a script: every complaint names the line.

use std::collections::BTreeSet;

use ideamine_core::digest;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Usage;
use serde::Deserialize;
use serde_json::Value;

use crate::catalogue::{Catalogue, Price};

/// A failure on purpose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) kind: FailureKind,
    pub(super) retry_after_ms: Option<u64>,
}

/// One checked line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) label: String,
    pub(super) answer: Option<String>,
    pub(super) usage: Usage,
    pub(super) fail: Option<Fault>,
    pub(super) fail_times: Option<u32>,
}

/// A whole script.
pub(super) struct Script {
    pub(super) lines: Vec<Line>,
    pub(super) price: Option<Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    label: String,
    json: Option<Value>,
    text: Option<String>,
    usage: Option<RawUsage>,
    model: Option<String>,
    price: Option<Price>,
    fail: Option<Fault>,
    fail_times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUsage {
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
}

/// The checked lines, or the number of the first bad one (from 1) and what is wrong with it.
pub(super) fn parse(bytes: &[u8], catalogue: &Catalogue) -> Result<Script, (usize, String)> {
    let mut lines: Vec<Line> = Vec::new();
    let mut labels = BTreeSet::new();
    let mut price: Option<(usize, Price)> = None;
    for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let raw: RawLine = serde_json::from_slice(line).map_err(|e| (number, e.to_string()))?;
        let here = price_of(&raw, catalogue).map_err(|what| (number, what))?;
        match (&price, here) {
            (Some((first, known)), Some(new)) if *known != new => {
                let what = format!("a script has one price, and line {first} states another");
                return Err((number, what));
            }
            (None, Some(new)) => price = Some((number, new)),
            _ => {}
        }
        let line = checked(raw).map_err(|what| (number, what))?;
        if !labels.insert(line.label.clone()) {
            return Err((number, format!("label `{}` was answered before", line.label)));
        }
        lines.push(line);
    }
    Ok(Script { lines, price: price.map(|(_, price)| price) })
}

fn price_of(raw: &RawLine, catalogue: &Catalogue) -> Result<Option<Price>, String> {
    match (&raw.model, raw.price) {
        (Some(_), Some(_)) => Err("`model` and `price` exclude each other".to_owned()),
        (Some(model), None) => match catalogue.entry(model) {
            Some(entry) => Ok(Some(entry.price)),
            None => Err(format!("model `{model}` is not in the price table; state its `price` instead")),
        },
        (None, price) => Ok(price),
    }
}

fn checked(raw: RawLine) -> Result<Line, String> {
    let name = raw.label.strip_suffix('*').unwrap_or(&raw.label);
    if name.contains('*') {
        return Err(format!("label `{}` has a `*` that is not its end", raw.label));
    }
    let answer = match (raw.json, raw.text) {
        (Some(_), Some(_)) => return Err("`json` and `text` exclude each other".to_owned()),
        (Some(json), None) => Some(canonical(&json)?),
        (None, text) => text,
    };
    let always_fails = raw.fail.is_some() && raw.fail_times.is_none();
    if answer.is_none() && !always_fails {
        return Err("expected `json`, `text`, or `fail` without `fail_times`".to_owned());
    }
    if raw.fail.is_none() && raw.fail_times.is_some() {
        return Err("`fail_times` needs `fail`".to_owned());
    }
    let usage =
        raw.usage.map_or_else(Usage::default, |u| Usage { tokens_in: u.tokens_in, tokens_out: u.tokens_out });
    Ok(Line { label: raw.label, answer, usage, fail: raw.fail, fail_times: raw.fail_times })
}

/// Canonical, so that the answer's digest does not hang on how the script was written.
fn canonical(json: &Value) -> Result<String, String> {
    let bytes = digest::canonical(json).map_err(|e| format!("{e}; or give the answer as `text`"))?;
    String::from_utf8(bytes).map_err(|e| e.to_string())
}
