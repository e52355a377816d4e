//! The suites of the testkit over the embedded adapters.

use std::sync::Arc;

use ideamine_core::ports::{Artifacts, Kept};
use ideamine_core::{Digest, Tenant};
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
async fn a_process_that_keeps_documents_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    artifacts_contract(Arc::new(Kept::new(Arc::new(Cas::open(dir.path()).unwrap())))).await;
}

#[tokio::test]
async fn a_document_is_fetched_once_while_there_is_room_for_it_and_by_its_tenant_alone() {
    let (dir, local, other) = (tempfile::tempdir().unwrap(), Tenant::local(), Tenant::new("other").unwrap());
    let files = Arc::new(Cas::open(dir.path()).unwrap());
    let kept = Kept::new(files.clone());
    let digest = files.put(&local, b"a plan".to_vec()).await.unwrap();
    kept.get(&local, &digest).await.unwrap();
    let large = files.put(&local, vec![1; 3 * 1024 * 1024]).await.unwrap();
    kept.get(&local, &large).await.unwrap();
    std::fs::remove_dir_all(dir.path()).unwrap();
    assert_eq!(kept.get(&local, &digest).await.as_deref(), Ok(&b"a plan"[..]));
    assert_eq!(kept.put(&local, b"a plan".to_vec()).await, Ok(digest), "it is there");
    assert!(kept.get(&other, &digest).await.is_err(), "another tenant has not put it");
    assert!(kept.get(&local, &large).await.is_err(), "too large to keep");
    // What was kept for longest goes first: sixteen documents of a MiB leave no room for the plan.
    let dir = tempfile::tempdir().unwrap();
    let files = Arc::new(Cas::open(dir.path()).unwrap());
    let kept = Kept::new(files.clone());
    let digests: Vec<Digest> = {
        let mut digests = vec![kept.put(&local, b"a plan".to_vec()).await.unwrap()];
        for byte in 0..16 {
            digests.push(kept.put(&local, vec![byte; 1024 * 1024]).await.unwrap());
        }
        digests
    };
    std::fs::remove_dir_all(dir.path()).unwrap();
    assert!(kept.get(&local, &digests[0]).await.is_err(), "the first has gone");
    assert!(kept.get(&local, &digests[16]).await.is_ok(), "the last is kept");
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
