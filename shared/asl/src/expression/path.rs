//! The direct answer to `$states.input.a.b` and `$variable.a.b`, where no JSONata is needed.

use std::sync::Arc;

use jsonata_core::ast::{AstNode, PathStep};
use serde_json::Value;

use super::evaluate::Scope;
use super::place;
use crate::event::Data;

/// Integers beyond this are rounded by JSONata, whose numbers are doubles.
const MAX_EXACT: u64 = 1 << 53;

/// A variable, followed by plain member names.
#[derive(Debug)]
pub(super) struct MemberPath {
    root: Root,
    members: Vec<String>,
    /// The members as a JSON pointer, if the root is the result.
    part: Option<Arc<str>>,
}

#[derive(Debug)]
enum Root {
    Input,
    Result,
    ErrorOutput,
    Context,
    Variable(Arc<str>),
}

/// What walking a path came to.
pub(super) enum Walked {
    Found(Data),
    Undefined,
    /// JSONata must decide: an array on the way, or numbers that it would change.
    Unclear,
}

impl MemberPath {
    /// The path that `ast` is, if it is one.
    pub(super) fn of(ast: &AstNode) -> Option<MemberPath> {
        let (name, rest) = match ast {
            AstNode::Variable(name) => (name, &[][..]),
            AstNode::Path { steps } => match (plain(steps.first()?)?, &steps[1..]) {
                (AstNode::Variable(name), rest) => (name, rest),
                _ => return None,
            },
            _ => return None,
        };
        let mut members = Vec::new();
        for step in rest {
            match plain(step)? {
                AstNode::Name(name) => members.push(name.clone()),
                _ => return None,
            }
        }
        let root = Root::of(name, &mut members)?;
        let part =
            matches!(root, Root::Result).then(|| members.iter().fold(String::new(), |at, m| place(&at, m)));
        Some(MemberPath { root, members, part: part.filter(|part| !part.is_empty()).map(Arc::from) })
    }

    pub(super) fn part_of_result(&self) -> Option<&Arc<str>> {
        self.part.as_ref()
    }

    pub(super) fn walk(&self, scope: &Scope<'_>) -> Walked {
        let Some(root) = self.root.value(scope) else {
            return Walked::Undefined;
        };
        let mut value: &Value = &root;
        for member in &self.members {
            value = match value {
                Value::Object(fields) => match fields.get(member) {
                    Some(field) => field,
                    None => return Walked::Undefined,
                },
                Value::Array(_) => return Walked::Unclear,
                _ => return Walked::Undefined,
            };
        }
        if !survives(value) {
            return Walked::Unclear;
        }
        Walked::Found(if self.members.is_empty() { Arc::clone(&root) } else { Arc::new(value.clone()) })
    }
}

impl Root {
    fn of(name: &str, members: &mut Vec<String>) -> Option<Root> {
        match name {
            "" => None,
            "states" if members.is_empty() => None,
            "states" => match members.remove(0).as_str() {
                "input" => Some(Root::Input),
                "result" => Some(Root::Result),
                "errorOutput" => Some(Root::ErrorOutput),
                "context" => Some(Root::Context),
                _ => None,
            },
            name => Some(Root::Variable(name.into())),
        }
    }

    fn value(&self, scope: &Scope<'_>) -> Option<Data> {
        match self {
            Root::Input => Some(Arc::clone(scope.input)),
            Root::Result => scope.result.cloned(),
            Root::ErrorOutput => scope.error_output.cloned(),
            Root::Context => Some(Arc::new((scope.context)())),
            Root::Variable(name) => (scope.variable)(name),
        }
    }
}

fn plain(step: &PathStep) -> Option<&AstNode> {
    let bare = step.stages.is_empty()
        && step.focus.is_none()
        && step.index_var.is_none()
        && step.ancestor_label.is_none()
        && !step.is_tuple
        && !step.inner_tuple;
    bare.then_some(&step.node)
}

/// True if a trip through JSONata's doubles would give the same document.
fn survives(value: &Value) -> bool {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(n), _) => n.unsigned_abs() <= MAX_EXACT,
            (None, Some(_)) => false,
            (None, None) => number.as_f64().is_some_and(|n| n.fract() != 0.0),
        },
        Value::Array(items) => items.iter().all(survives),
        Value::Object(fields) => fields.values().all(survives),
        _ => true,
    }
}
