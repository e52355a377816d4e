//! Strings that know where they came from.
//!
//! A reader of a document must see at once what the person said, what a rule derived, what is a
//! placeholder and what a model wrote. So a field of a document is a [`Text`]. A model answers
//! with plain strings; they are read as [`Origin::Model`] and can claim nothing else.

use std::borrow::Cow;
use std::fmt;

use schemars::generate::Contract;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Where a text came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// The person's own words: bytes `start..end` of the idea.
    Quote {
        /// First byte in the idea text.
        start: u32,
        /// One past the last byte.
        end: u32,
    },
    /// Derived by a named rule from what the person said.
    Rule {
        /// The rule's id, as documented by the composer.
        rule: String,
    },
    /// A fixed sentence that says nothing about this idea in particular.
    Template,
    /// Nothing was said: the text is a placeholder and an open question asks for it.
    Missing,
    /// Written by a model; which one is in the record about the artifact.
    Model,
    /// Answered by a person during the run.
    Person,
}

/// A text and its origin. Serialised as an object; read from an object or from a plain string.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// Where it came from.
    pub origin: Origin,
}

impl Text {
    /// The person's words, bytes `start..end` of the idea.
    pub fn quote(text: impl Into<String>, start: usize, end: usize) -> Self {
        let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { text: text.into(), origin: Origin::Quote { start: byte(start), end: byte(end) } }
    }
    /// Derived by `rule`.
    pub fn rule(text: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { text: text.into(), origin: Origin::Rule { rule: rule.into() } }
    }
    /// A fixed sentence.
    pub fn template(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: Origin::Template }
    }
    /// Nothing was said about `what`.
    pub fn missing(what: &str) -> Self {
        Self { text: format!("Not stated: {what}."), origin: Origin::Missing }
    }
    /// Written by a model.
    pub fn model(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: Origin::Model }
    }
    /// Whether it says something about this idea: neither a placeholder nor a fixed sentence.
    pub fn is_substance(&self) -> bool {
        !self.text.trim().is_empty() && !matches!(self.origin, Origin::Missing | Origin::Template)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, or an object with `text` and `origin`")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text::model(text))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            text: String,
            origin: Origin,
        }
        let fields = Fields::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Text { text: fields.text, origin: fields.origin })
    }
}

impl schemars::JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }
    /// A model is asked for a plain string; a stored document holds the object.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        match generator.contract() {
            Contract::Deserialize => schemars::json_schema!({ "type": "string", "minLength": 1 }),
            _ => {
                let origin = generator.subschema_for::<Origin>();
                schemars::json_schema!({
                    "type": "object",
                    "properties": { "text": { "type": "string" }, "origin": origin },
                    "required": ["text", "origin"],
                    "additionalProperties": false
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plain_string_is_a_models_and_an_object_keeps_its_origin() {
        let check = |json, text: Text| assert_eq!(serde_json::from_value::<Text>(json).unwrap(), text);
        check(json!("hello"), Text::model("hello"));
        let quote = Text::quote("hi", 3, 5);
        check(serde_json::to_value(&quote).unwrap(), quote);
        assert!(serde_json::from_value::<Text>(json!({"text": "x"})).is_err());
        assert!(serde_json::from_value::<Text>(json!(3)).is_err());
    }
}
