//! Places in the idea, and texts that quote them.

use ideamine_core::Text;

/// Bytes `start..end` of the idea, always at character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// These bytes.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
    /// Whether `other` lies inside.
    pub const fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
    /// Without white space and the given characters at both ends.
    pub fn trimmed(self, idea: &str, marks: &[char]) -> Self {
        let text = &idea[self.start..self.end];
        let edge = |c: char| c.is_whitespace() || marks.contains(&c);
        let start = self.start + (text.len() - text.trim_start_matches(edge).len());
        let end = self.end - (text.len() - text.trim_end_matches(edge).len());
        Self::new(start.min(end), end)
    }
    /// The bytes themselves.
    pub fn of(self, idea: &str) -> &str {
        idea.get(self.start..self.end).unwrap_or_default()
    }
}

/// Marks of a line's begin that belong to no sentence: bullets, headings, citations, tables.
const BULLETS: [char; 4] = ['#', '>', '|', '\u{feff}'];
/// Marks of emphasis.
const EMPHASIS: [char; 2] = ['*', '_'];
/// Marks that come in pairs: code, quotation marks, links.
const PAIRS: [(char, char); 5] = [('`', '`'), ('"', '"'), ('“', '”'), ('„', '“'), ('[', ']')];

/// The span without marks at its ends: bullets before it, and a pair around the whole of it or one half whose other half
/// stands elsewhere. A pair inside stays whole, and what ends with a mark of its own keeps it.
fn bare(idea: &str, span: Span) -> Span {
    let span = plain(idea, span);
    let text = span.of(idea);
    let marks = text.chars().filter(|c| PAIRS.iter().any(|(open, close)| c == open || c == close)).count();
    let first = text.chars().next().filter(|c| PAIRS.iter().any(|(open, close)| c == open || c == close));
    let last = text.chars().next_back().filter(|c| PAIRS.iter().any(|(open, close)| c == open || c == close));
    let around = marks == 2 && PAIRS.iter().any(|(open, close)| (first, last) == (Some(*open), Some(*close)));
    let left = first.filter(|_| around || marks == 1).map_or(0, char::len_utf8);
    let right = last.filter(|_| around || marks == 1 && left == 0).map_or(0, char::len_utf8);
    match left + right {
        0 => span,
        _ => plain(idea, Span::new(span.start + left, span.end - right)),
    }
}

/// Without bullets before it and without emphasis around it.
fn plain(idea: &str, span: Span) -> Span {
    let mut span = span.trimmed(idea, &[]);
    let text = span.of(idea);
    let bullets =
        text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || BULLETS.contains(&c)).len();
    span = Span::new(span.start + bullets, span.end);
    for mark in EMPHASIS {
        let text = span.of(idea);
        let inner = text.trim_matches(mark);
        // What stands between emphasis, or half of it; a name such as `_id` or `*.txt` inside code is not at an end.
        let whole = !inner.contains(mark);
        if whole && inner.len() < text.len() {
            let start = span.start + (text.len() - text.trim_start_matches(mark).len());
            span = Span::new(start.min(span.end), start.min(span.end) + inner.len()).trimmed(idea, &[]);
        }
    }
    span
}

/// The words of a span as a quote. Inside a JSON string escapes are undone, and then it is no longer a quote
/// but the rule `source/json-unescape`.
pub fn quote(idea: &str, span: Span, json: bool) -> Text {
    let span = bare(idea, span);
    let text = span.of(idea);
    if json && text.contains('\\') {
        let whole: Result<String, _> = serde_json::from_str(&format!("\"{text}\""));
        return Text::rule(whole.unwrap_or_else(|_| text.replace('\\', "")), "source/json-unescape");
    }
    Text::quote(text, span.start, span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_loses_marks_at_its_ends_but_not_half_of_a_pair() {
        for (idea, expected) in [
            ("`tidy DIR` renames with `--apply`", "`tidy DIR` renames with `--apply`"),
            ("tidy DIR` renames", "tidy DIR` renames"),
            ("renames with `--apply", "renames with `--apply"),
            ("`tidy DIR` renames", "`tidy DIR` renames"),
            ("as JSON (`--json`)", "as JSON (`--json`)"),
            ("“said”, he", "“said”, he"),
            ("“said he", "said he"),
            ("said he\"", "said he"),
            ("\"quoted\"", "quoted"),
            ("„zitiert“", "zitiert"),
            ("* [one item]", "one item"),
            ("**bold words**", "bold words"),
            ("prints <name>", "prints <name>"),
            ("> cited words", "cited words"),
            ("# A heading", "A heading"),
            ("**Bold** words and **more**", "**Bold** words and **more**"),
            ("`", ""),
            ("", ""),
        ] {
            assert_eq!(quote(idea, Span::new(0, idea.len()), false).text, expected, "{idea}");
        }
    }
}
