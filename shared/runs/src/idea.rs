//! What an idea may be. Bad input is told by name, line and field.

use std::path::Path;

use ideamine_core::Failure;
use serde::{Deserialize, Deserializer};

/// Largest idea, bytes. More is a document to be cut down by a person, not an idea.
pub const IDEA_BYTES_MAX: usize = 1024 * 1024;
/// Longest title kept for lists, characters.
const TITLE_CHARS_MAX: usize = 80;

/// An idea that can be worked on.
#[derive(Debug, PartialEq, Eq)]
pub struct Idea {
    /// Its bytes, unchanged, known to be UTF-8.
    pub text: String,
    /// `text/markdown`, `text/plain` or `application/json`.
    pub media_type: &'static str,
    /// First words, for lists.
    pub title: String,
}

/// Checks the bytes and tells their kind; `name` is a file name, for its ending and for messages.
///
/// # Errors
/// `Input.Invalid` with what is wrong and where.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Idea, Failure> {
    let refuse = |what: String| Err(Failure::input(format!("{name}: {what}")));
    if bytes.len() > IDEA_BYTES_MAX {
        return refuse(format!("larger than {IDEA_BYTES_MAX} bytes; cut it down to the idea itself"));
    }
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        return refuse(format!("byte {at} is zero: this is a binary file, expected text"));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            return refuse(format!(
                "line {line}, byte {}: not UTF-8; save it as UTF-8 text",
                e.valid_up_to()
            ));
        }
    };
    let body = text.trim_start_matches('\u{feff}');
    if !body.chars().any(char::is_alphanumeric) {
        return refuse("there are no words in it; write the idea in a sentence or a page".to_owned());
    }
    let media_type = match Path::new(name).extension().and_then(|e| e.to_str()) {
        Some("json") => "application/json",
        _ if body.trim_start().starts_with('{')
            && serde_json::from_str::<serde_json::Value>(body).is_ok() =>
        {
            "application/json"
        }
        Some("md" | "markdown") => "text/markdown",
        _ => "text/plain",
    };
    let title = if media_type == "application/json" { brief_title(name, body)? } else { first_words(body) };
    Ok(Idea { text: text.to_owned(), media_type, title })
}

/// Most entries of a list.
const LIST_MAX: usize = 100;
/// Most things that a brief names.
const ENTITIES_MAX: usize = 20;

/// A JSON brief is checked here and read by the intake agent; the form is `events/idea.schema.json`, and a test
/// holds both to the same briefs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "the fields are read to be checked; the intake agent reads them for their content"
)]
struct JsonBrief {
    idea: Filled,
    #[serde(default, deserialize_with = "given")]
    title: Option<Filled>,
    #[serde(default, deserialize_with = "given")]
    problem: Option<Filled>,
    #[serde(default)]
    actors: List<Filled, LIST_MAX>,
    #[serde(default)]
    users: List<Filled, LIST_MAX>,
    #[serde(default)]
    needs: List<Filled, LIST_MAX>,
    #[serde(default)]
    constraints: List<Filled, LIST_MAX>,
    #[serde(default)]
    exclusions: List<Filled, LIST_MAX>,
    #[serde(default)]
    integrations: List<Filled, LIST_MAX>,
    #[serde(default)]
    questions: List<Filled, LIST_MAX>,
    #[serde(default)]
    entities: List<JsonEntity, ENTITIES_MAX>,
}

/// A thing that the brief's application keeps records of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "as with the brief")]
struct JsonEntity {
    name: Filled,
    #[serde(default)]
    fields: List<Filled, LIST_MAX>,
}

/// A field that may be left out, and is not null.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Filled>, D::Error> {
    Filled::deserialize(from).map(Some)
}

/// A text that is not empty.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Filled(String);

impl TryFrom<String> for Filled {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() { Err("an empty text, expected at least one character") } else { Ok(Self(text)) }
    }
}

/// At most `MAX` entries.
#[derive(Deserialize)]
#[serde(try_from = "Vec<T>", bound = "T: Deserialize<'de>")]
struct List<T, const MAX: usize>(#[expect(dead_code, reason = "as with the brief")] Vec<T>);

impl<T, const MAX: usize> TryFrom<Vec<T>> for List<T, MAX> {
    type Error = String;
    fn try_from(list: Vec<T>) -> Result<Self, String> {
        let entries = list.len();
        if entries > MAX { Err(format!("{entries} entries, at most {MAX}")) } else { Ok(Self(list)) }
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(vec![])
    }
}

fn brief_title(name: &str, text: &str) -> Result<String, Failure> {
    let brief: JsonBrief = serde_json::from_str(text).map_err(|e| {
        Failure::input(format!("{name}: {e}; expected an object as in events/idea.schema.json"))
    })?;
    for (field, value) in [("title", brief.title.as_ref()), ("idea", Some(&brief.idea))] {
        if value.is_some_and(|value| !value.0.chars().any(char::is_alphanumeric)) {
            return Err(Failure::input(format!("{name}: field `{field}` has no words in it")));
        }
    }
    Ok(first_words(&brief.title.unwrap_or(brief.idea).0))
}

fn first_words(text: &str) -> String {
    let line = text
        .lines()
        .map(|line| line.trim_start_matches(['#', '>', '*', '-', ' ', '\t']))
        .find(|line| line.chars().any(char::is_alphanumeric));
    let line = line.unwrap_or_default().trim();
    if line.chars().count() <= TITLE_CHARS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(TITLE_CHARS_MAX - 1).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn bad_input_says_what_and_where() {
        let check = |bytes: &[u8], message: &str| {
            let error = parse("idea.md", bytes).unwrap_err().message;
            assert!(error.starts_with("idea.md: ") && error.contains(message), "{error}");
        };
        check(b"", "no words");
        check(b" \n#\n", "no words");
        check(b"ok\n\xff\xfe", "line 2, byte 3");
        check(b"PK\x03\x04\0\0", "byte 4 is zero");
        check(&vec![b'a'; IDEA_BYTES_MAX + 1], "larger than 1048576");
        let json = |text: &str, message: &str| {
            let error = parse("idea.json", text.as_bytes()).unwrap_err().message;
            assert!(error.contains(message), "{error}");
        };
        json("{\"title\": \"x\"}", "missing field `idea`");
        json("{\"title\": \"x\", \"idea\": \"y\", \"colour\": 1}", "unknown field `colour`");
        json("{\"title\": \"x\",\n \"idea\": }", "line 2");
        json("{\"title\": \"x\", \"idea\": \" \"}", "field `idea`");
    }

    /// Briefs, and whether they have the form.
    #[test]
    fn the_schema_and_the_parser_take_the_same_briefs() {
        let text = std::fs::read_to_string("../../events/idea.schema.json").unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let check = |brief: &Value, fits: bool| {
            assert_eq!(validator.is_valid(brief), fits, "the schema: {brief}");
            let parsed = parse("idea.json", brief.to_string().as_bytes());
            assert_eq!(parsed.is_ok(), fits, "the parser: {brief}: {parsed:?}");
        };
        for example in schema["examples"].as_array().unwrap() {
            check(example, true);
        }
        let fields = schema["properties"].as_object().unwrap();
        let lists =
            fields.keys().filter(|field| !["idea", "title", "problem", "entities"].contains(&field.as_str()));
        for field in lists {
            let with = |value: Value| json!({ "idea": "Share tools.", field: value });
            check(&with(json!([])), true);
            check(&with(json!(vec!["a"; LIST_MAX])), true);
            check(&with(json!(vec!["a"; LIST_MAX + 1])), false);
            for bad in [json!("a"), json!([""]), json!([1]), json!(null), json!({})] {
                check(&with(bad), false);
            }
        }
        check(&json!({ "idea": "x", "title": "T", "problem": "p" }), true);
        let entity = json!({ "name": "loan", "fields": ["due date"] });
        check(&json!({ "idea": "x", "entities": vec![entity.clone(); ENTITIES_MAX] }), true);
        check(&json!({ "idea": "x", "entities": vec![entity; ENTITIES_MAX + 1] }), false);
        for bad in [
            json!({}),
            json!({ "idea": "" }),
            json!({ "idea": 3 }),
            json!({ "title": "T" }),
            json!({ "idea": "x", "title": "" }),
            json!({ "idea": "x", "title": null }),
            json!({ "idea": "x", "problem": "" }),
            json!({ "idea": "x", "colour": "red" }),
            json!({ "idea": "x", "entities": [{ "fields": [] }] }),
            json!({ "idea": "x", "entities": [{ "name": "" }] }),
            json!({ "idea": "x", "entities": [{ "name": "a", "colour": 1 }] }),
        ] {
            check(&bad, false);
        }
    }

    #[test]
    fn the_kind_and_the_title_are_told() {
        let check = |name: &str, text: &str, media: &str, title: &str| {
            let idea = parse(name, text.as_bytes()).unwrap();
            assert_eq!((idea.media_type, idea.title.as_str()), (media, title));
        };
        check("a.md", "# Tool shed\n\nShare tools.", "text/markdown", "Tool shed");
        check("a.txt", "\u{feff}Share tools.", "text/plain", "Share tools.");
        check(
            "a.json",
            "{\"idea\": \"Share tools. Return them.\"}",
            "application/json",
            "Share tools. Return them.",
        );
        check("standard input", "{\"title\": \"T\", \"idea\": \"i\"}", "application/json", "T");
        check("a.txt", &"word ".repeat(40), "text/plain", &format!("{}…", "word ".repeat(15).trim()));
    }
}
