//! The ports in memory, as far as a check needs them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Artifacts, Clock, Condition, Events, Execution, HistoryStep, Item, Key, Ledger, Progress, Records,
    Workflows, Write,
};
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Digest, Env, Failure, RunId, Tenant};
use serde_json::Value;

#[derive(Default)]
pub(crate) struct Memory {
    objects: Mutex<BTreeMap<Digest, Vec<u8>>>,
    facts: Mutex<Vec<Fact>>,
    rows: Mutex<BTreeMap<Key, (Value, u64)>>,
}

pub(crate) fn env() -> (Env, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let env = Env {
        records: memory.clone(),
        ledger: memory.clone(),
        artifacts: memory.clone(),
        workflows: memory.clone(),
        events: memory.clone(),
        clock: memory.clone(),
    };
    (env, memory)
}

fn unused<T>() -> Result<T, Failure> {
    Err(Failure::bug("a check does not use this"))
}

#[async_trait]
impl Artifacts for Memory {
    async fn put(&self, _: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        let digest = Digest::of(&bytes);
        self.objects.lock().unwrap().insert(digest, bytes);
        Ok(digest)
    }
    async fn get(&self, _: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        let found = self.objects.lock().unwrap().get(digest).cloned();
        found.ok_or_else(|| Failure::not_found(digest.to_string()))
    }
    async fn has(&self, _: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        Ok(self.objects.lock().unwrap().contains_key(digest))
    }
}

#[async_trait]
impl Ledger for Memory {
    async fn insert(&self, _: &Tenant, _: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        self.facts.lock().unwrap().extend(facts);
        Ok(())
    }
    async fn facts(&self, _: &Tenant, _: &RunId) -> Result<Vec<Fact>, Failure> {
        Ok(self.facts.lock().unwrap().clone())
    }
    async fn append(&self, _: &Tenant, _: &RunId, _: Vec<Row>, _: SignedHead) -> Result<(), Failure> {
        unused()
    }
    async fn rows(&self, _: &Tenant, _: &RunId) -> Result<Vec<Row>, Failure> {
        unused()
    }
    async fn heads(&self, _: &Tenant, _: &RunId) -> Result<Vec<SignedHead>, Failure> {
        unused()
    }
}

#[async_trait]
impl Records for Memory {
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure> {
        let rows = self.rows.lock().unwrap();
        let item = |(value, version): &(Value, u64)| Item {
            key: key.clone(),
            value: value.clone(),
            version: *version,
        };
        Ok(rows.get(key).map(item))
    }
    async fn query(&self, _: &str, _: &str, _: Option<&str>, _: usize) -> Result<Vec<Item>, Failure> {
        unused()
    }
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        let mut rows = self.rows.lock().unwrap();
        for write in set {
            let Write::Put { key, value, when } = write else { return unused() };
            let version = rows.get(&key).map(|(_, version)| *version);
            let holds = match when {
                Condition::Any => true,
                Condition::Absent => version.is_none(),
                Condition::Version(wanted) => version == Some(wanted),
            };
            if !holds {
                return Err(Failure::new(FailureKind::StoreConflict, "another was first"));
            }
            rows.insert(key, (value, version.unwrap_or(0) + 1));
        }
        Ok(())
    }
}

#[async_trait]
impl Workflows for Memory {
    async fn start(&self, _: &str, _: &str, _: Value) -> Result<String, Failure> {
        unused()
    }
    async fn stop(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        unused()
    }
    async fn describe(&self, _: &str) -> Result<Option<Execution>, Failure> {
        unused()
    }
    async fn task_succeeded(&self, _: &str, _: Value) -> Result<(), Failure> {
        unused()
    }
    async fn task_failed(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        unused()
    }
    async fn task_heartbeat(&self, _: &str) -> Result<(), Failure> {
        unused()
    }
    async fn steps(&self, _: &str) -> Result<Vec<HistoryStep>, Failure> {
        unused()
    }
}

impl Events for Memory {
    fn publish(&self, _: &Tenant, _: &RunId, _: Progress) {}
}

impl Clock for Memory {
    fn now_ms(&self) -> i64 {
        0
    }
}
