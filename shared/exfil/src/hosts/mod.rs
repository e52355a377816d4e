//! Hosts, addresses and shares that only exist inside; here what tells a host from an expression of code.
mod address;
mod name;
mod url;

pub(crate) use address::{v4, v6};
pub(crate) use name::{LABELS, name};
pub(crate) use url::{share, url};

use crate::leak::Kind;
use crate::tokens::around;
use std::ops::Range;

const HOST: Kind = Kind::InternalHost;

fn in_host(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')
}

/// What speaks for a host rather than an expression: a scheme, a login or a port; a word before it.
fn used_as_host(text: &str, span: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let (from, _) = around(text, span, 40, 0);
    let before = text.get(from..span.start).unwrap_or_default();
    let port = bytes.get(span.end) == Some(&b':') && bytes.get(span.end + 1).is_some_and(u8::is_ascii_digit);
    let login = before
        .strip_suffix('@')
        .is_some_and(|user| user.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_')));
    before.ends_with("://") || login || before.ends_with("\\\\") || port
}

fn said_before(text: &str, span: &Range<usize>, words: &[&str]) -> bool {
    let (from, _) = around(text, span, 40, 0);
    let before = text.get(from..span.start).unwrap_or_default().to_ascii_lowercase();
    words.iter().any(|word| before.contains(word))
}
