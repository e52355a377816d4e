//! The suites of the testkit over the embedded adapters.

use std::sync::Arc;

use ideamine_core::Tenant;
use ideamine_embedded::{Cas, LocalQueue, job_rows};
use ideamine_testkit::{artifacts_contract, ledger_contract, queue_contract, records_contract};

use crate::support::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_keeps_the_contract_of_records() {
    let dir = tempfile::tempdir().unwrap();
    records_contract(Arc::new(open(dir.path()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_keeps_the_contract_of_the_ledger() {
    let dir = tempfile::tempdir().unwrap();
    ledger_contract(Arc::new(open(dir.path()).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tasks_ledger_keeps_the_same_contract() {
    let dir = tempfile::tempdir().unwrap();
    ledger_contract(Arc::new(open(dir.path()).unwrap().task_ledger())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_files_keep_the_contract_of_artifacts() {
    let dir = tempfile::tempdir().unwrap();
    artifacts_contract(Arc::new(Cas::open(dir.path()).unwrap())).await;
}

#[tokio::test]
async fn the_queue_keeps_the_contract_of_queues() {
    let queue = Arc::new(LocalQueue::new(&["model", "sandbox"]));
    queue_contract(queue.clone(), queue).await;
}

/// With rows the queue does the same, and afterwards a row is left of the job that is dead, and of no other.
#[tokio::test]
async fn the_queue_with_rows_keeps_the_contract_of_queues() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(open(dir.path()).unwrap());
    let tenant = Tenant::new("acme").unwrap();
    let queue = Arc::new(LocalQueue::open(&["model", "sandbox"], store.clone(), &tenant).await.unwrap());
    queue_contract(queue.clone(), queue).await;
    let rows = job_rows(&*store, &tenant).await.unwrap();
    let left: Vec<_> =
        rows.iter().map(|row| (row.kind.as_str(), row.deliveries, row.reason.as_str())).collect();
    assert_eq!(left, [("sandbox", 5, "its worker gave it back")]);
}
