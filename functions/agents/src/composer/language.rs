//! Whether the idea is English: the rules read nothing else.
//!
//! Rule `language/english`: enough of its words are the little words and the common verbs of English. Too short to
//! tell is English.

use super::inflection::verb;
use super::segment::Clause;

/// Fewest words that tell a language.
const WORDS_MIN: usize = 8;
/// Least share of these words, percent: plain English has thirty to sixty.
const SHARE_MIN: usize = 15;

const LITTLE: &[&str] = &[
    "the", "a", "an", "and", "or", "of", "to", "in", "is", "are", "that", "for", "it", "with", "on", "we",
    "be", "this", "as", "can", "they", "by", "must", "should", "want", "i", "from", "at", "when", "their",
    "who", "not", "has", "have", "my", "our", "which", "will", "each", "every", "no", "so", "but", "if",
    "what", "how", "you", "your",
];

/// Whether the clauses read like English.
pub fn is_english(clauses: &[Clause]) -> bool {
    let words = clauses.iter().flat_map(|c| &c.tokens).filter(|t| t.is_word());
    let (mut all, mut little, mut latin) = (0_usize, 0_usize, 0_usize);
    for word in words {
        all += 1;
        little += usize::from(word.any(LITTLE) || verb(&word.lower).is_some());
        latin += usize::from(word.lower.chars().all(|c| c.is_ascii() || matches!(c, 'à'..='ÿ')));
    }
    if all == 0 {
        return true;
    }
    let readable = latin * 2 >= all;
    readable && (all < WORDS_MIN || little * 100 >= all * SHARE_MIN)
}
