//! Debian's copyright files in their machine-readable form
//! (<https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>): the `License:` fields as expressions.

use std::ops::Range;

use crate::expression::Expression;

/// More paragraphs than this are not read.
const MAX_FIELDS: usize = 5000;

/// A longer short name is prose.
const MAX_LABEL_BYTES: usize = 80;

/// Every `License:` field's first line and where it stands; empty when the text is no such file.
pub(crate) fn licences(text: &str) -> Vec<(Option<Expression>, Range<usize>)> {
    let head = text.get(..floor(text, 4096)).unwrap_or(text);
    let formed = head.lines().any(|line| {
        line.get(..7)
            .is_some_and(|name| name.eq_ignore_ascii_case("format:") || name.eq_ignore_ascii_case("format-"))
    });
    if !formed {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(value) = field(line).filter(|_| found.len() < MAX_FIELDS) {
            let from = at + (line.len() - value.trim_start().len());
            let value = value.trim();
            if !value.is_empty() {
                found.push((Expression::read(value).or_else(|| label(value)), from..from + value.len()));
            }
        }
        at += line.len();
    }
    found
}

/// A short name that is on no list labels a text in the same file.
fn label(name: &str) -> Option<Expression> {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    (plain.len() <= MAX_LABEL_BYTES)
        .then(|| Expression::Licence { id: format!("LicenseRef-{plain}"), exception: None })
}

fn field(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    name.eq_ignore_ascii_case("license").then_some(value)
}

/// The greatest character boundary up to `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
