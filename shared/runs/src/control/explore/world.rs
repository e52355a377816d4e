//! A store in memory on which one actor at a time does one operation, and remembers what it saw.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Artifacts, Clock, Condition, Events, Execution, HistoryStep, Item, Key, Ledger, Progress, Records,
    Workflows, Write,
};
use ideamine_core::records::{
    BudgetRow, ControlRow, Desired, Fact, Row, RunStatus, SignedHead, SwitchRow, key,
};
use ideamine_core::{Digest, Env, Failure, RunId, Tenant};
use serde_json::{Value, json};

#[derive(Default)]
struct State {
    rows: BTreeMap<Key, (Value, u64)>,
    facts: BTreeMap<(String, u32), Fact>,
    /// Tokens that were issued, and those that were answered.
    issued: BTreeSet<String>,
    answered: BTreeSet<String>,
    /// Whose turn it is; of each actor: what it has seen so far, and the token it waits for.
    turn: usize,
    saw: Vec<u64>,
    waits: Vec<Option<String>>,
}

/// Actors at most, one more than any test has.
const ACTORS: usize = 8;

pub(super) struct World {
    state: Mutex<State>,
    run: RunId,
}

impl World {
    /// One run under way.
    pub(super) fn new(run: &RunId) -> Arc<Self> {
        let state = State { saw: vec![0; ACTORS], waits: vec![None; ACTORS], ..State::default() };
        let world = Self { state: Mutex::new(state), run: run.clone() };
        let tenant = Tenant::local();
        let digest = Digest::of(b"a document");
        let row = json!({
            "run_id": run, "idea": digest, "idea_media_type": "text/plain", "title": "t",
            "options": { "model": "m", "seed": 0, "budget": null, "until": null, "ask": false },
            "plan": null, "execution": null, "status": "running", "verdict": null, "reasons": [], "dossier": null,
            "page": null, "created_ms": 1, "ended_ms": null
        });
        let control = ControlRow { epoch: 0, desired: Desired::Run, by: "person".to_owned(), armed: 0 };
        let rows = [
            (key::run(&tenant, run), row),
            (key::run_index(&tenant, run), json!({ "run_id": run })),
            (key::control(&tenant, run), serde_json::to_value(control).unwrap()),
            (key::budget(&tenant, run), serde_json::to_value(BudgetRow::default()).unwrap()),
            (Key { pk: key::run_pk(&tenant, run), sk: "config".to_owned() }, json!({ "config": digest })),
        ];
        world.locked().rows.extend(rows.map(|(key, value)| (key, (value, 1))));
        Arc::new(world)
    }

    /// The kill switch is thrown, and nobody has told the run yet.
    pub(super) fn kill(&self) {
        let thrown = SwitchRow { epoch: 1, engaged: true, why: "test".to_owned(), at_ms: 1 };
        let row = (serde_json::to_value(thrown).unwrap(), 1);
        self.locked().rows.insert(key::kill_switch(&Tenant::local()), row);
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn env(self: &Arc<Self>) -> Env {
        Env {
            records: self.clone(),
            ledger: self.clone(),
            artifacts: self.clone(),
            workflows: self.clone(),
            events: self.clone(),
            clock: self.clone(),
        }
    }

    pub(super) fn turn_of(&self, actor: usize) {
        self.locked().turn = actor;
    }

    /// Everything that decides how it goes on.
    pub(super) fn state(&self) -> u64 {
        let state = self.locked();
        let rows: Vec<_> =
            state.rows.iter().map(|(key, (value, _))| (&key.pk, &key.sk, value.to_string())).collect();
        let facts: Vec<_> =
            state.facts.iter().map(|(place, fact)| (place, format!("{:?}", fact.body))).collect();
        let mut hasher = DefaultHasher::new();
        (rows, facts, &state.answered, &state.saw, &state.waits).hash(&mut hasher);
        hasher.finish()
    }

    /// One operation: others may have had theirs before it, and what it gives is remembered of whoever asked.
    async fn operate<T>(
        &self,
        operation: impl FnOnce(&mut State) -> Result<T, Failure> + Send,
    ) -> Result<T, Failure>
    where
        T: Send + Seen,
    {
        let mut asked = false;
        poll_fn(|_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }).await;
        let mut state = self.locked();
        let result = operation(&mut state);
        let mut hasher = DefaultHasher::new();
        let seen = result.as_ref().map_or_else(|failure| failure.to_string(), Seen::seen);
        (state.saw[state.turn], seen).hash(&mut hasher);
        let actor = state.turn;
        state.saw[actor] = hasher.finish();
        result
    }

    pub(super) fn issue(&self, token: &str) {
        self.locked().issued.insert(token.to_owned());
    }

    /// Waits until somebody answers the token.
    pub(super) async fn answered(&self, token: &str) {
        poll_fn(|_| {
            let mut state = self.locked();
            let (actor, there) = (state.turn, state.answered.contains(token));
            state.waits[actor] = (!there).then(|| token.to_owned());
            if there { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Whether an actor waits for what nobody has answered.
    pub(super) fn waits(&self, actor: usize) -> bool {
        let state = self.locked();
        state.waits[actor].as_ref().is_some_and(|token| !state.answered.contains(token))
    }

    fn row<T: serde::de::DeserializeOwned>(&self, key: &Key) -> T {
        serde_json::from_value(self.locked().rows[key].0.clone()).unwrap()
    }

    pub(super) fn control(&self) -> ControlRow {
        self.row(&key::control(&Tenant::local(), &self.run))
    }

    pub(super) fn status(&self) -> RunStatus {
        self.row::<ideamine_core::records::RunRow>(&key::run(&Tenant::local(), &self.run)).status
    }
}

/// What an actor learns from an operation.
trait Seen {
    fn seen(&self) -> String;
}

impl Seen for () {
    fn seen(&self) -> String {
        String::new()
    }
}
impl Seen for Option<Item> {
    fn seen(&self) -> String {
        self.as_ref().map_or_else(String::new, |item| item.value.to_string())
    }
}
impl Seen for Vec<Item> {
    fn seen(&self) -> String {
        self.iter().map(|item| item.value.to_string()).collect()
    }
}
impl Seen for String {
    fn seen(&self) -> String {
        self.clone()
    }
}

fn item((key, (value, version)): (&Key, &(Value, u64))) -> Item {
    Item { key: key.clone(), value: value.clone(), version: *version }
}

#[async_trait]
impl Records for World {
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure> {
        self.operate(|state| Ok(state.rows.get_key_value(key).map(item))).await
    }
    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure> {
        let fits = |key: &Key| {
            key.pk == pk && key.sk.starts_with(prefix) && after.is_none_or(|after| key.sk.as_str() > after)
        };
        self.operate(|state| {
            Ok(state.rows.iter().filter(|(key, _)| fits(key)).take(limit).map(item).collect())
        })
        .await
    }
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        self.operate(|state| {
            for write in &set {
                let (Write::Put { key, when, .. } | Write::Delete { key, when } | Write::Check { key, when }) = write;
                let version = state.rows.get(key).map(|(_, version)| *version);
                let holds = match when {
                    Condition::Any => true,
                    Condition::Absent => version.is_none(),
                    Condition::Version(wanted) => version == Some(*wanted),
                };
                if !holds {
                    return Err(Failure::new(FailureKind::StoreConflict, "another was first"));
                }
            }
            for write in set {
                match write {
                    Write::Put { key, value, .. } => {
                        let version = state.rows.get(&key).map_or(0, |(_, version)| *version) + 1;
                        state.rows.insert(key, (value, version));
                    }
                    Write::Delete { key, .. } => drop(state.rows.remove(&key)),
                    Write::Check { .. } => {}
                }
            }
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Ledger for World {
    async fn insert(&self, _: &Tenant, _: &RunId, new: Vec<Fact>) -> Result<(), Failure> {
        self.operate(|state| {
            for fact in new {
                let place = (fact.path.clone(), fact.ordinal);
                if state.facts.get(&place).is_some_and(|known| !known.says_the_same(&fact)) {
                    let message = format!("another fact is at {place:?}: {fact:?}");
                    return Err(Failure::new(FailureKind::StepConflict, message));
                }
                state.facts.entry(place).or_insert(fact);
            }
            Ok(())
        })
        .await
    }
    async fn facts(&self, _: &Tenant, _: &RunId) -> Result<Vec<Fact>, Failure> {
        Ok(vec![])
    }
    async fn append(&self, _: &Tenant, _: &RunId, _: Vec<Row>, _: SignedHead) -> Result<(), Failure> {
        Err(Failure::bug("control seals nothing"))
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
    async fn put(&self, _: &Tenant, _: Vec<u8>) -> Result<Digest, Failure> {
        Err(Failure::bug("control writes no document"))
    }
    async fn get(&self, _: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        Err(Failure::not_found(format!("object {digest}")))
    }
    async fn has(&self, _: &Tenant, _: &Digest) -> Result<bool, Failure> {
        Ok(false)
    }
}

#[async_trait]
impl Workflows for World {
    async fn start(&self, _: &str, name: &str, _: Value) -> Result<String, Failure> {
        self.operate(|_| Ok(name.to_owned())).await
    }
    async fn stop(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("control stops no execution"))
    }
    async fn describe(&self, _: &str) -> Result<Option<Execution>, Failure> {
        Ok(None)
    }
    async fn task_succeeded(&self, token: &str, _: Value) -> Result<(), Failure> {
        self.operate(|state| {
            if state.issued.contains(token) && state.answered.insert(token.to_owned()) {
                return Ok(());
            }
            Err(Failure::not_found("the token is spent"))
        })
        .await
    }
    async fn task_failed(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("control fails no task"))
    }
    async fn task_heartbeat(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }
    async fn steps(&self, _: &str) -> Result<Vec<HistoryStep>, Failure> {
        Ok(vec![])
    }
}

impl Events for World {
    fn publish(&self, _: &Tenant, _: &RunId, _: Progress) {}
}

impl Clock for World {
    fn now_ms(&self) -> i64 {
        1
    }
}
