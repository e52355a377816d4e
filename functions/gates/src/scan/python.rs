//! Tokens of Python source, as far as the rules need them: comments dropped, strings whole, lines kept.

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// From 1.
    pub(crate) line: usize,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Name(String),
    /// A string; adjacent ones are one. `formatted` if any part is an f-string.
    Text { text: String, formatted: bool },
    /// A number.
    Number,
    /// One character of punctuation.
    Mark(char),
    /// The end of a logical line (outside of brackets).
    End,
}

impl Token {
    pub(crate) fn name(&self) -> Option<&str> {
        if let Kind::Name(name) = &self.kind { Some(name) } else { None }
    }
    pub(crate) fn text(&self) -> Option<&str> {
        if let Kind::Text { text, .. } = &self.kind { Some(text) } else { None }
    }
    pub(crate) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    depth: usize,
    tokens: Vec<Token>,
}

/// Reads a file. Never fails: what it does not understand is punctuation.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, line: 1, depth: 0, tokens: Vec::new() };
    while let Some(c) = reader.peek(0) {
        reader.one(c);
    }
    reader.tokens
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn push(&mut self, kind: Kind, line: usize) {
        self.tokens.push(Token { kind, line });
    }

    fn one(&mut self, c: char) {
        let line = self.line;
        match c {
            '#' => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.take();
                }
            }
            '\\' if self.peek(1) == Some('\n') => {
                self.take();
                self.take();
            }
            '\n' => {
                self.take();
                if self.depth == 0 {
                    self.push(Kind::End, line);
                }
            }
            c if c.is_whitespace() => {
                self.take();
            }
            '"' | '\'' => self.string(String::new(), line),
            c if c.is_alphabetic() || c == '_' => self.word(line),
            c if c.is_ascii_digit() => self.number(line),
            c => {
                self.take();
                match c {
                    '(' | '[' | '{' => self.depth += 1,
                    ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                self.push(Kind::Mark(c), line);
            }
        }
    }

    fn word(&mut self, line: usize) {
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
            self.take();
        }
        let prefix = word.len() <= 2 && word.chars().all(|c| "rbfuRBFUtT".contains(c));
        if prefix && matches!(self.peek(0), Some('"' | '\'')) {
            return self.string(word.to_lowercase(), line);
        }
        self.push(Kind::Name(word), line);
    }

    fn number(&mut self, line: usize) {
        while self.peek(0).is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            self.take();
        }
        self.push(Kind::Number, line);
    }

    fn string(&mut self, prefix: String, line: usize) {
        let Some(quote) = self.take() else { return };
        let long = self.peek(0) == Some(quote) && self.peek(1) == Some(quote);
        if long {
            self.take();
            self.take();
        }
        let mut text = String::new();
        while let Some(c) = self.take() {
            let ends = c == quote && (!long || (self.peek(0) == Some(quote) && self.peek(1) == Some(quote)));
            if ends {
                if long {
                    self.take();
                    self.take();
                }
                break;
            }
            if c == '\n' && !long {
                break;
            }
            text.push(c);
            if c == '\\' && !prefix.contains('r') {
                text.extend(self.take());
            }
        }
        self.join(text, prefix.contains('f'), line);
    }

    /// Adjacent strings are one in Python.
    fn join(&mut self, more: String, is_formatted: bool, line: usize) {
        if let Some(Token { kind: Kind::Text { text, formatted }, .. }) = self.tokens.last_mut() {
            text.push_str(&more);
            *formatted |= is_formatted;
        } else {
            self.push(Kind::Text { text: more, formatted: is_formatted }, line);
        }
    }
}

/// Expressions of an f-string with the text before each; doubled braces are text.
pub(crate) fn placeholders(text: &str) -> Vec<(String, String)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut before, mut at) = (Vec::new(), String::new(), 0);
    while at < chars.len() {
        if chars[at] != '{' {
            before.push(chars[at]);
            at += 1;
        } else if chars.get(at + 1) == Some(&'{') {
            before.push('{');
            at += 2;
        } else {
            let end = closing(&chars, at);
            found.push((before.clone(), chars[at + 1..end].iter().collect()));
            at = end + 1;
        }
    }
    found
}

fn closing(chars: &[char], open: usize) -> usize {
    let mut depth = 0;
    for (at, c) in chars.iter().enumerate().skip(open) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_dropped_and_strings_are_whole() {
        let found = tokens("x = eval # eval(\n's' f\"{a}\" '''b\n'''\n(1,\n 2)\n");
        let expected = [
            (Kind::Name("x".into()), 1),
            (Kind::Mark('='), 1),
            (Kind::Name("eval".into()), 1),
            (Kind::End, 1),
            (Kind::Text { text: "s{a}b\n".into(), formatted: true }, 2),
            (Kind::End, 3),
            (Kind::Mark('('), 4),
            (Kind::Number, 4),
            (Kind::Mark(','), 4),
            (Kind::Number, 5),
            (Kind::Mark(')'), 5),
            (Kind::End, 5),
        ];
        assert_eq!(found, expected.map(|(kind, line)| Token { kind, line }));
    }

    #[test]
    fn placeholders_come_with_what_stands_before() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = placeholders(text);
            let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("a {b} {{c}} {d['x']}", &[("a ", "b"), ("a  {c}} ", "d['x']")]);
        check("{', '.join({1: 2})}", &[("", "', '.join({1: 2})")]);
        check("open {", &[("open ", "")]);
    }
}
