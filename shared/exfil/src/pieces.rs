//! A text written in pieces, put together: string literals that follow each other, and numbered parts. What is encoded is
//! decoded by `ideamine_unmask`.
use crate::tokens::run;
use memchr::memchr3;
use std::ops::Range;

/// What is read before and after strings that are joined.
const REACH: usize = 256;

/// A text with its string literals that follow each other (`"ab" + "cd"`, `'ab' 'cd'`, `"ab" . "cd"`) joined, if it has any.
pub(crate) fn concatenated(text: &str) -> Option<(String, Range<usize>)> {
    let bytes = text.as_bytes();
    let (mut out, mut at, mut from, mut first, mut last) = (String::new(), 0, 0, None, 0);
    let gap = |b: u8| b.is_ascii_whitespace() || matches!(b, b'+' | b'.' | b'&' | b'\\' | b'|');
    while let Some(quote) = bytes.get(at..).and_then(|rest| memchr3(b'"', b'\'', b'`', rest)) {
        at += quote;
        let next = run(bytes, at + 1, 24, gap);
        // An empty string, or the end of a line and the begin of the next, is no concatenation.
        let sign = bytes[at + 1..next].iter().any(|b| matches!(b, b'+' | b'.' | b'&' | b'|' | b'\\'))
            || bytes[at + 1..next].contains(&b' ');
        if next > at + 1 && sign && bytes.get(next) == Some(&bytes[at]) {
            from = if first.is_none() { crate::tokens::floor(text, at.saturating_sub(REACH)) } else { from };
            out.push_str(&text[from..at]);
            first.get_or_insert(at);
            last = next;
            from = next + 1;
            at = next;
        }
        at += 1;
    }
    let first = first?;
    let end = crate::tokens::floor(text, (last + REACH).min(text.len()));
    out.push_str(text.get(from..end).unwrap_or_default());
    Some((out, crate::tokens::floor(text, first.saturating_sub(REACH))..end))
}

/// The most parts of one text.
const PARTS: usize = 256;

/// The values of numbered parts (`part1: abc`, `"chunk_2": "def"`) one after the other, if there are two or more.
pub(crate) fn numbered(text: &str) -> Option<(String, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found: Vec<(u32, Range<usize>)> = Vec::new();
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let digits = at + next;
        let end = run(bytes, digits, usize::MAX, |b| b.is_ascii_digit());
        let value =
            (end - digits <= 3 && is_numbered(&bytes[at..digits])).then(|| value(bytes, end)).flatten();
        at = value.as_ref().map_or(end, |value| value.end);
        if let Some(value) = value {
            found.push((text.get(digits..end)?.parse().ok()?, value));
        }
        if found.len() == PARTS {
            break;
        }
    }
    let (first, last) = (found.first()?.1.start, found.last()?.1.end);
    let mut ordered = found;
    ordered.sort_by_key(|(number, _)| *number);
    (ordered.len() > 1)
        .then(|| (ordered.iter().filter_map(|(_, range)| text.get(range.clone())).collect(), first..last))
}

/// Whether what stands before a number says that it counts something: a letter, and a sign or a bracket between.
fn is_numbered(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"(").unwrap_or(before);
    let before = match before {
        [rest @ .., b' ' | b'_' | b'.' | b'#' | b'-'] => rest,
        _ => before,
    };
    before.last().is_some_and(u8::is_ascii_alphabetic)
}

/// The value given to the number that ends at `end`: `) = abc`, `/3: "abc"`, ` is abc`, ` -> abc`.
fn value(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    const LEAST: usize = 3;
    let quote = |at: usize| at + usize::from(matches!(bytes.get(at), Some(b'"' | b'\'' | b'`')));
    let blank = |at: usize| run(bytes, at, 3, |b| b.is_ascii_whitespace());
    let mut at = end + usize::from(bytes.get(end) == Some(&b')'));
    if bytes.get(at) == Some(&b'/') {
        at = run(bytes, at + 1, 3, |b| b.is_ascii_digit());
    }
    at = blank(quote(at));
    ["=", ":", "is", "->", "=>"].iter().find_map(|sign| {
        let given = bytes.get(at..at + sign.len())?.eq_ignore_ascii_case(sign.as_bytes());
        let from = quote(blank(at + sign.len()));
        let to = || {
            run(bytes, from, usize::MAX, |b| {
                b.is_ascii_alphanumeric()
                    || matches!(b, b'+' | b'/' | b'=' | b'_' | b'.' | b'@' | b':' | b'%' | b'-')
            })
        };
        given.then(to).filter(|to| to - from >= LEAST).map(|to| from..to)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_put_together() {
        let (text, span) = concatenated("key = \"ab\" + \"cd\" + \"ef\";").unwrap();
        assert_eq!((text.as_str(), span), ("key = \"abcdef\";", 0..25));
        let (text, span) = numbered("part2: world part1: hello").unwrap();
        assert_eq!((text.as_str(), span), ("helloworld", 7..25));
        assert!(concatenated("a = \"one\"\nb = \"two\"").is_none());
    }
}
