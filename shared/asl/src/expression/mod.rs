//! A JSONata expression between `{%` and `%}`: compiled once, evaluated many times.
//!
//! Most expressions in machines only pick a member (`$states.result.Payload.x`); those are answered
//! by walking the document. Everything else, and every document where the walk could differ from
//! JSONata, goes to `jsonata-core`.

mod ast;
mod evaluate;
mod path;
mod template;

use std::sync::Arc;

use jsonata_core::ast::AstNode;

pub(crate) use ast::{binds, walk};
pub(crate) use evaluate::{Fault, Scope};
pub(crate) use template::{Template, place};

use crate::functions;
use path::MemberPath;

const OPEN: &str = "{%";
const CLOSE: &str = "%}";

/// One compiled expression.
#[derive(Debug)]
pub(crate) struct Expression {
    /// The text between the delimiters, trimmed: what AWS quotes in causes.
    pub(crate) source: Arc<str>,
    pub(crate) ast: AstNode,
    /// The same with the caller's clock in place of the host's, if the expression asks for the time.
    with_clock: Option<AstNode>,
    path: Option<MemberPath>,
    uses: Uses,
}

/// What an expression reads, so that nothing else is converted and bound for it.
#[derive(Debug, Default)]
struct Uses {
    states: States,
    variables: Vec<Arc<str>>,
    natives: Vec<&'static str>,
    clock: bool,
}

/// Which members of `$states` are read.
#[derive(Debug, Default, Clone, Copy)]
struct States {
    input: bool,
    result: bool,
    error_output: bool,
    context: bool,
}

impl States {
    const ALL: States = States { input: true, result: true, error_output: true, context: true };

    fn any(self) -> bool {
        self.input || self.result || self.error_output || self.context
    }
}

/// The expression in `text`, if `text` is one: it starts with `{%` and ends with `%}` exactly.
pub(crate) fn source_of(text: &str) -> Option<&str> {
    text.strip_prefix(OPEN)?.strip_suffix(CLOSE).map(str::trim)
}

impl Expression {
    /// Compiles the text between the delimiters.
    ///
    /// # Errors
    /// A message, if it is not JSONata 2.0, the version that Step Functions runs.
    pub(crate) fn compile(source: &str) -> Result<Expression, String> {
        let ast = jsonata_core::parser::parse(source).map_err(|why| why.display_message())?;
        if let Some(operator) = ast::newer_operator(&ast) {
            return Err(format!(
                "the operator {operator} is not part of JSONata 2.0.6, which Step Functions runs"
            ));
        }
        let uses = uses(&ast);
        let path = MemberPath::of(&ast);
        let with_clock = uses.clock.then(|| ast::inject_clock(ast.clone()));
        Ok(Expression { source: source.into(), ast, with_clock, path, uses })
    }
}

impl Expression {
    /// The JSON pointer of what the expression picks from `$states.result`, if it only picks.
    pub(crate) fn part_of_result(&self) -> Option<&Arc<str>> {
        self.path.as_ref()?.part_of_result()
    }
}

fn uses(ast: &AstNode) -> Uses {
    let mut uses = Uses::default();
    walk(ast, &mut |node, place| match node {
        AstNode::Variable(name) if name == "states" => uses.note_states(place.next_step),
        AstNode::Variable(name) | AstNode::Function { name, .. } => uses.note_name(name),
        _ => {}
    });
    uses
}

impl Uses {
    fn note_states(&mut self, member: Option<&str>) {
        match member {
            Some("input") => self.states.input = true,
            Some("result") => self.states.result = true,
            Some("errorOutput") => self.states.error_output = true,
            Some("context") => self.states.context = true,
            Some(_) => {}
            None => self.states = States::ALL,
        }
    }

    fn note_name(&mut self, name: &str) {
        let native = functions::NATIVES.iter().find(|native| **native == name);
        self.natives.extend(native.filter(|native| !self.natives.contains(native)));
        self.clock |= matches!(name, "now" | "millis");
        if !name.is_empty() && !self.variables.iter().any(|known| known.as_ref() == name) {
            self.variables.push(name.into());
        }
    }

    fn random(&self) -> bool {
        self.natives.iter().any(|native| functions::is_random(native))
    }
}

#[cfg(test)]
mod tests;
