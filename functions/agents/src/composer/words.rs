//! Words of a clause, and the plain English of endings: singular nouns, base verbs.

use super::lexicon as lex;
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
    /// Lower case, straight apostrophes.
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
        let lower = text[at..end].to_lowercase().replace('’', "'");
        let span = Span::new(span.start + at, span.start + end);
        tokens.push(Token { kind, span, lower, capital: c.is_uppercase() });
    }
    tokens
}

/// Whether a character continues a token: letters and digits do, joiners only between them.
fn goes_on(kind: TokenKind, c: char, next: Option<char>) -> bool {
    let inner = next.is_some_and(char::is_alphanumeric);
    match kind {
        TokenKind::Word => c.is_alphanumeric() || (matches!(c, '-' | '\'' | '’') && inner),
        TokenKind::Number => {
            // "10kg", "5th" and "3D" are one token; so are "1,500.50", "10:30" and "2026-05-01".
            c.is_alphanumeric()
                || (matches!(c, '.' | ',' | ':' | '-' | '/') && next.is_some_and(char::is_numeric))
        }
        TokenKind::Mark => false,
    }
}

/// The singular of an English noun, lower case.
pub fn singular(word: &str) -> String {
    if let Some((_, one)) = lex::IRREGULAR_PLURALS.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    let ends = |endings: &[&str]| endings.iter().any(|e| word.ends_with(e));
    if word.len() <= 3 || ends(&["ss", "us", "is", "'s"]) {
        return word.trim_end_matches("'s").to_owned();
    }
    if word.ends_with("ies") && word.len() > 4 {
        return format!("{}y", &word[..word.len() - 3]);
    }
    if ends(&["sses", "xes", "ches", "shes", "zzes"]) {
        return word[..word.len() - 2].to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Whether a word is written as a plural.
pub fn is_plural(word: &str) -> bool {
    singular(word) != word
}

/// The base of a known English verb in any of its forms.
pub fn verb(word: &str) -> Option<&'static str> {
    let known = |base: &str| lex::VERBS.binary_search(&base).ok().map(|at| lex::VERBS[at]);
    if let Some(base) = known(word) {
        return Some(base);
    }
    if let Some((_, base)) = lex::IRREGULAR_VERBS.iter().find(|(form, _)| *form == word) {
        return known(base);
    }
    let stems = ["ing", "ed", "es", "s", "d"].iter().filter_map(|ending| word.strip_suffix(ending));
    for stem in stems.filter(|stem| stem.len() >= 2) {
        let doubled = stem.char_indices().next_back().filter(|(at, c)| stem[..*at].ends_with(*c));
        let undoubled = doubled.and_then(|(at, _)| known(&stem[..at]));
        let with_e = || known(&format!("{stem}e"));
        let with_y = || stem.strip_suffix('i').and_then(|s| known(&format!("{s}y")));
        if let Some(base) = known(stem).or_else(with_e).or_else(with_y).or(undoubled) {
            return Some(base);
        }
    }
    None
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
    fn english_endings() {
        let one = |many: &str, expected: &str| assert_eq!(singular(many), expected);
        one("tools", "tool");
        one("batteries", "battery");
        one("boxes", "box");
        one("people", "person");
        one("address", "address");
        one("status", "status");
        one("bookings", "booking");
        one("expenses", "expense");
        one("series", "series");
        let base = |form: &str, expected: Option<&str>| assert_eq!(verb(form), expected, "{form}");
        base("borrows", Some("borrow"));
        base("borrowed", Some("borrow"));
        base("scheduling", Some("schedule"));
        base("notified", Some("notify"));
        base("scanned", Some("scan"));
        base("paid", Some("pay"));
        base("table", None);
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
