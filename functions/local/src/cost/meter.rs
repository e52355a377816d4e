//! Ports and functions that count what passes through them, in the units of [`ideamine_cost::Profile`].

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use ideamine_core::function::AnyFunction;
use ideamine_core::ports::{Artifacts, Item, Kept, Key, Ledger, Records, Signer, Write};
use ideamine_core::records::{Fact, Row, Signature, SignedHead};
use ideamine_core::{Ctx, Digest, Env, Failure, Registry, RunId, Tenant};
use ideamine_cost::{CallUse, Profile};
use serde::Serialize;
use serde_json::Value;

/// Counts for as long as it lives; clones count together.
#[derive(Clone, Default)]
pub(crate) struct Meter(Arc<Mutex<Profile>>);

/// A port that is counted.
struct Metered<P: ?Sized> {
    inner: Arc<P>,
    meter: Meter,
}

impl Meter {
    /// What was counted so far.
    pub(crate) fn read(&self) -> Profile {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The environment with its stores counted.
    pub(crate) fn env(&self, env: Env) -> Env {
        Env {
            records: Arc::new(self.around(env.records)),
            ledger: Arc::new(self.around(env.ledger)),
            artifacts: Arc::new(self.around(env.artifacts)),
            ..env
        }
    }

    /// The signer, counted.
    pub(crate) fn signer(&self, signer: Arc<dyn Signer>) -> Arc<dyn Signer> {
        Arc::new(self.around(signer))
    }

    /// The functions, their calls counted. What they use of `ledger` is counted too, although the engine lends
    /// them another handle on it.
    pub(crate) fn registry(&self, registry: Registry) -> Registry {
        registry.wrapped(|inner| Arc::new(Timed { inner, meter: self.clone(), kept: OnceLock::new() }))
    }

    fn around<P: ?Sized>(&self, inner: Arc<P>) -> Metered<P> {
        Metered { inner, meter: self.clone() }
    }

    fn count(&self, add: impl FnOnce(&mut Profile)) {
        add(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// [`Meter::count`] of one request to a port, also by the function that makes it.
    fn request(&self, add: impl FnOnce(&mut Profile)) {
        self.count(|p| {
            add(p);
            // Requests between calls are those of whoever watches.
            let _ = FUNCTION.try_with(|name| used(p, name).port_calls += 1);
        });
    }
}

tokio::task_local! {
    /// The function that is called.
    static FUNCTION: String;
}

fn used<'a>(profile: &'a mut Profile, function: &str) -> &'a mut CallUse {
    profile.calls.entry(function.to_owned()).or_default()
}

fn size(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.len())
}

fn row_size(key: &Key, value: &Value) -> usize {
    key.pk.len() + key.sk.len() + size(value)
}

#[async_trait]
impl Records for Metered<dyn Records> {
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure> {
        let found = self.inner.get(key).await?;
        self.meter.request(|p| p.records.read(found.as_ref().map_or(0, |item| row_size(key, &item.value))));
        Ok(found)
    }
    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure> {
        let found = self.inner.query(pk, prefix, after, limit).await?;
        let bytes = found.iter().map(|item| row_size(&item.key, &item.value)).sum();
        self.meter.request(|p| p.records.read(bytes));
        Ok(found)
    }
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        let of = |write: &Write| match write {
            Write::Put { key, value, .. } => row_size(key, value),
            Write::Delete { key, .. } | Write::Check { key, .. } => row_size(key, &Value::Null),
        };
        let sizes: Vec<usize> = set.iter().map(of).collect();
        self.meter.request(|p| p.records.write_set(sizes));
        self.inner.write(set).await
    }
}

#[async_trait]
impl Ledger for Metered<dyn Ledger> {
    async fn insert(&self, tenant: &Tenant, run: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        self.meter.request(|p| p.ledger.write_set(facts.iter().map(size)));
        self.inner.insert(tenant, run, facts).await
    }
    async fn facts(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Fact>, Failure> {
        let facts = self.inner.facts(tenant, run).await?;
        self.meter.request(|p| p.ledger.read(size(&facts)));
        Ok(facts)
    }
    async fn append(
        &self,
        tenant: &Tenant,
        run: &RunId,
        rows: Vec<Row>,
        head: SignedHead,
    ) -> Result<(), Failure> {
        self.meter.request(|p| p.ledger.write_set([size(&rows), size(&head)]));
        self.inner.append(tenant, run, rows, head).await
    }
    async fn rows(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Row>, Failure> {
        let rows = self.inner.rows(tenant, run).await?;
        self.meter.request(|p| p.ledger.read(size(&rows)));
        Ok(rows)
    }
    async fn heads(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<SignedHead>, Failure> {
        let heads = self.inner.heads(tenant, run).await?;
        self.meter.request(|p| p.ledger.read(size(&heads)));
        Ok(heads)
    }
}

#[async_trait]
impl Artifacts for Metered<dyn Artifacts> {
    async fn put(&self, tenant: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        self.meter.request(|p| {
            p.objects.puts += 1;
            p.objects.put_bytes += bytes.len() as u64;
        });
        self.inner.put(tenant, bytes).await
    }
    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        self.meter.request(|p| p.objects.gets += 1);
        self.inner.get(tenant, digest).await
    }
    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        self.meter.request(|p| p.objects.gets += 1);
        self.inner.has(tenant, digest).await
    }
}

#[async_trait]
impl Signer for Metered<dyn Signer> {
    async fn public_key(&self) -> Result<String, Failure> {
        self.inner.public_key().await
    }
    async fn sign(&self, bytes: &[u8]) -> Result<Signature, Failure> {
        self.meter.request(|p| p.signatures += 1);
        self.inner.sign(bytes).await
    }
}

struct Timed {
    inner: Arc<dyn AnyFunction>,
    meter: Meter,
    /// What its process on AWS keeps while it is warm: one process for each function, as where runs are few.
    kept: OnceLock<Arc<Kept>>,
}

#[async_trait]
impl AnyFunction for Timed {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn writes_task_fact(&self) -> bool {
        self.inner.writes_task_fact()
    }
    async fn call(&self, ctx: &Ctx, input: Value) -> Result<Value, Failure> {
        // The engine lends its functions a ledger of its own, behind the counted one.
        let env = ctx.env.clone();
        let kept = self.kept.get_or_init(|| Arc::new(Kept::new(env.artifacts)));
        let env = Env {
            ledger: Arc::new(self.meter.around(env.ledger)),
            artifacts: Arc::<Kept>::clone(kept),
            ..ctx.env.clone()
        };
        let ctx = Ctx { env, ..ctx.clone() };
        let name = self.inner.name();
        let begun = Instant::now();
        let result = FUNCTION.scope(name.to_owned(), self.inner.call(&ctx, input)).await;
        let busy_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.meter.count(|p| {
            if self.inner.writes_task_fact() {
                p.ledger.write_set([TASK_FACT_BYTES]);
                used(p, name).port_calls += 1;
            }
            if name.starts_with(JOB) {
                // A worker claims its step, keeps what came of it, and answers the token.
                p.records.read(0);
                p.records.write_set([STEP_ROW_BYTES]);
                p.records.write_set([STEP_ROW_BYTES]);
                used(p, name).port_calls += 4;
            }
            let used = used(p, name);
            used.calls += 1;
            used.busy_us += busy_us;
        });
        result
    }
    fn schemas(&self) -> (Value, Value) {
        self.inner.schemas()
    }
}

/// A task fact as JSON, which the registry writes after the call: a path, a name, two digests and a time.
const TASK_FACT_BYTES: usize = 400;
/// A step's row as JSON, which a worker on AWS keeps: a name, a digest and a small output.
const STEP_ROW_BYTES: usize = 500;
/// What the names of functions begin with that are fed by queues.
const JOB: &str = "job-";
