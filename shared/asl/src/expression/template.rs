//! A JSON document with expressions in it, as `Arguments`, `Output` and `Assign` hold them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{CLOSE, Expression, Fault, OPEN, Scope, source_of};
use crate::event::Data;

/// A document that is constant, or is filled in at run time. Keys are never evaluated.
#[derive(Debug)]
pub(crate) enum Template {
    Constant(Data),
    Expression(Arc<Expression>),
    Array(Vec<Template>),
    Object(Vec<(String, Template)>),
}

/// An expression inside a template that failed.
#[derive(Debug)]
pub(crate) struct TemplateFault {
    /// Where in the template, as AWS writes it: `/result/0`; empty for the template itself.
    pub(crate) place: String,
    pub(crate) source: Arc<str>,
    pub(crate) fault: Fault,
}

impl Template {
    /// Compiles every expression in `value`; problems are passed to `report` with their place.
    pub(crate) fn compile(value: &Value, at: &str, report: &mut dyn FnMut(&str, String)) -> Template {
        let template = match value {
            Value::String(text) => return compile_text(text, at, report),
            Value::Array(items) => {
                let part = |(index, item)| Template::compile(item, &format!("{at}/{index}"), report);
                Template::Array(items.iter().enumerate().map(part).collect())
            }
            Value::Object(fields) => {
                let part = |(key, field): (&String, _)| {
                    (key.clone(), Template::compile(field, &place(at, key), report))
                };
                Template::Object(fields.iter().map(part).collect())
            }
            _ => return Template::Constant(Arc::new(value.clone())),
        };
        if template.is_constant() { Template::Constant(Arc::new(value.clone())) } else { template }
    }

    fn is_constant(&self) -> bool {
        match self {
            Template::Constant(_) => true,
            Template::Expression(_) => false,
            Template::Array(items) => items.iter().all(Template::is_constant),
            Template::Object(fields) => fields.iter().all(|(_, field)| field.is_constant()),
        }
    }

    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Data, TemplateFault> {
        match self {
            Template::Constant(data) => Ok(Arc::clone(data)),
            Template::Expression(expression) => expression.evaluate(scope).map_err(|fault| TemplateFault {
                place: String::new(),
                source: Arc::clone(&expression.source),
                fault,
            }),
            Template::Array(items) => {
                let mut array = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let value = item.evaluate(scope).map_err(|fault| fault.under(index))?;
                    array.push(Arc::unwrap_or_clone(value));
                }
                Ok(Arc::new(Value::Array(array)))
            }
            Template::Object(fields) => {
                let mut object = Map::with_capacity(fields.len());
                for (key, field) in fields {
                    let value = field.evaluate(scope).map_err(|fault| fault.under(key))?;
                    object.insert(key.clone(), Arc::unwrap_or_clone(value));
                }
                Ok(Arc::new(Value::Object(object)))
            }
        }
    }

    /// Calls `visit` for every expression in the template with its place.
    pub(crate) fn each_expression<'a>(&'a self, at: &str, visit: &mut dyn FnMut(&str, &'a Expression)) {
        match self {
            Template::Constant(_) => {}
            Template::Expression(expression) => visit(at, expression),
            Template::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.each_expression(&format!("{at}/{index}"), visit);
                }
            }
            Template::Object(fields) => {
                for (key, field) in fields {
                    field.each_expression(&place(at, key), visit);
                }
            }
        }
    }
}

impl TemplateFault {
    fn under(mut self, step: impl std::fmt::Display) -> TemplateFault {
        self.place = format!("/{step}{}", self.place);
        self
    }
}

fn compile_text(text: &str, at: &str, report: &mut dyn FnMut(&str, String)) -> Template {
    let Some(source) = source_of(text) else {
        if text.starts_with(OPEN) || text.ends_with(CLOSE) {
            report(at, format!("an expression starts with {OPEN} and ends with {CLOSE}, found '{text}'"));
        }
        return Template::Constant(Arc::new(Value::from(text)));
    };
    match Expression::compile(source) {
        Ok(expression) => Template::Expression(Arc::new(expression)),
        Err(why) => {
            report(at, format!("the JSONata expression '{source}' does not parse: {why}"));
            Template::Constant(Arc::new(Value::Null))
        }
    }
}

/// `at` extended by one member, as a JSON pointer.
pub(crate) fn place(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}
