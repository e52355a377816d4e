//! Pages made by formatting without escaping, and scripts that write markup.

use std::sync::LazyLock;

use ideamine_core::artifacts::Severity::{High, Medium};
use regex::Regex;

use super::python::{Kind, Token, placeholders};
use super::{Said, say};

static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<[a-zA-Z!/][^<]*").ok());
/// In the browser: running text as code, and writing markup.
const IN_BROWSER: [(&str, &str, &str); 6] = [
    (r"\beval\s*\(", "dangerous-eval", "`eval` runs text as code"),
    (r"\bnew\s+Function\s*\(", "dangerous-eval", "`new Function` runs text as code"),
    (r"\bdocument\.write(ln)?\s*\(", "html-injection", "`document.write` writes markup: use textContent"),
    (r"\.(inner|outer)HTML\s*\+?=", "html-injection", "writes markup: use textContent or createElement"),
    (r"\binsertAdjacentHTML\s*\(", "html-injection", "writes markup: use textContent or createElement"),
    (r"\bjavascript:", "html-injection", "a `javascript:` address runs code: use a listener"),
];

static BROWSER: LazyLock<Vec<(Regex, &'static str, &'static str)>> = LazyLock::new(|| {
    IN_BROWSER.iter().filter_map(|(form, rule, what)| Some((Regex::new(form).ok()?, *rule, *what))).collect()
});

/// A file that formats values into tags and never names anything that escapes. Whether every value is escaped
/// cannot be told from here; the held-out requests try it.
pub(super) fn unescaped(tokens: &[Token]) -> Vec<Said> {
    let escapes = |name: &str| {
        let name = name.to_lowercase();
        ["escape", "markup", "sanitize", "sanitise", "autoescape"].iter().any(|word| name.contains(word))
    };
    if tokens.iter().filter_map(Token::name).any(escapes) {
        return Vec::new();
    }
    let first = tokens.iter().enumerate().find(|(at, token)| formats_a_tag(token, &tokens[at + 1..]));
    let message =
        "puts values into markup, and nothing in this file escapes: pass every text through html.escape";
    first.map(|(_, token)| say("html-not-escaped", High, token.line, message)).into_iter().collect()
}

fn formats_a_tag(token: &Token, after: &[Token]) -> bool {
    let Kind::Text { text, formatted } = &token.kind else { return false };
    if !TAG.as_ref().is_some_and(|tag| tag.is_match(text)) {
        return false;
    }
    let by_f = *formatted && !placeholders(text).is_empty();
    let by_percent = after.first().is_some_and(|t| t.is('%'));
    let by_plus =
        after.first().is_some_and(|t| t.is('+')) && after.get(1).is_some_and(|t| t.name().is_some());
    let by_format =
        after.first().is_some_and(|t| t.is('.')) && after.get(1).and_then(Token::name) == Some("format");
    by_f || by_percent || by_plus || by_format
}

/// Scripts, and pages that hold some.
pub(super) fn in_browser(text: &str) -> Vec<Said> {
    let of_line = |(number, line): (usize, &str)| {
        let (_, rule, what) = BROWSER.iter().find(|(form, ..)| form.is_match(line))?;
        let severity = if *rule == "dangerous-eval" { High } else { Medium };
        Some(say(rule, severity, number + 1, *what))
    };
    text.lines().enumerate().filter_map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_compiles() {
        assert_eq!(BROWSER.len(), IN_BROWSER.len());
        assert!(TAG.is_some());
    }
}
