//! The idea as blocks: headings, paragraphs, list items and code, each with its place.
//!
//! Markdown and plain text are read alike; a JSON brief's strings are blocks under their key as heading.
//! Nothing is interpreted: markup only decides where blocks begin and end.

use super::block::{Block, BlockKind};
use super::json;
use super::span::Span;

/// Most bytes that are read; what follows is left out, and a question says so.
pub const READ_BYTES_MAX: usize = 128 * 1024;
/// Most blocks that are read.
pub const BLOCKS_MAX: usize = 2_000;

/// The idea taken apart into blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The blocks in order.
    pub blocks: Vec<Block>,
    /// Whether the idea is a JSON brief.
    pub json: bool,
    /// Whether something was left unread.
    pub cut: bool,
}

impl Source {
    /// Reads the idea.
    pub fn of(idea: &str) -> Self {
        if let Some(mut blocks) = json::blocks(idea) {
            let cut = blocks.len() > BLOCKS_MAX || idea.len() > READ_BYTES_MAX;
            blocks.truncate(BLOCKS_MAX);
            return Self { blocks, json: true, cut };
        }
        let end =
            (0..=READ_BYTES_MAX.min(idea.len())).rev().find(|at| idea.is_char_boundary(*at)).unwrap_or(0);
        let mut reader = Reader { idea, ..Reader::default() };
        lines(idea, end).for_each(|line| reader.line(line));
        reader.close();
        let cut = end < idea.len() || reader.blocks.len() > BLOCKS_MAX;
        reader.blocks.truncate(BLOCKS_MAX);
        Self { blocks: reader.blocks, json: false, cut }
    }
}

fn lines(idea: &str, end: usize) -> impl Iterator<Item = Span> {
    // A mark of the byte order is no word.
    let mut at = if idea[..end].starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    idea[at..end].split_inclusive('\n').map(move |line| {
        let span = Span::new(at, at + line.trim_end_matches(['\n', '\r']).len());
        at += line.len();
        span
    })
}

#[derive(Default)]
struct Reader<'a> {
    idea: &'a str,
    blocks: Vec<Block>,
    open: Option<(BlockKind, Span)>,
    section: String,
    fenced: bool,
}

impl Reader<'_> {
    fn line(&mut self, line: Span) {
        let text = line.of(self.idea);
        let bare = text.trim();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            self.close();
            self.fenced = !self.fenced;
        } else if self.fenced || bare.starts_with('|') {
            self.close();
            self.push(BlockKind::Code, line);
        } else if bare.is_empty() || is_rule(bare) {
            self.underline(bare);
            self.close();
        } else if let Some(level) = heading_level(bare) {
            self.close();
            self.heading(level, line);
        } else if let Some(marker) = item_marker(text) {
            self.close();
            self.open = Some((BlockKind::Item, Span::new(line.start + marker, line.end)));
        } else if let Some((_, span)) = &mut self.open {
            span.end = line.end;
        } else {
            self.open = Some((BlockKind::Paragraph, line));
        }
    }

    /// A line of `===` or `---` makes a heading of the line above it.
    fn underline(&mut self, bare: &str) {
        let level = if bare.starts_with('=') { 1 } else { 2 };
        let one_line = |span: &Span| !span.of(self.idea).contains('\n');
        if let Some((BlockKind::Paragraph, span)) = self.open.filter(|(_, s)| !bare.is_empty() && one_line(s))
        {
            self.open = None;
            self.heading(level, span);
        }
    }

    fn heading(&mut self, level: usize, line: Span) {
        let span = line.trimmed(self.idea, &['#', '*', '_', ':']);
        self.section = span.of(self.idea).to_lowercase();
        self.push(BlockKind::Heading(level), span);
    }

    fn push(&mut self, kind: BlockKind, span: Span) {
        let span = span.trimmed(self.idea, &[]);
        // A paragraph below a list is no longer what the heading announced.
        let below = self.blocks.last().is_some_and(|b| b.kind == BlockKind::Item);
        if below && kind == BlockKind::Paragraph {
            self.section.clear();
        }
        if span.start < span.end {
            self.blocks.push(Block { kind, span, section: self.section.clone() });
        }
    }

    fn close(&mut self) {
        if let Some((kind, span)) = self.open.take() {
            // A short line that ends with a colon is the heading of the list below it.
            let text = span.of(self.idea).trim_end();
            let lead = text.ends_with(':') && !text.contains('\n') && text.split_whitespace().count() <= 6;
            if kind == BlockKind::Paragraph && lead { self.heading(3, span) } else { self.push(kind, span) }
        }
    }
}

fn is_rule(bare: &str) -> bool {
    bare.len() >= 3 && ["=", "-", "*", "_"].iter().any(|mark| bare.replace(mark, "").trim().is_empty())
}

fn heading_level(bare: &str) -> Option<usize> {
    let level = bare.chars().take_while(|c| *c == '#').count();
    ((1..=6).contains(&level) && bare[level..].starts_with(' ')).then_some(level)
}

/// Bytes of a list marker (`- `, `* `, `+ `, `• `, `1. `, `2) `, with an optional check box) at the line's start.
fn item_marker(line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let bullet =
        ["- ", "* ", "+ ", "• ", "– "].iter().find(|mark| rest.starts_with(**mark)).map(|mark| mark.len());
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let numbered = (digits > 0 && digits <= 3)
        .then(|| &rest[digits..])
        .filter(|tail| tail.starts_with(". ") || tail.starts_with(") "))
        .map(|_| digits + 2);
    let marker = bullet.or(numbered)?;
    let tail = &rest[marker..];
    let boxed = if ["[ ] ", "[x] ", "[X] "].iter().any(|mark| tail.starts_with(mark)) { 4 } else { 0 };
    Some(indent + marker + boxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(idea: &str) -> String {
        let kind = |b: &Block| match b.kind {
            BlockKind::Heading(level) => format!("h{level}"),
            BlockKind::Paragraph => "p".to_owned(),
            BlockKind::Item => "i".to_owned(),
            BlockKind::Code => "c".to_owned(),
        };
        let shown = |b: &Block| format!("{}:{}", kind(b), b.span.of(idea).replace('\n', "/"));
        Source::of(idea).blocks.iter().map(shown).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn markup_decides_where_blocks_begin_and_end() {
        let check = |idea: &str, expected: &str| assert_eq!(shape(idea), expected);
        check(
            "# Title\n\nOne\ntwo.\n\n- a\n  more\n* b\n1. c\n",
            "h1:Title | p:One/two. | i:a/  more | i:b | i:c",
        );
        check("Title\n=====\nText", "h1:Title | p:Text");
        check("Must have:\n- [ ] x\n- [x] y", "h3:Must have | i:x | i:y");
        check("a\n```\nlet x = 1;\n```\nb\n| t | u |\n", "p:a | c:let x = 1; | p:b | c:| t | u |");
        check("", "");
        check("\r\nword\r\n", "p:word");
        check("\u{feff}# Title\r\n\r\nText here.\r\n", "h1:Title | p:Text here.");
        check("Costs 3. Then more", "p:Costs 3. Then more");
    }

    #[test]
    fn a_huge_idea_is_read_in_part() {
        let source = Source::of(&"é word. ".repeat(200_000));
        assert!(source.cut && source.blocks[0].span.end <= READ_BYTES_MAX);
        assert!(Source::of(&"- item\n".repeat(5_000)).blocks.len() <= BLOCKS_MAX);
    }
}
