//! What every job queue must do, from both sides.

use std::sync::Arc;
use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobMessage, JobQueue, JobSource, Priority, Received};
use serde_json::json;

/// How often the queues of the contract deliver a job before they lay it aside.
pub const DELIVERIES_MAX: u32 = 5;
/// How often an empty answer is asked again.
const TRIES: u32 = 20;
/// How many jobs are sent at once.
const JOBS: u64 = 40;

fn job(number: u64) -> JobMessage {
    let payload = json!({ "tenant": "acme", "run": "01J", "step": format!("s{number}"), "n": number });
    JobMessage { function: "f".into(), payload, token: format!("t{number}") }
}

/// The next job of a kind.
async fn next(source: &dyn JobSource, kind: &str) -> Received {
    for _ in 0..TRIES {
        if let Some(received) = source.receive(kind, 1).await.expect("receive").pop() {
            return received;
        }
    }
    panic!("no job of the kind {kind} arrived");
}

async fn done(source: &dyn JobSource, received: Received) -> JobMessage {
    source.done(&received.receipt).await.expect("done");
    received.message.expect("a job")
}

/// Over kinds `model` and `sandbox`, whose queues deliver a job [`DELIVERIES_MAX`] times: every job arrives once, unchanged,
/// as its own kind; unknown queues are refused; a job that is given back, or of which nothing is heard, is delivered
/// again and counts its deliveries; a delivery that is over keeps nothing; a job that nobody can work is laid aside.
///
/// # Panics
/// When the ports do otherwise.
pub async fn queue_contract(queue: Arc<dyn JobQueue>, source: Arc<dyn JobSource>) {
    everything_arrives_once(&*queue, &*source).await;
    what_is_given_back_comes_again(&*queue, &*source).await;
    what_nobody_can_work_is_laid_aside(&*queue, &*source).await;
    let failure = queue.send("nowhere-normal", job(1)).await.expect_err("unknown queue");
    assert_eq!(failure.kind, FailureKind::InputInvalid);
    assert!(failure.message.contains("nowhere"), "{failure}");
}

async fn everything_arrives_once(queue: &dyn JobQueue, source: &dyn JobSource) {
    for number in 0..JOBS {
        let priority = Priority::ALL[usize::try_from(number % 3).unwrap_or(0)];
        queue.send(&priority.queue("model"), job(number)).await.expect("send");
    }
    queue.send("sandbox-normal", job(JOBS)).await.expect("send");
    let waiting: Vec<u64> = source.depth("model").await.expect("depth").iter().map(|d| d.waiting).collect();
    assert_eq!(waiting.iter().sum::<u64>(), JOBS, "{waiting:?}");
    assert_eq!(done(source, next(source, "sandbox").await).await, job(JOBS), "kinds are apart");
    let mut arrived = vec![];
    for _ in 0..JOBS {
        let received = next(source, "model").await;
        assert_eq!(received.deliveries, 1);
        arrived.push(done(source, received).await);
    }
    arrived.sort_by_key(|job| job.payload["n"].as_u64());
    assert_eq!(arrived, (0..JOBS).map(job).collect::<Vec<_>>(), "each job arrives once, unchanged");
}

async fn what_is_given_back_comes_again(queue: &dyn JobQueue, source: &dyn JobSource) {
    queue.send("model-low", job(1)).await.expect("send");
    let first = next(source, "model").await;
    source.keep(&first.receipt, Duration::from_secs(300)).await.expect("keep");
    source.give_back(&first.receipt).await.expect("give back");
    let second = next(source, "model").await;
    assert_eq!((second.deliveries, second.receipt.queue.ends_with("low")), (2, true));
    // Nothing more is heard of it.
    source.keep(&second.receipt, Duration::from_secs(1)).await.expect("keep");
    let third = next(source, "model").await;
    assert_eq!(third.deliveries, 3);
    assert_ne!(third.receipt, second.receipt, "each delivery has a receipt of its own");
    let receipt = third.receipt.clone();
    assert_eq!(done(source, third).await, job(1));
    let over = source.keep(&receipt, Duration::from_secs(30)).await.expect_err("it is done");
    assert_eq!(over.kind, FailureKind::NotFound);
}

async fn what_nobody_can_work_is_laid_aside(queue: &dyn JobQueue, source: &dyn JobSource) {
    queue.send("sandbox-high", job(1)).await.expect("send");
    for delivery in 1..=DELIVERIES_MAX {
        let received = next(source, "sandbox").await;
        assert_eq!(received.deliveries, delivery);
        source.give_back(&received.receipt).await.expect("give back");
    }
    // It is not delivered: what comes is what was sent after it.
    queue.send("sandbox-high", job(2)).await.expect("send");
    assert_eq!(done(source, next(source, "sandbox").await).await, job(2));
    let depth = source.depth("sandbox").await.expect("depth");
    let high =
        depth.iter().find(|depth| depth.priority == Priority::High).expect("a depth for each priority");
    assert_eq!((high.waiting, high.working, high.dead), (0, 0, 1), "{high:?}");
}
