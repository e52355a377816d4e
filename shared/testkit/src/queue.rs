//! What every job queue must do; receiving is no part of the port, so the caller brings it.

use std::future::Future;
use std::sync::Arc;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobMessage, JobQueue};
use serde_json::json;

fn job(number: u64) -> JobMessage {
    JobMessage { function: "f".into(), payload: json!({ "n": number }), token: format!("t{number}") }
}

/// Over queues `model` and `sandbox`: every job arrives once, unchanged, in its own queue; unknown queues are refused.
///
/// # Panics
/// When the port does otherwise.
pub async fn queue_contract<R, F>(port: Arc<dyn JobQueue>, receive: R)
where
    R: Fn(&'static str) -> F,
    F: Future<Output = JobMessage>,
{
    for number in 0..50 {
        port.send("model", job(number)).await.expect("send");
    }
    port.send("sandbox", job(99)).await.expect("send");
    assert_eq!(receive("sandbox").await, job(99), "queues are apart");
    let mut received = Vec::new();
    for _ in 0..50 {
        received.push(receive("model").await.token);
    }
    received.sort();
    received.dedup();
    assert_eq!(received.len(), 50, "each job arrives once");
    let failure = port.send("nowhere", job(1)).await.expect_err("unknown queue");
    assert_eq!(failure.kind, FailureKind::InputInvalid);
    assert!(failure.message.contains("nowhere"), "{failure}");
}
