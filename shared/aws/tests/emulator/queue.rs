use std::sync::Arc;
use std::time::Duration;

use ideamine_aws::limits::MESSAGE_BYTES_MAX;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobMessage, JobSource, Priority, Receipt};
use ideamine_testkit::queue_contract;
use serde_json::json;

use crate::world::on_emulator;

fn job(token: &str) -> JobMessage {
    JobMessage { function: "f".into(), payload: json!({ "a": "é" }), token: token.into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqs_keeps_the_contract_of_queues() {
    on_emulator(|world| async move {
        world.queue("model").await;
        world.queue("sandbox").await;
        queue_contract(world.aws.queue(), Arc::new(world.aws.receiver())).await;
    })
    .await;
}

#[tokio::test]
async fn no_priority_starves_another() {
    on_emulator(|world| async move {
        world.queue("model").await;
        let (queue, receiver) = (world.aws.queue(), world.aws.receiver());
        for priority in Priority::ALL {
            for _ in 0..6 {
                queue.send(&priority.queue("model"), job("t")).await.unwrap();
            }
        }
        let mut came = vec![];
        for _ in 0..6 {
            let received = receiver.receive("model", 1).await.unwrap().remove(0);
            came.push(Priority::of_queue(&received.receipt.queue).1);
        }
        came.sort();
        let shares = Priority::ALL.map(|priority| came.iter().filter(|came| **came == priority).count());
        assert_eq!(shares, [3, 2, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_receipt_that_never_was_is_refused() {
    on_emulator(|world| async move {
        world.queue("model").await;
        let receipt = Receipt { queue: "model-normal".into(), handle: "no such receipt".into() };
        let over = world.aws.receiver().keep(&receipt, Duration::from_secs(30)).await.unwrap_err();
        assert_eq!(over.kind, FailureKind::NotFound, "{over}");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_job_is_said_without_being_quoted() {
    on_emulator(|world| async move {
        world.queue("model").await;
        let url = format!("{}model-normal", world.settings.queue_prefix.clone().unwrap());
        let body = r#"{"function": "f", "payload": "secret", "token": 7}"#;
        world.sqs().send_message().queue_url(url).message_body(body).send().await.unwrap();
        let received = world.aws.receiver().receive("model", 1).await.unwrap().remove(0);
        let failure = received.message.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InputInvalid);
        assert!(failure.message.contains("model") && !failure.message.contains("secret"), "{failure}");
    })
    .await;
}

#[tokio::test]
async fn a_message_may_arrive_later_and_never_over_the_limit() {
    on_emulator(|world| async move {
        world.queue("model").await;
        let receiver = world.aws.receiver();
        receiver.send_after("model-normal", job("late"), Duration::from_secs(1)).await.unwrap();
        // The turn may be another queue's at first.
        let mut received = vec![];
        for _ in 0..5 {
            received.extend(receiver.receive("model", 1).await.unwrap());
        }
        assert_eq!(received.remove(0).message.unwrap(), job("late"));
        let mut large = job("large");
        large.payload = json!("x".repeat(MESSAGE_BYTES_MAX));
        let failure = world.aws.queue().send("model-normal", large).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InputInvalid);
        assert!(failure.message.contains(&MESSAGE_BYTES_MAX.to_string()), "{failure}");
    })
    .await;
}
