//! `SPDX-License-Identifier:` tags (SPDX 2.3, annex E) in any comment style.

use std::ops::Range;

use crate::expression::Expression;

const TAG: &[u8] = b"SPDX-License-Identifier:";
/// A file with more tags than this is a list of files; the first ones speak for it.
const MAX_TAGS: usize = 1000;

/// Every tag: its expression, if it can be read, and where it stands.
pub(crate) fn tags(text: &str) -> Vec<(Option<Expression>, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(colon) = bytes[at..].iter().position(|b| *b == b':').filter(|_| found.len() < MAX_TAGS) {
        let end = at + colon + 1;
        at = end;
        let start = end.wrapping_sub(TAG.len());
        if !bytes.get(start..end).is_some_and(|there| there.eq_ignore_ascii_case(TAG)) {
            continue;
        }
        let stop = bytes[end..]
            .iter()
            .position(|b| matches!(b, b'\n' | b'\r' | b'`' | b'"' | b'<'))
            .map_or(text.len(), |n| end + n);
        let stop = text[end..stop]
            .find("*/")
            .into_iter()
            .chain(text[end..stop].find("-->"))
            .chain(text[end..stop].find("\\n"))
            .min()
            .map_or(stop, |n| end + n);
        let value = text[end..stop].trim().trim_end_matches(['*', '#', '\'', ';', '}', ',', '.']).trim();
        if !value.is_empty() {
            found.push((Expression::read(value), start..stop));
        }
    }
    found
}
