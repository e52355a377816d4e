//! A store, an engine and counting functions in a directory of their own.

use std::path::Path;
use std::sync::Arc;

use ideamine_core::ports::{Clock, JobQueue};
use ideamine_core::{Env, Registry};
use ideamine_embedded::{Cas, LocalQueue, Owner, Store, StoreOptions, SystemClock, SystemRandom};
use ideamine_engine::{Definitions, Engine, EngineOptions, Log, Substitutions, Workers};
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
        Self::start_on(dir, machines, registry, clock, |store| Arc::new(store.clone()))
    }

    /// The same on another log over the directory's store.
    pub(crate) fn start_on(
        dir: &Path,
        machines: &[(&str, &str)],
        registry: Registry,
        clock: Arc<dyn Clock>,
        log: impl FnOnce(&Store) -> Arc<dyn Log>,
    ) -> Self {
        let world = Self::open_on(dir, machines, clock, log);
        let queue = Arc::new(LocalQueue::new(&["model", "sandbox"]));
        world.engine.attach(&world.env, registry.clone(), queue.clone() as Arc<dyn JobQueue>).unwrap();
        let limits = [("model", 4), ("sandbox", 1)];
        let workers = Workers::start(&world.engine, &world.env, &registry, &queue, &limits).unwrap();
        Self { workers: Some(workers), ..world }
    }

    /// Opens the directory without calling any function.
    pub(crate) fn open(dir: &Path, machines: &[(&str, &str)], clock: Arc<dyn Clock>) -> Self {
        Self::open_on(dir, machines, clock, |store| Arc::new(store.clone()))
    }

    fn open_on(
        dir: &Path,
        machines: &[(&str, &str)],
        clock: Arc<dyn Clock>,
        log: impl FnOnce(&Store) -> Arc<dyn Log>,
    ) -> Self {
        let store = Store::open(Owner::acquire(dir).unwrap(), StoreOptions::default()).unwrap();
        let options = EngineOptions {
            clock: clock.clone(),
            random: Arc::new(SystemRandom::new().unwrap()),
            calls_max: 64,
        };
        let engine = Engine::open(log(&store), definitions(machines), options).unwrap();
        let env = Env {
            records: Arc::new(store.clone()),
            ledger: Arc::new(store.clone()),
            artifacts: Arc::new(Cas::beside(&store).unwrap()),
            workflows: Arc::new(engine.clone()),
            events: Arc::new(Silent),
            clock,
        };
        Self { store, engine, env, workers: None }
    }

    /// Leaves everything resumable.
    pub(crate) async fn shutdown(self) {
        drop(self.workers);
        self.engine.shutdown().await;
        self.store.close();
    }
}
