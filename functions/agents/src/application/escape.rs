//! Texts of a document as they may stand in generated code: always as data, never as code.

use ideamine_core::Text;

/// Longest piece of a string literal on one line, characters.
const LITERAL_LINE: usize = 88;

/// One line: control characters and line ends become spaces.
pub(super) fn one_line(text: &str) -> String {
    let clean = text.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the text says, or nothing when it is a placeholder or a fixed sentence.
pub(super) fn substance(text: &Text) -> String {
    if text.is_substance() { one_line(&text.text) } else { String::new() }
}

/// A Python string literal of the text.
pub(super) fn python(text: &str) -> String {
    format!("\"{}\"", text.chars().map(python_char).collect::<String>())
}

/// A Python expression of the text: one literal, or several in parentheses when it is long.
pub(super) fn python_wrapped(text: &str, indent: usize) -> String {
    let pieces = pieces(text);
    if pieces.len() < 2 {
        return python(text);
    }
    let pad = " ".repeat(indent);
    let lines: String = pieces.iter().map(|piece| format!("{pad}    {}\n", python(piece))).collect();
    format!("(\n{lines}{pad})")
}

/// Text in Markdown: one line, nothing of it is markup.
pub(super) fn markdown(text: &str) -> String {
    let escaped = |c: char| {
        let special = "\\`*_{}[]()<>#+-.!|~&:/@".contains(c);
        [special.then_some('\\'), Some(c)]
    };
    one_line(text).chars().flat_map(escaped).flatten().collect()
}

/// Text inside a quoted Mermaid label or after the colon of a message.
pub(super) fn mermaid(text: &str) -> String {
    one_line(text).chars().map(mermaid_char).collect::<String>()
}

fn python_char(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        ' '..='~' => c.to_string(),
        // Letters stay readable. Anything else could look like other code than it is (direction marks).
        _ if c.is_alphanumeric() => c.to_string(),
        _ if u32::from(c) < 0x1_0000 => format!("\\u{:04x}", u32::from(c)),
        _ => format!("\\U{:08x}", u32::from(c)),
    }
}

/// Splits at spaces into pieces that fit on a line; a piece keeps the space after it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let room = pieces.last().map_or(0, |piece| piece.chars().count());
        if room > 0 && room + word.chars().count() > LITERAL_LINE {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(word);
        }
    }
    pieces
}

fn mermaid_char(c: char) -> String {
    // Mermaid decodes `#34;` and the like after it has parsed the diagram.
    if "\"#;<>&%`\\{}[]()|:".contains(c) { format!("#{};", u32::from(c)) } else { c.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_literal_never_ends_early() {
        assert_eq!(python("a\"b\\c\nd"), r#""a\"b\\c\nd""#);
        assert_eq!(python("é\u{202e}😀\r"), "\"é\\u202e\\U0001f600\\u000d\"");
    }

    #[test]
    fn a_long_text_is_wrapped_at_spaces_and_loses_nothing() {
        let text = "word ".repeat(60);
        let wrapped = python_wrapped(&text, 0);
        assert!(wrapped.lines().all(|line| line.chars().count() <= LITERAL_LINE + 6));
        assert_eq!(wrapped.matches("word ").count(), 60);
    }

    #[test]
    fn other_languages_get_one_line_without_markup() {
        assert_eq!(markdown("a <b>\n# c"), "a \\<b\\> \\# c");
        assert_eq!(mermaid("a;b \"c\"\n%%{x"), "a#59;b #34;c#34; #37;#37;#123;x");
    }
}
