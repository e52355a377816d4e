//! Walking and rewriting JSONata syntax trees.

use jsonata_core::ast::{AstNode, BinaryOp, Stage};

/// Name under which the time of an evaluation is bound; no expression can spell it.
pub(super) const CLOCK: &str = "!now";

/// Where a node stands.
#[derive(Clone, Copy)]
pub(crate) struct Nodes<'a> {
    /// For the first step of a path: the name of the step after it, if it is a plain one.
    pub(crate) next_step: Option<&'a str>,
    /// True while `$` and bare names would refer to the input of the whole expression.
    pub(crate) top_level: bool,
}

/// Calls `visit` for `node` and everything below it, outermost first.
pub(crate) fn walk<'a>(node: &'a AstNode, visit: &mut dyn FnMut(&'a AstNode, Nodes<'a>)) {
    descend(node, Nodes { next_step: None, top_level: true }, visit);
}

fn descend<'a>(node: &'a AstNode, at: Nodes<'a>, visit: &mut dyn FnMut(&'a AstNode, Nodes<'a>)) {
    visit(node, at);
    let same = Nodes { next_step: None, ..at };
    let inner = Nodes { next_step: None, top_level: false };
    match node {
        AstNode::Path { steps } => {
            for (index, step) in steps.iter().enumerate() {
                let next_step = (index == 0 && step.stages.is_empty())
                    .then(|| steps.get(1))
                    .flatten()
                    .and_then(|next| match &next.node {
                        AstNode::Name(name) => Some(name.as_str()),
                        _ => None,
                    });
                let place = Nodes { next_step, top_level: at.top_level && index == 0 };
                descend(&step.node, place, visit);
                for stage in &step.stages {
                    if let Stage::Filter(filter) = stage {
                        descend(filter, inner, visit);
                    }
                }
            }
        }
        AstNode::Binary { op, lhs, rhs } => {
            descend(lhs, same, visit);
            descend(rhs, if *op == BinaryOp::ChainPipe { inner } else { same }, visit);
        }
        AstNode::Unary { operand, .. } => descend(operand, same, visit),
        AstNode::Function { args, .. } => args.iter().for_each(|arg| descend(arg, same, visit)),
        AstNode::Call { procedure, args } => {
            descend(procedure, same, visit);
            args.iter().for_each(|arg| descend(arg, same, visit));
        }
        AstNode::Lambda { body, .. } => descend(body, same, visit),
        AstNode::Array(items) | AstNode::Block(items) => {
            items.iter().for_each(|item| descend(item, same, visit));
        }
        AstNode::ArrayGroup(items) => items.iter().for_each(|item| descend(item, same, visit)),
        AstNode::Object(pairs) => pairs.iter().for_each(|(key, value)| {
            descend(key, same, visit);
            descend(value, same, visit);
        }),
        AstNode::ObjectTransform { input, pattern } => {
            descend(input, same, visit);
            pattern.iter().for_each(|(key, value)| {
                descend(key, inner, visit);
                descend(value, inner, visit);
            });
        }
        AstNode::Conditional { condition, then_branch, else_branch } => {
            descend(condition, same, visit);
            descend(then_branch, same, visit);
            if let Some(other) = else_branch {
                descend(other, same, visit);
            }
        }
        AstNode::FunctionApplication(body) => descend(body, same, visit),
        AstNode::Sort { input, terms } => {
            descend(input, same, visit);
            terms.iter().for_each(|(term, _)| descend(term, inner, visit));
        }
        AstNode::Transform { location, update, delete } => {
            for part in [Some(location), Some(update), delete.as_ref()].into_iter().flatten() {
                descend(part, inner, visit);
            }
        }
        _ => {}
    }
}

/// Names that the expression itself binds, by `:=`, parameters, `@` and `#`.
pub(crate) fn binds(ast: &AstNode) -> Vec<&str> {
    let mut names = Vec::new();
    walk(ast, &mut |node, _| match node {
        AstNode::Binary { op: BinaryOp::ColonEqual, lhs, .. } => {
            if let AstNode::Variable(name) = lhs.as_ref() {
                names.push(name.as_str());
            }
        }
        AstNode::Lambda { params, .. } => names.extend(params.iter().map(String::as_str)),
        AstNode::Path { steps } => {
            for step in steps {
                names.extend(step.focus.as_deref());
                names.extend(step.index_var.as_deref());
                names.extend(step.stages.iter().filter_map(|stage| match stage {
                    Stage::Index(name) => Some(name.as_str()),
                    _ => None,
                }));
            }
        }
        _ => {}
    });
    names
}

/// An operator that came to JSONata after 2.0.6.
pub(super) fn newer_operator(ast: &AstNode) -> Option<&'static str> {
    let mut found = None;
    walk(ast, &mut |node, _| match node {
        AstNode::Binary { op: BinaryOp::Coalesce, .. } => found = Some("??"),
        AstNode::Binary { op: BinaryOp::Default, .. } => found = Some("?:"),
        _ => {}
    });
    found
}

/// Replaces `$millis()` and `$now(…)` by forms that read the caller's clock.
pub(super) fn inject_clock(ast: AstNode) -> AstNode {
    map(ast, &mut |node| match node {
        AstNode::Function { name, args, .. } if name == "millis" && args.is_empty() => {
            AstNode::variable(CLOCK)
        }
        AstNode::Function { name, mut args, is_builtin } if name == "now" => {
            args.insert(0, AstNode::variable(CLOCK));
            AstNode::Function { name: "fromMillis".into(), args, is_builtin }
        }
        other => other,
    })
}

/// Rebuilds a tree with every node replaced by `change`, innermost first.
fn map(node: AstNode, change: &mut dyn FnMut(AstNode) -> AstNode) -> AstNode {
    let rebuilt = match node {
        AstNode::Path { mut steps } => {
            for step in &mut steps {
                let inner = std::mem::replace(&mut step.node, AstNode::Null);
                step.node = map(inner, change);
                step.id = Default::default();
                for stage in &mut step.stages {
                    if let Stage::Filter(filter) = stage {
                        in_place(filter, change);
                    }
                }
            }
            AstNode::Path { steps }
        }
        mut other => {
            each_child(&mut other, &mut |child| {
                let inner = std::mem::replace(child, AstNode::Null);
                *child = map(inner, change);
            });
            other
        }
    };
    change(rebuilt)
}

fn in_place(node: &mut AstNode, change: &mut dyn FnMut(AstNode) -> AstNode) {
    let inner = std::mem::replace(node, AstNode::Null);
    *node = map(inner, change);
}

fn each_child(node: &mut AstNode, visit: &mut dyn FnMut(&mut AstNode)) {
    match node {
        AstNode::Binary { lhs, rhs, .. } => [lhs, rhs].into_iter().for_each(|child| visit(child)),
        AstNode::Unary { operand, .. } => visit(operand),
        AstNode::Function { args, .. } => args.iter_mut().for_each(visit),
        AstNode::Call { procedure, args } => {
            visit(procedure);
            args.iter_mut().for_each(visit);
        }
        AstNode::Lambda { body, .. } | AstNode::FunctionApplication(body) => visit(body),
        AstNode::Array(items) | AstNode::ArrayGroup(items) | AstNode::Block(items) => {
            items.iter_mut().for_each(visit);
        }
        AstNode::Object(pairs) => each_pair(pairs, visit),
        AstNode::ObjectTransform { input, pattern } => {
            visit(input);
            each_pair(pattern, visit);
        }
        AstNode::Conditional { condition, then_branch, else_branch } => {
            visit(condition);
            visit(then_branch);
            if let Some(other) = else_branch {
                visit(other);
            }
        }
        AstNode::Sort { input, terms } => {
            visit(input);
            terms.iter_mut().for_each(|(term, _)| visit(term));
        }
        AstNode::Transform { location, update, delete } => {
            visit(location);
            visit(update);
            if let Some(delete) = delete {
                visit(delete);
            }
        }
        _ => {}
    }
}

fn each_pair(pairs: &mut [(AstNode, AstNode)], visit: &mut dyn FnMut(&mut AstNode)) {
    for (key, value) in pairs {
        visit(key);
        visit(value);
    }
}
