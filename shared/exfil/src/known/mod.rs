//! Secrets of the run, found in every writing: a text and each secret's encodings are reduced to their letters and digits
//! in one case, and compared. So separators, zero-width characters, line breaks, case, quotes and `+` between pieces fall
//! away by themselves, and `%41%42`, `41:42` and `4142` are one form.
mod writings;

use crate::leak::{Kind, Leak};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use writings::{reduce, reduce_bytes, writings};

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

/// Pieces of more writings than this are not looked for.
const FORMS: usize = 1 << 14;
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

/// A bit for each hash of a gram: few of them are set, and one look tells most grams of a text from all of a secret's.
#[derive(Debug, Default)]
struct Hashes {
    bits: Vec<u64>,
    /// How many low bits of a product are no part of the hash.
    shift: u32,
}

impl Hashes {
    /// Bits for each gram, and the most of all, as a power of two: what a near cache holds.
    const FOR_EACH: usize = 32;
    const MOST: u32 = 21;

    fn new<'g>(grams: impl ExactSizeIterator<Item = &'g [u8; PIECE]>) -> Self {
        let width = (grams.len() * Self::FOR_EACH).next_power_of_two().trailing_zeros().clamp(6, Self::MOST);
        let mut hashes = Self { bits: vec![0; 1 << (width - 6)], shift: u32::BITS - width };
        for gram in grams {
            let hash = hashes.of(*gram);
            hashes.bits[hash / 64] |= 1 << (hash % 64);
        }
        hashes
    }

    /// Fibonacci hashing.
    fn of(&self, gram: [u8; PIECE]) -> usize {
        (u32::from_le_bytes(gram).wrapping_mul(0x9e37_79b9) >> self.shift) as usize
    }

    fn has(&self, gram: [u8; PIECE]) -> bool {
        let hash = self.of(gram);
        self.bits.get(hash / 64).is_some_and(|bits| bits >> (hash % 64) & 1 == 1)
    }
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
        for (index, (form, _)) in forms.iter().enumerate().take(FORMS) {
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
        let hashes = Hashes::new(grams.keys());
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
        let held = self.may_hold(&reduced).then_some(search);
        out.extend(
            held.into_iter()
                .flat_map(|search| search.find_iter(&reduced))
                .map(|found| leak(span(found.start(), found.end()), "a registered secret in another form")),
        );
        if out.len() == before {
            out.extend(
                self.pieces(&reduced, &places, text).map(|span| leak(span, "a registered secret in pieces")),
            );
        }
    }

    /// Whether as many grams follow each other in `reduced` as the shortest form has: the search for all forms costs ten
    /// times this look, and finds nothing in most texts.
    fn may_hold(&self, reduced: &[u8]) -> bool {
        let mut row = 0;
        self.forms.len() > FORMS
            || reduced.windows(PIECE).any(|gram| {
                row = if self.hashes.has([gram[0], gram[1], gram[2], gram[3]]) { row + 1 } else { 0 };
                row > LEAST - PIECE
            })
    }

    /// A secret whose pieces stand apart, with other words between them and in any order.
    fn pieces(&self, reduced: &[u8], places: &[u32], text: &str) -> Option<Range<usize>> {
        let mut covered: HashMap<u32, (Vec<bool>, u32, u32)> = HashMap::new();
        let mut at = 0;
        while at + PIECE <= reduced.len() {
            let gram = [reduced[at], reduced[at + 1], reduced[at + 2], reduced[at + 3]];
            let Some(forms) = self.hashes.has(gram).then(|| self.grams.get(&gram)).flatten() else {
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
