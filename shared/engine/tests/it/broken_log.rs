//! A log that takes nothing more: whoever waits is told, and the next engine goes on from what was durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Ledger;
use ideamine_embedded::{Begun, Entry, Found, LocalQueue, Owner, Store, StoreOptions};
use ideamine_engine::{Done, Engine, EngineOptions, Log, Visit};
use serde_json::json;

use crate::machines::{Worker, call, machine};
use crate::support::{World, definitions};

/// A store that fails after so many appends.
struct Failing {
    store: Store,
    left: AtomicUsize,
}

#[async_trait]
impl Log for Failing {
    fn append(&self, entries: Vec<Entry>, done: Done) {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(_) => self.store.append_entries(entries, done),
            Err(_) => done(Err(Failure::new(FailureKind::StoreUnavailable, "no space left on the test"))),
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
    fn task_ledger(&self) -> Option<Arc<dyn Ledger>> {
        None
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_is_told_and_the_next_engine_finishes() {
    let states: Vec<_> = (0..6)
        .map(|number| {
            let next = if number < 5 {
                json!({ "Next": format!("S{}", number + 1) })
            } else {
                json!({ "End": true })
            };
            (format!("S{number}"), call(&format!("s{number}"), "echo", next))
        })
        .collect();
    let states: Vec<_> = states.iter().map(|(name, state)| (name.as_str(), state.clone())).collect();
    let text = machine(&states);
    for appends in 1..6 {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(Owner::acquire(dir.path()).unwrap(), StoreOptions::default()).unwrap();
        let log = Arc::new(Failing { store: store.clone(), left: AtomicUsize::new(appends) });
        let engine =
            Engine::open(log, definitions(&[("m", &text)]), EngineOptions::system().unwrap()).unwrap();
        let worker = Worker::default();
        let env = World::env(dir.path(), &store, &engine);
        engine.attach(&env, worker.registry(), Arc::new(LocalQueue::new(&[]))).unwrap();
        let started = env.workflows.start("m", "one", json!({})).await;
        assert!(started.is_ok(), "the first append is taken");
        let told = engine.wait("m:one").await.unwrap_err();
        assert_eq!(told.kind, FailureKind::StoreUnavailable);
        assert!(told.message.contains("no space left"), "{told}");
        let refused = env.workflows.start("m", "two", json!({})).await.unwrap_err();
        assert_eq!(refused, told, "nothing new is begun");
        let before = worker.seen();
        engine.shutdown().await;
        store.close();

        let world = World::start(dir.path(), &[("m", &text)], worker.registry());
        let ended = world.engine.wait("m:one").await.unwrap();
        assert_eq!(ended.output, Some(json!({ "echo": "one/s5" })));
        let repeated = worker.seen().into_iter().filter(|(_, (calls, _))| *calls > 1).count();
        assert!(repeated <= 1, "only the step in flight was called again: {before:?}");
        world.shutdown().await;
    }
}
