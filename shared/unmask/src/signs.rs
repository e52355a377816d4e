//! Letters written in other signs: Morse, Braille, the NATO alphabet, pig latin; and text hidden in characters that
//! are not seen: tags, variation selectors, zero-width bits.
use crate::view::{Builder, Output, Step};
use std::ops::Range;

/// Shorter runs are dashes, dots and stray words.
const MIN_SIGNS: usize = 5;
const MIN_HIDDEN_CHARS: usize = 3;

/// ITU-R M.1677-1, letters in order, then digits.
#[rustfmt::skip]
const MORSE: [&str; 36] = [
    ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--", "-.", "---", ".--.",
    "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
    "-----", ".----", "..---", "...--", "....-", ".....", "-....", "--...", "---..", "----.",
];

/// Dots of the cells for a to z (ISO 11548-1), as offsets from U+2800.
#[rustfmt::skip]
const BRAILLE: [u8; 26] = [
    0x01, 0x03, 0x09, 0x19, 0x11, 0x0b, 0x1b, 0x13, 0x0a, 0x1a, 0x05, 0x07, 0x0d, 0x1d, 0x15, 0x0f, 0x1f, 0x17, 0x0e,
    0x1e, 0x25, 0x27, 0x3a, 0x2d, 0x3d, 0x35,
];

#[rustfmt::skip]
const NATO: [&str; 26] = [
    "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett", "kilo", "lima",
    "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "xray",
    "yankee", "zulu",
];

/// Consonants that English words begin with, the longest first.
#[rustfmt::skip]
const ONSETS: [&str; 54] = [
    "str", "spr", "scr", "spl", "thr", "shr", "sch", "squ", "bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl",
    "gr", "kn", "ph", "pl", "pr", "qu", "sc", "sh", "sk", "sl", "sm", "sn", "sp", "st", "sw", "th", "tr", "tw", "wh",
    "wr", "b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w",
];

/// The steps of this file that read visible signs.
pub(crate) const SIGNS: [Step; 4] = [Step::Morse, Step::Braille, Step::Nato, Step::PigLatin];

/// The runs of the signs `step` in `text`, a line each.
pub(crate) fn read_signs(text: &str, step: Step, room: usize) -> Option<Output> {
    type Letter = fn(&str, &mut String) -> bool;
    // The look before the exact one: most words are none of these by one byte.
    let (letter, may_be): (Letter, fn(&[u8]) -> bool) = match step {
        Step::Morse => (morse, |word| {
            word.iter().all(|byte| matches!(byte, b'.' | b'-' | b'_' | b'/') || !byte.is_ascii())
        }),
        Step::Braille if !text.is_ascii() => (braille, |word| word[0] == 0xe2),
        Step::Nato => (nato, |word| (4..=10).contains(&word.len())),
        Step::PigLatin => {
            (pig_latin, |word| word.iter().rev().take(2).any(|byte| matches!(byte, b'y' | b'Y')))
        }
        _ => return None,
    };
    let mut out = Builder::new(text, room);
    let (mut run, mut words, mut span) = (String::new(), 0, 0..0);
    let mut at = 0;
    // Bytes are split, as the separators are ASCII: it is several times as fast.
    for word in text.as_bytes().split_inclusive(|byte| matches!(byte, b' ' | b'\n' | b',')) {
        let end = at + word.len() - usize::from(matches!(word.last(), Some(b' ' | b'\n' | b',')));
        let here = at..end;
        at += word.len();
        if words == 0 && run.is_empty() && (here.is_empty() || !may_be(&text.as_bytes()[here.clone()])) {
            continue;
        }
        let token = text.get(here.clone()).unwrap_or_default();
        if token.is_empty() || token == "/" || token == "|" {
            run.push(' ');
        } else if may_be(token.as_bytes()) && letter(token, &mut run) {
            span = if words == 0 { here } else { span.start..here.end };
            words += 1;
        } else if words > 0 || !run.is_empty() {
            flush(&mut out, &mut run, &mut words, span.clone());
        }
    }
    flush(&mut out, &mut run, &mut words, span);
    out.finish()
}

/// Ends a run: writes it if it is long enough.
fn flush(out: &mut Builder<'_>, run: &mut String, words: &mut usize, span: Range<usize>) {
    if run.trim().len() >= MIN_SIGNS && *words > 0 {
        out.line(span, run.trim());
    }
    run.clear();
    *words = 0;
}

fn letter_at(at: usize) -> char {
    char::from(if at < 26 { b'a' + at as u8 } else { b'0' + (at - 26) as u8 })
}

fn morse(token: &str, run: &mut String) -> bool {
    let mut read = String::new();
    for part in token.split('/') {
        let signs: String =
            part.chars().map(|c| if matches!(c, '.' | '\u{b7}' | '\u{2022}') { '.' } else { c }).collect();
        let signs = signs.replace(['\u{2212}', '\u{2013}', '\u{2014}', '_'], "-");
        match MORSE.iter().position(|code| *code == signs) {
            Some(at) => read.push(letter_at(at)),
            None if part.is_empty() => read.push(' '),
            None => return false,
        }
    }
    run.push_str(&read);
    true
}

fn braille(token: &str, run: &mut String) -> bool {
    if !token.chars().all(|c| ('\u{2800}'..='\u{28ff}').contains(&c)) {
        return false;
    }
    let cell = |c: char| (u32::from(c) - 0x2800) as u8;
    run.extend(
        token.chars().map(|c| BRAILLE.iter().position(|dots| *dots == cell(c)).map_or(' ', letter_at)),
    );
    run.push(' ');
    true
}

fn nato(token: &str, run: &mut String) -> bool {
    let token = token.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let Some(first) = token.bytes().next().filter(u8::is_ascii_alphabetic) else { return false };
    let known = NATO[usize::from(first.to_ascii_lowercase() - b'a')];
    let spellings = ["alpha", "juliet", "x-ray", "whisky"];
    let is = |name: &str| token.eq_ignore_ascii_case(name);
    if !is(known) && !spellings.iter().any(|name| name.as_bytes()[0] == known.as_bytes()[0] && is(name)) {
        return false;
    }
    run.push(char::from(first.to_ascii_lowercase()));
    true
}

fn pig_latin(token: &str, run: &mut String) -> bool {
    let word = token.trim_matches(|c: char| !c.is_ascii_alphabetic()).to_ascii_lowercase();
    let Some(stem) = word.strip_suffix("ay").filter(|stem| !stem.is_empty()) else { return false };
    match (stem.strip_suffix(['w', 'y']), ONSETS.iter().find(|onset| stem.ends_with(*onset))) {
        (Some(vowel_word), _) if vowel_word.starts_with(['a', 'e', 'i', 'o', 'u']) => {
            run.push_str(vowel_word)
        }
        (_, Some(onset)) => {
            run.push_str(onset);
            run.push_str(stem[..stem.len() - onset.len()].trim_end_matches('-'));
        }
        _ => run.push_str(stem),
    }
    run.push(' ');
    true
}

/// Text in characters that are not seen, of the kind `step`.
pub(crate) fn read_hidden(text: &str, step: Step, room: usize) -> Option<Output> {
    let value = |c: char| match (step, u32::from(c)) {
        (Step::Tags, tag @ 0xe0020..=0xe007e) => Some(tag - 0xe0000),
        (Step::Selectors, selector @ 0xfe00..=0xfe0f) => Some(selector - 0xfe00),
        (Step::Selectors, selector @ 0xe0100..=0xe01ef) => Some(selector - 0xe0100 + 16),
        (Step::ZeroWidth, 0x200b) => Some(0),
        (Step::ZeroWidth, 0x200c) => Some(1),
        _ => None,
    };
    let (mut values, mut span) = (Vec::new(), 0..0);
    for (at, c) in text.char_indices() {
        if let Some(value) = value(c) {
            span = if values.is_empty() { at..at + c.len_utf8() } else { span.start..at + c.len_utf8() };
            values.push(value as u8);
        }
    }
    if step == Step::ZeroWidth {
        values =
            values.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    }
    let hidden = std::str::from_utf8(&values).ok()?;
    let readable =
        hidden.chars().count() >= MIN_HIDDEN_CHARS && !hidden.chars().any(|c| c.is_control() && c != '\n');
    let mut out = Builder::new(text, room);
    if readable {
        out.line(span, hidden);
    }
    out.finish()
}
