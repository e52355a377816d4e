use ideamine_core::failure::FailureKind;
use ideamine_core::records::Fact;
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_testkit::{decision, sealed};
use serde_json::json;

use crate::replay::{Replay, Say, cancelled, error, ok};

fn run() -> (Tenant, RunId) {
    (Tenant::local(), RunId::new("r").unwrap())
}

async fn insert(facts: Vec<Fact>, answers: Vec<Say>) -> (Result<(), Failure>, Replay) {
    let replay = Replay::of(answers);
    let (tenant, run) = run();
    (replay.aws().await.env().ledger.insert(&tenant, &run, facts).await, replay)
}

fn stored(fact: &Fact) -> Say {
    let sk = format!("fact#{}#decision#{:010}", fact.path, fact.ordinal);
    let v = serde_json::to_string(fact).unwrap();
    ok(json!({ "Items": [{ "pk": { "S": "local#run#r" }, "sk": { "S": sk }, "v": { "S": v } }] }))
}

#[tokio::test(start_paused = true)]
async fn facts_are_inserted_and_nothing_else() {
    let (result, replay) =
        insert(vec![decision("01-a", 0, "x"), decision("01-a", 1, "x")], vec![ok(json!({}))]).await;
    assert_eq!(result, Ok(()));
    let asked = &replay.asked()[0];
    assert_eq!(asked.target, "ExecuteTransaction");
    for statement in asked.json()["TransactStatements"].as_array().unwrap() {
        assert_eq!(statement["Statement"], "INSERT INTO \"ledger\" VALUE {'pk': ?, 'sk': ?, 'v': ?}");
        assert_eq!(statement["Parameters"][0]["S"], "local#run#r");
    }
}

#[tokio::test(start_paused = true)]
async fn of_facts_that_are_there_the_same_are_left_out_and_others_refused() {
    let (old, new) = (decision("01-a", 0, "x"), decision("01-a", 1, "y"));
    let earlier = Fact { at_ms: 1, ..old.clone() };
    let answers = vec![cancelled(&["DuplicateItem", "None"]), stored(&earlier), ok(json!({}))];
    let (result, replay) = insert(vec![old.clone(), new.clone()], answers).await;
    assert_eq!(result, Ok(()));
    let last = replay.asked()[2].json();
    assert_eq!(last["TransactStatements"].as_array().unwrap().len(), 1, "the rest alone");

    let answers = vec![cancelled(&["None", "DuplicateItem"]), stored(&decision("01-a", 1, "other"))];
    let (result, replay) = insert(vec![old.clone(), new], answers).await;
    assert_eq!(result.unwrap_err().kind, FailureKind::StepConflict);
    assert_eq!(replay.asked().len(), 2, "nothing more is written");

    let lost = vec![cancelled(&["DuplicateItem"]), ok(json!({ "Items": [] }))];
    assert_eq!(insert(vec![old], lost).await.0.unwrap_err().kind, FailureKind::DataCorrupt);
}

#[tokio::test(start_paused = true)]
async fn a_race_is_run_again_a_throttled_table_is_unavailable() {
    let fact = || vec![decision("01-a", 0, "x")];
    let (result, _) = insert(fact(), vec![cancelled(&["TransactionConflict"]), ok(json!({}))]).await;
    assert_eq!(result, Ok(()));
    for trouble in [
        cancelled(&["ThrottlingError"]),
        error(400, "ThrottlingException"),
        cancelled(&["TransactionConflict"]),
    ] {
        let (result, _) = insert(fact(), vec![trouble; 20]).await;
        assert_eq!(result.unwrap_err().kind, FailureKind::StoreUnavailable);
    }
}

#[tokio::test(start_paused = true)]
async fn an_append_that_lost_to_the_same_one_is_done_and_to_another_is_refused() {
    let (tenant, run) = run();
    let (rows, head) = sealed(&tenant, &run, 0, &[decision("01-a", 0, "x")]);
    let mut other_head = head.clone();
    other_head.head.root = "0".repeat(64);
    let heads = |head: &_| ok(json!({ "Items": [{ "v": { "S": serde_json::to_string(head).unwrap() } }] }));
    let segment = || ok(json!({ "Items": [{ "v": { "S": serde_json::to_string(&rows).unwrap() } }] }));
    let none = || ok(json!({ "Items": [] }));
    let lost = || cancelled(&["DuplicateItem", "DuplicateItem"]);

    let replay = Replay::of([none(), lost(), heads(&head), segment(), Say::Text(200, String::new())]);
    let ledger = replay.aws().await.env().ledger;
    assert_eq!(ledger.append(&tenant, &run, rows.clone(), head.clone()).await, Ok(()));
    let targets: Vec<_> = replay.asked().iter().map(|asked| asked.target.clone()).collect();
    assert_eq!(targets, ["Query", "ExecuteTransaction", "Query", "Query", ""], "last, the head's copy");
    assert!(replay.asked()[4].uri.contains("local/r/00000000000000000001.json"));

    let replay = Replay::of([none(), lost(), heads(&other_head)]);
    let ledger = replay.aws().await.env().ledger;
    let failure = ledger.append(&tenant, &run, rows.clone(), head.clone()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::StepConflict);
}
