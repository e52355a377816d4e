//! What the classifier sees of a stretch of text: words, pairs of words, letters in a row, concepts and how they stand
//! together, and a few counts; each hashed to a place in the table of weights.
use crate::concepts::Hit;
use std::ops::Range;
use std::sync::LazyLock;

/// Places in the table of weights.
pub const BUCKETS: usize = 1 << 18;
/// A stretch ends at the first end of a sentence after this many bytes.
pub(crate) const MIN_WINDOW_BYTES: usize = 160;
/// And at a blank after this many in any case.
pub(crate) const MAX_WINDOW_BYTES: usize = 480;
/// Concepts further apart than this are not seen together.
const NEAR_BYTES: usize = 60;
/// Words longer than this are keys and numbers: their letters say nothing.
const MAX_WORD_BYTES: usize = 24;

/// FNV-1a (Fowler, Noll, Vo) over what identifies a feature, then a multiplication to spread the high bits.
struct Hash(u64);

impl Hash {
    fn new(kind: u64) -> Self {
        Self(0xcbf2_9ce4_8422_2325 ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    fn bucket(&self) -> u32 {
        (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 46) as u32 % BUCKETS as u32
    }
}

/// The feature `kind` with the number `value`.
pub(crate) fn number(kind: u64, value: u64) -> u32 {
    let mut hash = Hash::new(kind);
    value.to_le_bytes().iter().for_each(|byte| hash.byte(*byte));
    hash.bucket()
}

/// The stretches that are judged one by one: sentences and lines put together to a useful length.
pub(crate) fn windows(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = 0;
    for at in 0..bytes.len() {
        let len = at + 1 - start;
        let blank_next = bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        let sentence = bytes[at] == b'\n' || (matches!(bytes[at], b'.' | b'!' | b'?') && blank_next);
        let full = len >= MAX_WINDOW_BYTES
            && (blank_next || len >= MAX_WINDOW_BYTES + 64)
            && text.is_char_boundary(at + 1);
        if (sentence && len >= MIN_WINDOW_BYTES) || full {
            out.push(start..at + 1);
            start = at + 1;
        }
    }
    if start < bytes.len() {
        out.push(start..bytes.len());
    }
    // A short rest belongs to what it follows.
    if let [.., before, last] = out.as_mut_slice()
        && last.len() < MIN_WINDOW_BYTES / 2
    {
        before.end = last.end;
        out.pop();
    }
    out
}

/// The features of `text` (a window, in lower case) with the concepts in it, into `out`.
pub(crate) fn features(text: &str, hits: &[Hit], rules: &[u8], out: &mut Vec<u32>) {
    out.clear();
    if !is_foreign(text) {
        words(text, out);
    }
    concept_features(hits, out);
    out.extend(rules.iter().flat_map(|rule| [number(20, u64::from(*rule)); 2]));
    let rare =
        text.bytes().filter(|byte| matches!(byte, b'!' | b'<' | b'[' | b'{' | b'#' | b'=' | b'|')).count();
    out.push(number(10, (rare.min(12) / 3) as u64));
    out.push(number(11, u64::from(text.len().max(1).ilog2())));
    out.push(number(13, (hits.len() * 40 / text.len().max(40)).min(12) as u64));
}

/// Function words of English and of other languages in the Latin script, without those that are words of both.
const ENGLISH: &str =
    " the of and to you your is that it for was with this have what are not be how my can all from ";
const FOREIGN: &str = " der die das und ist nicht mit ein eine ich wie auf den dem von zu sie wer welche wurde el la los las \
    que es por con para una un del como cual se en de le les des est et une dans pour qui du au il che di non per sono \
    della quale o os um uma nao com da dos het een van niet wat nie sie jest na czy si sa la ce cu din pe sunt care este ve \
    bir bu ne yang dan dengan untuk ini cua la va cac nhung trong nam och att det som ar inte hogy az egy nem je ze se ";

/// Places in the table of function words; what another word is taken for by chance weighs nothing.
const FUNCTION_PLACES: usize = 1 << 16;

static FUNCTION_WORDS: LazyLock<Vec<i8>> = LazyLock::new(|| {
    let mut table = vec![0; FUNCTION_PLACES];
    FOREIGN.split_whitespace().for_each(|word| table[function_place(word)] = 1);
    ENGLISH.split_whitespace().for_each(|word| table[function_place(word)] = -1);
    table
});

fn function_place(word: &str) -> usize {
    let mut hash = Hash::new(9);
    word.bytes().for_each(|byte| hash.byte(byte));
    hash.bucket() as usize % FUNCTION_PLACES
}

/// A letter or digit, roughly: the exact property costs more than it tells here.
fn is_letter(c: char) -> bool {
    let sign = matches!(c, '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}');
    c.is_ascii_alphanumeric() || (c >= '\u{c0}' && !sign)
}

/// Whether a stretch is in another language than English: its words would be learned as signs of an attack, because
/// most labelled text that is not English is one. Only its concepts are looked at, which have no language.
fn is_foreign(text: &str) -> bool {
    let (mut foreign, mut ascii, mut other) = (0, 0, 0);
    let table = &*FUNCTION_WORDS;
    for word in text.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty()) {
        if !word.is_ascii() {
            other += word.len();
            continue;
        }
        ascii += word.len();
        if word.len() <= 6 {
            foreign += i32::from(table[function_place(word)]);
        }
    }
    other > ascii || foreign > 0
}

/// Words, pairs of words and letters in a row.
fn words(text: &str, out: &mut Vec<u32>) {
    let mut before = 0;
    for word in text.split(|c: char| !is_letter(c) && c != '\'').filter(|word| !word.is_empty()) {
        if !word.is_ascii() {
            before = 0;
            continue;
        }
        if word.len() > MAX_WORD_BYTES || word.as_bytes()[0].is_ascii_digit() {
            before = 1;
            continue;
        }
        let mut hash = Hash::new(1);
        word.bytes().for_each(|byte| hash.byte(byte));
        out.push(hash.bucket());
        let mut pair = Hash::new(before);
        word.bytes().for_each(|byte| pair.byte(byte));
        out.push(pair.bucket());
        before = hash.0;
        letters(word.as_bytes(), out);
    }
}

/// Rows of three to five letters of a word with its ends marked.
fn letters(word: &[u8], out: &mut Vec<u32>) {
    let at = |i: usize| if i == 0 || i > word.len() { b' ' } else { word[i - 1] };
    for start in 0..word.len() {
        let mut hash = Hash::new(3);
        for i in start..(start + 5).min(word.len() + 2) {
            hash.byte(at(i));
            if i >= start + 3 {
                out.push(hash.bucket());
            }
        }
    }
}

/// Each concept, those that stand near each other in their order, and those that stand in the same window.
fn concept_features(hits: &[Hit], out: &mut Vec<u32>) {
    let mut seen = 0u32;
    for (at, hit) in hits.iter().enumerate() {
        let concept = hit.concept as u64;
        if seen & hit.concept.bit() == 0 {
            out.extend(
                (0..28)
                    .filter(|other| seen & (1 << other) != 0)
                    .map(|other| number(6, concept.min(other) << 8 | concept.max(other))),
            );
            out.extend([number(4, concept); 2]);
        }
        seen |= hit.concept.bit();
        let near = hits[..at].iter().rev().take(6).take_while(|before| before.end + NEAR_BYTES >= hit.start);
        out.extend(
            near.filter(|before| before.concept != hit.concept)
                .map(|before| number(5, (before.concept as u64) << 8 | concept)),
        );
    }
}
