//! Bad weather at every port: what passes is ridden out, what does not is a failure that a machine tries again.

use std::time::Duration;

use ideamine_aws::limits::{
    ATTEMPTS_MAX, CALL_TIMEOUT, MODEL_TIMEOUT, RECEIVE_TIMEOUT, STATE_BYTES_MAX, TRANSFER_TIMEOUT,
};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, JobMessage, Key, Write};
use ideamine_core::{Digest, Failure, Tenant};
use serde_json::json;

use crate::ports::{USES, well};
use crate::replay::{Asked, Replay, Say, error, s3_error};

/// Over the 256 KiB that a state machine carries, under what a row may have.
const LARGE: usize = 300 * 1024;

/// The trouble in words that the asked service has for it.
fn in_its_words(asked: &Asked, status: u16, code: &str, s3_code: &str) -> Say {
    match asked.uri.contains(".s3.") {
        true => s3_error(if status == 400 && s3_code == "SlowDown" { 503 } else { status }, s3_code),
        false => error(status, code),
    }
}

/// What is said to every request.
type Says = fn(&Asked) -> Say;

const TROUBLE: &[(&str, Says)] = &[
    ("throttled", |asked| in_its_words(asked, 400, "ThrottlingException", "SlowDown")),
    ("throttled by the table", |asked| {
        in_its_words(asked, 400, "ProvisionedThroughputExceededException", "SlowDown")
    }),
    ("too many requests", |asked| in_its_words(asked, 429, "TooManyRequestsException", "SlowDown")),
    ("busy", |_| Say::Text(503, "<html>busy</html>".into())),
    ("no connection", |_| Say::Nothing),
    ("no answer", |_| Say::Silence),
];

#[tokio::test(start_paused = true)]
async fn trouble_that_passes_is_ridden_out_at_every_port() {
    for one in USES {
        let replay = Replay::then([], well);
        let fair = (one.run)(replay.aws().await).await;
        let Some(first) = replay.asked().into_iter().next() else { panic!("{} asks nothing", one.what) };
        for (trouble, says) in TROUBLE {
            let replay = Replay::then([says(&first), says(&first)], well);
            let foul = (one.run)(replay.aws().await).await;
            let shown = format!("{} {}: {trouble}", one.policy, one.what);
            // A model's call that may have been charged is not made again behind the back of its books.
            if let ("model", Err(failure)) = (one.what, &foul) {
                assert!(failure.kind.can_succeed_again(), "{shown}");
                continue;
            }
            let kind =
                |result: &Result<(), Failure>| result.as_ref().copied().map_err(|failure| failure.kind);
            assert_eq!(kind(&foul), kind(&fair), "{shown}: {foul:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_that_stays_is_told_in_time_under_a_name_that_is_tried_again() {
    for one in USES {
        for (trouble, says) in TROUBLE {
            let replay = Replay::then([], *says);
            let began = tokio::time::Instant::now();
            let failure = (one.run)(replay.aws().await).await.unwrap_err();
            let shown = format!("{} {}: {trouble}: {failure}", one.policy, one.what);
            assert!(failure.kind.can_succeed_again(), "{shown}");
            assert!(
                !failure.message.contains("hidden") && !failure.message.contains("capability"),
                "{shown}"
            );
            assert!(replay.asked().len() <= ATTEMPTS_MAX as usize, "{shown}: {}", replay.asked().len());
            let limit = match one.what {
                "model" => MODEL_TIMEOUT,
                "receive" => RECEIVE_TIMEOUT,
                _ => CALL_TIMEOUT.max(TRANSFER_TIMEOUT),
            };
            assert!(began.elapsed() <= limit + Duration::from_secs(1), "{shown}: {:?}", began.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn expired_credentials_are_asked_once_and_tried_again_by_whoever_has_new_ones() {
    for one in USES {
        let expired: Says = |asked| in_its_words(asked, 400, "ExpiredTokenException", "ExpiredToken");
        let replay = Replay::then([], expired);
        let failure = (one.run)(replay.aws().await).await.unwrap_err();
        let shown = format!("{} {}: {failure}", one.policy, one.what);
        assert!(failure.kind.can_succeed_again() && failure.message.contains("expired"), "{shown}");
        assert_eq!(replay.asked().len(), 1, "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_token_that_has_expired_is_one_that_nobody_waits_for() {
    for code in ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"] {
        for one in USES.iter().filter(|one| one.policy == "AnswerTokens") {
            let replay = Replay::of([error(400, code)]);
            let failure = (one.run)(replay.aws().await).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::NotFound, "{} {code}: {failure}", one.what);
            assert_eq!(replay.asked().len(), 1);
        }
    }
}

/// A large value goes through the store of documents; where it cannot go it is refused before AWS is asked.
#[tokio::test(start_paused = true)]
async fn a_value_over_the_limit_of_states_goes_through_documents_alone() {
    let large = "x".repeat(LARGE);
    let replay = Replay::then([], well);
    let (env, queue) = (replay.aws().await.env(), replay.aws().await.queue());
    let told = |result: Result<(), Failure>, limit: Option<usize>, asked: usize, what: &str| {
        let before = replay.asked().len();
        match limit {
            None => assert_eq!(result, Ok(()), "{what}"),
            Some(limit) => {
                let failure = result.unwrap_err();
                assert_eq!(failure.kind, FailureKind::InputInvalid, "{what}: {failure}");
                let size = failure.message.contains(&limit.to_string());
                assert!(size && failure.message.len() < 300, "{what}: {failure}");
            }
        }
        assert_eq!(before, asked, "{what}: requests so far");
    };
    let workflows = env.workflows;
    let limit = Some(STATE_BYTES_MAX);
    told(workflows.start("run", "r", json!(large)).await.map(drop), limit, 0, "the input of an execution");
    told(workflows.task_succeeded("token", json!(large)).await, limit, 0, "the output of a task");
    let message = JobMessage { function: "f".into(), payload: json!(large), token: String::new() };
    told(queue.send("model", message).await, limit, 0, "a message");
    told(workflows.task_failed("token", "E", &large).await, None, 1, "a cause, cut");
    assert!(replay.asked()[0].body.len() < 40_000, "a cause is cut");
    let put = Write::Put {
        key: Key { pk: "acme#a".into(), sk: "b".into() },
        value: json!(large),
        when: Condition::Any,
    };
    told(env.records.write(vec![put]).await, None, 2, "a row");
    let stored = env.artifacts.put(&Tenant::local(), large.clone().into_bytes()).await;
    assert_eq!(stored.as_ref(), Ok(&Digest::of(large.as_bytes())));
    told(stored.map(drop), None, 3, "a document");
}
