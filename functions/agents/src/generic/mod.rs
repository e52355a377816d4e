//! `agent-generic`: serves any phase from its prompt and its output schema.
//!
//! In the answer texts are plain strings, as the phase's schema says; in the stored document every free
//! string is a text with its origin. Strings that the schema pins down (`enum`, `const`, `pattern`,
//! `format`) stay strings. By rules it makes the smallest document that fits: the idea's title and
//! sentences where the names of fields ask for them, and "not stated" elsewhere.

mod make;

use ideamine_authoring::{Agent, Finish, NewArtifact, Problem, Work};
use ideamine_core::artifacts::OpenQuestion;
use ideamine_core::failure::FailureKind;
use ideamine_core::{Failure, Text};
use serde_json::{Map, Value, json};

use self::make::{DEPTH_MAX, Maker, alternative, is_free, resolve, text};
use crate::drafts::brief;
use crate::shape::question;

/// Most gaps that become questions.
const ASKS_MAX: usize = 10;

/// The generic agent.
pub struct Generic;

impl Agent for Generic {
    fn name(&self) -> String {
        "agent-generic".to_owned()
    }
    fn schema(&self, work: &Work) -> Value {
        work.phase.schema.clone().unwrap_or_else(|| {
            json!({ "type": "object", "properties": { "text": { "type": "string", "minLength": 1 } }, "required": ["text"], "additionalProperties": false })
        })
    }
    fn compose(&self, work: &Work) -> Result<Value, Failure> {
        let schema = self.schema(work);
        let maker = Maker { root: &schema, brief: brief(work) };
        let answer = maker.make(&schema, &work.phase.title.to_lowercase(), 0);
        let plain = without_origins(&answer);
        let problems = ideamine_authoring::check::against_schema(&schema, &plain);
        match problems.first() {
            None => Ok(answer),
            Some(problem) => {
                let message = format!(
                    "rules cannot fill the schema of phase {} at `{}`: give a model, or a plainer schema",
                    work.phase.id, problem.place
                );
                Err(Failure::new(FailureKind::ConfigInvalid, message))
            }
        }
    }
    fn typed(&self, work: &Work, answer: Value) -> Result<Value, Problem> {
        let schema = self.schema(work);
        Ok(with_origins(&schema, &schema, answer, 0))
    }
    fn check(&self, _: &Work, _: &Value) -> Vec<Problem> {
        Vec::new()
    }
    fn finish(&self, work: &Work, answer: Value) -> Result<Finish, Failure> {
        let questions = gaps(work, &answer);
        let document = NewArtifact::document(
            &work.phase.output,
            work.phase.id.as_str(),
            work.generator(),
            answer,
            Vec::new(),
        )?;
        Ok(Finish { artifacts: vec![document], questions })
    }
}

/// Texts become the plain strings that the phase's schema speaks of.
fn without_origins(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_origins).collect(),
        Value::Object(fields) => match serde_json::from_value::<Text>(value.clone()) {
            Ok(text) => Value::String(text.text),
            Err(_) => {
                fields.iter().map(|(k, v)| (k.clone(), without_origins(v))).collect::<Map<_, _>>().into()
            }
        },
        other => other.clone(),
    }
}

/// Free strings become texts of the model, along the schema.
fn with_origins(root: &Value, schema: &Value, answer: Value, depth: usize) -> Value {
    let schema = resolve(root, schema);
    if depth > DEPTH_MAX {
        return answer;
    }
    if let (Some(one), true) = (alternative(schema), schema.get("type").is_none()) {
        return with_origins(root, one, answer, depth + 1);
    }
    match answer {
        Value::String(words) if is_free(schema) => text(&Text::model(words)),
        Value::Array(items) => {
            let item = schema.get("items").unwrap_or(&Value::Null);
            items.into_iter().map(|value| with_origins(root, item, value, depth + 1)).collect()
        }
        Value::Object(fields) => {
            let of =
                |name: &str| schema.pointer("/properties").and_then(|p| p.get(name)).unwrap_or(&Value::Null);
            let typed = |(name, value): (String, Value)| {
                let typed = with_origins(root, of(&name), value, depth + 1);
                (name, typed)
            };
            Value::Object(fields.into_iter().map(typed).collect())
        }
        other => other,
    }
}

fn gaps(work: &Work, answer: &Value) -> Vec<OpenQuestion> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            Value::Object(fields) => match serde_json::from_value::<Text>(value.clone()) {
                Ok(text) if text.origin == ideamine_core::Origin::Missing && !found.contains(&text.text) => {
                    found.push(text.text);
                }
                Ok(_) => {}
                Err(_) => fields.values().for_each(|field| walk(field, found)),
            },
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(answer, &mut found);
    let ask = |gap: &String| {
        let gap = gap.trim_start_matches("Not stated: ").trim_end_matches('.');
        let text = format!("What is to stand in {} for “{gap}”?", work.phase.output);
        question(text, "The idea does not say.")
    };
    let mut questions: Vec<OpenQuestion> = found.iter().take(ASKS_MAX).map(ask).collect();
    ideamine_core::artifacts::assign_ids("Q", questions.iter_mut().map(|q| &mut q.id));
    questions
}
