//! Text in pictures: estimated widths, wrapping and escaping.
//!
//! There is no font at hand, so widths are estimates on the wide side: a label may look a little loose, but it
//! does not run out of its box.

/// Share of the font size that a character takes, in thousandths.
fn advance(c: char) -> u64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | '[' | ']' => 330,
        ' ' | 'f' | 't' | 'r' | '-' | '/' => 400,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 930,
        'A'..='Z' | '&' | '_' => 720,
        // Ideographs, kana, hangul and most emoji are as wide as they are high.
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' => 1_000,
        '\u{ff00}'..='\u{ff60}' | '\u{1f000}'..='\u{3ffff}' => 1_050,
        _ => 590,
    }
}

/// Estimated width of a text in pixels at this font size.
pub fn width(text: &str, font_px: u64) -> u64 {
    text.chars().map(advance).sum::<u64>() * font_px / 1_000
}

/// Breaks a text into at most `lines_max` lines of at most `width_px`; what does not fit ends with `…`.
pub fn wrap(text: &str, font_px: u64, width_px: u64, lines_max: usize) -> Vec<String> {
    let fits = |line: &str| width(line, font_px) <= width_px;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().flat_map(|word| pieces(word, font_px, width_px)) {
        match lines.last_mut() {
            Some(line) if fits(&format!("{line} {word}")) => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
        if lines.len() > lines_max {
            lines.truncate(lines_max);
            lines.last_mut().map(|last| cut(last, font_px, width_px)).unwrap_or_default();
            break;
        }
    }
    lines
}

/// A word that is too long for any line is broken.
fn pieces(word: &str, font_px: u64, width_px: u64) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let full = pieces
            .last()
            .is_some_and(|p| !p.is_empty() && width(p, font_px) + width(&c.to_string(), font_px) > width_px);
        if full {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

fn cut(line: &mut String, font_px: u64, width_px: u64) {
    while !line.is_empty() && width(line, font_px) + font_px > width_px {
        line.pop();
    }
    line.truncate(line.trim_end().len());
    line.push('…');
}

/// Escapes a text for XML and HTML, in content and in quoted attributes. Characters that XML forbids and those that
/// turn the direction of reading become blanks.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            '\u{61c}' | '\u{200e}' | '\u{200f}' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_to_fit_and_cut_with_an_ellipsis() {
        let check = |text: &str, lines: &[&str]| {
            let wrapped = wrap(text, 10, 60, 2);
            assert_eq!(wrapped, lines, "{text}");
            assert!(wrapped.iter().all(|line| width(line, 10) <= 60), "{wrapped:?}");
        };
        check("", &[]);
        check("one", &["one"]);
        check("one two three", &["one two", "three"]);
        check("one two three four five", &["one two", "three four…"]);
        check("aaaaaaaaaaaaaaa", &["aaaaaaaaaa", "aaaaa"]);
        check("漢字漢字漢字漢字", &["漢字漢字漢字", "漢字"]);
    }

    #[test]
    fn hostile_text_is_only_text() {
        assert_eq!(escape("<script>'\"&\u{0}\u{202e}"), "&lt;script&gt;&#39;&quot;&amp;  ");
    }
}
