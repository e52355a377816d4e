//! What guards keep from leaving: whole documents, and the values in them wherever else they are quoted.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;
use ideamine_core::artifacts::{Severity, WITHHELD};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::build::{Sources, evidence};

/// Stands where something was left out.
pub(crate) const MARK: &str = "[withheld]";
/// Shortest value that is looked for elsewhere, bytes: shorter ones stand there by chance.
const VALUE_BYTES_MIN: usize = 8;

/// What must not be in a dossier.
#[derive(Default)]
pub(crate) struct Withheld {
    documents: BTreeSet<Digest>,
    /// What guards found in them, the longest first.
    values: Vec<String>,
}

impl Withheld {
    /// Reads the evidence of the guards. Where it, or a document that it is about, is not loaded, nothing of it is known.
    pub(crate) fn of(sources: &Sources<'_>) -> Self {
        let mut withheld = Self::default();
        let mut values = BTreeSet::new();
        let packs = sources.guards.iter().flat_map(|row| &row.said).filter_map(|said| said.evidence);
        for pack in packs.filter_map(|pack| evidence(sources.documents, &pack)) {
            let named =
                |(name, digest): &(String, Digest)| Some((name.strip_prefix(WITHHELD)?.to_owned(), *digest));
            let kept: BTreeMap<String, Digest> = pack.inputs.iter().filter_map(named).collect();
            for finding in pack.findings.iter().filter(|finding| finding.severity == Severity::Critical) {
                let found = place(&finding.place).and_then(|(name, span)| {
                    let bytes = sources.documents.get(kept.get(name)?)?;
                    String::from_utf8_lossy(bytes).get(span).map(str::to_owned)
                });
                found.iter().for_each(|found| spell(found, &mut values));
            }
            withheld.documents.extend(kept.into_values());
        }
        withheld.values = values.into_iter().collect();
        withheld.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        withheld
    }

    /// Whether a document may not be shown: it is one of them, or quotes what was found in one.
    pub(crate) fn holds(&self, digest: &Digest, text: &str) -> bool {
        self.documents.contains(digest) || self.values.iter().any(|value| text.contains(value))
    }

    /// The same without what was found.
    pub(crate) fn cut<T: Serialize + DeserializeOwned + Clone>(&self, stated: &T) -> T {
        if self.values.is_empty() {
            return stated.clone();
        }
        let cut = serde_json::to_value(stated).map(|value| self.cut_value(value));
        cut.and_then(serde_json::from_value).unwrap_or_else(|_| stated.clone())
    }

    fn cut_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.cut_text(text)),
            Value::Array(items) => items.into_iter().map(|item| self.cut_value(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (name, self.cut_value(value))).collect()
            }
            other => other,
        }
    }

    fn cut_text(&self, text: String) -> String {
        self.values.iter().fold(text, |text, value| match text.contains(value) {
            true => text.replace(value, MARK),
            false => text,
        })
    }
}

/// A finding's place: `idea@12..40`.
fn place(place: &str) -> Option<(&str, std::ops::Range<usize>)> {
    let (name, span) = place.rsplit_once('@')?;
    let (start, end) = span.split_once("..")?;
    Some((name, start.parse().ok()?..end.parse().ok()?))
}

/// A value as it stands there, as it reads when that is JSON, and line by line.
fn spell(found: &str, values: &mut BTreeSet<String>) {
    let read = serde_json::from_str::<String>(&format!("\"{found}\"")).unwrap_or_else(|_| found.to_owned());
    let lines = read.lines().chain(found.lines()).map(|line| line.trim().to_owned());
    let all = lines.chain([read.clone(), found.to_owned()]);
    values.extend(all.filter(|value| value.len() >= VALUE_BYTES_MIN));
}

/// Whether `now` is what `sealed` was made from: the same, besides what stands where something was left out.
pub(crate) fn fits(sealed: &Value, now: &Value) -> bool {
    match (sealed, now) {
        (Value::String(sealed), Value::String(now)) if sealed.contains(MARK) => fits_text(sealed, now),
        (Value::Array(sealed), Value::Array(now)) => {
            sealed.len() == now.len() && sealed.iter().zip(now).all(|(sealed, now)| fits(sealed, now))
        }
        (Value::Object(sealed), Value::Object(now)) => {
            let same =
                |(name, value): (&String, &Value)| sealed.get(name).is_some_and(|sealed| fits(sealed, value));
            sealed.len() == now.len() && now.iter().all(same)
        }
        (sealed, now) => sealed == now,
    }
}

fn fits_text(sealed: &str, now: &str) -> bool {
    let (first, between) = sealed.split_once(MARK).unwrap_or((sealed, ""));
    let (between, last) = between.rsplit_once(MARK).unwrap_or(("", between));
    let ends = now.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    let Some(mut rest) = ends else { return false };
    for part in between.split(MARK) {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_left_out_fits_anything_and_nothing_else_does() {
        let check =
            |sealed: Value, now: Value, expected| assert_eq!(fits(&sealed, &now), expected, "{sealed} {now}");
        check(json!({ "a": ["our key is [withheld] now"] }), json!({ "a": ["our key is sk-123 now"] }), true);
        check(json!("[withheld] and [withheld]."), json!("x and y."), true);
        check(json!("[withheld]"), json!(""), true);
        check(json!("our [withheld] now"), json!("the key now"), false);
        check(json!({ "a": "b" }), json!({ "a": "c" }), false);
        check(json!({ "a": "b" }), json!({ "a": "b", "c": 1 }), false);
        check(json!(["[withheld]"]), json!([1]), false);
    }

    #[test]
    fn a_value_is_found_however_it_is_written() {
        let mut values = BTreeSet::new();
        spell("BEGIN KEY\\nabcdefghij\\nend", &mut values);
        let withheld = Withheld { documents: BTreeSet::new(), values: values.into_iter().rev().collect() };
        assert!(withheld.holds(&Digest::of(b""), "quoted: abcdefghij!"));
        assert_eq!(withheld.cut(&vec!["say abcdefghij".to_owned()]), ["say [withheld]"]);
        assert_eq!(place("idea@3..9"), Some(("idea", 3..9)));
    }
}
