//! Fan-in: what several branches' answers become, whatever order they came in.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use ideamine_authoring::{aggregate, in_branch_order};
use ideamine_core::Text;
use ideamine_core::failure::FailureKind;
use ideamine_core::records::Aggregation;
use proptest::prelude::*;
use serde_json::{Value, json};

fn said(text: &str) -> Value {
    serde_json::to_value(Text::model(text)).unwrap()
}

#[test]
fn merge_joins_lists_and_takes_the_first_text_with_substance() {
    let one = json!({ "summary": Text::missing("a summary"), "list": [said("A"), said("b")], "chosen": "" });
    let two = json!({ "summary": said("two"), "list": [said("a"), said("c")], "chosen": "x" });
    let three = json!({ "summary": said("three"), "list": [], "chosen": "y" });
    let merged = aggregate(&[one, two, three], &Aggregation::Merge).unwrap();
    assert_eq!(
        merged,
        json!({ "summary": said("two"), "list": [said("A"), said("b"), said("c")], "chosen": "x" })
    );
}

#[test]
fn the_same_name_is_one_thing_with_the_fields_of_both() {
    let one = json!({ "entities": [{ "name": "repair", "fields": [{ "name": "model", "kind": "text" }] }] });
    let two = json!({ "entities": [{ "name": "repair", "fields": [{ "name": "price", "kind": "integer" }] }, { "name": "part", "fields": [] }] });
    let merged = aggregate(&[one, two], &Aggregation::Merge).unwrap();
    assert_eq!(merged["entities"].as_array().unwrap().len(), 2);
    assert_eq!(merged["entities"][0]["fields"].as_array().unwrap().len(), 2);
    let get = json!({ "endpoints": [{ "method": "GET", "path": "/a" }] });
    let post = json!({ "endpoints": [{ "method": "POST", "path": "/a" }] });
    let both = aggregate(&[get, post], &Aggregation::Merge).unwrap();
    assert_eq!(both["endpoints"].as_array().unwrap().len(), 2);
}

#[test]
fn concat_puts_texts_one_below_the_other_and_never_the_same_twice() {
    let [one, two] = ["one", "two"].map(|t| json!({ "summary": said(t), "list": [said("same")] }));
    let joined = aggregate(&[one.clone(), two, one], &Aggregation::Concat).unwrap();
    assert_eq!(joined["summary"]["text"], "one\ntwo\none");
    assert_eq!(joined["list"], json!([said("same")]));
}

#[test]
fn vote_takes_the_most_frequent_and_the_earliest_on_a_tie() {
    let check = |answers: [i64; 4], winner: i64| {
        let answers = answers.map(|n| json!({ "n": n }));
        assert_eq!(aggregate(&answers, &Aggregation::Vote).unwrap()["n"], winner);
    };
    check([1, 2, 2, 3], 2);
    check([3, 1, 1, 3], 3);
    check([4, 3, 2, 1], 4);
}

#[test]
fn nothing_and_custom_are_told() {
    let kind = |answers: &[Value], how| aggregate(answers, &how).unwrap_err().kind;
    assert_eq!(kind(&[], Aggregation::Merge), FailureKind::InputInvalid);
    assert_eq!(kind(&[json!({})], Aggregation::Custom("run-aggregate-x".into())), FailureKind::ConfigInvalid);
}

/// Answers as agents accept them: no list names a thing twice.
fn answer() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-c]{1,2}".prop_map(Text::model), "[a-c]".prop_map(|t| Text::missing(&t))];
    let notes = prop::collection::btree_set("[a-e]", 0..3)
        .prop_map(|set| set.iter().map(|t| said(t)).collect::<Vec<_>>());
    let items = prop::collection::btree_map("[a-c]", notes.clone(), 0..3).prop_map(|items| {
        let item = |(name, notes)| json!({ "id": "X-1", "name": name, "notes": notes });
        items.into_iter().map(item).collect::<Vec<_>>()
    });
    (text, notes, items, 0..3_i64).prop_map(
        |(summary, list, items, n)| json!({ "summary": summary, "list": list, "items": items, "n": n }),
    )
}

proptest! {
    #[test]
    fn completion_order_does_not_matter(
        answers in prop::collection::vec(answer(), 1..5),
        shuffle in Just(()).prop_perturb(|(), mut rng| rng.next_u64()),
        how in prop_oneof![Just(Aggregation::Merge), Just(Aggregation::Concat), Just(Aggregation::Vote)],
    ) {
        let in_order: Vec<(u32, Value)> = (0..).zip(answers.clone()).collect();
        let mut came_in = in_order;
        came_in.sort_by_key(|(index, _)| (shuffle.rotate_left(*index * 13) ^ u64::from(*index)) % 97);
        let joined = aggregate(&in_branch_order(came_in), &how).unwrap();
        prop_assert_eq!(joined, aggregate(&answers, &how).unwrap());
    }

    #[test]
    fn the_same_answer_again_changes_nothing(one in answer(), two in answer()) {
        let merged = aggregate(&[one.clone(), two], &Aggregation::Merge).unwrap();
        let again = aggregate(&[merged.clone(), one], &Aggregation::Merge).unwrap();
        prop_assert_eq!(again, merged);
    }
}

#[test]
fn the_most_cautious_adviser_is_heard() {
    let check = |advices: &[&str], heard: &str| {
        let answers: Vec<Value> = advices.iter().map(|advice| json!({ "recommendation": advice })).collect();
        let one = aggregate(&answers, &Aggregation::Merge).unwrap();
        assert_eq!(one["recommendation"], heard, "{advices:?}");
    };
    check(&["proceed", "stop", "revise"], "stop");
    check(&["revise", "proceed"], "revise");
    check(&["proceed", "proceed"], "proceed");
}
