use ideamine_provenance::hidden::{HiddenKind, find, without};
use proptest::prelude::*;

fn check(text: &str, expected: &[HiddenKind]) {
    let kinds: Vec<_> = find(text).into_iter().map(|hidden| hidden.kind).collect();
    assert_eq!(kinds, expected, "{text:?}");
}

#[test]
fn marks_are_found() {
    check("pass\u{200b}word", &[HiddenKind::ZeroWidth]);
    check("a\u{200d}b", &[HiddenKind::ZeroWidth]);
    check("a\u{feff}b", &[HiddenKind::ZeroWidth]);
    check("x\u{2060}\u{2063}y", &[HiddenKind::ZeroWidth, HiddenKind::ZeroWidth]);
    check("if x {\u{202e}", &[HiddenKind::Bidi]);
    check("a\u{200f}b", &[HiddenKind::Bidi]);
    check("a\u{fe01}b", &[HiddenKind::VariationSelector]);
    check("a\u{e0101}b", &[HiddenKind::VariationSelector]);
    check("hi\u{e0068}\u{e0069}", &[HiddenKind::Tag, HiddenKind::Tag]);
    check("p\u{0430}ssword", &[HiddenKind::Homoglyph]);
    check("one\u{2009}two", &[HiddenKind::Space]);
}

#[test]
fn characters_that_have_work_are_no_marks() {
    for text in [
        "\u{feff}#!/bin/sh\n",
        "👩‍💻 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and ❤️ and 1️⃣",
        "می‌خواهم",
        "क्‍ष",
        "שלום\u{200f} abc",
        "Привет, мир",
        "Καλημέρα",
        "Δx = 3 µs, Ωmega",
        "葛\u{e0100}飾",
        "naïve café Ærø",
        "日本語のテキスト",
    ] {
        check(text, &[]);
    }
}

#[test]
fn a_clean_text_says_what_the_marked_one_showed() {
    assert_eq!(without("p\u{0430}ss\u{200b}word one\u{2009}two"), "password one two");
    assert_eq!(without("Привет"), "Привет");
}

proptest! {
    #[test]
    fn every_mark_in_plain_text_is_found(
        before in "[a-z]{2,9}", after in "[a-z]{2,9}", mark in prop::sample::select(vec!['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{202e}', '\u{fe0f}', '\u{e0041}', '\u{180e}', 'о', 'е'])
    ) {
        let text = format!("{before}{mark}{after}");
        let found = find(&text);
        prop_assert_eq!(found.len(), 1, "{:?}", text);
        prop_assert_eq!(found[0].span.clone(), before.len()..before.len() + mark.len_utf8());
    }

    #[test]
    fn plain_text_has_none(text in "[ -~\n\t]{0,200}") {
        prop_assert_eq!(find(&text), vec![]);
    }

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,60}") {
        let clean = without(&text);
        prop_assert!(clean.len() <= text.len());
    }
}
