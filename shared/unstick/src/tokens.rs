//! How many tokens a text is.
//!
//! | models | counted by |
//! |---|---|
//! | `openai/gpt-4o…`, `gpt-4.1…`, `gpt-5…`, `o1`, `o3`, `o4…`, `gpt-oss…` | their published vocabulary `o200k`: exact |
//! | `openai/gpt-4`, `gpt-3.5…` | their published vocabulary `cl100k`: exact |
//! | everything else (Anthropic, Gemini, `gpt-6…`, local servers) | [`estimate`]: their vocabularies are not published |
//!
//! The estimate is meant to be too high. A test measures it against both published vocabularies on prose, JSON, code,
//! Chinese, emoji, digits and random letters: it is never below either of them, and at most three times as high on
//! prose and code. The bound that never fails, one token for each byte, is what money is reserved by
//! (`ideamine-models`); for cutting a text it would waste three quarters of the window.

use tiktoken_rs::tokenizer::{self, Tokenizer as Published};

/// What counts a model's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokenizer {
    /// `o200k`.
    O200k,
    /// `cl100k`.
    Cl100k,
    /// [`estimate`].
    Estimate,
}

impl Tokenizer {
    /// The one of `provider/model`.
    pub fn of(model: &str) -> Self {
        match model.strip_prefix("openai/").and_then(tokenizer::get_tokenizer) {
            Some(Published::O200kBase | Published::O200kHarmony) => Self::O200k,
            Some(Published::Cl100kBase) => Self::Cl100k,
            _ => Self::Estimate,
        }
    }

    /// Whether the count is the model's own.
    pub const fn is_exact(self) -> bool {
        !matches!(self, Self::Estimate)
    }

    /// How many tokens `text` is, on its own.
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::O200k => tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len(),
            Self::Cl100k => tiktoken_rs::cl100k_base_singleton().encode_ordinary(text).len(),
            Self::Estimate => estimate(text),
        }
    }
}

/// Longest run of letters that may be a word.
const WORD_LETTERS_MAX: usize = 24;

/// A careful estimate for a tokenizer that nobody knows: two tokens for each five letters of a word (a capital after a
/// small letter begins another word; letters behind a digit count one by one, and in runs that are no word two for
/// three), one for each digit and each sign, one for each four blanks after the first, and two or three for
/// each character beyond ASCII.
pub fn estimate(text: &str) -> usize {
    let mut tokens = 0;
    let mut run = Run::default();
    for c in text.chars() {
        let kind = Kind::of(c);
        if run.kind != kind || (run.is_capital_after_small(c)) {
            tokens += run.tokens();
            run = Run { kind, chars: 0, small: false, among_digits: run.kind == Kind::Digit };
        }
        run.chars += 1;
        run.small = c.is_ascii_lowercase();
        if kind == Kind::Other {
            tokens += if c.len_utf8() > 3 { 3 } else { 2 };
        }
    }
    tokens + run.tokens()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Blank,
    Letter,
    Digit,
    Sign,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            ' ' | '\t' | '\n' | '\r' => Self::Blank,
            c if c.is_ascii_alphabetic() => Self::Letter,
            c if c.is_ascii_digit() => Self::Digit,
            c if c.is_ascii() => Self::Sign,
            _ => Self::Other,
        }
    }
}

/// Characters of one kind in a row.
#[derive(Debug, Default)]
struct Run {
    kind: Kind,
    chars: usize,
    small: bool,
    among_digits: bool,
}

impl Run {
    fn is_capital_after_small(&self, c: char) -> bool {
        self.kind == Kind::Letter && self.small && c.is_ascii_uppercase()
    }

    fn tokens(&self) -> usize {
        match self.kind {
            Kind::Letter if self.among_digits => self.chars,
            Kind::Letter if self.chars > WORD_LETTERS_MAX => (self.chars * 2).div_ceil(3),
            Kind::Letter => (self.chars * 2).div_ceil(5),
            Kind::Digit | Kind::Sign => self.chars,
            // One blank belongs to the word after it.
            Kind::Blank => self.chars.saturating_sub(1).div_ceil(4),
            // Counted one by one.
            Kind::Other => 0,
        }
    }
}
