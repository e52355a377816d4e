//! A JSON brief as blocks: each string stands under its key as heading, at its place in the raw bytes.
//!
//! The document is validated by a real parser first; the scanner below only finds where strings stand.

use serde_json::Value;

use super::block::{Block, BlockKind};
use super::span::Span;

/// The blocks of a JSON brief: an object with the text `idea`; `None` for anything else.
pub(super) fn blocks(idea: &str) -> Option<Vec<Block>> {
    if !idea.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return None;
    }
    let value: Value = serde_json::from_str(idea.trim_start_matches('\u{feff}')).ok()?;
    value.get("idea")?.as_str()?;
    let mut scanner = Scanner { bytes: idea.as_bytes(), at: 0, blocks: Vec::new() };
    scanner.skip_blank();
    scanner.value("");
    let mut blocks = Vec::new();
    scanner.blocks.into_iter().for_each(|(key, span)| split(idea, &key, span, &mut blocks));
    // The title first, then the idea, then the lists, whatever order they were written in.
    let rank = |block: &Block| match (block.kind, block.section.as_str()) {
        (BlockKind::Heading(_), _) => 0,
        (_, "") => 1,
        _ => 2,
    };
    blocks.sort_by_key(|block| (rank(block), block.span.start));
    Some(blocks)
}

/// A string with line breaks is several paragraphs; the keys `title` and `idea` are what they say.
fn split(idea: &str, key: &str, span: Span, blocks: &mut Vec<Block>) {
    let section = if key == "idea" || key == "title" { "" } else { key };
    let kind = match key {
        "title" => BlockKind::Heading(1),
        "idea" => BlockKind::Paragraph,
        _ => BlockKind::Item,
    };
    let text = span.of(idea);
    let mut start = 0;
    let breaks = text.match_indices("\\n").map(|(at, _)| at).filter(|at| !escaped(text, *at));
    let ends: Vec<usize> = breaks.chain([text.len()]).collect();
    for end in ends {
        let piece = Span::new(span.start + start, span.start + end).trimmed(idea, &['-', '*']);
        if piece.start < piece.end {
            blocks.push(Block { kind, span: piece, section: section.replace(['_', '-'], " ") });
        }
        start = (end + 2).min(text.len());
    }
}

/// Whether the backslash at `at` is itself escaped.
fn escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    blocks: Vec<(String, Span)>,
}

impl Scanner<'_> {
    /// Steps over one value; strings are noted under the nearest named key.
    fn value(&mut self, key: &str) {
        match self.peek() {
            b'{' => self.object(key),
            b'[' => self.array(key),
            b'"' => {
                let span = self.string();
                self.blocks.push((key.to_owned(), span));
            }
            _ => self.scalar(),
        }
        self.skip_blank();
    }

    fn object(&mut self, outer: &str) {
        self.step();
        while self.peek() == b'"' {
            let span = self.string();
            let name = String::from_utf8_lossy(&self.bytes[span.start..span.end]).into_owned();
            self.skip_blank();
            self.step();
            self.skip_blank();
            // Inside a list of objects the list's key says more than `name`; `fields` are another thing.
            let key = if outer.is_empty() || name == "fields" { &name } else { outer };
            self.value(key);
            self.comma();
        }
        self.step();
    }

    fn array(&mut self, key: &str) {
        self.step();
        while !matches!(self.peek(), b']' | 0) {
            self.value(key);
            self.comma();
        }
        self.step();
    }

    fn comma(&mut self) {
        if self.peek() == b',' {
            self.step();
        }
    }

    /// The contents of the string that begins here.
    fn string(&mut self) -> Span {
        let start = self.at + 1;
        self.at = start;
        while self.at < self.bytes.len() && self.bytes[self.at] != b'"' {
            self.at += if self.bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        let end = self.at.min(self.bytes.len());
        self.at = end + 1;
        Span::new(start, end)
    }

    fn scalar(&mut self) {
        while self.at < self.bytes.len() && !matches!(self.bytes[self.at], b',' | b']' | b'}') {
            self.at += 1;
        }
    }

    fn step(&mut self) {
        self.at += 1;
        self.skip_blank();
    }

    fn skip_blank(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace)
            || self.bytes[self.at.min(self.bytes.len())..].starts_with("\u{feff}".as_bytes())
        {
            self.at += if self.bytes[self.at].is_ascii_whitespace() { 1 } else { 3 };
        }
    }

    fn peek(&mut self) -> u8 {
        self.skip_blank();
        self.bytes.get(self.at).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(idea: &str) -> Option<String> {
        let shown = |b: &Block| format!("{}:{}", b.section, b.span.of(idea));
        blocks(idea).map(|blocks| blocks.iter().map(shown).collect::<Vec<_>>().join(" | "))
    }

    #[test]
    fn strings_stand_under_their_key_at_their_place() {
        let check = |idea: &str, expected: &str| assert_eq!(shape(idea).as_deref(), Some(expected), "{idea}");
        check(r#"{"idea": "One. Two.", "title": "T"}"#, ":T | :One. Two.");
        check(r#"{ "idea" : "a\nb" , "needs": ["x", "y\"z"], "n": 3 }"#, r#":a | :b | needs:x | needs:y\"z"#);
        check(
            r#"{"idea": "i", "entities": [{"name": "loan", "fields": ["due date"]}]}"#,
            ":i | entities:loan | fields:due date",
        );
        check("\u{feff}{\"idea\": \"i\", \"x\": [], \"y\": {}, \"z\": [[]]}", ":i");
        check(r#"{"idea": "a\\nb"}"#, r":a\\nb");
    }

    #[test]
    fn anything_else_is_no_brief() {
        for idea in ["", "{", "{}", "[1]", "text {\"idea\": \"x\"}", "{\"idea\": 3}", "{\"idea\": \"x\""] {
            assert_eq!(shape(idea), None, "{idea}");
        }
    }
}
