//! Evaluating an expression: binding what it reads, converting what it yields.

use std::sync::Arc;

use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use jsonata_core::value::{JArray, JValue};
use serde_json::{Map, Number, Value};

use super::ast::CLOCK;
use super::path::Walked;
use super::{Expression, States};
use crate::event::Data;
use crate::functions;

/// Deepest nesting of calls in one evaluation.
const MAX_DEPTH: usize = 2_000;
/// Longest list that one evaluation may build.
const MAX_SEQUENCE: usize = 1_000_000;
/// Longest evaluation: a backstop against an expression that never ends.
const MAX_EVALUATION_MS: u64 = 5_000;
/// Integers up to this are written as such; beyond it a double has no exact integer anyway.
const MAX_INTEGER: f64 = 9_007_199_254_740_992.0;

/// What an evaluation may see. Everything is looked up only when an expression reads it.
pub(crate) struct Scope<'a> {
    pub(crate) input: &'a Data,
    pub(crate) result: Option<&'a Data>,
    pub(crate) error_output: Option<&'a Data>,
    pub(crate) context: &'a dyn Fn() -> Value,
    pub(crate) variable: &'a dyn Fn(&str) -> Option<Data>,
    pub(crate) now_ms: i64,
    pub(crate) random: &'a dyn Fn() -> u64,
}

/// Why an expression has no value that a state could use; the text is part of a cause.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Undefined,
    /// A function, a regular expression or a number that JSON cannot hold.
    Unsupported,
    Threw(String),
}

impl Expression {
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Data, Fault> {
        match self.path.as_ref().map(|path| path.walk(scope)) {
            Some(Walked::Found(value)) => Ok(value),
            Some(Walked::Undefined) => Err(Fault::Undefined),
            Some(Walked::Unclear) | None => self.run(scope),
        }
    }

    pub(super) fn run(&self, scope: &Scope<'_>) -> Result<Data, Fault> {
        let options = EvaluatorOptions {
            timeout_ms: Some(MAX_EVALUATION_MS),
            max_stack_depth: Some(MAX_DEPTH),
            max_sequence_length: Some(MAX_SEQUENCE),
            cancel: None,
        };
        let mut evaluator = Evaluator::with_options(self.bindings(scope), options);
        if !self.uses.natives.is_empty() {
            let seed = if self.uses.random() { (scope.random)() } else { 0 };
            functions::register(&mut evaluator, &self.uses.natives, seed)
                .map_err(|why| Fault::Threw(why.message().to_owned()))?;
        }
        let value = evaluator
            .evaluate(self.with_clock.as_ref().unwrap_or(&self.ast), &JValue::Undefined)
            .map_err(|why| Fault::Threw(why.message().to_owned()))?;
        to_json(&value).map(Arc::new)
    }

    fn bindings(&self, scope: &Scope<'_>) -> Context {
        let mut context = Context::new();
        if self.uses.states.any() {
            context.bind("states".to_owned(), states(self.uses.states, scope));
        }
        for name in &self.uses.variables {
            if let Some(value) = (scope.variable)(name) {
                context.bind(name.to_string(), from_json(&value));
            }
        }
        if self.uses.clock {
            context.bind(CLOCK.to_owned(), JValue::from_i64(scope.now_ms));
        }
        context
    }
}

/// `$states`, with the members that are read.
fn states(uses: States, scope: &Scope<'_>) -> JValue {
    let parts = [
        ("input", uses.input.then(|| from_json(scope.input))),
        ("result", scope.result.filter(|_| uses.result).map(|data| from_json(data))),
        ("errorOutput", scope.error_output.filter(|_| uses.error_output).map(|data| from_json(data))),
        ("context", uses.context.then(|| from_json(&(scope.context)()))),
    ];
    JValue::object(
        parts.into_iter().filter_map(|(name, value)| value.map(|value| (name.to_owned(), value))).collect(),
    )
}

fn from_json(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(flag) => JValue::Bool(*flag),
        Value::Number(number) => JValue::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => JValue::string(text.as_str()),
        Value::Array(items) => {
            let flat = !items.iter().any(Value::is_array);
            JValue::Array(JArray::new_flat(items.iter().map(from_json).collect(), flat))
        }
        Value::Object(fields) => {
            JValue::object(fields.iter().map(|(key, field)| (key.clone(), from_json(field))).collect())
        }
    }
}

/// A value as JSON. Undefined members are left out, as JSONata does when it writes JSON.
fn to_json(value: &JValue) -> Result<Value, Fault> {
    match value {
        JValue::Undefined => Err(Fault::Undefined),
        JValue::Null => Ok(Value::Null),
        JValue::Bool(flag) => Ok(Value::Bool(*flag)),
        JValue::Number(number) => number_to_json(*number),
        JValue::String(text) => Ok(Value::String(text.to_string())),
        JValue::Array(items) => items
            .iter()
            .filter(|item| !item.is_undefined())
            .map(to_json)
            .collect::<Result<_, _>>()
            .map(Value::Array),
        JValue::Object(fields) => {
            let mut object = Map::with_capacity(fields.len());
            for (key, field) in fields.iter().filter(|(_, field)| !field.is_undefined()) {
                object.insert(key.clone(), to_json(field)?);
            }
            Ok(Value::Object(object))
        }
        _ => Err(Fault::Unsupported),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn number_to_json(number: f64) -> Result<Value, Fault> {
    if number.fract() == 0.0 && number.abs() <= MAX_INTEGER {
        return Ok(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number).ok_or(Fault::Unsupported)
}
