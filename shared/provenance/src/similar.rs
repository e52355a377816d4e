//! What two texts have in common, by winnowed fingerprints.
//!
//! Source: Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (SIGMOD 2003). Letters are
//! folded and white space and comment signs dropped first, so that layout hides nothing. Every match of at least
//! [`GUARANTEE`] folded characters is found; none shorter than [`NOISE`] is.

use std::collections::HashMap;
use std::ops::Range;

/// Shortest common passage that can be found, folded characters: the k of the paper.
pub const NOISE: usize = 24;
/// Shortest common passage that is always found: `w + k - 1`.
pub const GUARANTEE: usize = 40;
const WINDOW: usize = GUARANTEE - NOISE + 1;
/// A common base for rolling hashes, odd, with 64 mixed bits.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The fingerprints of one text.
#[derive(Debug, Clone, Default)]
pub struct Fingerprints {
    /// Hashes with the place of their first byte, in order.
    marks: Vec<(u64, usize)>,
    /// How many places of the text were hashed.
    size: usize,
}

/// A passage of a text that another has too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// In the text that was asked about, bytes.
    pub here: Range<usize>,
    /// Which known source.
    pub source: usize,
}

impl Fingerprints {
    /// Of a text. Linear.
    pub fn of(text: &str) -> Self {
        let folded: Vec<(u64, usize)> = text
            .char_indices()
            .filter(|(_, c)| c.is_alphanumeric() || "{}()[]=<>+-;:,.&|!?".contains(*c))
            .flat_map(|(at, c)| c.to_lowercase().map(move |c| (u64::from(u32::from(c)) + 1, at)))
            .collect();
        if folded.len() < NOISE {
            return Self::default();
        }
        let top = (1..NOISE).fold(1u64, |power, _| power.wrapping_mul(BASE));
        let mut rolling =
            folded[..NOISE].iter().fold(0u64, |sum, (c, _)| sum.wrapping_mul(BASE).wrapping_add(*c));
        let mut hashes = Vec::with_capacity(folded.len() - NOISE + 1);
        hashes.push((mixed(rolling), folded[0].1));
        for at in NOISE..folded.len() {
            rolling = rolling.wrapping_sub(folded[at - NOISE].0.wrapping_mul(top));
            rolling = rolling.wrapping_mul(BASE).wrapping_add(folded[at].0);
            hashes.push((mixed(rolling), folded[at + 1 - NOISE].1));
        }
        Self { size: hashes.len(), marks: winnow(&hashes) }
    }

    /// Which share of this text's fingerprints the other has too: 0 to 1.
    pub fn contained_in(&self, other: &Self) -> f64 {
        if self.marks.is_empty() {
            return 0.0;
        }
        let theirs: std::collections::HashSet<u64> = other.marks.iter().map(|(hash, _)| *hash).collect();
        let common = self.marks.iter().filter(|(hash, _)| theirs.contains(hash)).count();
        common as f64 / self.marks.len() as f64
    }

    /// How many places of the text were hashed; 0 for a text shorter than [`NOISE`].
    pub const fn size(&self) -> usize {
        self.size
    }
}

/// Known sources, to be asked about many texts.
#[derive(Debug, Default)]
pub struct Known {
    by_hash: HashMap<u64, Vec<u32>>,
    sources: u32,
}

impl Known {
    /// Most sources that are remembered for one fingerprint: what stands everywhere says nothing.
    const COMMON_MAX: usize = 16;

    /// Adds a source; returns its number.
    pub fn add(&mut self, fingerprints: &Fingerprints) -> usize {
        for (hash, _) in &fingerprints.marks {
            let sources = self.by_hash.entry(*hash).or_default();
            if sources.len() <= Self::COMMON_MAX && sources.last() != Some(&self.sources) {
                sources.push(self.sources);
            }
        }
        self.sources += 1;
        self.sources as usize - 1
    }

    /// Passages of a text that known sources have too, by place; neighbours from one source are one passage.
    pub fn passages(&self, text: &str) -> Vec<Passage> {
        let fingerprints = Fingerprints::of(text);
        let mut open: HashMap<u32, (usize, usize, usize)> = HashMap::new();
        let mut found = Vec::new();
        for (number, (hash, at)) in fingerprints.marks.iter().enumerate() {
            let Some(sources) = self.by_hash.get(hash).filter(|sources| sources.len() <= Self::COMMON_MAX)
            else {
                continue;
            };
            let end = after(text, *at);
            for source in sources {
                match open.get_mut(source) {
                    // The fingerprint before this one was common too.
                    Some((_, stop, last)) if *last + 1 == number => (*stop, *last) = (end, number),
                    Some(passage) => {
                        found.push((*source, passage.0..passage.1));
                        *passage = (*at, end, number);
                    }
                    None => {
                        open.insert(*source, (*at, end, number));
                    }
                }
            }
        }
        found.extend(open.into_iter().map(|(source, (begin, end, _))| (source, begin..end)));
        let mut passages: Vec<Passage> =
            found.into_iter().map(|(source, here)| Passage { here, source: source as usize }).collect();
        passages.sort_by_key(|passage| (passage.here.start, passage.source));
        passages
    }
}

/// The end of the passage that a fingerprint at this byte covers, roughly: its shortest length.
fn after(text: &str, at: usize) -> usize {
    text[at..].char_indices().nth(NOISE).map_or(text.len(), |(length, _)| at + length)
}

/// In each window the smallest hash, the rightmost of equal ones; each place once.
fn winnow(hashes: &[(u64, usize)]) -> Vec<(u64, usize)> {
    let mut marks: Vec<(u64, usize)> = Vec::new();
    let mut queue: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
    let mut last = None;
    for at in 0..hashes.len() {
        while queue.back().is_some_and(|back| hashes[*back].0 >= hashes[at].0) {
            queue.pop_back();
        }
        queue.push_back(at);
        while queue.front().is_some_and(|front| front + WINDOW <= at) {
            queue.pop_front();
        }
        let full = at + 1 >= WINDOW || at + 1 == hashes.len();
        if let Some(front) = queue.front().filter(|front| full && last != Some(**front)) {
            marks.push(hashes[*front]);
            last = Some(*front);
        }
    }
    marks
}

/// So that small hashes are not those of texts with small letters (splitmix64's finaliser).
const fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
