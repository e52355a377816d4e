//! Whether a text says something: no placeholder, and not only praise.

use std::collections::BTreeSet;

use ideamine_core::Text;

/// What people write where they have nothing to write.
const PLACEHOLDERS: [&str; 12] = [
    "tbd",
    "tba",
    "todo",
    "to do",
    "n/a",
    "na",
    "none",
    "unknown",
    "lorem ipsum",
    "to be defined",
    "to be determined",
    "to be decided",
];
/// Praise and degrees without a measure: true of any product (after ISO/IEC/IEEE 29148, 5.2.7: terms to be avoided).
const VAGUE: [&str; 47] = [
    "fast",
    "quick",
    "quickly",
    "easy",
    "easily",
    "simple",
    "simply",
    "intuitive",
    "friendly",
    "seamless",
    "seamlessly",
    "robust",
    "scalable",
    "flexible",
    "modern",
    "efficient",
    "efficiently",
    "secure",
    "securely",
    "reliable",
    "reliably",
    "performant",
    "good",
    "great",
    "nice",
    "best",
    "better",
    "high",
    "quality",
    "usable",
    "convenient",
    "powerful",
    "appropriate",
    "adequate",
    "suitable",
    "reasonable",
    "proper",
    "properly",
    "smooth",
    "smoothly",
    "optimal",
    "responsive",
    "pleasant",
    "attractive",
    "clean",
    "well",
    "effective",
];
/// Words that say nothing about which product it is.
const COMMON: [&str; 66] = [
    "the",
    "a",
    "an",
    "and",
    "or",
    "of",
    "to",
    "for",
    "in",
    "on",
    "at",
    "by",
    "with",
    "it",
    "its",
    "is",
    "are",
    "be",
    "been",
    "as",
    "that",
    "this",
    "which",
    "all",
    "any",
    "every",
    "each",
    "very",
    "most",
    "more",
    "always",
    "must",
    "should",
    "shall",
    "will",
    "can",
    "could",
    "may",
    "have",
    "has",
    "provide",
    "provides",
    "offer",
    "offers",
    "work",
    "works",
    "use",
    "used",
    "using",
    "user",
    "users",
    "people",
    "system",
    "systems",
    "application",
    "app",
    "product",
    "service",
    "software",
    "solution",
    "tool",
    "experience",
    "interface",
    "way",
    "manner",
    "etc",
];
/// Words of its own that a statement needs besides: one noun alone ("the page must be fast") is still vague.
const OWN_WORDS_MIN: usize = 2;

/// Whether a text is about this idea and says something.
pub(crate) fn said(text: &Text) -> bool {
    text.is_substance() && !is_placeholder(&text.text)
}

fn is_placeholder(text: &str) -> bool {
    let plain = text.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let begins =
        |word: &&str| plain.strip_prefix(*word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    // "None of the visits may be lost" is a statement; "TBD by the team" is not.
    let certain = ["tbd", "tba", "todo", "lorem ipsum", "to be defined", "to be determined", "to be decided"];
    plain.is_empty() || PLACEHOLDERS.contains(&plain.as_str()) || certain.iter().any(begins)
}

/// Words of a text, lower case.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Words that tell it from other texts.
pub(crate) fn own_words(text: &str) -> BTreeSet<String> {
    let common = |word: &String| COMMON.contains(&word.as_str()) || VAGUE.contains(&word.as_str());
    words(text).filter(|word| !common(word)).collect()
}

/// Whether a statement consists of praise: it has vague words, no number and hardly a word of its own.
pub(crate) fn is_vague_only(text: &str) -> bool {
    let vague = words(text).any(|word| VAGUE.contains(&word.as_str()));
    vague && !has_number(text) && own_words(text).len() < OWN_WORDS_MIN
}

/// Whether it holds a figure.
pub(crate) fn has_number(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

/// How much two texts say the same, percent of their own words together.
pub(crate) fn likeness_percent(a: &str, b: &str) -> usize {
    let (a, b) = (own_words(a), own_words(b));
    let both = a.intersection(&b).count();
    (both * 100).checked_div(a.union(&b).count()).unwrap_or(100)
}

/// Spelling aside.
pub(crate) fn plain(name: &str) -> String {
    words(name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_not_said() {
        let check = |text: &str, yes: bool| assert_eq!(said(&Text::model(text)), yes, "{text}");
        check("TBD", false);
        check("todo: ask Ann", false);
        check("…", false);
        check(" - ", false);
        check("N/A", false);
        check("None", false);
        check("Unknown", false);
        check("None of the visits may be lost", true);
        check("Todoist is used today", true);
        check("A visit is 15 minutes", true);
        assert!(!said(&Text::template("A visit is 15 minutes")));
        assert!(!said(&Text::missing("who pays")));
    }

    #[test]
    fn praise_alone_is_vague() {
        let check = |text: &str, vague: bool| assert_eq!(is_vague_only(text), vague, "{text}");
        check("The system must be fast and easy to use.", true);
        check("The application must be user-friendly and secure.", true);
        check("The page must be intuitive.", true);
        check("The system must answer fast, within 2 seconds.", false);
        check("A technician must easily find the next visit on a phone.", false);
        check("The system must keep a reading for each meter.", false);
    }

    #[test]
    fn likeness_counts_shared_words() {
        assert_eq!(likeness_percent("A paper list at the door", "a Paper List, at the door!"), 100);
        assert!(likeness_percent("A paper list at the door", "A phone app with maps") < 20);
    }
}
