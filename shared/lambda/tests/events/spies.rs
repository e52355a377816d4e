//! Ports that note which of them a function uses, under the names of the policies in `infra/template.yaml`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ideamine_core::ports::{
    Answer, Artifacts, Events, Execution, HistoryStep, Item, JobEnd, JobResult, JobSpec, Jobs, Key, Ledger,
    Model, Progress, Records, Request, Signer, Usage, Workflows, Write,
};
use ideamine_core::records::{Fact, Row, Signature, SignedHead};
use ideamine_core::{Digest, Failure, RunId, Tenant, UsdMicros};
use serde_json::Value;

/// What was used, and which documents were read.
#[derive(Default)]
pub(crate) struct Seen {
    ports: Mutex<BTreeSet<&'static str>>,
    documents: Mutex<BTreeSet<Digest>>,
}

impl Seen {
    fn note(&self, policy: &'static str) {
        self.ports.lock().unwrap().insert(policy);
    }
    pub(crate) fn ports(&self) -> BTreeSet<&'static str> {
        self.ports.lock().unwrap().clone()
    }
    pub(crate) fn documents(&self) -> BTreeSet<Digest> {
        self.documents.lock().unwrap().clone()
    }
}

/// A port, and who notes what is done with it.
pub(crate) struct Spy<P: ?Sized> {
    pub(crate) seen: Arc<Seen>,
    pub(crate) port: Arc<P>,
}

#[async_trait]
impl Records for Spy<dyn Records> {
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure> {
        self.seen.note("ReadRows");
        self.port.get(key).await
    }
    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure> {
        self.seen.note("ReadRows");
        self.port.query(pk, prefix, after, limit).await
    }
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        self.seen.note("WriteRows");
        self.port.write(set).await
    }
}

#[async_trait]
impl Ledger for Spy<dyn Ledger> {
    async fn insert(&self, tenant: &Tenant, run: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        self.seen.note("InsertFacts");
        self.port.insert(tenant, run, facts).await
    }
    async fn facts(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Fact>, Failure> {
        self.seen.note("ReadLedger");
        self.port.facts(tenant, run).await
    }
    async fn append(
        &self,
        tenant: &Tenant,
        run: &RunId,
        rows: Vec<Row>,
        head: SignedHead,
    ) -> Result<(), Failure> {
        self.seen.note("AppendLedger");
        self.port.append(tenant, run, rows, head).await
    }
    async fn rows(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Row>, Failure> {
        self.seen.note("ReadLedger");
        self.port.rows(tenant, run).await
    }
    async fn heads(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<SignedHead>, Failure> {
        self.seen.note("ReadLedger");
        self.port.heads(tenant, run).await
    }
}

#[async_trait]
impl Artifacts for Spy<dyn Artifacts> {
    async fn put(&self, tenant: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        self.seen.note("WriteDocuments");
        self.port.put(tenant, bytes).await
    }
    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        self.seen.note("ReadDocuments");
        self.seen.documents.lock().unwrap().insert(*digest);
        self.port.get(tenant, digest).await
    }
    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        self.seen.note("ReadDocuments");
        self.port.has(tenant, digest).await
    }
}

impl Events for Seen {
    fn publish(&self, _: &Tenant, _: &RunId, _: Progress) {
        self.note("PublishProgress");
    }
}

/// Step Functions with one finished execution; every token is waited for.
pub(crate) struct Executions {
    pub(crate) seen: Arc<Seen>,
    pub(crate) steps: Vec<HistoryStep>,
}

#[async_trait]
impl Workflows for Executions {
    async fn start(&self, _: &str, _: &str, _: Value) -> Result<String, Failure> {
        self.seen.note("StartRuns");
        Err(Failure::bug("no function starts executions"))
    }
    async fn stop(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("no function stops executions"))
    }
    async fn describe(&self, _: &str) -> Result<Option<Execution>, Failure> {
        self.seen.note("ReadHistories");
        Ok(None)
    }
    async fn task_succeeded(&self, _: &str, _: Value) -> Result<(), Failure> {
        self.seen.note("AnswerTokens");
        Ok(())
    }
    async fn task_failed(&self, _: &str, error: &str, cause: &str) -> Result<(), Failure> {
        self.seen.note("AnswerTokens");
        Err(Failure::bug(format!("a job failed with {error}: {cause}")))
    }
    async fn task_heartbeat(&self, _: &str) -> Result<(), Failure> {
        self.seen.note("AnswerTokens");
        Ok(())
    }
    async fn steps(&self, _: &str) -> Result<Vec<HistoryStep>, Failure> {
        self.seen.note("ReadHistories");
        Ok(self.steps.clone())
    }
}

#[async_trait]
impl Model for Spy<dyn Model> {
    async fn call(&self, request: &Request) -> Result<Answer, Failure> {
        self.seen.note("CallModels");
        self.port.call(request).await
    }
    fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        self.port.ceiling(request)
    }
    fn tokens(&self, request: &Request) -> u64 {
        self.port.tokens(request)
    }
    fn price(&self, model: &str, usage: &Usage) -> Option<UsdMicros> {
        self.port.price(model, usage)
    }
}

#[async_trait]
impl Signer for Spy<dyn Signer> {
    async fn public_key(&self) -> Result<String, Failure> {
        self.port.public_key().await
    }
    async fn sign(&self, bytes: &[u8]) -> Result<Signature, Failure> {
        self.port.sign(bytes).await
    }
}

#[async_trait]
impl Jobs for Spy<dyn Jobs> {
    async fn run(&self, spec: JobSpec) -> Result<JobResult, Failure> {
        self.seen.note("RunJobs");
        self.port.run(spec).await
    }
    async fn probe(&self) -> Result<String, Failure> {
        self.port.probe().await
    }
}

/// Runs nothing and says that every command ended well: a check judges that as it judges anything.
pub(crate) struct NoSandbox;

#[async_trait]
impl Jobs for NoSandbox {
    async fn run(&self, _: JobSpec) -> Result<JobResult, Failure> {
        Ok(JobResult {
            end: JobEnd::Exited { code: 0 },
            stdout: String::new(),
            stderr: String::new(),
            exchanges: vec![],
            files: vec![],
            tool: "no sandbox".to_owned(),
            duration_ms: 1,
        })
    }
    async fn probe(&self) -> Result<String, Failure> {
        Ok("no sandbox".to_owned())
    }
}
