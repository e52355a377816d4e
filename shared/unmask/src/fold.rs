//! The folded reading: compatibility forms normalised, invisible characters taken out (and told), look-alikes of other
//! scripts and accents reduced to Latin letters. A word wholly in another script is left as it is: Russian is not
//! disguised English.
use crate::confusables::{latin, stylised};
use crate::view::{Builder, Output};
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A kind of character that a reader does not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HiddenKind {
    /// Zero-width spaces, joiners, soft hyphens, fillers.
    ZeroWidth,
    /// Marks that change the writing direction.
    Bidi,
    /// Variation selectors beyond the one that an emoji takes.
    Selector,
    /// Tag characters U+E0000 to U+E007F outside an emoji flag.
    Tag,
}

/// A run of hidden characters of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// What they are.
    pub kind: HiddenKind,
    /// Where they stand in the source.
    pub span: Range<usize>,
    /// How many there are.
    pub count: usize,
}

/// What folding tells besides the text.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) hidden: Vec<Hidden>,
    pub(crate) disguised_words: usize,
    pub(crate) split_letters: usize,
}

/// The kind of an invisible character (Unicode 16, `Default_Ignorable_Code_Point` and bidi controls).
pub(crate) fn hidden_kind(c: char) -> Option<HiddenKind> {
    match c {
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => Some(HiddenKind::ZeroWidth),
        '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{3164}' | '\u{ffa0}' => {
            Some(HiddenKind::ZeroWidth)
        }
        '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' => {
            Some(HiddenKind::ZeroWidth)
        }
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(HiddenKind::Bidi)
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => Some(HiddenKind::Selector),
        '\u{e0000}'..='\u{e007f}' => Some(HiddenKind::Tag),
        _ => None,
    }
}

/// Accents and enclosing marks that may be stacked on a Latin letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Characters that no step of the folding changes: letters of scripts that have no Latin look-alikes.
fn is_plain_script(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{3041}'..='\u{30fe}' | '\u{621}'..='\u{64a}'
        | '\u{900}'..='\u{dff}' | '\u{e01}'..='\u{e32}' | '\u{e34}'..='\u{e5b}' | '\u{5d0}'..='\u{5ea}')
}

/// Letters whose look-alikes count only in a disguised word.
fn is_greek_or_cyrillic(c: char) -> bool {
    matches!(c, '\u{386}'..='\u{3ce}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}')
}

/// One character of the folding; what it becomes goes to `put`.
fn fold_char(c: char, mixed: bool, put: &mut String) {
    if let Some(letter) = stylised(c) {
        return put.push(letter);
    }
    for c in std::iter::once(c).nfkc() {
        let base = std::iter::once(c).nfd().next().unwrap_or(c);
        if c.is_ascii() || base.is_ascii_alphabetic() {
            put.push(base);
        } else if let Some(letter) = latin(c).filter(|_| mixed) {
            put.push(letter);
        } else {
            put.push(punctuation(c));
        }
    }
}

/// Quotes, dashes and spaces in their ASCII form.
fn punctuation(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{ff07}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2028}' | '\u{2029}' => '\n',
        '\u{2800}' => ' ',
        _ => c,
    }
}

/// Folds `text`; `told` receives what was disguised, in the offsets of `text`. `None` if nothing changes.
pub(crate) fn fold(text: &str, room: usize, told: &mut Told) -> Option<Output> {
    if text.is_ascii() {
        return None;
    }
    let mut out = Builder::new(text, room);
    let mostly_latin = mostly_latin(text);
    let mut folded = String::new();
    let mut at = 0;
    for word in text.split_inclusive(|c: char| c.is_whitespace()) {
        let start = at;
        at += word.len();
        if word.is_ascii() {
            out.copy(start..at);
            continue;
        }
        let mixed = is_disguised(word, mostly_latin);
        told.disguised_words += usize::from(mixed);
        let mut latin_before = false;
        for (offset, c) in word.char_indices() {
            let span = start + offset..start + offset + c.len_utf8();
            if let Some(kind) = hidden_kind(c) {
                if kind == HiddenKind::ZeroWidth && latin_before {
                    told.split_letters += 1;
                }
                tell(&mut told.hidden, kind, span.clone());
                out.replace(span, "");
            } else if c.is_ascii() || is_plain_script(c) || (!mixed && is_greek_or_cyrillic(c)) {
                latin_before = c.is_ascii_alphabetic();
                out.copy(span);
            } else if is_mark(c) && latin_before {
                out.replace(span, "");
            } else {
                folded.clear();
                fold_char(c, mixed, &mut folded);
                latin_before = folded.ends_with(|c: char| c.is_ascii_alphabetic());
                let same = folded.chars().eq([c]);
                if same { out.copy(span) } else { out.replace(span, &folded) }
            }
        }
    }
    out.finish()
}

/// Adds one hidden character to the runs.
fn tell(hidden: &mut Vec<Hidden>, kind: HiddenKind, span: Range<usize>) {
    match hidden.last_mut().filter(|last| last.kind == kind && last.span.end == span.start) {
        Some(last) => (last.span.end, last.count) = (span.end, last.count + 1),
        None => hidden.push(Hidden { kind, span, count: 1 }),
    }
}

/// A letter beyond ASCII, roughly: the exact property costs more than it tells here.
fn is_foreign_letter(c: char) -> bool {
    c >= '\u{c0}'
        && !matches!(c, '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}')
        && hidden_kind(c).is_none()
}

/// Whether most letters are Latin, so that a word wholly of look-alikes is suspect too.
fn mostly_latin(text: &str) -> bool {
    let (mut ascii, mut other) = (0usize, 0usize);
    for c in text.chars() {
        ascii += usize::from(c.is_ascii_alphabetic());
        other += usize::from(is_foreign_letter(c));
    }
    ascii > other * 2
}

/// Whether letters of `word` that look Latin stand for Latin ones: beside real ones in one row of letters that has no
/// others, or in a Latin text.
fn is_disguised(word: &str, mostly_latin: bool) -> bool {
    word.split(|c: char| !c.is_alphanumeric() && hidden_kind(c).is_none()).any(|row| {
        let ascii = row.chars().any(|c| c.is_ascii_alphabetic());
        let (mut look_alike, mut foreign) = (false, false);
        for c in row.chars().filter(|c| is_foreign_letter(*c)) {
            look_alike |= latin(c).is_some();
            foreign |= latin(c).is_none() && is_greek_or_cyrillic(c);
        }
        look_alike && (ascii || mostly_latin) && !foreign
    })
}
