//! Expressions that mean the same on every engine: short, rooted, without hidden input.

use jsonata_core::ast::AstNode;

use super::Linter;
use crate::expression::{Expression, binds, walk};
use crate::machine::{State, Work};

/// Longer ones belong into a function.
const MAX_LINES: usize = 3;
/// Larger integers are not exact in JSONata.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
/// Functions whose answer is not in the journal of what the machine was given.
const IMPURE: &[&str] = &["now", "millis", "random", "uuid", "shuffle"];

impl<'a> Linter<'a> {
    pub(super) fn expression(&mut self, state: &'a State, at: &str, expression: &'a Expression) {
        let mut say = |rule, message: String| self.report(rule, Some(state), at, message);
        let lines = expression.source.lines().count();
        if lines > MAX_LINES {
            say(
                "expression-lines",
                format!("the expression has {lines} lines, at most {MAX_LINES}; use a function"),
            );
        }
        if expression.source.contains('"') {
            say("expression-quotes", "strings in expressions are written with single quotes".into());
        }
        let mut used = Vec::new();
        walk(&expression.ast, &mut |node, place| match node {
            AstNode::Function { name, .. } => forbidden(name, &mut say),
            AstNode::Number(number) if number.abs() > MAX_EXACT => {
                say("expression-number", format!("{number} is beyond 2^53, where numbers are not exact"));
            }
            AstNode::Variable(name) if name.is_empty() && place.top_level => {
                say("expression-root", rootless("$"))
            }
            AstNode::ParentVariable(_) => say("expression-root", rootless("$$")),
            AstNode::Name(name) if place.top_level => say("expression-root", rootless(name)),
            AstNode::Variable(name) => {
                forbidden(name, &mut say);
                used.push(name.as_str());
            }
            _ => {}
        });
        self.variables(state, at, expression, &used);
        self.list(state, at, expression);
        self.condition(state, at, expression);
    }

    fn variables(&mut self, state: &'a State, at: &str, expression: &Expression, used: &[&str]) {
        let own = binds(&expression.ast);
        let declared = self.visible(state.region);
        for name in used {
            let known = name.is_empty()
                || *name == "states"
                || own.contains(name)
                || declared.contains(name)
                || is_function(name);
            if !known {
                self.report(
                    "expression-variable",
                    Some(state),
                    at,
                    format!("no state here or around assigns ${name}; paths start at $states or a declared variable"),
                );
            }
        }
    }

    /// A list that JSONata builds must be wrapped, or a single element stands for itself.
    fn list(&mut self, state: &State, at: &str, expression: &Expression) {
        let is_items = matches!(state.work, Work::Map(_)) && at == format!("{}/Items", state.at);
        let safe = match &expression.ast {
            AstNode::Array(_) | AstNode::Variable(_) => true,
            AstNode::Path { steps } => steps.iter().all(|step| {
                step.stages.is_empty() && matches!(step.node, AstNode::Name(_) | AstNode::Variable(_))
            }),
            _ => false,
        };
        if is_items && !safe {
            self.report(
                "list-wrapped",
                Some(state),
                at,
                "wrap the expression in [...], or one element is no list",
            );
        }
    }

    /// Engines word causes differently, so nothing may depend on one.
    fn condition(&mut self, state: &State, at: &str, expression: &Expression) {
        if !at.ends_with("/Condition") {
            return;
        }
        walk(&expression.ast, &mut |node, _| {
            if matches!(node, AstNode::Name(name) if name == "Cause") {
                self.report("cause-branch", Some(state), at, "a Choice does not depend on a Cause");
            }
        });
    }
}

fn forbidden(name: &str, say: &mut dyn FnMut(&'static str, String)) {
    if name == "eval" {
        say("expression-eval", "$eval is not supported; use $parse to read JSON".into());
    }
    if IMPURE.contains(&name) {
        say("expression-impure", format!("${name} reads the clock or randomness; let a function do that"));
    }
}

fn rootless(name: &str) -> String {
    format!("'{name}' refers to no input here; paths start at $states or a declared variable")
}

/// True for a function of the language, which may be passed by name.
fn is_function(name: &str) -> bool {
    const PASSED: &[&str] = &[
        "string",
        "number",
        "boolean",
        "not",
        "exists",
        "type",
        "keys",
        "lookup",
        "merge",
        "spread",
        "each",
        "sum",
        "max",
        "min",
        "average",
        "count",
        "append",
        "sort",
        "reverse",
        "distinct",
        "zip",
        "length",
        "uppercase",
        "lowercase",
        "trim",
        "substring",
        "split",
        "join",
        "contains",
        "match",
        "replace",
        "abs",
        "floor",
        "ceil",
        "round",
        "power",
        "sqrt",
        "map",
        "filter",
        "reduce",
        "sift",
        "single",
        "base64encode",
        "base64decode",
        "toMillis",
        "fromMillis",
        "formatNumber",
        "parseInteger",
        "formatInteger",
        "parse",
        "hash",
        "partition",
        "range",
        "error",
        "assert",
        "eval",
        "now",
        "millis",
        "random",
        "uuid",
        "shuffle",
    ];
    PASSED.contains(&name)
}
