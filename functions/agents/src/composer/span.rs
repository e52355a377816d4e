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

/// Marks that a quote does not need at its ends: bullets, emphasis, quotation marks.
const EDGES: [char; 12] = ['*', '_', '`', '#', '>', '"', '“', '”', '„', '|', '[', ']'];

/// The words of a span as a quote. Inside a JSON string escapes are undone, and then it is no longer a quote
/// but the rule `source/json-unescape`.
pub fn quote(idea: &str, span: Span, json: bool) -> Text {
    let span = span.trimmed(idea, &EDGES);
    let text = span.of(idea);
    if json && text.contains('\\') {
        let whole: Result<String, _> = serde_json::from_str(&format!("\"{text}\""));
        return Text::rule(whole.unwrap_or_else(|_| text.replace('\\', "")), "source/json-unescape");
    }
    Text::quote(text, span.start, span.end)
}
