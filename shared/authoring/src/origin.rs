//! Who wrote which words: a model's text that stands verbatim in the idea becomes a quote.

use ideamine_core::{Origin, Text};
use serde_json::Value;

/// Shortest text that is looked up in the idea, bytes: shorter ones stand there by chance.
pub const QUOTE_BYTES_MIN: usize = 3;
/// Most texts of one answer that are looked up, so that time stays bounded.
pub const LOOKUPS_MAX: usize = 2_000;

/// Turns texts with the origin `model` that stand in the idea, at word boundaries, into quotes.
pub fn mark_quotes(idea: &str, answer: &mut Value) {
    let mut lookups = 0;
    walk(idea, answer, &mut lookups);
}

fn walk(idea: &str, value: &mut Value, lookups: &mut usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(idea, item, lookups)),
        Value::Object(fields) => {
            if let Some(text) = models_text(fields) {
                *lookups += 1;
                let quote = (*lookups <= LOOKUPS_MAX).then(|| quote_of(idea, &text)).flatten();
                if let Some(quote) = quote.and_then(|q| serde_json::to_value(q).ok()) {
                    *value = quote;
                }
                return;
            }
            fields.values_mut().for_each(|field| walk(idea, field, lookups));
        }
        _ => {}
    }
}

fn models_text(fields: &serde_json::Map<String, Value>) -> Option<String> {
    if fields.len() != 2 || fields.get("origin")?.get("kind")? != "model" {
        return None;
    }
    fields.get("text")?.as_str().map(str::to_owned)
}

/// The text as a quote, when it stands in the idea with no letter or digit touching it.
pub fn quote_of(idea: &str, text: &str) -> Option<Text> {
    let text = text.trim();
    if text.len() < QUOTE_BYTES_MIN {
        return None;
    }
    let stands_alone = |start: usize| {
        let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !touches(idea[..start].chars().next_back()) && !touches(idea[start + text.len()..].chars().next())
    };
    let start = idea.match_indices(text).map(|(start, _)| start).find(|start| stands_alone(*start))?;
    Some(Text::quote(text, start, start + text.len()))
}

/// Whether a quote's span holds exactly its words; other origins always fit.
pub fn fits(idea: &str, text: &Text) -> bool {
    match text.origin {
        Origin::Quote { start, end } => idea.get(start as usize..end as usize) == Some(text.text.as_str()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_of_the_idea_become_quotes_and_others_stay_a_models() {
        let idea = "Repairs of café machines";
        let mut answer = json!({ "a": Text::model("café"), "b": [Text::model("coffee")], "c": Text::model("pair"), "d": "café" });
        mark_quotes(idea, &mut answer);
        assert_eq!(answer["a"], serde_json::to_value(Text::quote("café", 11, 16)).unwrap());
        assert_eq!(answer["b"][0], serde_json::to_value(Text::model("coffee")).unwrap());
        assert_eq!(answer["c"], serde_json::to_value(Text::model("pair")).unwrap());
        assert_eq!(answer["d"], "café");
        assert!(fits(idea, &Text::quote("café", 11, 16)));
        assert!(!fits(idea, &Text::quote("café", 11, 15)));
        assert!(!fits(idea, &Text::quote("x", 90, 91)));
    }
}
