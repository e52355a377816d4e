//! Words of a clause: where they stand, how they are written, names made of them.

use super::span::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with inner hyphens and apostrophes.
    Word,
    /// Digits, with inner separators.
    Number,
    /// One mark.
    Mark,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
    /// Lower case, straight apostrophes, and one where a contraction was written without.
    pub lower: String,
    /// Whether it is written with a capital.
    pub capital: bool,
}

impl Token {
    /// Whether it is this word.
    pub fn is(&self, word: &str) -> bool {
        self.lower == word
    }
    /// Whether it is one of these words.
    pub fn any(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }
    /// Whether it is a word at all.
    pub fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }
}

/// The tokens of a span.
pub fn tokens(idea: &str, span: Span) -> Vec<Token> {
    let mut tokens = Vec::new();
    let text = span.of(idea);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let kind = if c.is_alphabetic() {
            TokenKind::Word
        } else if c.is_numeric() {
            TokenKind::Number
        } else {
            TokenKind::Mark
        };
        let mut end = at + c.len_utf8();
        while let Some((next, d)) = chars.peek().copied() {
            if !goes_on(kind, d, text[next + d.len_utf8()..].chars().next()) {
                break;
            }
            end = next + d.len_utf8();
            chars.next();
        }
        let lower = contracted(text[at..end].to_lowercase().replace('’', "'"));
        let span = Span::new(span.start + at, span.start + end);
        tokens.push(Token { kind, span, lower, capital: c.is_uppercase() });
    }
    tokens
}

/// `dont` is written for `don't`; words that are others without their apostrophe (`its`, `were`) stay.
fn contracted(word: String) -> String {
    #[rustfmt::skip]
    const BARE: &[(&str, &str)] = &[
        ("arent", "aren't"), ("cant", "can't"), ("couldnt", "couldn't"), ("didnt", "didn't"), ("doesnt", "doesn't"),
        ("dont", "don't"), ("hasnt", "hasn't"), ("havent", "haven't"), ("im", "i'm"), ("isnt", "isn't"),
        ("mustnt", "mustn't"), ("shouldnt", "shouldn't"), ("thats", "that's"), ("theres", "there's"),
        ("theyre", "they're"), ("wasnt", "wasn't"), ("wont", "won't"), ("wouldnt", "wouldn't"),
    ];
    BARE.iter().find(|(bare, _)| *bare == word).map_or(word, |(_, whole)| (*whole).to_owned())
}

/// Whether a character continues a token: letters and digits do, joiners only between them.
fn goes_on(kind: TokenKind, c: char, next: Option<char>) -> bool {
    let inner = next.is_some_and(char::is_alphanumeric);
    match kind {
        TokenKind::Word => c.is_alphanumeric() || c == '_' || (matches!(c, '-' | '\'' | '’') && inner),
        TokenKind::Number => {
            // "10kg", "5th" and "3D" are one token; so are "1,500.50", "10:30" and "2026-05-01".
            c.is_alphanumeric()
                || (matches!(c, '.' | ',' | ':' | '-' | '/') && next.is_some_and(char::is_numeric))
        }
        TokenKind::Mark => false,
    }
}

/// `[a-z][a-z0-9_]*` out of words; `None` when nothing usable is left.
pub fn snake(words: &[&str]) -> Option<String> {
    let plain = |c: char| match c {
        'a'..='z' | '0'..='9' => Some(c),
        'ä' | 'á' | 'à' | 'â' | 'ã' | 'å' => Some('a'),
        'é' | 'è' | 'ê' | 'ë' => Some('e'),
        'í' | 'ì' | 'î' | 'ï' => Some('i'),
        'ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'ø' => Some('o'),
        'ü' | 'ú' | 'ù' | 'û' => Some('u'),
        'ñ' => Some('n'),
        'ç' => Some('c'),
        '-' | '_' | ' ' => Some('_'),
        _ => None,
    };
    let parts = words.iter().map(|w| w.chars().filter_map(plain).collect::<String>());
    let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    let name = name.trim_matches('_');
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase()) && (2..=40).contains(&name.len());
    (fits && name != "id").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_keep_their_place_and_joiners() {
        let idea = "The member’s e-mail, 1,500.50 EUR on 2026-05-01 at 10:30.";
        let all = tokens(idea, Span::new(0, idea.len()));
        let shown: Vec<&str> = all.iter().map(|t| t.lower.as_str()).collect();
        assert_eq!(
            shown,
            ["the", "member's", "e-mail", ",", "1,500.50", "eur", "on", "2026-05-01", "at", "10:30", "."]
        );
        assert!(all.iter().all(|t| t.span.of(idea).to_lowercase().replace('’', "'") == t.lower));
    }

    #[test]
    fn names_are_plain() {
        let check = |words: &[&str], expected: Option<&str>| assert_eq!(snake(words).as_deref(), expected);
        check(&["spare", "part"], Some("spare_part"));
        check(&["e-mail"], Some("e_mail"));
        check(&["größe"], Some("groe"));
        check(&["日本"], None);
        check(&["id"], None);
        check(&["9", "lives"], None);
    }
}
