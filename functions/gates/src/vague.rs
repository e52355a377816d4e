//! Words that say nothing by which one could tell: a statement of these alone cannot be accepted or refused.

use ideamine_core::Text;

/// Words that promise without a measure (after ISO/IEC/IEEE 29148, 5.2.7: terms to be avoided in requirements).
const VAGUE: &[&str] = &[
    "fast",
    "quick",
    "quickly",
    "easy",
    "easily",
    "simple",
    "intuitive",
    "user-friendly",
    "robust",
    "scalable",
    "flexible",
    "efficient",
    "efficiently",
    "seamless",
    "modern",
    "nice",
    "good",
    "better",
    "best",
    "adequate",
    "appropriate",
    "as possible",
    "state of the art",
    "etc",
];
/// Words that carry a sentence and say nothing by themselves.
const FILLING: &[&str] = &[
    "the",
    "a",
    "an",
    "it",
    "is",
    "are",
    "be",
    "must",
    "should",
    "shall",
    "can",
    "will",
    "and",
    "or",
    "to",
    "of",
    "for",
    "in",
    "very",
    "system",
    "application",
    "app",
    "product",
    "tool",
    "service",
    "use",
    "user",
    "users",
    "everyone",
    "all",
    "always",
    "work",
    "works",
    "as",
];

/// Whether a statement has a vague word and, apart from filling words, nothing else.
pub(crate) fn is_only_vague(text: &Text) -> bool {
    let lower = text.text.to_lowercase();
    let mut vague = VAGUE.iter().any(|phrase| phrase.contains(' ') && lower.contains(phrase));
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty());
    let mut left = 0;
    for word in words {
        if VAGUE.contains(&word) {
            vague = true;
        } else if !FILLING.contains(&word) {
            left += 1;
        }
    }
    vague && left == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_without_a_measure_is_vague() {
        let check = |text: &str, expected| assert_eq!(is_only_vague(&Text::model(text)), expected, "{text}");
        check("The system must be fast and easy to use.", true);
        check("It should be user-friendly", true);
        check("The list loads within 2 seconds.", false);
        check("Members borrow a tool.", false);
        check("", false);
    }
}
