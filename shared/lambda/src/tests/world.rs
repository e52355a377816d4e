//! Ports in memory, a clock that follows the test's own time, and one function that does as its input says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Artifacts, Clock, Condition, Events, Execution, HistoryStep, Item, Key, Ledger, Progress, Records,
    Workflows, Write,
};
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Ctx, Digest, Env, Failure, Function, Registry, RunId, Tenant};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::server::{Host, Identity, Server};

/// When every test begins, milliseconds since 1970.
pub(crate) const BEGIN_MS: i64 = 1_800_000_000_000;

/// How a token was answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Output(Value),
    Error(String),
}

pub(crate) struct World {
    began: tokio::time::Instant,
    rows: Mutex<BTreeMap<Key, (Value, u64)>>,
    /// Tokens that somebody waits for.
    pub(crate) waiting: Mutex<BTreeSet<String>>,
    pub(crate) answers: Mutex<Vec<(String, Answer)>>,
    /// Seconds since the beginning at which a token was heard of.
    pub(crate) beats: Mutex<Vec<u64>>,
    /// While set, tokens cannot be answered.
    pub(crate) deaf: Mutex<bool>,
    pub(crate) runs: AtomicU32,
    pub(crate) flushes: AtomicU32,
    /// How many moments the process still lives: one before and one after each call of a port.
    pub(crate) lives: Mutex<Option<u32>>,
    pub(crate) notices: Mutex<Vec<Value>>,
}

impl World {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: tokio::time::Instant::now(),
            rows: Mutex::default(),
            waiting: Mutex::new(["t1", "t2"].map(str::to_owned).into()),
            answers: Mutex::default(),
            beats: Mutex::default(),
            deaf: Mutex::default(),
            runs: AtomicU32::default(),
            flushes: AtomicU32::default(),
            lives: Mutex::default(),
            notices: Mutex::default(),
        })
    }

    pub(crate) fn env(self: &Arc<Self>) -> Env {
        Env {
            records: self.clone(),
            ledger: Arc::new(Nowhere),
            artifacts: Arc::new(Nowhere),
            workflows: self.clone(),
            events: Arc::new(Nowhere),
            clock: self.clone(),
        }
    }

    /// A server of the function under this name.
    pub(crate) fn server(self: &Arc<Self>, name: &str, version: &str) -> Arc<Server> {
        let registry = Registry::default().with_named(name, Told(self.clone()));
        let identity = Identity {
            function: name.to_owned(),
            family: "tests".to_owned(),
            stack: "idea".to_owned(),
            version: version.to_owned(),
        };
        let server = Server::new(identity, registry, self.env(), self.clone(), |_| {});
        Arc::new(server.unwrap())
    }

    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }

    pub(crate) fn answers(&self) -> Vec<(String, Answer)> {
        self.answers.lock().unwrap().clone()
    }

    pub(crate) fn revoke(&self, token: &str) {
        self.waiting.lock().unwrap().remove(token);
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        self.rows.lock().unwrap().values().map(|(value, _)| value.clone()).collect()
    }

    /// One moment of the process's life; when it has none left, nothing of it goes on.
    async fn moment(&self) {
        let dead = match &mut *self.lives.lock().unwrap() {
            None => false,
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
        };
        if dead {
            std::future::pending::<()>().await;
        }
    }

    async fn lived<T>(&self, call: impl FnOnce() -> T) -> T {
        self.moment().await;
        let told = call();
        self.moment().await;
        told
    }

    fn put(&self, set: Vec<Write>) -> Result<(), Failure> {
        let mut rows = self.rows.lock().unwrap();
        for write in set {
            let (key, value, when) = match write {
                Write::Put { key, value, when } => (key, Some(value), when),
                Write::Delete { key, when } | Write::Check { key, when } => (key, None, when),
            };
            let version = rows.get(&key).map(|(_, version)| *version);
            let holds = match when {
                Condition::Any => true,
                Condition::Absent => version.is_none(),
                Condition::Version(expected) => version == Some(expected),
            };
            if !holds {
                return Err(Failure::new(FailureKind::StoreConflict, "changed"));
            }
            match value {
                Some(value) => rows.insert(key, (value, version.unwrap_or(0) + 1)),
                None => rows.remove(&key),
            };
        }
        Ok(())
    }

    fn heard(&self, token: &str) -> Result<(), Failure> {
        if !self.waiting.lock().unwrap().contains(token) {
            return Err(Failure::not_found("spent"));
        }
        self.beats.lock().unwrap().push(self.seconds());
        Ok(())
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    fn answer(&self, token: &str, answer: Answer) -> Result<(), Failure> {
        if *self.deaf.lock().unwrap() {
            return Err(Failure::new(FailureKind::StoreUnavailable, "deaf"));
        }
        if !self.waiting.lock().unwrap().remove(token) {
            return Err(Failure::not_found("spent"));
        }
        self.answers.lock().unwrap().push((token.to_owned(), answer));
        Ok(())
    }
}

/// What the function is told to do.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Order {
    act: String,
    #[serde(default)]
    seconds: u64,
}

pub(crate) struct Told(pub(crate) Arc<World>);

#[async_trait]
impl Function for Told {
    const NAME: &'static str = "told";
    const WRITES_TASK_FACT: bool = false;
    type Input = Order;
    type Output = Value;

    async fn run(&self, _: &Ctx, input: Order) -> Result<Value, Failure> {
        let run = self.0.runs.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::time::sleep(Duration::from_secs(input.seconds)).await;
        match input.act.as_str() {
            "refuse" => Err(Failure::new(FailureKind::ModelRefused, "no")),
            "hand-over" => Err(Failure::new(FailureKind::SandboxPending, "later")),
            "panic" => panic!("as told"),
            "much" => Ok(json!("x".repeat(ideamine_core::function::OUTPUT_BYTES_MAX))),
            _ => Ok(json!({ "run": run })),
        }
    }
}

impl Clock for World {
    fn now_ms(&self) -> i64 {
        BEGIN_MS + i64::try_from(self.began.elapsed().as_millis()).unwrap()
    }
}

#[async_trait]
impl Host for World {
    async fn flush(&self) {
        self.flushes.fetch_add(1, Ordering::SeqCst);
    }
    async fn job_changed(&self, notice: &Value) -> Result<(), Failure> {
        self.notices.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

#[async_trait]
impl Records for World {
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure> {
        let item = |(value, version): &(Value, u64)| Item {
            key: key.clone(),
            value: value.clone(),
            version: *version,
        };
        self.lived(|| Ok(self.rows.lock().unwrap().get(key).map(item))).await
    }
    async fn query(&self, _: &str, _: &str, _: Option<&str>, _: usize) -> Result<Vec<Item>, Failure> {
        Ok(vec![])
    }
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        self.lived(|| self.put(set)).await
    }
}

#[async_trait]
impl Workflows for World {
    async fn start(&self, _: &str, _: &str, _: Value) -> Result<String, Failure> {
        Err(Failure::bug("not here"))
    }
    async fn stop(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("not here"))
    }
    async fn describe(&self, _: &str) -> Result<Option<Execution>, Failure> {
        Err(Failure::bug("not here"))
    }
    async fn task_succeeded(&self, token: &str, output: Value) -> Result<(), Failure> {
        self.lived(|| self.answer(token, Answer::Output(output))).await
    }
    async fn task_failed(&self, token: &str, error: &str, _: &str) -> Result<(), Failure> {
        self.lived(|| self.answer(token, Answer::Error(error.to_owned()))).await
    }
    async fn task_heartbeat(&self, token: &str) -> Result<(), Failure> {
        self.lived(|| self.heard(token)).await
    }
    async fn steps(&self, _: &str) -> Result<Vec<HistoryStep>, Failure> {
        Err(Failure::bug("not here"))
    }
}

/// Ports that these tests do not touch.
struct Nowhere;

impl Events for Nowhere {
    fn publish(&self, _: &Tenant, _: &RunId, _: Progress) {}
}

#[async_trait]
impl Ledger for Nowhere {
    async fn insert(&self, _: &Tenant, _: &RunId, _: Vec<Fact>) -> Result<(), Failure> {
        Ok(())
    }
    async fn facts(&self, _: &Tenant, _: &RunId) -> Result<Vec<Fact>, Failure> {
        Ok(vec![])
    }
    async fn append(&self, _: &Tenant, _: &RunId, _: Vec<Row>, _: SignedHead) -> Result<(), Failure> {
        Ok(())
    }
    async fn rows(&self, _: &Tenant, _: &RunId) -> Result<Vec<Row>, Failure> {
        Ok(vec![])
    }
    async fn heads(&self, _: &Tenant, _: &RunId) -> Result<Vec<SignedHead>, Failure> {
        Ok(vec![])
    }
}

#[async_trait]
impl Artifacts for Nowhere {
    async fn put(&self, _: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        Ok(Digest::of(&bytes))
    }
    async fn get(&self, _: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        Err(Failure::not_found(digest.to_string()))
    }
    async fn has(&self, _: &Tenant, _: &Digest) -> Result<bool, Failure> {
        Ok(false)
    }
}

/// An envelope that tells the function what to do.
pub(crate) fn envelope(act: &str, seconds: u64) -> Value {
    json!({
        "tenant": "acme", "run": "01J", "step": "04-prd/a1/b00/call-0",
        "input": { "act": act, "seconds": seconds },
    })
}

/// A batch of messages with these bodies, with ids m0, m1, …
pub(crate) fn batch(bodies: &[String]) -> Value {
    let record = |(number, body): (usize, &String)| {
        json!({
            "messageId": format!("m{number}"), "receiptHandle": "r", "body": body, "attributes": {},
            "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:idea-model-normal",
        })
    };
    json!({ "Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>() })
}

/// A message for the function `job-told`.
pub(crate) fn message(token: &str, payload: &Value) -> String {
    json!({ "function": "job-told", "payload": payload, "token": token }).to_string()
}
