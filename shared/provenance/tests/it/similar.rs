use ideamine_provenance::similar::{Fingerprints, GUARANTEE, Known, NOISE};
use proptest::prelude::*;

const SOURCE: &str = "fn parse_header(input: &str) -> Option<(usize, &str)> {\n    let end = input.find(':')?;\n    Some((end, input[end + 1..].trim()))\n}\n";

#[test]
fn layout_and_case_hide_nothing() {
    let other = SOURCE.replace("    ", "\t").replace('\n', "\r\n\r\n").to_uppercase();
    assert_eq!(Fingerprints::of(SOURCE).contained_in(&Fingerprints::of(&other)), 1.0);
}

#[test]
fn a_copied_part_is_found_where_it_is() {
    let mut known = Known::default();
    known.add(&Fingerprints::of(
        "something else that is quite long and has nothing in common with the rest of it",
    ));
    let source = known.add(&Fingerprints::of(SOURCE));
    let text = format!(
        "// our own words, some of them, to begin with\n{SOURCE}\n// and our own words at the end of it\n"
    );
    let passages = known.passages(&text);
    assert!(passages.iter().all(|passage| passage.source == source), "{passages:?}");
    let begin = passages.first().expect("a passage").here.start;
    let end = passages.last().expect("a passage").here.end;
    assert!(text[begin..end].contains("let end = input.find"), "{:?}", &text[begin..end]);
    assert!(begin >= 20 && end <= text.len() - 10, "{begin}..{end} of {}", text.len());
}

#[test]
fn what_is_short_or_everywhere_says_nothing() {
    assert_eq!(Fingerprints::of("fn main() {}").size(), 0);
    assert_eq!(Fingerprints::of("fn main() {}").contained_in(&Fingerprints::of(SOURCE)), 0.0);
    let mut known = Known::default();
    for _ in 0..40 {
        known.add(&Fingerprints::of(SOURCE));
    }
    assert_eq!(known.passages(SOURCE), vec![]);
}

proptest! {
    /// The guarantee of the method: a common passage of the length that it names shares a fingerprint.
    #[test]
    fn long_passages_are_always_found(common in "[a-z0-9]{40,80}", a in "[a-z]{0,60}", b in "[a-z]{0,60}", c in "[a-z]{0,60}") {
        prop_assert!(common.len() >= GUARANTEE && GUARANTEE > NOISE);
        let mut known = Known::default();
        known.add(&Fingerprints::of(&format!("{a}{common}{b}")));
        let found = known.passages(&format!("{c}{common}{a}"));
        prop_assert!(!found.is_empty());
    }

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,200}") {
        let mut known = Known::default();
        known.add(&Fingerprints::of(&text));
        for passage in known.passages(&text) {
            prop_assert!(text.get(passage.here).is_some());
        }
    }
}
