//! Which known texts a file holds, whole, in part or changed.
//!
//! Candidates are the texts that share most fingerprints with what is not yet explained. Each is laid along the file: shared
//! fingerprints are anchors, equal words around them are matched, gaps between them compared word by word. The best one takes
//! its part of the file, and the search goes on with the rest. Every step is bounded by the number of words.

use rustc_hash::FxHashMap;

use crate::library::{Kind, Library, fingerprints};

/// How many candidates are laid along the file in each round, and rounds.
const CANDIDATES: usize = 10;
const MAX_TEXTS_IN_FILE: usize = 12;
/// A gap is compared word by word up to this size; beyond, its words count as different.
const MAX_GAP: usize = 48;
/// Other words between equal ones up to this many are a change of wording; more are something else.
const MAX_DIFFERENCE: usize = 6;
/// Two stretches further apart than this in the file are two places, not one text with an insertion.
const MAX_INSERTION: usize = 150;
/// A fingerprint in more texts than this says nothing about which.
const MAX_PLACES: usize = 400;
/// A text counts as there when so much of its wording is.
const WHOLE: f32 = 0.80;
/// Exceptions quote notices, so that one alone looks like most of them.
const WHOLE_EXCEPTION: f32 = 0.9;
/// A cut text: at least so many words of it, which are so much of their part of the file.
const CUT_WORDS: usize = 60;
const CUT_SHARE: f32 = 0.90;
/// What it costs that the file has other words, that words are missing inside, and that they are missing at the ends.
const COST_EXTRA: f32 = 0.5;
const COST_MISSING: f32 = 0.7;
const COST_OUTSIDE: f32 = 0.15;
/// A block of other words in the file (names, a copyright list) costs no more than this many.
const MAX_COST_EXTRA_WORDS: usize = 24;

/// A text found in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Index into [`Library::texts`].
    pub text: usize,
    /// Compared words of the file that it covers: first, and one past the last.
    pub from: usize,
    /// One past the last.
    pub to: usize,
    /// Equal words.
    pub matched: usize,
    /// 1 is the text word for word.
    pub score: f32,
    /// Whether only a part of the text is there.
    pub cut: bool,
    /// The stretches of compared words that are equal, short differences between them included.
    pub runs: Vec<std::ops::Range<usize>>,
}

struct Laid {
    text: usize,
    from: usize,
    to: usize,
    matched: usize,
    extra: usize,
    missing: usize,
    outside: usize,
    value: f32,
    runs: Vec<std::ops::Range<usize>>,
}

impl Laid {
    fn run(&mut self, from: usize, to: usize) {
        match self.runs.last_mut() {
            Some(last) if from.saturating_sub(last.end) <= MAX_DIFFERENCE => last.end = to,
            _ => self.runs.push(from..to),
        }
    }
}

/// The texts in `words`, best first.
pub fn find(library: &Library, words: &[u32]) -> Vec<Match> {
    let prints = fingerprints(words);
    let mut free = vec![true; words.len()];
    let mut found: Vec<Match> = Vec::new();
    while found.len() < MAX_TEXTS_IN_FILE {
        let Some(best) = candidates(library, &prints, &free)
            .into_iter()
            .filter_map(|text| lay(library, text, words, &prints, &free))
            .max_by(|a, b| prefer(library, a, b))
        else {
            break;
        };
        free[best.from..best.to].fill(false);
        match judge(library, best) {
            Some(there) => found.push(there),
            // Nothing better can follow when the best candidate is no more than shared phrases.
            None => break,
        }
    }
    found
}

/// The better of two: the closer one; of equal ones the licence before the exception, then the first.
fn prefer(library: &Library, a: &Laid, b: &Laid) -> std::cmp::Ordering {
    let licence = |laid: &Laid| library.texts[laid.text].kind == Kind::Licence;
    a.value.total_cmp(&b.value).then(licence(a).cmp(&licence(b))).then(b.text.cmp(&a.text))
}

/// The texts with most of the free fingerprints, by their number and by how much of the text they are.
fn candidates(library: &Library, prints: &[(u32, usize)], free: &[bool]) -> Vec<usize> {
    let mut count: FxHashMap<u16, u32> = FxHashMap::default();
    for (print, at) in prints {
        let places = library.places(*print);
        if !free[*at] || places.len() > MAX_PLACES {
            continue;
        }
        let mut last = u16::MAX;
        for place in places {
            if place.text != last {
                *count.entry(place.text).or_default() += 1;
            }
            last = place.text;
        }
    }
    let mut rows: Vec<(f32, usize)> = count
        .into_iter()
        .map(|(text, shared)| {
            let size = library.texts[usize::from(text)].words.len() as f32 / 3.0;
            // Shared, less what the text has beside: a bound on what laying it can give.
            (
                shared as f32 - COST_OUTSIDE * (size - shared as f32).clamp(0.0, shared as f32),
                usize::from(text),
            )
        })
        .collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    rows.into_iter().take(CANDIDATES).map(|row| row.1).collect()
}

/// Lays `text` along the free words.
fn lay(
    library: &Library,
    text: usize,
    words: &[u32],
    prints: &[(u32, usize)],
    free: &[bool],
) -> Option<Laid> {
    let known = &library.texts[text].words;
    let id = u16::try_from(text).ok()?;
    let (mut i, mut j) = (0usize, 0usize);
    let mut best: Option<Laid> = None;
    let mut now: Option<Laid> = None;
    for (print, at) in prints {
        if *at < i || !free[*at] {
            continue;
        }
        let places = library.places(*print);
        let from = places.partition_point(|p| p.text < id);
        let mine = places[from..].iter().take_while(|p| p.text == id).map(|p| usize::from(p.at));
        let far = now.as_ref().is_some_and(|laid| *at - laid.to > MAX_INSERTION);
        let Some(start) = (if far { None } else { mine.clone().find(|p| *p >= j) }) else {
            // The text begins anew here, or is at an end: what was laid is one occurrence.
            let Some(start) = mine.clone().next() else { continue };
            if far || now.as_ref().is_some_and(|laid| laid.matched * 4 > known.len() * 3) {
                keep(&mut best, now.take(), known.len());
                (i, j) = begin(&mut now, text, words, known, free, *at, start);
            }
            continue;
        };
        match &mut now {
            None => (i, j) = begin(&mut now, text, words, known, free, *at, start),
            Some(laid) => {
                let equal = common(&words[i..*at], &known[j..start]);
                laid.extra += (*at - i - equal).min(MAX_COST_EXTRA_WORDS);
                laid.missing += start - j - equal;
                laid.matched += equal;
                let run = forward(words, known, free, *at, start);
                laid.run(*at, *at + run);
                laid.matched += run;
                (i, j) = (*at + run, start + run);
                laid.to = i;
                laid.outside = known.len() - j;
            }
        }
    }
    keep(&mut best, now, known.len());
    best
}

fn begin(
    now: &mut Option<Laid>,
    text: usize,
    words: &[u32],
    known: &[u32],
    free: &[bool],
    at: usize,
    start: usize,
) -> (usize, usize) {
    let mut back = 0;
    while at > back && start > back && free[at - back - 1] && words[at - back - 1] == known[start - back - 1]
    {
        back += 1;
    }
    let run = forward(words, known, free, at, start);
    let head = start - back;
    *now = Some(Laid {
        text,
        from: at - back,
        to: at + run,
        matched: back + run,
        extra: 0,
        // Words before the first anchor count as missing at the end of all.
        missing: 0,
        outside: head + known.len() - start - run,
        value: head as f32,
        runs: std::iter::once(at - back..at + run).collect(),
    });
    (at + run, start + run)
}

/// Closes an occurrence and keeps the better one. `value` held the words missing before the first anchor.
fn keep(best: &mut Option<Laid>, laid: Option<Laid>, size: usize) {
    let Some(mut laid) = laid else { return };
    laid.outside = size.saturating_sub(laid.matched + laid.missing);
    // A text that is mostly absent is cut: its absence says less the more is missing.
    let outside = (laid.outside as f32).min(laid.matched as f32 * 0.5);
    laid.value = laid.matched as f32
        - COST_EXTRA * laid.extra as f32
        - COST_MISSING * laid.missing as f32
        - COST_OUTSIDE * outside;
    if best.as_ref().is_none_or(|other| laid.value > other.value) {
        *best = Some(laid);
    }
}

fn forward(words: &[u32], known: &[u32], free: &[bool], at: usize, start: usize) -> usize {
    words[at..]
        .iter()
        .zip(&known[start..])
        .zip(&free[at..])
        .take_while(|((a, b), free)| a == b && **free)
        .count()
}

/// Length of the longest common subsequence, for short gaps; equal ends only for long ones.
fn common(a: &[u32], b: &[u32]) -> usize {
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    if a.len() > MAX_GAP || b.len() > MAX_GAP {
        return a.iter().zip(b).take_while(|(x, y)| x == y).count();
    }
    let mut row = [0u16; MAX_GAP + 1];
    for x in a {
        let mut corner = 0;
        for (k, y) in b.iter().enumerate() {
            let above = row[k + 1];
            row[k + 1] = if x == y { corner + 1 } else { above.max(row[k]) };
            corner = above;
        }
    }
    usize::from(row[b.len()])
}

/// Whether what was laid is the text.
fn judge(library: &Library, laid: Laid) -> Option<Match> {
    let known = &library.texts[laid.text];
    let size = known.words.len() as f32;
    let matched = laid.matched as f32;
    let score = (matched - COST_EXTRA * 0.5 * laid.extra as f32).max(0.0) / size;
    let here = matched / (laid.to - laid.from).max(1) as f32;
    let whole = score >= if known.kind == Kind::Exception { WHOLE_EXCEPTION } else { WHOLE };
    let cut = !whole && known.kind == Kind::Licence && laid.matched >= CUT_WORDS && here >= CUT_SHARE;
    let score = if cut { 0.5 + 0.3 * score } else { score.min(1.0) };
    (whole || cut).then_some(Match {
        text: laid.text,
        from: laid.from,
        to: laid.to,
        matched: laid.matched,
        score,
        cut,
        runs: laid.runs,
    })
}
