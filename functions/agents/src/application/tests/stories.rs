//! Stories: which of them rules can code, and that their order does not matter.

use std::collections::BTreeMap;

use super::samples::{all, asks, eight, none, one, story, three};
use super::tree::{apply, bare, files, with_stories};
use crate::application::{can_code, skeleton, story_code};
use crate::records::Ask;

#[test]
fn equal_input_gives_equal_bytes() {
    for (name, architecture) in all() {
        let numbers = 1..=architecture.entities.len();
        assert_eq!(
            with_stories(&architecture, numbers.clone()),
            with_stories(&architecture, numbers),
            "{name}"
        );
    }
}

#[test]
fn order_and_repetition_of_stories_change_nothing() {
    let architecture = eight();
    let forward = with_stories(&architecture, 1..=8);
    assert_eq!(with_stories(&architecture, (1..=8).rev()), forward);
    assert_eq!(with_stories(&architecture, [3, 3, 8, 1, 2, 7, 4, 5, 6, 1].into_iter()), forward);
}

#[test]
fn a_story_brings_the_tables_that_its_own_refers_to() {
    let tree = with_stories(&three(), std::iter::once(2));
    assert!(tree.contains_key("app/resources/meter.py") && tree.contains_key("app/resources/customer.py"));
    assert!(!tree.contains_key("app/resources/visit.py"));
    assert!(tree.contains_key("tests/test_meter.py") && !tree.contains_key("tests/test_customer.py"));
    let registration = &tree["app/resources/__init__.py"];
    assert!(registration.contains("    customer.RESOURCE,\n    meter.RESOURCE,\n"), "{registration}");
}

#[test]
fn a_requirement_is_shown_by_the_tests_that_were_written_for_it_alone() {
    let architecture = three();
    let code = |asks: &[Ask]| {
        story_code(&architecture, &story(3, "to keep visits"), asks, &files(&bare(&architecture))).unwrap()
    };
    let answer = code(&asks(&architecture));
    let names = [
        "all_that_is_entered_is_shown",
        "what_is_changed_can_be_read_again",
        "what_is_entered_can_be_read_again",
        "what_is_entered_is_shown",
        "what_is_removed_can_no_longer_be_read",
    ];
    let expected = names.map(|name| format!("tests.test_visit.TestVisitAsked.test_fr_3_{name}"));
    assert_eq!(answer.tests, [("FR-3".to_owned(), expected.to_vec())].into());
    // What asks for more than records, or of other records, is shown by none.
    let more = |ask: Ask| Ask { shown: false, ..ask };
    assert_eq!(code(&asks(&architecture).into_iter().map(more).collect::<Vec<_>>()).tests, BTreeMap::new());
    let others = |ask: &Ask| ask.entity != "visit";
    let others: Vec<Ask> = asks(&architecture).into_iter().filter(others).collect();
    assert_eq!(code(&others).tests, BTreeMap::new());
}

#[test]
fn only_what_is_about_keeping_records_is_coded() {
    let mut served_by_none = story(1, "to add and change a meter");
    served_by_none.implements = vec!["FR-99".into()];
    let cases = [
        (story(1, "to keep records of customers"), true),
        (story(1, "to be reminded before the visit"), false),
        (story(1, "that customers are sent a letter"), false),
        (story(9, "to see the visits"), true),
        (story(9, "to be faster"), false),
        (story(9, "to see the weather"), false),
        (served_by_none, true),
    ];
    for (story, expected) in cases {
        let coded = story_code(&three(), &story, &[], &files(&bare(&three())));
        assert_eq!(coded.is_some(), expected, "{}", story.i_want);
        assert_eq!(can_code(&three(), &story), expected, "{}", story.i_want);
    }
}

#[test]
fn a_tree_of_others_and_an_idea_without_records_are_left_alone() {
    assert_eq!(story_code(&one(), &story(1, "to keep notes"), &[], &[]), None);
    let mut tree = bare(&one());
    tree.insert("app/resources/__init__.py".into(), "RESOURCES = load()\n".into());
    assert_eq!(story_code(&one(), &story(1, "to keep notes"), &[], &files(&tree)), None);
    assert_eq!(story_code(&none(), &story(1, "to keep notes"), &[], &files(&bare(&none()))), None);
}

#[test]
fn a_resource_that_someone_else_added_stays_registered() {
    let mut tree = bare(&one());
    tree.insert("app/resources/extra.py".into(), "RESOURCE = ...\n".into());
    let answer = story_code(&one(), &story(1, "to keep notes"), &[], &files(&tree)).unwrap();
    apply(&mut tree, answer);
    assert!(tree["app/resources/__init__.py"].contains("    extra,\n    note,\n"));
}

#[test]
fn the_skeleton_claims_no_requirement() {
    let answer = skeleton(&three(), &super::samples::prd(), 0);
    assert!(answer.serves.is_empty());
    assert!(answer.files.iter().all(|file| file.path != "app/resources/customer.py"));
    assert!(answer.files.is_sorted_by(|a, b| a.path < b.path));
}
