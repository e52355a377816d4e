//! Ports in memory for one function: what it stores and records can be looked at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ideamine_core::ports::{
    Artifacts, Clock, Events, Execution, HistoryStep, Item, Key, Ledger, Progress, Records, Workflows, Write,
};
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Ctx, Digest, Env, Failure, RunId, Tenant};
use serde_json::Value;

#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) stored: Mutex<BTreeMap<Digest, Vec<u8>>>,
    pub(crate) facts: Mutex<Vec<Fact>>,
}

fn unused<T>() -> Result<T, Failure> {
    Err(Failure::bug("an agent does not use this port"))
}

#[async_trait]
impl Artifacts for Memory {
    async fn put(&self, _: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        let digest = Digest::of(&bytes);
        self.stored.lock().unwrap().insert(digest, bytes);
        Ok(digest)
    }
    async fn get(&self, _: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        self.stored.lock().unwrap().get(digest).cloned().ok_or_else(|| Failure::not_found("not there"))
    }
    async fn has(&self, _: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        Ok(self.stored.lock().unwrap().contains_key(digest))
    }
}

#[async_trait]
impl Ledger for Memory {
    async fn insert(&self, _: &Tenant, _: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        self.facts.lock().unwrap().extend(facts);
        Ok(())
    }
    async fn facts(&self, _: &Tenant, _: &RunId) -> Result<Vec<Fact>, Failure> {
        unused()
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
    async fn get(&self, _: &Key) -> Result<Option<Item>, Failure> {
        unused()
    }
    async fn query(&self, _: &str, _: &str, _: Option<&str>, _: usize) -> Result<Vec<Item>, Failure> {
        unused()
    }
    async fn write(&self, _: Vec<Write>) -> Result<(), Failure> {
        unused()
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
        7
    }
}

/// A context whose step is `step`, and the memory behind it.
pub(crate) fn context(step: &str) -> (Ctx, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let env = Env {
        records: memory.clone(),
        ledger: memory.clone(),
        artifacts: memory.clone(),
        workflows: memory.clone(),
        events: memory.clone(),
        clock: memory.clone(),
    };
    let run = RunId::new("R1").unwrap();
    (Ctx { env, tenant: Tenant::local(), run, plan: None, step: step.to_owned() }, memory)
}
