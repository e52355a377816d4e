//! A text written in pieces, put together: string literals that follow each other, and numbered parts. What is encoded is
//! decoded by `ideamine_unmask`.
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// What is read before and after strings that are joined.
const REACH: usize = 256;

/// A text with its string literals that follow each other (`"ab" + "cd"`, `'ab' 'cd'`, `"ab" . "cd"`) joined, if it has any.
pub(crate) fn concatenated(text: &str) -> Option<(String, Range<usize>)> {
    let bytes = text.as_bytes();
    let (mut out, mut at, mut from, mut first, mut last) = (String::new(), 0, 0, None, 0);
    while at < bytes.len() {
        if matches!(bytes[at], b'"' | b'\'' | b'`') {
            let gap = |b: u8| b.is_ascii_whitespace() || matches!(b, b'+' | b'.' | b'&' | b'\\' | b'|');
            let next = crate::tokens::run(bytes, at + 1, 24, gap);
            // An empty string, or the end of a line and the begin of the next, is no concatenation.
            let sign = bytes[at + 1..next].iter().any(|b| matches!(b, b'+' | b'.' | b'&' | b'|' | b'\\'))
                || bytes[at + 1..next].contains(&b' ');
            if next > at + 1 && sign && bytes.get(next) == Some(&bytes[at]) {
                from =
                    if first.is_none() { crate::tokens::floor(text, at.saturating_sub(REACH)) } else { from };
                out.push_str(&text[from..at]);
                first.get_or_insert(at);
                last = next;
                from = next + 1;
                at = next;
            }
        }
        at += 1;
    }
    let first = first?;
    let end = crate::tokens::floor(text, (last + REACH).min(text.len()));
    out.push_str(text.get(from..end).unwrap_or_default());
    Some((out, crate::tokens::floor(text, first.saturating_sub(REACH))..end))
}

/// The values of numbered parts (`part1: abc`, `"chunk_2": "def"`) one after the other, if there are two or more.
pub(crate) fn numbered(text: &str) -> Option<(String, Range<usize>)> {
    static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)(?:part|chunk|piece|seg(?:ment)?|frag(?:ment)?|half|block|line|row|field|str|var|val|key|[a-z])[ _.#-]?\(?([0-9]{1,3})\)?(?:/[0-9]{1,3})?["'`]?\s{0,3}(?:=|:|is|->|=>)\s{0,3}["'`]?([A-Za-z0-9+/=_.@:%-]{3,})"#).ok()
    });
    let found: Vec<(u32, Range<usize>)> = PARTS
        .as_ref()?
        .captures_iter(text)
        .take(256)
        .filter_map(|c| Some((c.get(1)?.as_str().parse().ok()?, c.get(2)?.range())))
        .collect();
    let (first, last) = (found.first()?.1.start, found.last()?.1.end);
    let mut ordered = found;
    ordered.sort_by_key(|(number, _)| *number);
    (ordered.len() > 1)
        .then(|| (ordered.iter().map(|(_, range)| &text[range.clone()]).collect(), first..last))
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
