//! Readings of words: digits and signs in the place of letters, and letters written apart. Both change only words that
//! look disguised, so that numbers, versions and identifiers keep their form.
use crate::view::{Builder, Output};

/// Words longer than this are identifiers or keys, not disguised words.
const MAX_LEET_WORD_BYTES: usize = 24;
/// Fewer single letters in a row are initials or list labels.
const MIN_SPACED_LETTERS: usize = 5;

/// The letter that a digit or sign stands for.
fn leet_letter(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => 'o',
        b'1' | b'!' | b'|' => 'i',
        b'3' => 'e',
        b'4' | b'@' => 'a',
        b'5' | b'$' => 's',
        b'7' | b'+' => 't',
        b'8' => 'b',
        b'9' => 'g',
        _ => return None,
    })
}

/// Reads digits and signs inside words as letters: a word counts if it has a letter on both sides of one, or two of
/// them and a letter.
pub(crate) fn leet(text: &str, room: usize) -> Option<Output> {
    let bytes = text.as_bytes();
    let mut out = Builder::new(text, room);
    let (mut copied, mut at) = (0, 0);
    let part = |byte: u8| byte.is_ascii_alphanumeric() || leet_letter(byte).is_some();
    while at < bytes.len() {
        if !part(bytes[at]) {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|byte| part(**byte)).count();
        // Signs at the end of a word are punctuation.
        let word_end =
            end - bytes[at..end].iter().rev().take_while(|byte| matches!(byte, b'!' | b'|' | b'+')).count();
        if word_end > at && is_leet(&bytes[at..word_end]) {
            out.copy_between(copied..at);
            for (offset, byte) in bytes[at..word_end].iter().enumerate() {
                let span = at + offset..at + offset + 1;
                match leet_letter(*byte) {
                    Some(letter) => out.replace(span, letter.encode_utf8(&mut [0; 4])),
                    None => out.copy(span),
                }
            }
            copied = word_end;
        }
        at = end;
    }
    out.copy_rest_of_line(copied);
    out.finish()
}

/// Whether a word of letters, digits and signs is a disguised one.
fn is_leet(word: &[u8]) -> bool {
    if word.len() < 3 || word.len() > MAX_LEET_WORD_BYTES || word.contains(&b'2') || word.contains(&b'6') {
        return false;
    }
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let signs = word.len() - letters;
    let starts = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let ends = word.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let inside = starts + ends < word.len() && starts > 0 && ends > 0;
    letters > 0
        && signs > 0
        && (inside || (ends > 0 && signs >= 1 && word.len() >= 4) || (signs >= 2 && letters >= 2))
}

/// Joins letters written apart by one and the same separator; a wider gap is the end of a word.
pub(crate) fn spacing(text: &str, room: usize) -> Option<Output> {
    if !has_single_letters(text) {
        return None;
    }
    let mut out = Builder::new(text, room);
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let (mut copied, mut at) = (0, 0);
    while at < chars.len() {
        let run = spaced_run(&chars[at..]);
        if run.letters < MIN_SPACED_LETTERS {
            at += run.chars.max(1);
            continue;
        }
        let end = chars.get(at + run.chars).map_or(text.len(), |(offset, _)| *offset);
        out.copy_between(copied..chars[at].0);
        let mut gap = 0;
        for (offset, c) in &chars[at..at + run.chars] {
            let span = *offset..*offset + c.len_utf8();
            if is_letter(*c) {
                gap = 0;
                out.copy(span);
            } else {
                gap += 1;
                out.replace(span, if gap == 2 { " " } else { "" });
            }
        }
        copied = end;
        at += run.chars;
    }
    out.copy_rest_of_line(copied);
    out.finish()
}

/// A letter or digit, roughly: exact properties cost more than they tell here.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || (c >= '\u{c0}' && !matches!(c, '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}'))
}

/// Whether any single letters follow each other: a cheap look before the exact one.
fn has_single_letters(text: &str) -> bool {
    if text.is_ascii() { singles(text.bytes().map(char::from)) } else { singles(text.chars()) }
}

fn singles(chars: impl Iterator<Item = char>) -> bool {
    let (mut singles, mut row, mut gap) = (0, 0, 0);
    for c in chars {
        if is_letter(c) {
            (row, gap) = (row + 1, 0);
            continue;
        }
        match row {
            0 => {}
            1 => singles += 1,
            _ => singles = 0,
        }
        (row, gap) = (0, gap + 1);
        if gap > 3 || !is_separator(c) {
            singles = 0;
        }
        if singles + 1 >= MIN_SPACED_LETTERS {
            return true;
        }
    }
    false
}

/// A run of single letters from the start: how many letters, how many characters.
struct SpacedRun {
    letters: usize,
    chars: usize,
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '_' | '*' | '|' | '/' | ',' | '~' | '+' | '\u{b7}' | '\t')
}

/// The longest `letter separator{1,3} letter …` at the start of `chars`, all with the same kind of separator.
fn spaced_run(chars: &[(usize, char)]) -> SpacedRun {
    let mut run = SpacedRun { letters: 0, chars: 0 };
    let mut separator = None;
    let mut at = 0;
    while chars.get(at).is_some_and(|(_, c)| is_letter(*c)) {
        let gap = chars[at + 1..].iter().take(4).take_while(|(_, c)| is_separator(*c)).count();
        let next_is_letter = chars.get(at + 1 + gap).is_some_and(|(_, c)| is_letter(*c));
        if gap == 0 && next_is_letter {
            // A word of several letters: it is not part of the run, nor is any of its letters.
            let word = chars[at..].iter().take_while(|(_, c)| is_letter(*c)).count();
            return if run.letters == 0 { SpacedRun { letters: 0, chars: word } } else { run };
        }
        (run.letters, run.chars) = (run.letters + 1, at + 1);
        let kind = chars.get(at + 1).map(|(_, c)| *c);
        if gap == 0 || gap > 3 || (separator.is_some() && separator != kind) {
            return run;
        }
        separator = kind;
        at += 1 + gap;
    }
    run
}
