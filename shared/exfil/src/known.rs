//! Secrets of the run, found in every writing: a text and each secret's encodings are reduced to their letters and digits
//! in one case, and compared. So separators, zero-width characters, line breaks, case, quotes and `+` between pieces fall
//! away by themselves, and `%41%42`, `41:42` and `4142` are one form.
use crate::leak::{Kind, Leak};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The rule of every registered secret.
pub const RULE: &str = "registered";
/// A secret with fewer letters and digits is only found as it is: reduced, it would be found everywhere.
const LEAST: usize = 8;
/// A secret shorter than this is not registered: it would be found in any text.
const SHORTEST: usize = 4;
/// The longest prefix of a secret that is compared; a longer one does not leave unnoticed either.
const LONGEST: usize = 512;
/// Pieces shorter than this say nothing of a secret.
const PIECE: usize = 4;
/// The part of a secret, in percent, that pieces must make up.
const PIECES: usize = 80;

/// What must not leave in any form: values with the names that they are told by.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    secrets: Vec<String>,
}

impl Registry {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. One of fewer than four bytes cannot be told from ordinary text and is not taken: the answer says
    /// whether it was.
    pub fn add(&mut self, secret: impl Into<String>) -> bool {
        let secret = secret.into();
        let taken = secret.trim().len() >= SHORTEST;
        if taken {
            self.secrets.push(secret.trim().to_owned());
        }
        taken
    }
}

impl<S: Into<String>> FromIterator<S> for Registry {
    fn from_iter<I: IntoIterator<Item = S>>(secrets: I) -> Self {
        let mut registry = Self::new();
        secrets.into_iter().for_each(|secret| {
            registry.add(secret);
        });
        registry
    }
}

/// A bit for each hash of a gram.
#[derive(Debug)]
struct Hashes(Box<[u64; HASHES / 64]>);

const HASHES: usize = 1 << 16;

impl Default for Hashes {
    fn default() -> Self {
        Self(Box::new([0; HASHES / 64]))
    }
}

impl Hashes {
    fn has(&self, gram: &[u8]) -> bool {
        let hash = hash(gram);
        self.0[hash / 64] >> (hash % 64) & 1 == 1
    }
}

/// Sixteen bits of the four bytes of a gram (Fibonacci hashing).
fn hash(gram: &[u8]) -> usize {
    let number = gram.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
    (number.wrapping_mul(0x9e37_79b9) >> 16) as usize
}

/// A registry made ready to be looked for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    forms: Vec<(Vec<u8>, usize)>,
    search: Option<AhoCorasick>,
    raw: Option<AhoCorasick>,
    grams: HashMap<[u8; PIECE], Vec<u32>>,
    /// Whether any gram has a hash: most of a text has none, and one look tells.
    hashes: Hashes,
}

impl Known {
    pub(crate) fn new(registry: &Registry) -> Self {
        let mut seen = HashSet::new();
        let mut forms = Vec::new();
        for (index, secret) in registry.secrets.iter().enumerate() {
            let end = crate::tokens::floor(secret, LONGEST.min(secret.len()));
            forms.extend(
                writings(&secret.as_bytes()[..end])
                    .into_iter()
                    .map(|form| reduce_bytes(&form))
                    .filter(|form| form.len() >= LEAST && seen.insert(form.clone()))
                    .map(|form| (form, index)),
            );
        }
        let mut grams: HashMap<[u8; PIECE], Vec<u32>> = HashMap::new();
        for (index, (form, _)) in forms.iter().enumerate().take(1 << 14) {
            for gram in form.windows(PIECE) {
                let entry = grams.entry([gram[0], gram[1], gram[2], gram[3]]).or_default();
                if entry.last() != Some(&(index as u32)) {
                    entry.push(index as u32);
                }
            }
        }
        let build = |patterns: Vec<&[u8]>| {
            let found = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(&patterns)
                .ok();
            found.filter(|_| !patterns.is_empty())
        };
        let search = build(forms.iter().map(|(form, _)| form.as_slice()).collect());
        let raw = build(registry.secrets.iter().map(String::as_bytes).collect());
        let hashes = grams.keys().fold(Hashes::default(), |mut hashes, gram| {
            hashes.0[hash(gram) / 64] |= 1 << (hash(gram) % 64);
            hashes
        });
        Self { forms, search, raw, grams, hashes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.raw.is_none()
    }

    /// Every place where a secret stands in some form.
    pub(crate) fn find(&self, text: &str, out: &mut Vec<Leak>) {
        let leak = |span, reason: &'static str| Leak::new(Kind::Credential, RULE, span, 1.0, reason);
        if let Some(raw) = &self.raw {
            out.extend(raw.find_iter(text).map(|found| leak(found.span().into(), "a registered secret")));
        }
        let Some(search) = &self.search else { return };
        let (reduced, places) = reduce(text);
        let span = |from: usize, to: usize| -> Range<usize> {
            places[from] as usize..end_of(text, places[to - 1] as usize)
        };
        let before = out.len();
        out.extend(
            search
                .find_iter(&reduced)
                .map(|found| leak(span(found.start(), found.end()), "a registered secret in another form")),
        );
        if out.len() == before {
            out.extend(
                self.pieces(&reduced, &places, text).map(|span| leak(span, "a registered secret in pieces")),
            );
        }
    }

    /// A secret whose pieces stand apart, with other words between them and in any order.
    fn pieces(&self, reduced: &[u8], places: &[u32], text: &str) -> Option<Range<usize>> {
        let mut covered: HashMap<u32, (Vec<bool>, u32, u32)> = HashMap::new();
        let mut at = 0;
        while at + PIECE <= reduced.len() {
            let gram = &reduced[at..at + PIECE];
            let Some(forms) = self.hashes.has(gram).then(|| self.grams.get(gram)).flatten() else {
                at += 1;
                continue;
            };
            let mut longest = 0;
            for index in forms {
                let form = &self.forms[*index as usize].0;
                for start in (0..=form.len() - PIECE)
                    .filter(|start| form[*start..*start + PIECE] == reduced[at..at + PIECE])
                {
                    let length = form[start..].iter().zip(&reduced[at..]).take_while(|(a, b)| a == b).count();
                    longest = longest.max(length);
                    let entry =
                        covered.entry(*index).or_insert_with(|| (vec![false; form.len()], places[at], 0));
                    entry.0[start..start + length].iter_mut().for_each(|c| *c = true);
                    entry.2 = places[at + length - 1];
                }
            }
            // On past a whole piece at once, so that a text of one secret's repeats stays linear.
            at += longest.saturating_sub(PIECE - 1).max(1);
        }
        let enough =
            |c: &[bool]| c.iter().filter(|c| **c).count() * 100 >= c.len() * PIECES && c.len() >= 2 * PIECE;
        covered
            .values()
            .find(|(c, _, _)| enough(c))
            .map(|(_, from, to)| *from as usize..end_of(text, *to as usize))
    }
}

fn end_of(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

/// The letter or digit that a character is read as: case, full width, styles of mathematics, tags, look-alikes.
fn plain(c: char) -> Option<u8> {
    let code = c as u32;
    let looks = match code {
        0..=0x7f => code,
        0xff01..=0xff5e => code - 0xfee0,
        0xe0020..=0xe007e => code - 0xe0000,
        0x24b6..=0x24e9 => (code - 0x24b6) % 26 + 0x61,
        0x1d400..=0x1d6a3 => (code - 0x1d400) % 26 + 0x61,
        0x1d7ce..=0x1d7ff => (code - 0x1d7ce) % 10 + 0x30,
        _ => LOOK_ALIKES.iter().find(|(other, _)| *other == c).map_or(0, |(_, latin)| *latin as u32),
    };
    u8::try_from(looks).ok().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
}

/// Letters of Cyrillic and Greek that look like Latin ones (Unicode TR 39, confusables).
#[rustfmt::skip]
const LOOK_ALIKES: &[(char, char)] = &[
    ('а', 'a'), ('е', 'e'), ('о', 'o'), ('р', 'p'), ('с', 'c'), ('у', 'y'), ('х', 'x'), ('і', 'i'), ('ј', 'j'), ('ѕ', 's'), ('һ', 'h'), ('ԁ', 'd'), ('ԛ', 'q'), ('ԝ', 'w'), ('А', 'A'), ('В', 'B'), ('Е', 'E'), ('К', 'K'), ('М', 'M'), ('Н', 'H'), ('О', 'O'), ('Р', 'P'), ('С', 'C'), ('Т', 'T'), ('Х', 'X'), ('У', 'Y'), ('І', 'I'), ('Ѕ', 'S'), ('Ј', 'J'), ('α', 'a'), ('ο', 'o'), ('ν', 'v'), ('ι', 'i'), ('κ', 'k'), ('ρ', 'p'), ('υ', 'u'), ('Α', 'A'), ('Β', 'B'), ('Ε', 'E'), ('Ζ', 'Z'), ('Η', 'H'), ('Ι', 'I'), ('Κ', 'K'), ('Μ', 'M'), ('Ν', 'N'), ('Ο', 'O'), ('Ρ', 'P'), ('Τ', 'T'), ('Υ', 'Y'), ('Χ', 'X'),
];

fn reduce(text: &str) -> (Vec<u8>, Vec<u32>) {
    let mut reduced = Vec::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    let mut push = |at: usize, b: u8| {
        reduced.push(b);
        places.push(at as u32);
    };
    if text.is_ascii() {
        for (at, b) in text.bytes().enumerate().filter(|(_, b)| b.is_ascii_alphanumeric()) {
            push(at, b.to_ascii_lowercase());
        }
        return (reduced, places);
    }
    for (at, c) in text.char_indices() {
        let b = if c.is_ascii() {
            c.is_ascii_alphanumeric().then(|| (c as u8).to_ascii_lowercase())
        } else {
            plain(c)
        };
        if let Some(b) = b {
            push(at, b);
        }
    }
    (reduced, places)
}

fn reduce_bytes(form: &[u8]) -> Vec<u8> {
    reduce(&String::from_utf8_lossy(form)).0
}

type Writing = fn(&[u8]) -> Vec<Vec<u8>>;

/// Base64 at each of the three alignments: only the characters that the secret alone decides.
fn base64(secret: &[u8]) -> Vec<Vec<u8>> {
    (0..3)
        .map(|shift| {
            let shifted: Vec<u8> = std::iter::repeat_n(0, shift).chain(secret.iter().copied()).collect();
            let encoded = STANDARD.encode(&shifted).into_bytes();
            let from = [0, 2, 3][shift];
            let to = shifted.len() * 8 / 6;
            encoded.get(from..to).unwrap_or_default().to_vec()
        })
        .collect()
}

fn each(secret: &[u8], write: impl Fn(u8) -> String) -> Vec<Vec<u8>> {
    vec![secret.iter().map(|b| write(*b)).collect::<String>().into_bytes()]
}

fn signs_only(secret: &[u8], write: impl Fn(u8) -> String) -> Vec<Vec<u8>> {
    each(secret, |b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            char::from(b).to_string()
        } else {
            write(b)
        }
    })
}

fn base32(secret: &[u8]) -> Vec<Vec<u8>> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = secret.iter().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1)).collect::<Vec<_>>();
    vec![
        bits.chunks(5)
            .filter(|five| five.len() == 5)
            .map(|five| ALPHABET[usize::from(five.iter().fold(0, |n, bit| n << 1 | bit))])
            .collect(),
    ]
}

fn rot13(secret: &[u8]) -> Vec<Vec<u8>> {
    vec![crate::turned::rot13(&String::from_utf8_lossy(secret)).into_bytes()]
}

/// The writings, each of which may be applied to another.
#[rustfmt::skip]
const WRITINGS: &[Writing] = &[
    base64,
    |s| each(s, |b| format!("{b:02x}")),
    |s| vec![s.iter().rev().copied().collect()],
    rot13,
    base32,
];

/// Writings that are only applied last: escapes of every byte, or of signs alone.
#[rustfmt::skip]
const LAST: &[Writing] = &[
    |s| each(s, |b| format!("x{b:02x}")),
    |s| each(s, |b| format!("0x{b:02x}")),
    |s| each(s, |b| format!("u00{b:02x}")),
    |s| each(s, |b| format!("u{b:02x}")),
    |s| each(s, |b| format!("{b}")),
    |s| each(s, |b| format!("{b:03}")),
    |s| each(s, |b| format!("{b:o}")),
    |s| each(s, |b| format!("{b:03o}")),
    |s| each(s, |b| format!("{b:08b}")),
    |s| each(s, |b| format!("25{b:02x}")),
    |s| signs_only(s, |b| format!("%{b:02x}")),
    |s| signs_only(s, |b| format!("%25{b:02x}")),
    |s| signs_only(s, |b| format!("u00{b:02x}")),
    |s| signs_only(s, |b| format!("x{b:02x}")),
    |s| signs_only(s, |b| format!("={b:02x}")),
    |s| signs_only(s, |b| format!("{b}")),
    |s| signs_only(s, |b| match b { b'&' => "amp".into(), b'<' => "lt".into(), b'>' => "gt".into(), b'"' => "quot".into(), b'\'' => "39".into(), _ => String::new() }),
    |s| signs_only(s, |b| match b { b'&' => "amp".into(), b'<' => "lt".into(), b'>' => "gt".into(), b'"' => "quot".into(), b'\'' => "x27".into(), _ => String::new() }),
];

/// A secret as itself, in every writing, and in every writing of a writing.
fn writings(secret: &[u8]) -> Vec<Vec<u8>> {
    let once: Vec<Vec<u8>> = WRITINGS.iter().flat_map(|write| write(secret)).collect();
    let twice = once.iter().flat_map(|form| WRITINGS.iter().flat_map(move |write| write(form)));
    let last = LAST.iter().flat_map(|write| write(secret));
    [secret.to_vec()]
        .into_iter()
        .chain(last)
        .chain(once.iter().cloned())
        .chain(twice.collect::<Vec<_>>())
        .collect()
}
