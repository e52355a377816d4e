//! The ports in memory, for one function: what it stored and recorded can be looked at. What no single function does
//! (seal, start) fails.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Artifacts, Clock, Condition, Events, Execution, HistoryStep, Item, Key, Ledger, Progress, Records,
    Workflows, Write,
};
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Digest, Env, Failure, RunId, Tenant};
use serde_json::Value;

/// Documents, facts and rows.
#[derive(Default)]
pub struct Memory {
    objects: Mutex<BTreeMap<(Tenant, Digest), Vec<u8>>>,
    facts: Mutex<Vec<Fact>>,
    rows: Mutex<BTreeMap<Key, (Value, u64)>>,
}

impl Memory {
    /// Empty ports, and what is behind them.
    pub fn env() -> (Env, Arc<Memory>) {
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

    /// What was recorded, in order.
    pub fn facts(&self) -> Vec<Fact> {
        lock(&self.facts).clone()
    }

    /// How many documents were stored.
    pub fn documents(&self) -> usize {
        lock(&self.objects).len()
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unused<T>() -> Result<T, Failure> {
    Err(Failure::bug("no single function uses this"))
}

#[async_trait]
impl Artifacts for Memory {
    async fn put(&self, tenant: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        let digest = Digest::of(&bytes);
        lock(&self.objects).insert((tenant.clone(), digest), bytes);
        Ok(digest)
    }
    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        let found = lock(&self.objects).get(&(tenant.clone(), *digest)).cloned();
        found.ok_or_else(|| Failure::not_found(digest.to_string()))
    }
    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        Ok(lock(&self.objects).contains_key(&(tenant.clone(), *digest)))
    }
}

#[async_trait]
impl Ledger for Memory {
    async fn insert(&self, _: &Tenant, _: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        lock(&self.facts).extend(facts);
        Ok(())
    }
    async fn facts(&self, _: &Tenant, _: &RunId) -> Result<Vec<Fact>, Failure> {
        Ok(lock(&self.facts).clone())
    }
    async fn append(&self, _: &Tenant, _: &RunId, _: Vec<Row>, _: SignedHead) -> Result<(), Failure> {
        unused()
    }
    async fn rows(&self, _: &Tenant, _: &RunId) -> Result<Vec<Row>, Failure> {
        Ok(vec![])
    }
    async fn heads(&self, _: &Tenant, _: &RunId) -> Result<Vec<SignedHead>, Failure> {
        Ok(vec![])
    }
}

#[async_trait]
impl Records for Memory {
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure> {
        let rows = lock(&self.rows);
        let item = |(value, version): &(Value, u64)| Item {
            key: key.clone(),
            value: value.clone(),
            version: *version,
        };
        Ok(rows.get(key).map(item))
    }
    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure> {
        let rows = lock(&self.rows);
        let fits = |key: &Key| {
            key.pk == pk && key.sk.starts_with(prefix) && after.is_none_or(|after| key.sk.as_str() > after)
        };
        let found = rows.iter().filter(|(key, _)| fits(key)).take(limit);
        let item = |(key, (value, version)): (&Key, &(Value, u64))| Item {
            key: key.clone(),
            value: value.clone(),
            version: *version,
        };
        Ok(found.map(item).collect())
    }
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        let mut rows = lock(&self.rows);
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
