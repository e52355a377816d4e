//! Notices of the GPL family: headers, "see the GNU … for more details", short names, in any version and order of words.
//!
//! A mention counts when words around it grant or govern (`under the terms of`, `license:`, `as published by`) and none deny
//! (`compatible with`, `not under`). Words decide, never a position in the file.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::ids;
use crate::tokens::Words;

/// Words before and after a mention that say how it is meant.
const BEFORE: usize = 14;
const AFTER: usize = 34;
/// No file grants more often than this in different words.
const MAX_MENTIONS: usize = 2000;

/// A mention that grants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grant {
    /// `GPL-2.0-or-later` and the like, or an expression for the terms of Perl.
    pub(crate) id: String,
    /// Whether the notice itself named a version.
    pub(crate) versioned: bool,
    /// First word and one past the last.
    pub(crate) from: usize,
    /// One past the last.
    pub(crate) to: usize,
}

const MENTIONS: [&str; 13] = [
    "affero general public license",
    "lesser general public license",
    "library general public license",
    "lesser gnu public license",
    "gnu lesser public license",
    "gnu library public license",
    "general public license",
    "gnu public license",
    "gnu copyleft",
    "same terms as perl",
    "terms of the perl",
    "under the terms of either the perl",
    "gpl",
];

const GRANTS_BEFORE: [&str; 30] = [
    "under the",
    "under a",
    "terms of",
    "terms and conditions",
    "terms",
    "licensed",
    "license",
    "licenses",
    "released",
    "distributed",
    "covered",
    "copy of",
    "see the",
    "conditions of",
    "provisions of",
    "governed",
    "either",
    "subject to",
    "accordance",
    "published",
    "available under",
    "redistribute",
    "modify",
    "is gnu",
    "with the",
    "copying",
    "text of the",
    "version of the",
    "falls under",
    "classifier",
];

const GRANTS_AFTER: [&str; 22] = [
    "as published by",
    "version",
    "for more details",
    "along with",
    "or later",
    "or any later",
    "at your option",
    "or newer",
    "only",
    "v2",
    "v3",
    "v1",
    "is distributed",
    "can be found",
    "applies",
    "can be obtained",
    "2",
    "3",
    "licensed",
    "license",
    "+",
    "https",
];

const DENIES_BEFORE: [&str; 27] = [
    "compatible with the",
    "compatible with",
    "compatibility with",
    "incompatible with",
    "not under",
    "not the",
    "not licensed",
    "unlike the",
    "unlike",
    "instead of",
    "rather than",
    "than the",
    "conflict with",
    "no gnu",
    "without",
    "non",
    "not covered by",
    "formerly",
    "not gnu",
    "isn t",
    "avoid",
    "nethack",
    "replaces the",
    "replacement for",
    "previously",
    "neither",
    "why not",
];

const DENIES_AFTER: [&str; 5] = ["compatible", "incompatible", "compatibility", "free", "faq"];

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().match_kind(aho_corasick::MatchKind::LeftmostLongest).build(MENTIONS).ok()
});

/// Every mention that grants, in order; mentions for which `covered` holds are part of a known text.
pub(crate) fn grants(words: &Words, covered: impl Fn(usize) -> bool) -> Vec<Grant> {
    let Some(automaton) = AUTOMATON.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for mention in automaton.find_iter(&words.joined).take(MAX_MENTIONS) {
        let at = words.index_at(mention.start());
        if covered(at) {
            continue;
        }
        let end = words.index_at(mention.end() - 1) + 1;
        let phrase = MENTIONS[mention.pattern().as_usize()];
        if phrase == "gpl" && !is_short_name(words.get(at)) {
            continue;
        }
        found.extend(grant(words, phrase, at, end));
    }
    found
}

/// `gpl`, `lgplv2.1`, `agpl3`: the word is a name and a version and nothing else.
fn is_short_name(word: &str) -> bool {
    let rest = word.trim_start_matches("gnu").trim_start_matches(['a', 'l']);
    rest.strip_prefix("gpl")
        .is_some_and(|v| v.trim_start_matches('v').chars().all(|c| c.is_ascii_digit() || c == '.'))
}

fn grant(words: &Words, phrase: &str, at: usize, end: usize) -> Option<Grant> {
    let before = text(words, at.saturating_sub(BEFORE), at);
    let after = text(words, end, end + AFTER);
    if phrase.contains("perl") {
        return Some(Grant {
            id: "GPL-1.0-or-later OR Artistic-1.0-Perl".to_owned(),
            versioned: true,
            from: at,
            to: end,
        });
    }
    let near = last_words(&before, 4);
    // "under the GNU GPL" and "not under the GNU GPL" differ in what stands nearest.
    let meant = !["t mean", "not mean", "not imply", "t imply"].iter().any(|deny| has(&before, deny));
    let denied = !meant
        || DENIES_BEFORE.iter().any(|deny| ends_near(&near, deny))
        || DENIES_AFTER.iter().any(|deny| starts(&after, deny));
    let own = words.get(at);
    let named_version = own.ends_with(|c: char| c.is_ascii_digit());
    let granted = named_version
        || phrase == "gnu copyleft"
        || GRANTS_BEFORE.iter().any(|cue| has(&before, cue))
        || GRANTS_AFTER.iter().any(|cue| starts_within(&after, cue, 6));
    if denied || !granted {
        return None;
    }
    let family = family(words, phrase, at);
    let version = version(words, at, end);
    let later = later(words, end);
    let id = ids::gnu(family, version.as_deref(), later);
    Some(Grant { id, versioned: version.is_some(), from: at, to: end })
}

fn family(words: &Words, phrase: &str, at: usize) -> &'static str {
    let own = words.get(at);
    let prior = words.get(at.wrapping_sub(1));
    if phrase.starts_with("affero") || own.starts_with("agpl") || prior == "affero" {
        "AGPL"
    } else if phrase.contains("lesser")
        || phrase.contains("library")
        || own.starts_with("lgpl")
        || matches!(prior, "lesser" | "library")
    {
        "LGPL"
    } else {
        "GPL"
    }
}

/// The version: in the name (`gplv2`), after it (`version 2`, `v3`, `2`), or before it (`version 2 of the`).
fn version(words: &Words, at: usize, end: usize) -> Option<String> {
    let own = words.get(at);
    if let Some(from) = own.find(|c: char| c.is_ascii_digit()) {
        return Some(own[from..].to_owned());
    }
    if let Some(near) = plausible(words.get(end)) {
        return Some(near);
    }
    let stop = (end..end + AFTER)
        .find(|i| matches!(words.get(*i), "apache" | "mozilla" | "mit" | "bsd" | "artistic"))
        .unwrap_or(end + AFTER);
    let after = (end..stop).find_map(|i| match words.get(i) {
        "version" | "versions" | "v" => plausible(words.get(i + 1)),
        "license" if words.get(i + 1) != "as" => plausible(words.get(i + 1)),
        word => word.strip_prefix('v').and_then(plausible),
    });
    after.or_else(|| {
        (at.saturating_sub(8)..at).rev().find_map(|i| match words.get(i) {
            "version" | "versions" | "v" => plausible(words.get(i + 1)),
            word => word.strip_prefix('v').and_then(plausible),
        })
    })
}

fn plausible(word: &str) -> Option<String> {
    let word = if word == "two" {
        "2"
    } else if word == "three" {
        "3"
    } else {
        word
    };
    let word = word.trim_start_matches('v');
    matches!(word, "1" | "2" | "3" | "1.0" | "2.0" | "2.1" | "3.0").then(|| word.to_owned())
}

fn later(words: &Words, end: usize) -> bool {
    let after = text(words, end, end + AFTER);
    [
        "any later",
        "or later",
        "or newer",
        "or above",
        "or greater",
        "or higher",
        "later version",
        "any newer",
        "or any more recent",
    ]
    .iter()
    .any(|cue| has(&after, cue))
        || (end..end + 3).any(|i| words.get(i) == "+")
}

fn text(words: &Words, from: usize, to: usize) -> String {
    let to = to.min(words.all.len());
    (from..to).map(|i| words.get(i)).collect::<Vec<_>>().join(" ")
}

fn last_words(text: &str, count: usize) -> String {
    let mut words: Vec<&str> = text.rsplit(' ').take(count).collect();
    words.reverse();
    words.join(" ")
}

fn has(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(i, _)| bounded(text, i, i + phrase.len()))
}

fn bounded(text: &str, from: usize, to: usize) -> bool {
    (from == 0 || text.as_bytes()[from - 1] == b' ') && (to == text.len() || text.as_bytes()[to] == b' ')
}

fn ends_near(text: &str, phrase: &str) -> bool {
    has(text, phrase)
}

fn starts(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn starts_within(text: &str, phrase: &str, words: usize) -> bool {
    let near: Vec<&str> = text.split(' ').take(words).collect();
    has(&near.join(" "), phrase)
}
