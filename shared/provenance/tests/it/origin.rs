use ideamine_core::Digest;
use ideamine_provenance::{Author, BadMap, OriginMap};
use proptest::prelude::*;

fn person() -> Author {
    Author::Person { source: None }
}

fn rule(name: &str) -> Author {
    Author::Rule { rule: name.to_owned() }
}

/// The text with each byte replaced by a letter for its author.
fn shape(map: &OriginMap) -> String {
    let letter = |author: &Author| match author {
        Author::Person { .. } => "p",
        Author::Model { .. } => "m",
        Author::Rule { .. } => "r",
        Author::Template { .. } => "t",
        Author::ThirdParty { .. } => "x",
    };
    map.ranges().map(|(range, author)| letter(author).repeat((range.end - range.start) as usize)).collect()
}

#[test]
fn every_byte_has_an_author() {
    let map = OriginMap::of(b"abcdef", [(2, person()), (1, rule("a")), (3, rule("a"))]);
    assert_eq!(map.verify(b"abcdef"), Ok(()));
    assert_eq!(shape(&map), "pprrrr");
    assert_eq!(map.segments.len(), 2, "neighbours by one author are one segment");
    assert_eq!(map.at(1), Some(&person()));
    assert_eq!(map.at(6), None);
}

#[test]
fn a_tag_that_was_stripped_or_moved_is_found() {
    let map = OriginMap::of(b"abcdef", [(2, person()), (4, rule("a"))]);
    let change = |change: fn(&mut OriginMap)| {
        let mut map = map.clone();
        change(&mut map);
        map.verify(b"abcdef")
    };
    assert_eq!(change(|map| map.segments.truncate(1)), Err(BadMap::Uncovered { covered: 2, size: 6 }));
    assert_eq!(change(|map| map.segments[0].bytes = 0), Err(BadMap::Segment(0)));
    assert_eq!(change(|map| map.segments[1].author = 0), Err(BadMap::Segment(1)));
    assert_eq!(change(|map| map.authors.truncate(1)), Err(BadMap::Segment(1)));
    assert_eq!(
        change(|map| map.segments[1].bytes = u64::MAX),
        Err(BadMap::Uncovered { covered: u64::MAX, size: 6 })
    );
    assert_eq!(
        map.verify(b"abcdeX"),
        Err(BadMap::OtherText { map: map.digest, text: Digest::of(b"abcdeX") })
    );
}

#[test]
fn an_edit_leaves_what_stayed_to_its_author() {
    let check = |old: &str, parts: &[(usize, Author)], new: &str, expected: &str| {
        let map = OriginMap::of(old.as_bytes(), parts.iter().cloned());
        let edited = map.edited(old, new, &person()).expect("the map of the text");
        assert_eq!(edited.verify(new.as_bytes()), Ok(()), "{new:?}");
        assert_eq!(shape(&edited), expected, "{old:?} -> {new:?}");
    };
    let all = [(8, rule("a"))];
    check("one\ntwo\n", &all, "one\nnew\ntwo\n", "rrrrpppprrrr");
    check("one\ntwo\n", &all, "two\n", "rrrr");
    check("one\ntwo\n", &all, "one\ntwo\n", "rrrrrrrr");
    check("one\ntwo\n", &all, "", "");
    // A line that was changed in part keeps the words that stayed.
    check("let a = 1;\n", &[(11, rule("a"))], "let b = 1;\n", "rrrrprrrrrr");
    check("a\nb\n", &[(2, rule("a")), (2, Author::Template { template: "t".to_owned() })], "b\na\n", "pprr");
    let map = OriginMap::whole(b"x", person());
    assert!(map.edited("y", "z", &person()).is_err(), "the map of another text");
}

#[test]
fn lines_know_their_authors() {
    let text = "ab\ncd\nef";
    let map = OriginMap::of(text.as_bytes(), [(4, person()), (4, rule("a"))]);
    let lines: Vec<usize> = map.lines(text).iter().map(Vec::len).collect();
    assert_eq!(lines, [1, 2, 1]);
    assert_eq!(map.lines(text)[2], [&rule("a")]);
}

proptest! {
    #[test]
    fn after_any_edits_every_byte_has_an_author(texts in prop::collection::vec("[ab \n]{0,40}", 1..6)) {
        let mut map = OriginMap::whole(texts[0].as_bytes(), rule("0"));
        for (number, pair) in texts.windows(2).enumerate() {
            map = map.edited(&pair[0], &pair[1], &rule(&format!("{}", number + 1))).expect("the map of the text");
            prop_assert_eq!(map.verify(pair[1].as_bytes()), Ok(()));
        }
    }
}
