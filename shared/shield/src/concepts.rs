//! The words that attacks are made of, as concepts: one pass of an automaton over all terms of all languages gives the
//! concepts of a text with their places. `lexicon.txt` holds the terms.
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::LazyLock;

/// What a term stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Concept {
    Drop,
    Prior,
    Orders,
    Reveal,
    Hidden,
    You,
    Persona,
    Unbound,
    Norefuse,
    Privilege,
    Send,
    Data,
    Place,
    Decode,
    Encoding,
    Obey,
    Split,
    Model,
    Marker,
    Neworder,
    Say,
    Quiet,
    Tool,
    Note,
    Mention,
    Harm,
    Mine,
    Answer,
}

use Concept::*;

/// All concepts by their name in the lexicon, in the order of the enumeration.
const NAMES: [(&str, Concept); 28] = [
    ("drop", Drop),
    ("prior", Prior),
    ("orders", Orders),
    ("reveal", Reveal),
    ("hidden", Hidden),
    ("you", You),
    ("persona", Persona),
    ("unbound", Unbound),
    ("norefuse", Norefuse),
    ("privilege", Privilege),
    ("send", Send),
    ("data", Data),
    ("place", Place),
    ("decode", Decode),
    ("encoding", Encoding),
    ("obey", Obey),
    ("split", Split),
    ("model", Model),
    ("marker", Marker),
    ("neworder", Neworder),
    ("say", Say),
    ("quiet", Quiet),
    ("tool", Tool),
    ("note", Note),
    ("mention", Mention),
    ("harm", Harm),
    ("mine", Mine),
    ("answer", Answer),
];

impl Concept {
    /// The bit of this concept in a set.
    pub(crate) fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// A concept at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) concept: Concept,
    /// Whether the term is of another language than English.
    pub(crate) foreign: bool,
}

struct Term {
    concept: Concept,
    foreign: bool,
    starts_at_boundary: bool,
    ends_at_boundary: bool,
}

struct Lexicon {
    automaton: AhoCorasick,
    terms: Vec<Term>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("lexicon.txt")));

impl Lexicon {
    /// Lines `concept language term|term*|…`; `¦` stands for a bar inside a term.
    fn parse(text: &str) -> Self {
        let (mut patterns, mut terms, mut english) = (Vec::new(), Vec::new(), Vec::new());
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut parts = line.splitn(3, ' ');
            let (Some(name), Some(language), Some(list)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let Some((_, concept)) = NAMES.iter().find(|(known, _)| *known == name) else { continue };
            for term in list.split('|').map(str::trim).filter(|term| !term.is_empty()) {
                let (body, open) = term.strip_suffix('*').map_or((term, false), |body| (body, true));
                let spaced = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
                let foreign = !matches!(language, "en" | "xx") && !is_like_one(&english, *concept, body);
                if language == "en" {
                    english.push((*concept, body));
                }
                terms.push(Term {
                    concept: *concept,
                    foreign,
                    starts_at_boundary: spaced(body.chars().next()),
                    ends_at_boundary: !open && spaced(body.chars().next_back()),
                });
                patterns.push(body.replace('¦', "|"));
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&patterns)
            .unwrap_or_else(|error| unreachable!("the lexicon is a constant: {error}"));
        Self { automaton, terms }
    }
}

/// Whether an English term of the same concept begins as `body` does or the other way round: it says no language.
fn is_like_one(english: &[(Concept, &str)], concept: Concept, body: &str) -> bool {
    english.iter().any(|(of, term)| *of == concept && (term.starts_with(body) || body.starts_with(term)))
}

/// Letters of scripts that put no blanks between words, or put endings and particles on them without one.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{dff}' | '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// The concepts of `text`, which is in lower case, by where they end.
pub(crate) fn concepts(text: &str) -> Vec<Hit> {
    let bytes = text.as_bytes();
    let word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0xc3);
    let mut hits = Vec::new();
    for found in LEXICON.automaton.find_overlapping_iter(text) {
        let term = &LEXICON.terms[found.pattern().as_usize()];
        let (start, end) = (found.start(), found.end());
        // A byte from 0xc3 begins a letter beyond ASCII; a preceding one ends with 0x80 to 0xbf.
        let before = start > 0 && (bytes[start - 1].is_ascii_alphanumeric() || bytes[start - 1] >= 0x80);
        let ideograph_before = start >= 3 && (0xe2..=0xef).contains(&bytes[start - 3]);
        if (term.starts_at_boundary && before && !ideograph_before)
            || (term.ends_at_boundary && word(bytes.get(end)))
        {
            continue;
        }
        hits.push(Hit { start, end, concept: term.concept, foreign: term.foreign });
    }
    hits
}

/// `text` in lower case with every character at its old place: those whose lower case has another length stay.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let one = |c: char| {
        let mut lower = c.to_lowercase();
        lower.next().filter(|small| lower.next().is_none() && small.len_utf8() == c.len_utf8()).unwrap_or(c)
    };
    text.chars().map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { one(c) }).collect()
}
