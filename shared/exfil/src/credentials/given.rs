//! How a name is given its value: the sign or word between them, and where the value ends.
use super::NAME;
use crate::tokens::{floor, run};

const VALUE: usize = 1024;

/// Blanks and closing signs between a name and what gives it its value: configurations are aligned in columns.
const BLANKS: usize = 16;

/// How a value is given to a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    /// `=`, `:=`, `=>`, `==`
    Equals,
    /// `:`
    Colon,
    /// `is`, an option of a command, a tag: words follow each other.
    Words,
}

/// What joins the name that ends at `end` to its value, and where that begins.
pub(super) fn operator(text: &str, end: usize) -> Option<(usize, Operator)> {
    let bytes = text.as_bytes();
    let skip = |at: usize| {
        run(bytes, at, BLANKS, |b| {
            matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'`' | b']' | b')' | b'\\' | b'*')
        })
    };
    let at = skip(end);
    let rest = bytes.get(at..)?;
    let blank = |at: usize| run(bytes, at, 24, |b| matches!(b, b' ' | b'\t'));
    for (sign, operator) in [
        (":=", Operator::Equals),
        ("=>", Operator::Equals),
        ("===", Operator::Equals),
        ("==", Operator::Equals),
        ("->", Operator::Equals),
        ("::=", Operator::Equals),
        ("?=", Operator::Equals),
        ("=", Operator::Equals),
        ("：", Operator::Colon),
        (":", Operator::Colon),
        ("||:", Operator::Equals),
        ("is ", Operator::Words),
        ("ist ", Operator::Words),
        ("est ", Operator::Words),
        ("es ", Operator::Words),
        ("was ", Operator::Words),
        ("to ", Operator::Words),
        (", ", Operator::Words),
        (",", Operator::Words),
        ("=\\", Operator::Equals),
    ] {
        if rest.len() >= sign.len() && rest[..sign.len()].eq_ignore_ascii_case(sign.as_bytes()) {
            let mut from = blank(at + sign.len());
            if operator == Operator::Colon && bytes.get(from) == Some(&b'\n') {
                from = blank(from + 1);
            }
            // `token: Bearer abc`, `value: "abc"`; typed declarations: `password: String = "abc"`
            let typed = ["String = ", "string = ", "str = ", "&str = ", "&'static str = "]
                .iter()
                .find(|t| text.get(from..).is_some_and(|r| r.starts_with(**t)));
            return Some((from + typed.map_or(0, |t| t.len()), operator));
        }
    }
    let tag = rest.first() == Some(&b'>') && bytes[end.saturating_sub(NAME)..end].contains(&b'<');
    let attribute = text.get(at..).and_then(|rest| rest.strip_prefix("value=")).map(|_| at + 6);
    let option = at > end
        && bytes[end.saturating_sub(NAME)..end]
            .iter()
            .rposition(|b| b.is_ascii_whitespace())
            .is_some_and(|n| bytes[end.saturating_sub(NAME) + n + 1] == b'-');
    let quoted_after_space =
        at > end && matches!(bytes[at - 1], b'"' | b'\'' | b'`') && bytes[end].is_ascii_whitespace();
    match () {
        () if tag => Some((at + 1, Operator::Words)),
        () if attribute.is_some() => attribute.map(|at| (at, Operator::Equals)),
        () if quoted_after_space => Some((at - 1, Operator::Words)),
        () if option => Some((at, Operator::Words)),
        () => None,
    }
}

/// The value that begins at `from`, without its quotes, and whether it had any.
pub(super) fn value(text: &str, from: usize) -> Option<(&str, bool)> {
    let rest = text.get(from..floor(text, (from + VALUE).min(text.len())))?;
    let escaped = rest.strip_prefix('\\').filter(|r| r.starts_with(['"', '\'']));
    let open = escaped.unwrap_or(rest);
    let quote = open.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    match quote {
        Some(quote) => {
            let inner = &open[1..];
            let end = inner
                .char_indices()
                .find(|(i, c)| {
                    *c == quote && (escaped.is_some() || *i == 0 || inner.as_bytes()[i - 1] != b'\\')
                })
                .map(|(i, _)| i)?;
            Some((inner[..end].trim_end_matches('\\'), escaped.is_none()))
        }
        None => {
            let end = rest
                .find(|c: char| {
                    c.is_whitespace()
                        || matches!(c, '"' | '\'' | '`' | ',' | ';' | '<' | ')' | '}' | ']' | '\\')
                })
                .unwrap_or(rest.len());
            let value = rest[..end].trim_end_matches(['.', ':', '!', '?']);
            (!value.is_empty()).then_some((value, false))
        }
    }
}
