//! SQL made by formatting: a value that is not bound can be anything.
//!
//! Names of tables and columns cannot be bound, so that a placeholder where a name stands is no finding; one
//! where a value stands is, unless it is made of parameter marks (`?`).

use std::sync::LazyLock;

use ideamine_core::artifacts::Severity::High;
use regex::Regex;

use super::python::{Kind, Token, placeholders};
use super::{Said, say};

static STATEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?is)^\s*(select\b.*\bfrom\b|insert\s+(or\s+\w+\s+)?into\b|replace\s+into\b|update\b.*\bset\b|delete\s+from\b|where\b|and\s+\w+\s*=|with\b.*\bselect\b)").ok()
});
/// What stands before a value.
static BEFORE_VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?is)([=<>'"%]|\b(like|glob|limit|offset|between)|\b(values|in)\s*\([^)]*)\s*$"#).ok()
});
/// `%s` and `{}` in the place of a value.
static VALUE_MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?is)([=<>'"]|\b(like|glob|limit|offset|between)|\b(values|in)\s*\([^)]*)\s*['"%]*(%[sdr(]|\{\w*\})"#).ok()
});

fn matches(rule: &LazyLock<Option<Regex>>, text: &str) -> bool {
    rule.as_ref().is_some_and(|rule| rule.is_match(text))
}

/// Statements with a value put in by `f"…"`, `+`, `%` or `.format`.
pub(super) fn formatted(tokens: &[Token]) -> Vec<Said> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Text { text, formatted } = &token.kind else { continue };
        if !matches(&STATEMENT, text) {
            continue;
        }
        let next = |ahead: usize| tokens.get(at + ahead);
        let by_f = *formatted
            && placeholders(text)
                .iter()
                .any(|(before, value)| matches(&BEFORE_VALUE, before) && !is_marks(value, tokens));
        let by_plus = next(1).is_some_and(|t| t.is('+')) && matches(&BEFORE_VALUE, text);
        let by_percent = next(1).is_some_and(|t| t.is('%')) && matches(&VALUE_MARK, text);
        let by_format = next(1).is_some_and(|t| t.is('.'))
            && next(2).and_then(Token::name) == Some("format")
            && matches(&VALUE_MARK, text);
        if by_f || by_plus || by_percent || by_format {
            let message =
                "a value is put into SQL by formatting: bind it with `?` and give it as a parameter";
            found.push(say("sql-by-formatting", High, token.line, message));
        }
    }
    found
}

/// Whether an expression can only be parameter marks: it holds one itself, or its name is assigned from one.
fn is_marks(expression: &str, tokens: &[Token]) -> bool {
    let mark = |text: &str| {
        !text.is_empty() && text.chars().all(|c| "?,%s ".contains(c)) && text.contains(['?', '%'])
    };
    let quoted = expression.split(['"', '\'']).skip(1).step_by(2);
    if quoted.into_iter().any(mark) {
        return true;
    }
    let assigned = |at: usize| {
        let value = tokens[at + 2..].iter().take_while(|token| token.kind != Kind::End);
        value.into_iter().any(|token| token.text().is_some_and(mark))
    };
    let starts = tokens
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].name() == Some(expression.trim()) && pair[1].is('='));
    starts.map(|(at, _)| at).any(assigned)
}
