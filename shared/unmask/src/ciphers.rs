//! Letter ciphers: shifts, the mirrored alphabet, text written backwards. A piece of text is deciphered if that makes
//! it look like a language where it did not before, by the share of letter pairs that are common in English (and,
//! roughly, in the other languages of the Latin script).
use crate::view::{Builder, Output, Step};
use std::ops::Range;
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

/// For each pair of letters, a bit for every cipher under which it is a common one: [`PLAIN`] as written, `1..=25` shifted
/// by so much, [`MIRRORED`], [`TURNED`] with its letters changed round.
static COMMON: LazyLock<[u32; LETTERS * LETTERS]> = LazyLock::new(|| {
    let mut table = [0; LETTERS * LETTERS];
    for pair in COMMON_PAIRS.split_whitespace() {
        let [first, second] = pair.as_bytes() else { continue };
        let (first, second) = (usize::from(first - b'a'), usize::from(second - b'a'));
        let back = |shift: usize| {
            (first + LETTERS - shift) % LETTERS * LETTERS + (second + LETTERS - shift) % LETTERS
        };
        (0..LETTERS).for_each(|shift| table[back(shift)] |= 1 << shift);
        table[(LETTERS - 1 - first) * LETTERS + LETTERS - 1 - second] |= 1 << MIRRORED;
        table[second * LETTERS + first] |= 1 << TURNED;
    }
    table
});

const LETTERS: usize = 26;
const PLAIN: usize = 0;
const MIRRORED: usize = 26;
const TURNED: usize = 27;

/// What a byte is to a piece: the number of a letter, the end of a piece, anything else.
const END: u8 = 26;
const OTHER: u8 = 27;
const BYTES: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut letter = 0;
    while letter < LETTERS as u8 {
        table[(b'a' + letter) as usize] = letter;
        table[(b'A' + letter) as usize] = letter;
        letter += 1;
    }
    let ends = b"\n:\"`.?!;";
    let mut at = 0;
    while at < ends.len() {
        table[ends[at] as usize] = END;
        at += 1;
    }
    table
};

/// A piece of a text that is language once deciphered.
pub(crate) struct Piece {
    span: Range<usize>,
    /// The shift that makes it language, 0 for the mirrored alphabet.
    shift: Option<u8>,
    reversed: bool,
}

/// The pieces of `text` that a cipher makes language of, in order.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let common = &*COMMON;
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut start, mut before) = (0, OTHER);
    let (mut pairs, mut plain, mut turned) = (0, 0, 0);
    for (at, byte) in bytes.iter().enumerate() {
        let class = BYTES[usize::from(*byte)];
        if class < END && before < END {
            let bits = common[usize::from(before) * LETTERS + usize::from(class)];
            (pairs, plain, turned) = (pairs + 1, plain + (bits >> PLAIN & 1), turned + (bits >> TURNED & 1));
        }
        before = class;
        if class == END || at + 1 == bytes.len() {
            let span = start..at + 1;
            if pairs >= MIN_PAIRS {
                let share = |count: u32| count as f32 / pairs as f32;
                let (plain, turned) = (share(plain), share(turned));
                let shift =
                    if plain < PLAIN_SHARE { shift(&bytes[span.clone()], plain, share) } else { None };
                let reversed = turned >= DECIPHERED_SHARE && turned >= plain + REVERSE_GAIN;
                if shift.is_some() || reversed {
                    found.push(Piece { span, shift, reversed });
                }
            }
            (start, pairs, plain, turned) = (at + 1, 0, 0, 0);
        }
    }
    found
}

/// The shift (0 for the mirrored alphabet) under which `piece` has the most common pairs, if that makes it language.
fn shift(piece: &[u8], plain: f32, share: impl Fn(u32) -> f32) -> Option<u8> {
    let mut counts = [0u32; MIRRORED + 1];
    for pair in piece.windows(2) {
        let (first, second) = (BYTES[usize::from(pair[0])], BYTES[usize::from(pair[1])]);
        if first < END && second < END {
            let mut bits = COMMON[usize::from(first) * LETTERS + usize::from(second)] & ((1 << TURNED) - 1);
            while bits != 0 {
                counts[bits.trailing_zeros() as usize] += 1;
                bits &= bits - 1;
            }
        }
    }
    let (cipher, count) = (1..).zip(&counts[1..]).max_by_key(|(_, count)| **count)?;
    let gain = share(*count);
    (gain >= DECIPHERED_SHARE && gain >= plain + SHIFT_GAIN).then_some(if cipher == MIRRORED {
        0
    } else {
        cipher as u8
    })
}

/// Deciphers the pieces of `text` that are shifted or mirrored. The step says by what; with several, by what first.
pub(crate) fn shifts(text: &str, pieces: &[Piece], room: usize) -> Option<(Output, Step)> {
    let mut out = Builder::new(text, room);
    let mut step = None;
    for piece in pieces {
        let Some(shift) = piece.shift else { continue };
        step.get_or_insert(match shift {
            0 => Step::Atbash,
            13 => Step::Rot13,
            _ => Step::Caesar,
        });
        let reading: String = text.get(piece.span.clone())?.chars().map(|c| decipher(c, shift)).collect();
        out.line(piece.span.clone(), &reading);
    }
    Some((out.finish()?, step?))
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
pub(crate) fn reversed(text: &str, pieces: &[Piece], room: usize) -> Option<Output> {
    let mut out = Builder::new(text, room);
    for piece in pieces.iter().filter(|piece| piece.reversed) {
        let written = text.get(piece.span.clone())?;
        let mut reading: String = written.chars().rev().collect();
        for word in written.split_inclusive(' ') {
            reading.push(' ');
            reading.extend(word.trim_end().chars().rev());
        }
        out.line(piece.span.clone(), &reading);
    }
    out.finish()
}
