//! Letter ciphers: shifts, the mirrored alphabet, text written backwards. A piece of text is deciphered if that makes
//! it look like a language where it did not before, by the share of letter pairs that are common in English (and,
//! roughly, in the other languages of the Latin script).
use crate::view::{Builder, Output, Step};
use std::sync::LazyLock;

/// The most frequent letter pairs of English, a bit over half of all pairs in running text (Norvig, "English Letter
/// Frequency Counts", 2012).
const COMMON_PAIRS: &str = "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le \
    ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur us ut et ec pr mp pt ct ys wi yo ig gn ho ns ul ss";

/// Pieces with fewer letter pairs say too little.
const MIN_PAIRS: usize = 9;
/// A piece with at least this share of common pairs is language as it stands.
const PLAIN_SHARE: f32 = 0.30;
/// What a deciphered piece must reach, and by how much more than before.
const DECIPHERED_SHARE: f32 = 0.38;
const SHIFT_GAIN: f32 = 0.2;
/// Backwards, half of the pairs stay common: less is asked.
const REVERSE_GAIN: f32 = 0.1;

static PAIRS: LazyLock<[bool; 26 * 26]> = LazyLock::new(|| {
    let mut table = [false; 26 * 26];
    for pair in COMMON_PAIRS.split_whitespace() {
        if let [first, second] = pair.as_bytes() {
            table[index(first - b'a', second - b'a')] = true;
        }
    }
    table
});

fn index(first: u8, second: u8) -> usize {
    usize::from(first) * 26 + usize::from(second)
}

/// Share of common pairs in `pairs` after `change`, which takes and gives a pair.
fn share(pairs: &[(u8, u8)], change: impl Fn((u8, u8)) -> (u8, u8)) -> f32 {
    let common = pairs.iter().filter(|pair| {
        let (first, second) = change(**pair);
        PAIRS[index(first, second)]
    });
    common.count() as f32 / pairs.len() as f32
}

/// Deciphers the pieces of `text` that are shifted or mirrored. The step says by what; with several, by what first.
pub(crate) fn shifts(text: &str, room: usize) -> Option<(Output, Step)> {
    let mut step = None;
    let out = lines(text, room, |piece, pairs| {
        let plain = share(pairs, |pair| pair);
        if plain >= PLAIN_SHARE {
            return None;
        }
        let (gain, shift) = (1..26u8)
            .map(|shift| (share(pairs, |(a, b)| ((a + shift) % 26, (b + shift) % 26)), shift))
            .chain([(share(pairs, |(a, b)| (25 - a, 25 - b)), 0)])
            .max_by(|one, other| one.0.total_cmp(&other.0))?;
        if gain < DECIPHERED_SHARE || gain < plain + SHIFT_GAIN {
            return None;
        }
        let of = match shift {
            0 => Step::Atbash,
            13 => Step::Rot13,
            _ => Step::Caesar,
        };
        step.get_or_insert(of);
        Some(piece.chars().map(|c| decipher(c, shift)).collect())
    })?;
    Some((out, step?))
}

/// `c` shifted, or mirrored for shift 0.
fn decipher(c: char, shift: u8) -> char {
    let base = match c {
        'a'..='z' => b'a',
        'A'..='Z' => b'A',
        _ => return c,
    };
    let letter = c as u8 - base;
    char::from(base + if shift == 0 { 25 - letter } else { (letter + shift) % 26 })
}

/// Turns the pieces of `text` around that are written backwards: as a whole and, below, word by word.
pub(crate) fn reversed(text: &str, room: usize) -> Option<Output> {
    lines(text, room, |piece, pairs| {
        let turned = share(pairs, |(a, b)| (b, a));
        if turned < DECIPHERED_SHARE || turned < share(pairs, |pair| pair) + REVERSE_GAIN {
            return None;
        }
        let mut out: String = piece.chars().rev().collect();
        for word in piece.split_inclusive(' ') {
            out.push(' ');
            out.extend(word.trim_end().chars().rev());
        }
        Some(out)
    })
}

/// The pieces of `text` for which `read` has a reading, a line each.
fn lines(
    text: &str,
    room: usize,
    mut read: impl FnMut(&str, &[(u8, u8)]) -> Option<String>,
) -> Option<Output> {
    let mut out = Builder::new(text, room);
    let mut pairs = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(['\n', ':', '"', '`', '.', '?', '!', ';']) {
        let span = at..at + piece.len();
        at = span.end;
        pairs.clear();
        let letters = |byte: u8| byte.is_ascii_alphabetic().then(|| byte.to_ascii_lowercase() - b'a');
        let two = piece.as_bytes().windows(2).filter_map(|two| Some((letters(two[0])?, letters(two[1])?)));
        pairs.extend(two);
        if pairs.len() < MIN_PAIRS {
            continue;
        }
        if let Some(reading) = read(piece, &pairs) {
            out.line(span, &reading);
        }
    }
    out.finish()
}
