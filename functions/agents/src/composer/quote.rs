//! The idea's words inside a question.

use super::span::Span;

/// Longest quotation inside a question, characters.
const CLIP_CHARS_MAX: usize = 90;

/// The words of a span for a question: one line, cut at a word.
pub fn clip(idea: &str, span: Span) -> String {
    clip_text(span.of(idea))
}

/// The same, of words that have no place in the idea.
pub fn clip_text(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // A pair around the whole goes; a quotation at the end keeps its mark.
    let pair = |open: char, close: char| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        (!inner.contains([open, close])).then_some(inner)
    };
    let text = pair('"', '"').or_else(|| pair('“', '”')).unwrap_or(&text).trim_matches('*');
    if text.chars().count() <= CLIP_CHARS_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(CLIP_CHARS_MAX).collect();
    format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept))
}
