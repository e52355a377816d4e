//! A world in memory that can die at any operation, and a model that does what a test says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Answer, Artifacts, Clock, Condition, Events, Execution, HistoryStep, Item, Key, Ledger, Model, Progress,
    Records, Request, Usage, Workflows, Write,
};
use ideamine_core::records::{BudgetRow, CallRow, Fact, FactBody, FactKind, Limits, Row, SignedHead, key};
use ideamine_core::{Ctx, Digest, Env, Failure, RunId, Tenant, UsdMicros};
use ideamine_policy::Bundle;
use serde_json::{Value, json};

/// Where an operation that is to fail does: before it has its effect, or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    Before,
    After,
}

#[derive(Default)]
pub(crate) struct World {
    rows: Mutex<BTreeMap<Key, (Value, u64)>>,
    facts: Mutex<BTreeMap<(String, FactKind, u32), Fact>>,
    objects: Mutex<BTreeMap<Digest, Vec<u8>>>,
    pub(crate) progress: Mutex<Vec<Progress>>,
    operations: AtomicU64,
    death: Mutex<Option<(u64, Death)>>,
    plan: OnceLock<Digest>,
}

impl World {
    /// One whose phases have no limits of their own.
    pub(crate) fn new() -> Arc<Self> {
        let world = Self::default();
        world.limit(&Limits::default());
        world.wish("run");
        Arc::new(world)
    }
    /// From the `at`-th changing operation on (counted from now), every one of them fails.
    pub(crate) fn die(&self, at: u64, how: Death) {
        *self.death.lock().unwrap() = Some((self.operations.load(Ordering::SeqCst) + at, how));
    }
    pub(crate) fn revive(&self) {
        *self.death.lock().unwrap() = None;
    }
    /// Runs one changing operation, or fails it as asked.
    fn operate<T>(&self, operation: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let number = self.operations.fetch_add(1, Ordering::SeqCst);
        let dead = || Failure::new(FailureKind::StoreUnavailable, "the process died");
        match *self.death.lock().unwrap() {
            Some((at, Death::After)) if number == at => operation().and_then(|_| Err(dead())),
            Some((at, _)) if number >= at => Err(dead()),
            _ => operation(),
        }
    }
    pub(crate) fn budget(&self) -> BudgetRow {
        self.row(&key::budget(&Tenant::local(), &run())).unwrap_or_default()
    }
    pub(crate) fn call(&self, step: &str) -> Option<CallRow> {
        self.row(&key::call(&Tenant::local(), &run(), step))
    }
    pub(crate) fn row<T: serde::de::DeserializeOwned>(&self, key: &Key) -> Option<T> {
        let rows = self.rows.lock().unwrap();
        rows.get(key).map(|(value, _)| serde_json::from_value(value.clone()).unwrap())
    }
    pub(crate) fn put_row(&self, key: Key, value: Value) {
        let mut rows = self.rows.lock().unwrap();
        let version = rows.get(&key).map_or(0, |(_, version)| *version) + 1;
        rows.insert(key, (value, version));
    }
    pub(crate) fn cap(&self, micros: i64) {
        let row = BudgetRow { cap: Some(UsdMicros(micros)), ..BudgetRow::default() };
        self.put_row(key::budget(&Tenant::local(), &run()), serde_json::to_value(row).unwrap());
    }
    pub(crate) fn wish(&self, desired: &str) {
        let row = json!({"epoch": 1, "desired": desired, "by": "person"});
        self.put_row(key::control(&Tenant::local(), &run()), row);
    }
    /// Throws the kill switch for the n-th time.
    pub(crate) fn throw(&self, epoch: u64) {
        let row = json!({"epoch": epoch, "engaged": true, "why": "a test", "at_ms": 1});
        self.put_row(key::kill_switch(&Tenant::local()), row);
    }
    /// Has the run started when the kill switch had been thrown so often.
    pub(crate) fn arm(&self, epoch: u64) {
        let row = json!({"epoch": 0, "desired": "run", "by": "person", "armed": epoch});
        self.put_row(key::control(&Tenant::local(), &run()), row);
    }
    /// Puts a plan into the store whose phases may use this much each.
    pub(crate) fn limit(&self, limits: &Limits) {
        let phase = |(order, id): (u32, &str)| {
            json!({ "order": order, "wave": 0, "config": {
                "id": id, "title": id, "agent": id, "output": format!("{id}.json"), "prompt": "p", "budget": limits,
            }})
        };
        let phases: Vec<Value> = (0..).zip(PHASES).map(phase).collect();
        let policy = self.lay(&serde_json::to_value(policy()).unwrap());
        let plan = json!({
            "version": 1, "policy": policy, "build": "b", "idea": Digest::of(b"an idea"), "idea_media_type": "text/plain", "seed": 0,
            "model": "test/model", "ask": false, "phases": phases, "machines": {}, "approvers": [],
        });
        let plan = self.lay(&plan);
        self.plan.set(plan).unwrap();
    }
    /// Puts a document into the store.
    fn lay(&self, document: &Value) -> Digest {
        let bytes = document.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        self.objects.lock().unwrap().insert(digest, bytes);
        digest
    }
    pub(crate) fn row_count(&self) -> usize {
        self.rows.lock().unwrap().len()
    }
    pub(crate) fn facts(&self) -> Vec<Fact> {
        self.facts.lock().unwrap().values().cloned().collect()
    }
    /// Step, ordinal, class and amount of every cost fact.
    pub(crate) fn costs(&self) -> Vec<(String, u32, String, i64)> {
        let cost = |fact: Fact| match fact.body {
            FactBody::Cost { class, usd_micros, .. } => Some((fact.path, fact.ordinal, class, usd_micros.0)),
            FactBody::Decision { .. } => None,
            other => panic!("neither a cost nor a decision: {other:?}"),
        };
        self.facts().into_iter().filter_map(cost).collect()
    }
}

#[async_trait]
impl Records for World {
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure> {
        let rows = self.rows.lock().unwrap();
        Ok(rows.get(key).map(|(value, version)| Item {
            key: key.clone(),
            value: value.clone(),
            version: *version,
        }))
    }
    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure> {
        let rows = self.rows.lock().unwrap();
        let fits = |key: &Key| {
            key.pk == pk && key.sk.starts_with(prefix) && after.is_none_or(|a| key.sk.as_str() > a)
        };
        let item = |(key, (value, version)): (&Key, &(Value, u64))| Item {
            key: key.clone(),
            value: value.clone(),
            version: *version,
        };
        Ok(rows.iter().filter(|(key, _)| fits(key)).take(limit).map(item).collect())
    }
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        // Others run between a read and the write that builds on it, as they would with a real store.
        tokio::task::yield_now().await;
        self.operate(|| {
            let mut rows = self.rows.lock().unwrap();
            let holds = |write: &Write| {
                let (Write::Put { key, when, .. }
                | Write::Delete { key, when }
                | Write::Check { key, when }) = write;
                let version = rows.get(key).map(|(_, version)| *version);
                match when {
                    Condition::Any => true,
                    Condition::Absent => version.is_none(),
                    Condition::Version(wanted) => version == Some(*wanted),
                }
            };
            if !set.iter().all(holds) {
                return Err(Failure::new(FailureKind::StoreConflict, "another was first"));
            }
            for write in set {
                match write {
                    Write::Put { key, value, .. } => {
                        let version = rows.get(&key).map_or(0, |(_, version)| *version) + 1;
                        rows.insert(key, (value, version));
                    }
                    Write::Delete { key, .. } => drop(rows.remove(&key)),
                    Write::Check { .. } => {}
                }
            }
            Ok(())
        })
    }
}

#[async_trait]
impl Ledger for World {
    async fn insert(&self, _: &Tenant, _: &RunId, new: Vec<Fact>) -> Result<(), Failure> {
        self.operate(|| {
            let mut facts = self.facts.lock().unwrap();
            for fact in new {
                let place = fact.place();
                if facts.get(&place).is_some_and(|known| !known.says_the_same(&fact)) {
                    return Err(Failure::new(FailureKind::StepConflict, "another fact is there"));
                }
                facts.entry(place).or_insert(fact);
            }
            Ok(())
        })
    }
    async fn facts(&self, _: &Tenant, _: &RunId) -> Result<Vec<Fact>, Failure> {
        Ok(self.facts())
    }
    async fn append(&self, _: &Tenant, _: &RunId, _: Vec<Row>, _: SignedHead) -> Result<(), Failure> {
        Err(Failure::bug("a model call seals nothing"))
    }
    async fn rows(&self, _: &Tenant, _: &RunId) -> Result<Vec<Row>, Failure> {
        Ok(vec![])
    }
    async fn heads(&self, _: &Tenant, _: &RunId) -> Result<Vec<SignedHead>, Failure> {
        Ok(vec![])
    }
}

#[async_trait]
impl Artifacts for World {
    async fn put(&self, _: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        self.operate(|| {
            let digest = Digest::of(&bytes);
            self.objects.lock().unwrap().insert(digest, bytes);
            Ok(digest)
        })
    }
    async fn get(&self, _: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        let objects = self.objects.lock().unwrap();
        objects.get(digest).cloned().ok_or_else(|| Failure::not_found(format!("object {digest}")))
    }
    async fn has(&self, _: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        Ok(self.objects.lock().unwrap().contains_key(digest))
    }
}

#[async_trait]
impl Workflows for World {
    async fn start(&self, _: &str, _: &str, _: Value) -> Result<String, Failure> {
        Err(Failure::bug("a model call starts nothing"))
    }
    async fn stop(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("a model call stops nothing"))
    }
    async fn describe(&self, _: &str) -> Result<Option<Execution>, Failure> {
        Ok(None)
    }
    async fn task_succeeded(&self, _: &str, _: Value) -> Result<(), Failure> {
        Err(Failure::bug("a model call answers no token itself"))
    }
    async fn task_failed(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("a model call answers no token itself"))
    }
    async fn task_heartbeat(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }
    async fn steps(&self, _: &str) -> Result<Vec<HistoryStep>, Failure> {
        Ok(vec![])
    }
}

impl Events for World {
    fn publish(&self, _: &Tenant, _: &RunId, progress: Progress) {
        self.progress.lock().unwrap().push(progress);
    }
}

/// Ticks at every look, so that nothing can depend on two facts having the same time.
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now_ms(&self) -> i64 {
        i64::try_from(self.0.fetch_add(1, Ordering::SeqCst)).unwrap()
    }
}

pub(crate) fn run() -> RunId {
    RunId::new("r1").unwrap()
}

pub(crate) fn ctx(world: &Arc<World>, step: &str) -> Ctx {
    let env = Env {
        records: world.clone(),
        ledger: world.clone(),
        artifacts: world.clone(),
        workflows: world.clone(),
        events: world.clone(),
        clock: Arc::new(Ticking(AtomicU64::new(1))),
    };
    Ctx { env, tenant: Tenant::local(), run: run(), plan: world.plan.get().copied(), step: step.to_owned() }
}

/// The policy that comes with the program, for the models of tests too.
fn policy() -> Bundle {
    let mut bundle = Bundle::starter();
    bundle.data["models"]["allow"] = json!(["test/*", "a/*", "b/*"]);
    bundle
}

/// Phases of the plan.
pub(crate) const PHASES: [&str; 4] = ["prd", "build", "qa", "beta"];

/// Answers as told, then with an empty object for ever; counts its calls.
pub(crate) struct Fake {
    pub(crate) ceiling: Option<UsdMicros>,
    /// The most tokens of a call.
    pub(crate) tokens: u64,
    /// Micro-dollars for a token written; `None` for a model without a price.
    pub(crate) rate: Option<i64>,
    pub(crate) results: Mutex<VecDeque<Result<Answer, Failure>>>,
    pub(crate) calls: AtomicU64,
    /// Whether its answers were recorded before.
    pub(crate) recorded: bool,
    /// How long an answer takes.
    pub(crate) takes_ms: u64,
    /// Where it is.
    pub(crate) origin: String,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            ceiling: Some(UsdMicros(100)),
            tokens: 110,
            rate: Some(1),
            results: Mutex::default(),
            calls: AtomicU64::new(0),
            recorded: false,
            takes_ms: 0,
            origin: String::new(),
        }
    }
}

impl Fake {
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
    pub(crate) fn then(self, result: Result<Answer, Failure>) -> Self {
        self.results.lock().unwrap().push_back(result);
        self
    }
}

pub(crate) fn answer(text: &str, tokens_out: Option<u64>) -> Answer {
    Answer { text: text.to_owned(), usage: Usage { tokens_in: Some(10), tokens_out } }
}

#[async_trait]
impl Model for Fake {
    async fn call(&self, _: &Request) -> Result<Answer, Failure> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let next = self.results.lock().unwrap().pop_front();
        tokio::time::sleep(std::time::Duration::from_millis(self.takes_ms)).await;
        next.unwrap_or_else(|| Ok(answer("{}", Some(40))))
    }
    fn ceiling(&self, _: &Request) -> Option<UsdMicros> {
        self.ceiling
    }
    fn tokens(&self, _: &Request) -> u64 {
        self.tokens
    }
    fn price(&self, _: &str, usage: &Usage) -> Option<UsdMicros> {
        Some(UsdMicros(self.rate? * i64::try_from(usage.tokens_out?).unwrap()))
    }
    fn origin(&self, _: &str) -> String {
        self.origin.clone()
    }
    fn is_recorded(&self, _: &str) -> bool {
        self.recorded
    }
}

/// Puts a request into the store; `seed` makes it another one.
pub(crate) async fn request(world: &Arc<World>, seed: u64) -> Digest {
    request_of(world, "test/model", "an idea", seed).await
}

/// Puts a request of this model with this work into the store.
pub(crate) async fn request_of(world: &Arc<World>, model: &str, user: &str, seed: u64) -> Digest {
    let request = Request {
        model: model.to_owned(),
        label: "prd/a1/b00/r0".to_owned(),
        system: "system".to_owned(),
        user: user.to_owned(),
        schema: json!({"type": "object"}),
        max_tokens: 100,
        seed,
    };
    ctx(world, "setup").put_json(&request).await.unwrap()
}
