//! Messages of a queue: worked once, heard of, answered.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::world::{Answer, BEGIN_MS, World, batch, envelope, message};
use crate::server::Server;

/// A quarter of an hour, as `job-model-call` has.
const TIME_MS: i64 = 900_000;

async fn deliver(server: &Arc<Server>, bodies: &[String]) -> Vec<String> {
    let answer = server.handle(batch(bodies), BEGIN_MS + TIME_MS, "", "").await.unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|item| item["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

fn output(run: u32) -> Answer {
    Answer::Output(json!({ "run": run }))
}

#[tokio::test(start_paused = true)]
async fn a_message_is_done_when_its_token_is_answered() {
    let check = async |body: String, again: bool, answer: Option<Answer>, runs: u32| {
        let world = World::new();
        let undone = deliver(&world.server("job-told", "1"), std::slice::from_ref(&body)).await;
        assert_eq!(undone, if again { vec!["m0"] } else { vec![] }, "{body}");
        assert_eq!(
            world.answers(),
            answer.map(|a| ("t1".to_owned(), a)).into_iter().collect::<Vec<_>>(),
            "{body}"
        );
        assert_eq!(world.runs(), runs, "{body}");
    };
    let error = |name: &str| Some(Answer::Error(name.to_owned()));
    check(message("t1", &envelope("work", 0)), false, Some(output(1)), 1).await;
    check(message("t1", &envelope("refuse", 0)), false, error("Model.Refused"), 1).await;
    check(message("t1", &envelope("panic", 0)), false, error("Internal.Bug"), 1).await;
    check(message("t1", &envelope("work", 2_000)), false, error("Step.InProgress"), 1).await;
    // Nobody waits: nothing is begun that costs money.
    check(message("spent", &envelope("work", 0)), false, None, 0).await;
    // Handed over: the end of the job sends the message again.
    check(message("t1", &envelope("hand-over", 0)), false, None, 1).await;
    // The machine sent something that is no envelope: it hears so.
    check(message("t1", &json!({ "act": "work" })), false, error("Input.Invalid"), 0).await;
    // Left to the dead-letter queue.
    for unreadable in ["", "{", "[]", r#"{"function":"job-told"}"#] {
        check(unreadable.to_owned(), true, None, 0).await;
    }
    check(message("t1", &envelope("work", 0)).replace("job-told", "run-seal"), true, None, 0).await;
    // Without a token nobody hears of it, and it is done all the same.
    check(message("", &envelope("work", 0)), false, None, 1).await;
}

#[tokio::test(start_paused = true)]
async fn one_bad_message_of_a_batch_comes_again_alone() {
    let world = World::new();
    let mut other = envelope("work", 0);
    other["step"] = json!("04-prd/a1/b01/call-0");
    let bodies = [message("t1", &envelope("work", 0)), "nonsense".to_owned(), message("t2", &other)];
    assert_eq!(deliver(&world.server("job-told", "1"), &bodies).await, ["m1"]);
    assert_eq!(world.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_answered_brings_the_message_again_and_the_work_is_not_repeated() {
    let world = World::new();
    let server = world.server("job-told", "1");
    let body = [message("t1", &envelope("work", 0))];
    *world.deaf.lock().unwrap() = true;
    assert_eq!(deliver(&server, &body).await, ["m0"]);
    *world.deaf.lock().unwrap() = false;
    assert_eq!(deliver(&server, &body).await, [""; 0]);
    assert_eq!((world.runs(), world.answers()), (1, vec![("t1".to_owned(), output(1))]));
}

#[tokio::test(start_paused = true)]
async fn two_deliveries_at_once_are_worked_once() {
    let world = World::new();
    let (one, two) = (world.server("job-told", "1"), world.server("job-told", "1"));
    let payload = envelope("work", 130);
    let (same, new) = ([message("t1", &payload)], [message("t2", &payload)]);
    let (first, second) = tokio::join!(deliver(&one, &same), deliver(&two, &new));
    assert_eq!((first, second), (vec![], vec![]));
    assert_eq!(world.runs(), 1);
    assert_eq!(world.answers(), [("t1".to_owned(), output(1)), ("t2".to_owned(), output(1))]);
}

#[tokio::test(start_paused = true)]
async fn what_was_done_is_answered_again_unless_it_failed_or_the_code_changed() {
    let twice = async |act: &str, versions: [&str; 2]| {
        let world = World::new();
        for (version, token) in versions.into_iter().zip(["t1", "t2"]) {
            deliver(&world.server("job-told", version), &[message(token, &envelope(act, 0))]).await;
        }
        (world.runs(), world.answers().len())
    };
    assert_eq!(twice("work", ["1", "1"]).await, (1, 2));
    assert_eq!(twice("work", ["1", "2"]).await, (2, 2));
    assert_eq!(twice("refuse", ["1", "1"]).await, (2, 2));
    assert_eq!(twice("hand-over", ["1", "1"]).await, (2, 0));
}

#[tokio::test(start_paused = true)]
async fn the_same_step_with_another_input_is_a_conflict_and_not_a_stored_answer() {
    let world = World::new();
    let server = world.server("job-told", "1");
    deliver(&server, &[message("t1", &envelope("work", 0))]).await;
    deliver(&server, &[message("t2", &envelope("work", 1))]).await;
    let conflict = Answer::Error("Step.Conflict".to_owned());
    assert_eq!(world.answers()[1..], [("t2".to_owned(), conflict)]);
    assert_eq!(world.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_died_is_replaced_when_its_lease_ends() {
    let world = World::new();
    let dead = world.server("job-told", "1");
    let body = [message("t1", &envelope("work", 100))];
    // Broken off in the middle, as when a process is killed: its row stays.
    let killed = tokio::time::timeout(Duration::from_secs(50), deliver(&dead, &body)).await;
    assert!(killed.is_err());
    let began = tokio::time::Instant::now();
    assert_eq!(deliver(&world.server("job-told", "1"), &body).await, [""; 0]);
    // The last heartbeat was at 40 s, so the lease ends at 100 s; then 100 s of work.
    let took = began.elapsed().as_secs();
    assert!((150..=156).contains(&took), "{took}");
    assert_eq!((world.runs(), world.answers().len()), (2, 1));
}

/// Before and after every call of a port: the message comes again until it is done, its token has one answer, and what
/// was kept as done is not worked once more.
#[tokio::test(start_paused = true)]
async fn death_at_any_moment_loses_no_answer_and_gives_no_second_one() {
    let body = [message("t1", &envelope("work", 30))];
    for moment in 0.. {
        let world = World::new();
        *world.lives.lock().unwrap() = Some(moment);
        let server = world.server("job-told", "1");
        let first = tokio::time::timeout(Duration::from_secs(200), deliver(&server, &body));
        let died = first.await.is_err();
        *world.lives.lock().unwrap() = None;
        let kept = world.rows().iter().any(|row| row["state"]["state"] == "done");
        while !deliver(&world.server("job-told", "1"), &body).await.is_empty() {
            assert!(world.seconds() < 800, "{moment}: it is never done");
        }
        assert_eq!(world.answers().len(), 1, "{moment}");
        let most = if kept { 1 } else { 2 };
        assert!((1..=most).contains(&world.runs()), "{moment}: {} runs", world.runs());
        if !died {
            // Beat, look, claim, beat and renew at 20 s, keep, answer.
            assert_eq!(moment, 2 * 7);
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_is_heard_of_until_nobody_listens() {
    let world = World::new();
    let server = world.server("job-told", "1");
    deliver(&server, &[message("t1", &envelope("work", 70))]).await;
    assert_eq!(*world.beats.lock().unwrap(), [0, 20, 40, 60]);

    let world = World::new();
    let server = world.server("job-told", "1");
    let body = [message("t1", &envelope("work", 500))];
    let stopped = async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        world.revoke("t1");
    };
    let began = tokio::time::Instant::now();
    let (undone, ()) = tokio::join!(deliver(&server, &body), stopped);
    assert_eq!((undone, began.elapsed().as_secs()), (vec![], 40));
    assert_eq!((world.answers(), world.rows()), (vec![], Vec::<Value>::new()));
}
