use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Key, Write};
use serde_json::json;

use crate::replay::{Replay, Say, cancelled, error, ok};

async fn write(answers: Vec<Say>) -> (Result<(), Failure>, Replay) {
    let replay = Replay::of(answers);
    let key = |sk: &str| Key { pk: "t#a".into(), sk: sk.into() };
    let set = vec![
        Write::Put { key: key("one"), value: json!({ "a": 1 }), when: Condition::Absent },
        Write::Delete { key: key("two"), when: Condition::Version(7) },
        Write::Check { key: key("three"), when: Condition::Any },
    ];
    (replay.aws().await.env().records.write(set).await, replay)
}

#[tokio::test(start_paused = true)]
async fn a_set_is_one_transaction_whose_tries_bear_one_token() {
    let (result, replay) = write(vec![error(500, "InternalServerError"), ok(json!({}))]).await;
    assert_eq!(result, Ok(()));
    let asked: Vec<_> = replay.asked().iter().map(|asked| (asked.target.clone(), asked.json())).collect();
    assert_eq!(asked[0], asked[1], "the same try, token included");
    let (target, body) = &asked[0];
    assert_eq!(target, "TransactWriteItems");
    assert!(body["ClientRequestToken"].as_str().is_some_and(|token| !token.is_empty()));
    let items = body["TransactItems"].as_array().unwrap();
    assert_eq!(items.len(), 2, "a check of nothing is none");
    assert_eq!(items[0]["Update"]["ConditionExpression"], "attribute_not_exists(#pk)");
    assert_eq!(items[1]["Delete"]["ExpressionAttributeValues"][":version"]["N"], "7");
}

#[tokio::test(start_paused = true)]
async fn a_refused_part_is_a_conflict_that_names_its_row() {
    let (result, replay) = write(vec![cancelled(&["None", "ConditionalCheckFailed"])]).await;
    let failure = result.unwrap_err();
    assert_eq!(failure.kind, FailureKind::StoreConflict);
    assert!(failure.message.contains("t#a/two"), "{failure}");
    assert_eq!(replay.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_race_is_run_again_and_a_throttled_part_is_not_a_conflict() {
    let race = || cancelled(&["TransactionConflict", "None"]);
    let (result, _) = write(vec![race(), race(), ok(json!({}))]).await;
    assert_eq!(result, Ok(()));
    let (result, replay) = write(vec![race(); 50]).await;
    assert_eq!(result.unwrap_err().kind, FailureKind::StoreConflict);
    assert!(replay.asked().len() < 10);
    for code in ["ThrottlingError", "ProvisionedThroughputExceeded"] {
        let (result, _) = write(vec![cancelled(&["None", code]); 9]).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.kind, FailureKind::StoreUnavailable, "{failure}");
        assert!(failure.message.contains(code), "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_is_corrupt() {
    for item in [
        json!({ "pk": { "S": "t#a" }, "sk": { "S": "one" } }),
        json!({ "pk": { "S": "t#a" }, "sk": { "S": "one" }, "v": { "S": "{" }, "n": { "N": "1" } }),
        json!({ "pk": { "S": "t#a" }, "sk": { "S": "one" }, "v": { "S": "1" } }),
    ] {
        let replay = Replay::of([ok(json!({ "Item": item }))]);
        let key = Key { pk: "t#a".into(), sk: "one".into() };
        let failure = replay.aws().await.env().records.get(&key).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::DataCorrupt, "{item}");
    }
}
