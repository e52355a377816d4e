//! The wording of every licence and exception on the SPDX list, and an index over it.
//!
//! What is checked in (`data/wording.zst`, made by `examples/gather.rs`) is each text as a row of word hashes: enough to
//! compare, a tenth of the texts' size. The index is made anew when first used, in some tens of milliseconds.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Words in one fingerprint, and fingerprints of which the least is kept (winnowing: Schleimer, Wilkerson, Aiken, 2003).
/// A run of `GRAM + WINDOW - 1` equal words always shares a fingerprint.
const GRAM: usize = 5;
const WINDOW: usize = 5;
/// Refuses to unpack more than this; the file is a fifth of it.
const MAX_UNPACKED_BYTES: usize = 16 << 20;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A licence.
    Licence,
    /// An exception, which stands after `WITH`.
    Exception,
}

/// One text with all the ids that have it.
#[derive(Debug)]
pub struct Text {
    /// SPDX ids, best first: not deprecated before deprecated, `-only` before `-or-later`.
    pub ids: Vec<String>,
    /// Licence or exception.
    pub kind: Kind,
    /// Hashes of its wording.
    pub words: Vec<u32>,
}

/// Where a fingerprint occurs.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    /// Index into [`Library::texts`].
    pub text: u16,
    /// Word in the text.
    pub at: u16,
}

/// Texts and index.
#[derive(Debug)]
pub struct Library {
    /// Every text.
    pub texts: Vec<Text>,
    /// Fingerprint to the range of its postings.
    places: FxHashMap<u32, (u32, u32)>,
    postings: Vec<Posting>,
}

/// The library that is checked in.
pub static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    Library::unpack(include_bytes!("../data/wording.zst")).unwrap_or_else(|| Library::index(Vec::new()))
});

impl Library {
    /// Where fingerprint `print` occurs.
    pub fn places(&self, print: u32) -> &[Posting] {
        self.places.get(&print).map_or(&[], |(from, to)| &self.postings[*from as usize..*to as usize])
    }

    /// An index over `texts`.
    pub fn index(texts: Vec<Text>) -> Self {
        let mut rows = Vec::new();
        for (text, row) in texts.iter().zip(0u16..) {
            for (print, at) in fingerprints(&text.words) {
                if let Ok(at) = u16::try_from(at) {
                    rows.push((print, Posting { text: row, at }));
                }
            }
        }
        rows.sort_unstable_by_key(|(print, place)| (*print, place.text, place.at));
        let mut places = FxHashMap::default();
        let mut from = 0;
        while from < rows.len() {
            let to = from + rows[from..].partition_point(|row| row.0 == rows[from].0);
            places.insert(rows[from].0, (from as u32, to as u32));
            from = to;
        }
        Self { texts, places, postings: rows.into_iter().map(|row| row.1).collect() }
    }

    /// The checked-in form: `vocabulary`, then per text its ids, kind and words as indices, all compressed.
    ///
    /// # Errors
    /// When the compressor fails.
    pub fn pack(texts: &[Text]) -> std::io::Result<Vec<u8>> {
        let mut count: FxHashMap<u32, u32> = FxHashMap::default();
        texts.iter().flat_map(|text| &text.words).for_each(|word| *count.entry(*word).or_default() += 1);
        let mut vocabulary: Vec<(u32, u32)> = count.into_iter().map(|(word, n)| (n, word)).collect();
        vocabulary.sort_unstable_by_key(|(n, word)| (std::cmp::Reverse(*n), *word));
        let rank: FxHashMap<u32, u32> = (0u32..).zip(&vocabulary).map(|(i, (_, word))| (*word, i)).collect();
        let mut out = Vec::new();
        number(&mut out, vocabulary.len() as u32);
        vocabulary.iter().for_each(|(_, word)| out.extend(word.to_le_bytes()));
        number(&mut out, texts.len() as u32);
        for text in texts {
            let ids = text.ids.join(" ");
            number(&mut out, u32::from(text.kind == Kind::Exception));
            number(&mut out, ids.len() as u32);
            out.extend(ids.as_bytes());
            number(&mut out, text.words.len() as u32);
            text.words.iter().for_each(|word| number(&mut out, rank.get(word).copied().unwrap_or(0)));
        }
        zstd::bulk::compress(&out, 22)
    }

    /// Reads what [`Library::pack`] wrote; nothing if it is damaged.
    pub fn unpack(packed: &[u8]) -> Option<Self> {
        let bytes = zstd::bulk::decompress(packed, MAX_UNPACKED_BYTES).ok()?;
        let mut rest = bytes.as_slice();
        let size = take_number(&mut rest)? as usize;
        let vocabulary: Vec<u32> = take(&mut rest, size * 4)?
            .chunks_exact(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        let count = take_number(&mut rest)?;
        let texts = (0..count).map(|_| take_text(&mut rest, &vocabulary)).collect::<Option<Vec<_>>>()?;
        Some(Self::index(texts))
    }
}

/// The winnowed fingerprints of `words` with the word that each begins at.
pub fn fingerprints(words: &[u32]) -> Vec<(u32, usize)> {
    let grams: Vec<u32> =
        words.windows(GRAM).map(|gram| gram.iter().fold(0, |hash, word| mix(hash, *word))).collect();
    let mut prints: Vec<(u32, usize)> = Vec::with_capacity(grams.len() / 2);
    for (from, window) in grams.windows(WINDOW.min(grams.len().max(1))).enumerate() {
        let least = (0..window.len()).rev().min_by_key(|i| window[*i]).unwrap_or(0);
        if prints.last().is_none_or(|last| last.1 != from + least) {
            prints.push((window[least], from + least));
        }
    }
    prints
}

fn mix(hash: u32, word: u32) -> u32 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b1)
}

/// LEB128.
fn number(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let mut value = 0u32;
    for shift in (0..32).step_by(7) {
        let (first, after) = rest.split_first()?;
        *rest = after;
        value |= u32::from(first & 0x7f).checked_shl(shift)?;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(taken)
}

fn take_text(rest: &mut &[u8], vocabulary: &[u32]) -> Option<Text> {
    let kind = if take_number(rest)? == 1 { Kind::Exception } else { Kind::Licence };
    let len = take_number(rest)? as usize;
    let ids = std::str::from_utf8(take(rest, len)?).ok()?.split(' ').map(str::to_owned).collect();
    let count = take_number(rest)?;
    let words = (0..count)
        .map(|_| vocabulary.get(take_number(rest)? as usize).copied())
        .collect::<Option<Vec<_>>>()?;
    Some(Text { ids, kind, words })
}
