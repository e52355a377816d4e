use std::time::Duration;

use ideamine_aws::limits::MESSAGE_BYTES_MAX;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::JobMessage;
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
        let aws = world.aws.clone();
        queue_contract(world.aws.queue(), move |queue| {
            let receiver = aws.receiver(queue);
            async move {
                loop {
                    if let Some(received) = receiver.receive(1).await.unwrap().pop() {
                        receiver.delete(&received.receipt).await.unwrap();
                        return received.message.unwrap();
                    }
                }
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_message_given_back_comes_again_and_counts_its_deliveries() {
    on_emulator(|world| async move {
        world.queue("model").await;
        let (queue, receiver) = (world.aws.queue(), world.aws.receiver("model"));
        queue.send("model", job("t1")).await.unwrap();
        let first = receiver.receive(10).await.unwrap().remove(0);
        assert_eq!((first.message.unwrap(), first.deliveries), (job("t1"), 1));
        receiver.extend(&first.receipt, Duration::from_secs(300)).await.unwrap();
        receiver.extend(&first.receipt, Duration::ZERO).await.unwrap();
        let again = receiver.receive(10).await.unwrap().remove(0);
        assert_eq!((again.message.unwrap(), again.deliveries), (job("t1"), 2));
        receiver.delete(&again.receipt).await.unwrap();
        let over = receiver.extend("no such receipt", Duration::from_secs(30)).await.unwrap_err();
        assert_eq!(over.kind, FailureKind::NotFound, "{over}");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_job_is_said_without_being_quoted() {
    on_emulator(|world| async move {
        world.queue("model").await;
        let url = format!("{}model", world.settings.queue_prefix.clone().unwrap());
        let body = r#"{"function": "f", "payload": "secret", "token": 7}"#;
        world.sqs().send_message().queue_url(url).message_body(body).send().await.unwrap();
        let received = world.aws.receiver("model").receive(1).await.unwrap().remove(0);
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
        let receiver = world.aws.receiver("model");
        receiver.send_after(job("late"), Duration::from_secs(1)).await.unwrap();
        assert_eq!(receiver.receive(1).await.unwrap().remove(0).message.unwrap(), job("late"));
        let mut large = job("large");
        large.payload = json!("x".repeat(MESSAGE_BYTES_MAX));
        let failure = world.aws.queue().send("model", large).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InputInvalid);
        assert!(failure.message.contains(&MESSAGE_BYTES_MAX.to_string()), "{failure}");
    })
    .await;
}
