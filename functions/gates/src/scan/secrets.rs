//! Keys and passwords in source.

use std::sync::LazyLock;

use ideamine_core::artifacts::Severity::{Critical, High};
use regex::Regex;

use super::python::{Kind, Token};
use super::{Said, say};

/// Forms that only real keys have.
const KEYS: [(&str, &str); 7] = [
    (r"-----BEGIN [A-Z ]*PRIVATE KEY-----", "a private key"),
    (r"\b(AKIA|ASIA)[0-9A-Z]{16}\b", "an AWS access key"),
    (r"\bgh[pousr]_[A-Za-z0-9]{36}\b", "a GitHub token"),
    (r"\bsk-[A-Za-z0-9_-]{20,}\b", "an API key"),
    (r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b", "a Slack token"),
    (r"\bAIza[0-9A-Za-z_-]{35}\b", "a Google API key"),
    (r"\b[rs]k_live_[0-9a-zA-Z]{20,}\b", "a Stripe key"),
];
/// Last words of names that hold secrets.
const NAMES: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "privatekey",
    "private_key",
    "credential",
    "secret_key",
    "access_key",
];
/// Shorter values are no secrets worth the name, or fields' labels.
const SECRET_CHARS_MIN: usize = 8;
/// What people leave in.
const WELL_KNOWN: [&str; 6] = ["changeme", "changeit", "letmein1", "password", "admin123", "verysecret"];

static RULES: LazyLock<Vec<(Regex, &'static str)>> =
    LazyLock::new(|| KEYS.iter().filter_map(|(form, what)| Some((Regex::new(form).ok()?, *what))).collect());

/// Keys by their form, in any file.
pub(super) fn known_keys(text: &str) -> Vec<Said> {
    let of_line = |(number, line): (usize, &str)| {
        let found = RULES.iter().find(|(rule, _)| rule.is_match(line))?;
        Some(say(
            "secret-in-source",
            Critical,
            number + 1,
            format!("{} stands in the source: remove and revoke it", found.1),
        ))
    };
    text.lines().enumerate().filter_map(of_line).collect()
}

/// `API_KEY = "…"`, also as a keyword argument or a dictionary's entry.
pub(super) fn assigned(tokens: &[Token]) -> Vec<Said> {
    let mut found = Vec::new();
    for window in tokens.windows(3) {
        let [left, sign, value] = window else { continue };
        let name = left.name().or_else(|| left.text().filter(|_| sign.is(':')));
        let given = sign.is('=') || sign.is(':');
        let Kind::Text { text, formatted: false } = &value.kind else { continue };
        if given && name.is_some_and(is_secret_name) && is_secret(text) {
            let message = format!(
                "`{}` has its value in the source: read it from the environment or a file",
                name.unwrap_or_default()
            );
            found.push(say("secret-in-source", High, left.line, message));
        }
    }
    found
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    NAMES.iter().any(|word| name == *word || name.ends_with(&format!("_{word}")))
}

/// No sentence, no name of a header or field: something with digits or mixed case, or a well-known default.
fn is_secret(text: &str) -> bool {
    let known = WELL_KNOWN.contains(&text.to_lowercase().as_str());
    let mixed = text.chars().any(|c| c.is_ascii_digit())
        || (text.chars().any(char::is_uppercase)
            && text.chars().any(char::is_lowercase)
            && !text.contains('-'));
    known || (text.chars().count() >= SECRET_CHARS_MIN && !text.contains(char::is_whitespace) && mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_key_compiles() {
        assert_eq!(RULES.len(), KEYS.len());
    }
}
