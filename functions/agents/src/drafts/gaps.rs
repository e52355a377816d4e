//! What a document leaves unclear, as questions.

use std::collections::BTreeSet;

use ideamine_core::artifacts::OpenQuestion;
use ideamine_core::{Origin, Text};
use serde::Deserialize;
use serde_json::Value;

use super::answers::Wanted;
use crate::shape::question;

/// Most questions of one round.
pub(crate) const QUESTIONS_MAX: usize = 12;

/// A question for each gap of a document that none of its own questions asks about.
pub(crate) fn gap_questions(output: &str, document: &Value, own: &[OpenQuestion]) -> Vec<OpenQuestion> {
    let mut gaps = BTreeSet::new();
    collect(document, &mut gaps);
    let ask = |gap: &String| {
        let text = format!("What is to stand in {output} for {}?", quoted(gap));
        question(text, format!("{output} has a gap there."))
    };
    let asked = |q: &OpenQuestion| {
        let wanted = Wanted::of(&q.text);
        wanted.is_single() && own.iter().any(|o| Wanted::of(&o.text) == wanted)
    };
    gaps.iter().map(ask).filter(|q| !asked(q)).take(QUESTIONS_MAX).collect()
}

fn quoted(gap: &str) -> String {
    format!("“{}”", gap.trim_start_matches("Not stated: ").trim_end_matches('.'))
}

fn collect(value: &Value, gaps: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, gaps)),
        Value::Object(fields) => match Text::deserialize(value) {
            Ok(text) if text.origin == Origin::Missing => {
                gaps.insert(text.text);
            }
            _ => fields.values().for_each(|field| collect(field, gaps)),
        },
        _ => {}
    }
}
