//! A text too large for a model's window, cut into overlapping chunks, and what came of them put together again.
//!
//! Cuts fall on the largest seam near the end of what fits: a blank line, a line, a sentence, a word, at worst between
//! two characters. The overlap lets whatever stands across a cut be read whole in one of the two chunks. Chunks are
//! byte ranges of the text, so that nothing is copied and the whole can be proven to be covered.

use std::collections::BTreeMap;
use std::ops::Range;

/// How to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Most tokens of a chunk.
    pub tokens_max: usize,
    /// Most tokens of it that stand in the chunk before as well; at most half of `tokens_max` is taken.
    pub overlap_tokens: usize,
}

/// One chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its place, from 0.
    pub index: u32,
    /// Its bytes in the text, on character boundaries.
    pub bytes: Range<usize>,
}

/// A chunk of this size does not hold even one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a chunk of {tokens_max} tokens does not hold the character at byte {at}; raise the size of chunks")]
pub struct TooNarrow {
    /// [`Cut::tokens_max`].
    pub tokens_max: usize,
    /// Where it stands.
    pub at: usize,
}

/// Cuts `text`; `count` says how many tokens a part of it is (see [`crate::tokens`]). An empty text is one empty chunk.
///
/// # Errors
/// [`TooNarrow`].
pub fn chunks(text: &str, cut: Cut, count: &dyn Fn(&str) -> usize) -> Result<Vec<Chunk>, TooNarrow> {
    let overlap_tokens = cut.overlap_tokens.min(cut.tokens_max / 2);
    let mut found: Vec<Chunk> = vec![];
    let mut start = 0;
    loop {
        let most = longest(text, start, cut.tokens_max, count);
        if most == start && start < text.len() {
            return Err(TooNarrow { tokens_max: cut.tokens_max, at: start });
        }
        let end =
            seam(text, start, most).filter(|end| count(&text[start..*end]) <= cut.tokens_max).unwrap_or(most);
        // Never a chunk that ends where the one before ended: then the overlap left no room, and goes.
        if let Some(last) = found.last().filter(|last| end <= last.bytes.end && last.bytes.end > start) {
            start = last.bytes.end;
            continue;
        }
        let index = u32::try_from(found.len()).unwrap_or(u32::MAX);
        found.push(Chunk { index, bytes: start..end });
        if end == text.len() {
            return Ok(found);
        }
        start = overlapping(text, start..end, overlap_tokens, count);
    }
}

/// The last end for which `text[start..end]` is at most `most` tokens.
fn longest(text: &str, start: usize, most: usize, count: &dyn Fn(&str) -> usize) -> usize {
    let fits = |end: usize| count(&text[start..end]) <= most;
    // Double until it no longer fits, so that no more than twice a chunk is ever counted.
    let mut low = start;
    let mut step = most.max(4);
    let mut high = loop {
        let end = text.ceil_char_boundary(low.saturating_add(step));
        if !fits(end) {
            break end;
        }
        if end == text.len() {
            return end;
        }
        low = end;
        step *= 2;
    };
    loop {
        let middle = text.floor_char_boundary(low.midpoint(high));
        let middle = if middle == low { text.ceil_char_boundary(low + 1) } else { middle };
        if middle >= high {
            return low;
        }
        if fits(middle) { low = middle } else { high = middle }
    }
}

/// The largest seam in the last quarter before `end`.
fn seam(text: &str, start: usize, end: usize) -> Option<usize> {
    if end == text.len() {
        return None;
    }
    let from = text.ceil_char_boundary(end - (end - start) / 4);
    let tail = &text[from..end];
    ["\n\n", "\n", ". ", " "].iter().find_map(|seam| tail.rfind(seam).map(|at| from + at + seam.len()))
}

/// Where the next chunk begins: at most `most` tokens before the end of this one, at the begin of a word if there is one.
fn overlapping(text: &str, chunk: Range<usize>, most: usize, count: &dyn Fn(&str) -> usize) -> usize {
    let fits = |start: usize| count(&text[start..chunk.end]) <= most;
    let (mut low, mut high) = (chunk.start, chunk.end);
    // `high` always fits, `low` never may: the next chunk begins after this one began.
    loop {
        let middle = text.ceil_char_boundary(low.midpoint(high));
        let middle = if middle >= high { text.floor_char_boundary(high - 1) } else { middle };
        if middle <= low {
            break;
        }
        if fits(middle) { high = middle } else { low = middle }
    }
    if text[..high].ends_with([' ', '\n']) {
        return high;
    }
    let word = text[high..chunk.end].find([' ', '\n']).map(|at| high + at + 1);
    word.filter(|word| *word < chunk.end).unwrap_or(high)
}

/// What came of one chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    /// [`Chunk::index`].
    pub index: u32,
    /// What came of it.
    pub value: T,
}

/// Why parts cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unjoined {
    /// Some did not come.
    #[error("parts {0:?} are missing")]
    Missing(Vec<u32>),
    /// One came twice, and was not the same.
    #[error("part {0} came twice and is not the same")]
    Differs(u32),
    /// There is no such chunk.
    #[error("part {0} belongs to no chunk")]
    Unknown(u32),
}

/// What came of all `of` chunks, in the order of the text, in whatever order and however often they arrived.
///
/// # Errors
/// [`Unjoined`], with the smallest index at fault.
pub fn joined<T: PartialEq>(parts: impl IntoIterator<Item = Part<T>>, of: u32) -> Result<Vec<T>, Unjoined> {
    let mut there: BTreeMap<u32, T> = BTreeMap::new();
    let mut differs: Option<u32> = None;
    let mut unknown: Option<u32> = None;
    for Part { index, value } in parts {
        let worst = |known: Option<u32>| Some(known.map_or(index, |known| known.min(index)));
        if index >= of {
            unknown = worst(unknown);
        } else if there.get(&index).is_some_and(|known| *known != value) {
            differs = worst(differs);
        } else {
            there.entry(index).or_insert(value);
        }
    }
    let missing: Vec<u32> = (0..of).filter(|index| !there.contains_key(index)).collect();
    match (unknown, differs) {
        (Some(index), _) => Err(Unjoined::Unknown(index)),
        (None, Some(index)) => Err(Unjoined::Differs(index)),
        (None, None) if !missing.is_empty() => Err(Unjoined::Missing(missing)),
        (None, None) => Ok(there.into_values().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, tokens_max: usize, overlap_tokens: usize) -> Vec<&str> {
        let found = chunks(text, Cut { tokens_max, overlap_tokens }, &|part| part.chars().count()).unwrap();
        found.into_iter().map(|chunk| &text[chunk.bytes]).collect()
    }

    #[test]
    fn cuts_fall_on_the_largest_seam_near_the_end() {
        assert_eq!(cut("", 10, 2), [""]);
        assert_eq!(cut("short", 10, 2), ["short"]);
        assert_eq!(cut("a b c d e f", 9, 0), ["a b c d ", "e f"]);
        assert_eq!(cut("a b c d.\ne f", 10, 0), ["a b c d.\n", "e f"]);
        assert_eq!(cut("aaaaaaaaaaaa", 5, 0), ["aaaaa", "aaaaa", "aa"]);
        assert_eq!(cut("aaaaaaaa", 4, 2), ["aaaa", "aaaa", "aaaa"]);
        assert_eq!(cut("a b c d e f", 8, 4), ["a b c d ", "c d e f"]);
        assert_eq!(cut("a b c d e f", 8, 3), ["a b c d ", "d e f"]);
    }

    #[test]
    fn a_chunk_that_holds_nothing_is_refused() {
        let bytes = |part: &str| part.len();
        let refused = chunks("a\u{1f600}", Cut { tokens_max: 3, overlap_tokens: 0 }, &bytes);
        assert_eq!(refused, Err(TooNarrow { tokens_max: 3, at: 1 }));
    }

    #[test]
    fn parts_join_when_all_are_there_and_none_says_two_things() {
        let part = |(index, value): (u32, char)| Part { index, value };
        let check = |parts: &[(u32, char)], expected: Result<&str, Unjoined>| {
            let joined = joined(parts.iter().copied().map(part), 3).map(String::from_iter);
            assert_eq!(joined, expected.map(str::to_owned), "{parts:?}");
        };
        check(&[(0, 'a'), (1, 'b'), (2, 'c')], Ok("abc"));
        check(&[(2, 'c'), (0, 'a'), (1, 'b'), (0, 'a')], Ok("abc"));
        check(&[(2, 'c')], Err(Unjoined::Missing(vec![0, 1])));
        check(&[(2, 'c'), (2, 'd'), (0, 'a'), (1, 'b')], Err(Unjoined::Differs(2)));
        check(&[(3, 'c')], Err(Unjoined::Unknown(3)));
    }
}
