//! A log that takes nothing more, from whichever append on: whoever waits is told, nothing begins that is not on
//! disk, and the next engine comes to the same end.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Ledger;
use ideamine_core::{Failure, Tenant};
use ideamine_embedded::{Begun, Entry, Found, Store};
use ideamine_engine::{Done, Log, Visit};
use serde_json::json;
use tokio::sync::watch;

use crate::crash::{completed, finish, quick_dir, undisturbed, world, world_on};
use crate::machines::{Worker, call, job, machine};
use crate::support::World;

/// A store that fails after so many appends.
struct Failing {
    store: Store,
    left: AtomicUsize,
    stopped: watch::Sender<bool>,
}

impl Failing {
    fn after(appends: usize, store: &Store) -> Arc<dyn Log> {
        Arc::new(Self { store: store.clone(), left: appends.into(), stopped: watch::Sender::new(false) })
    }
}

fn full() -> Failure {
    Failure::new(FailureKind::StoreUnavailable, "no space left on the test")
}

#[async_trait]
impl Log for Failing {
    fn append(&self, entries: Vec<Entry>, done: Done) {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(_) => self.store.append_entries(entries, done),
            Err(_) => {
                self.stopped.send_replace(true);
                done(Err(full()));
            }
        }
    }
    fn find_now(&self, id: &str) -> Result<Option<Found>, Failure> {
        self.store.find_now(id)
    }
    async fn find(&self, id: &str) -> Result<Option<Found>, Failure> {
        self.store.find(id).await
    }
    fn live(&self) -> Result<Vec<Begun>, Failure> {
        self.store.live()
    }
    fn definition(&self, digest: &str) -> Result<Option<String>, Failure> {
        self.store.definition(digest)
    }
    fn last_number(&self) -> Result<u64, Failure> {
        self.store.last_number()
    }
    fn scan(&self, from: u64, visit: Visit<'_>) -> Result<(), Failure> {
        self.store.scan_entries(from, visit)
    }
    async fn stopped(&self) -> Failure {
        let _ = self.stopped.subscribe().wait_for(|stopped| *stopped).await;
        full()
    }
    fn task_ledger(&self) -> Option<Arc<dyn Ledger>> {
        None
    }
}

/// All events that are on disk, as text.
fn logged(store: &Store) -> String {
    let mut text = String::new();
    let mut read = |entry| {
        if let Entry::Started { events, .. } | Entry::Events { events, .. } = entry {
            text.push_str(&String::from_utf8(events).unwrap());
        }
        Ok(ControlFlow::Continue(()))
    };
    store.scan_entries(0, &mut read).unwrap();
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_append_fails_whoever_waits_is_told_and_the_next_engine_comes_to_the_same_end() {
    let (expected, _) = undisturbed(&["only"]).await;
    for appends in 0.. {
        let (dir, worker) = (quick_dir(), Worker::default());
        let (world_, ticking) = world_on(dir.path(), &worker, |store| Failing::after(appends, store));
        let flows = world_.env.workflows.clone();
        let told = match flows.start("top", "only", json!({ "of": "only" })).await {
            Ok(id) => tokio::time::timeout(Duration::from_secs(60), world_.engine.wait(&id)).await.unwrap(),
            Err(failure) => Err(failure),
        };
        let lasted = told.is_ok();
        if let Err(told) = told {
            assert_eq!(told, full());
            assert_eq!(world_.engine.stopped().await, told);
            assert_eq!(flows.start("top", "two", json!({})).await, Err(told.clone()), "nothing new is begun");
            assert_eq!(flows.stop("top:only", "E", "c").await, Err(told), "and nothing is promised");
        }
        ticking.abort();
        let (seen, logged) = (worker.seen(), logged(&world_.store));
        world_.shutdown().await;
        for step in seen.keys() {
            assert!(logged.contains(&format!("\"step\":\"{step}\"")), "{step} was begun and is not on disk");
        }
        let before = completed(dir.path(), &["only"]).await;

        let again = Worker::default();
        let (healthy, ticking) = world(dir.path(), &again).await;
        assert_eq!(finish(&healthy, &["only"]).await, expected, "after {appends} appends");
        ticking.abort();
        healthy.shutdown().await;
        let repeated: Vec<_> = again.seen().into_keys().filter(|step| before.contains(step)).collect();
        assert!(repeated.is_empty(), "completed before {appends} appends and called again: {repeated:?}");
        if lasted {
            assert!(appends > 10, "{appends}");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_stops_breaks_off_what_runs_and_begins_nothing_that_waits() {
    let dir = quick_dir();
    let worker = Worker::default();
    let go = |go: serde_json::Value| machine(&[("Go", go)]);
    let (direct, queued) =
        (go(call("go", "hang", json!({ "End": true }))), go(job("go", "hang", json!({ "End": true }))));
    let world = World::start(dir.path(), &[("direct", &direct), ("queued", &queued)], worker.registry());
    // More than may be called, and more than the queue's workers take, at once.
    let names: Vec<String> = (0..80).map(|number| format!("n{number}")).collect();
    for (machine, name) in names.iter().flat_map(|name| [("direct", name), ("queued", name)]) {
        world.env.workflows.start(machine, &format!("{machine}-{name}"), json!({})).await.unwrap();
    }
    while worker.seen().len() < 64 + 4 {
        tokio::task::yield_now().await;
    }
    // A document that cannot be written stops the store, whatever the engine does at the time.
    std::fs::write(dir.path().join("cas/local"), "").unwrap();
    let failure = world.env.artifacts.put(&Tenant::local(), b"x".to_vec()).await.unwrap_err();
    assert_eq!(world.engine.stopped().await, failure);
    assert_eq!(world.engine.wait("direct:direct-n0").await.unwrap_err(), failure);
    let seen = worker.seen();
    assert_eq!(seen.len(), 64 + 4, "what waited for its turn was not begun");
    world.shutdown().await;
}
