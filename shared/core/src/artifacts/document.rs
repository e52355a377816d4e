//! The wrapper around every document: which form it has, who wrote it, how much of it says something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::records::Generator;
use crate::{Origin, Text};

/// Where the texts of a document came from, by count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The person's own words.
    pub quote: u32,
    /// Derived by rule.
    pub rule: u32,
    /// Fixed sentences.
    pub template: u32,
    /// Placeholders for what nobody said.
    pub missing: u32,
    /// Written by a model.
    pub model: u32,
    /// Answered by a person.
    pub person: u32,
}

impl Coverage {
    /// Counts the texts in a document's JSON: every object of exactly `text` and `origin`.
    pub fn of(value: &Value) -> Self {
        let mut coverage = Self::default();
        coverage.count(value);
        coverage
    }

    fn count(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.count(item)),
            Value::Object(fields) => match (fields.get("text"), fields.get("origin")) {
                (Some(Value::String(_)), Some(origin)) if fields.len() == 2 => self.count_origin(origin),
                _ => fields.values().for_each(|field| self.count(field)),
            },
            _ => {}
        }
    }

    fn count_origin(&mut self, origin: &Value) {
        let Ok(origin) = Origin::deserialize(origin) else { return };
        let counter = match origin {
            Origin::Quote { .. } => &mut self.quote,
            Origin::Rule { .. } => &mut self.rule,
            Origin::Template => &mut self.template,
            Origin::Missing => &mut self.missing,
            Origin::Model => &mut self.model,
            Origin::Person => &mut self.person,
        };
        *counter += 1;
    }

    /// Texts in all.
    pub const fn total(&self) -> u32 {
        self.quote + self.rule + self.template + self.missing + self.model + self.person
    }
    /// Share of texts that say something about this idea (neither template nor missing), percent rounded down; 0 for none.
    pub const fn substance_percent(&self) -> u32 {
        let substance = self.quote + self.rule + self.model + self.person;
        if self.total() == 0 { 0 } else { substance * 100 / self.total() }
    }
}

/// A document: a typed body with its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document<T> {
    /// Form and version, `ideamine/prd@1`.
    pub schema: String,
    /// Who wrote it.
    pub generator: Generator,
    /// What a reader must know first: for the composer, that no model was used.
    pub notice: String,
    /// Where its texts came from.
    pub coverage: Coverage,
    /// The body.
    pub body: T,
}

impl<T: Serialize> Document<T> {
    /// Said on everything that the composer made.
    pub const COMPOSER_NOTICE: &'static str = "Composed by rules from the words of the idea. No AI model was used. This is a skeleton, not a decision.";
    /// Said on everything that a model wrote.
    pub const MODEL_NOTICE: &'static str =
        "Written by a language model and checked by rules. Review before relying on it.";

    /// Wraps a body of form `ideamine/{form}@1`.
    ///
    /// # Errors
    /// When the body is not JSON.
    pub fn wrap(form: &str, generator: Generator, body: T) -> Result<Self, serde_json::Error> {
        let coverage = Coverage::of(&serde_json::to_value(&body)?);
        let notice = match generator {
            Generator::Composer => Self::COMPOSER_NOTICE,
            Generator::Model | Generator::Mixed => Self::MODEL_NOTICE,
        };
        Ok(Self {
            schema: format!("ideamine/{form}@1"),
            generator,
            notice: notice.to_owned(),
            coverage,
            body,
        })
    }
}

/// A question that a document leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenQuestion {
    /// `Q-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// What is asked, one sentence ending with a question mark.
    pub text: String,
    /// Why it is asked: which words or which gap.
    pub why: String,
    /// Whether work cannot be released without an answer.
    #[serde(default)]
    pub blocking: bool,
}

/// Gives `prefix-1`, `prefix-2`, … in order: ids are never taken from an author.
pub fn assign_ids<'a>(prefix: &str, ids: impl Iterator<Item = &'a mut String>) {
    for (index, id) in ids.enumerate() {
        *id = format!("{prefix}-{}", index + 1);
    }
}

impl Text {
    /// The text for people, with a mark where it is no statement about the idea.
    pub fn marked(&self) -> String {
        match self.origin {
            Origin::Missing => format!("[missing] {}", self.text),
            Origin::Template => format!("[template] {}", self.text),
            _ => self.text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn coverage_counts_texts_wherever_they_stand() {
        let body = json!({ "a": Text::quote("x", 0, 1), "b": [Text::missing("y"), { "c": Text::template("z") }], "text": "no" });
        let coverage = Coverage::of(&body);
        assert_eq!(coverage, Coverage { quote: 1, missing: 1, template: 1, ..Coverage::default() });
        assert_eq!(coverage.substance_percent(), 33);
    }
}
