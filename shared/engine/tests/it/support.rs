//! A store, an engine and counting functions in a directory of their own.

use std::path::Path;
use std::sync::Arc;

use ideamine_core::ports::{Clock, JobQueue};
use ideamine_core::{Env, Registry};
use ideamine_embedded::{Cas, LocalQueue, Owner, Store, StoreOptions, SystemClock, SystemRandom};
use ideamine_engine::{Definitions, Engine, EngineOptions, Substitutions, Workers};
use ideamine_testkit::Silent;

/// A running engine and what it runs on.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) env: Env,
    workers: Option<Workers>,
}

/// Definitions without substitutions.
pub(crate) fn definitions(machines: &[(&str, &str)]) -> Definitions {
    Definitions::load(machines.iter().copied(), &Substitutions::new()).unwrap()
}

impl World {
    /// Opens the directory and starts everything.
    pub(crate) fn start(dir: &Path, machines: &[(&str, &str)], registry: Registry) -> Self {
        Self::start_at(dir, machines, registry, Arc::new(SystemClock))
    }

    /// The same under another clock.
    pub(crate) fn start_at(
        dir: &Path,
        machines: &[(&str, &str)],
        registry: Registry,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let world = Self::open(dir, machines, clock);
        let queue = Arc::new(LocalQueue::new(&["model", "sandbox"]));
        world.engine.attach(&world.env, registry.clone(), queue.clone() as Arc<dyn JobQueue>).unwrap();
        let limits = [("model", 4), ("sandbox", 1)];
        let workers = Workers::start(&world.engine, &world.env, &registry, &queue, &limits).unwrap();
        Self { workers: Some(workers), ..world }
    }

    /// Opens the directory without calling any function.
    pub(crate) fn open(dir: &Path, machines: &[(&str, &str)], clock: Arc<dyn Clock>) -> Self {
        let store = Store::open(Owner::acquire(dir).unwrap(), StoreOptions::default()).unwrap();
        let options = EngineOptions {
            clock: clock.clone(),
            random: Arc::new(SystemRandom::new().unwrap()),
            calls_max: 64,
        };
        let engine = Engine::open(Arc::new(store.clone()), definitions(machines), options).unwrap();
        let env = Env { clock, ..Self::env(dir, &store, &engine) };
        Self { store, engine, env, workers: None }
    }

    /// The ports on this store and engine.
    pub(crate) fn env(dir: &Path, store: &Store, engine: &Engine) -> Env {
        Env {
            records: Arc::new(store.clone()),
            ledger: Arc::new(store.clone()),
            artifacts: Arc::new(Cas::open(dir).unwrap()),
            workflows: Arc::new(engine.clone()),
            events: Arc::new(Silent),
            clock: Arc::new(SystemClock),
        }
    }

    /// Leaves everything resumable.
    pub(crate) async fn shutdown(self) {
        drop(self.workers);
        self.engine.shutdown().await;
        self.store.close();
    }
}
