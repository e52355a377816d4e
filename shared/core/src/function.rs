//! What a function is, and the registry that names them all.
//!
//! A function is one Lambda on AWS and one plain call on one machine. It sees the world through the
//! ports in [`Env`] and whatever special port its own struct holds (the signing key, the model
//! providers, the sandbox): least privilege is visible in the type. The machine hands it an
//! [`Envelope`]; [`Registry::invoke`] opens it, runs the function and writes the task fact.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::failure::{Failure, FailureKind};
use crate::id::{RunId, Tenant};
use crate::ports::{Artifacts, Clock, Events, Ledger, Records, Workflows};
use crate::records::{Fact, FactBody};

/// Largest output of a function, bytes of JSON: states carry ids and references, never documents.
pub const OUTPUT_BYTES_MAX: usize = 4 * 1024;

/// The ports that every function may use. Clones are cheap.
#[derive(Clone)]
pub struct Env {
    /// Mutable rows.
    pub records: Arc<dyn Records>,
    /// Facts, rows and heads: insert-only.
    pub ledger: Arc<dyn Ledger>,
    /// Content-addressed store.
    pub artifacts: Arc<dyn Artifacts>,
    /// Executions and task tokens.
    pub workflows: Arc<dyn Workflows>,
    /// Live progress for whoever watches.
    pub events: Arc<dyn Events>,
    /// Wall clock.
    pub clock: Arc<dyn Clock>,
}

/// What a call of a function knows about itself.
#[derive(Clone)]
pub struct Ctx {
    /// The ports.
    pub env: Env,
    /// Whose data.
    pub tenant: Tenant,
    /// Which run.
    pub run: RunId,
    /// The resolved plan, once there is one.
    pub plan: Option<Digest>,
    /// The step's logical path, `03-prd/a1/b00/prepare`: the idempotency key's first part, equal in every replay.
    pub step: String,
}

/// What a state machine passes to a function: who, where, and the function's own input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Whose data.
    pub tenant: Tenant,
    /// Which run.
    pub run: RunId,
    /// Digest of the resolved plan; absent only before planning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Digest>,
    /// The step's logical path.
    pub step: String,
    /// The function's own input.
    #[serde(default)]
    pub input: Value,
}

/// One function of the collection.
#[async_trait]
pub trait Function: Send + Sync + 'static {
    /// The one name of the function everywhere: registry, Lambda handler, log field, events folder.
    const NAME: &'static str;
    /// Whether a successful call is a fact of its own. Only sealing is not: it cannot number itself.
    const WRITES_TASK_FACT: bool = true;
    /// The function's own part of the [`Envelope`].
    type Input: DeserializeOwned + JsonSchema + Send;
    /// A few ids, digests and choices; at most [`OUTPUT_BYTES_MAX`] as JSON.
    type Output: Serialize + JsonSchema + Send;
    /// Does the work once; doing it again with the same step and input must change nothing.
    async fn run(&self, ctx: &Ctx, input: Self::Input) -> Result<Self::Output, Failure>;
}

/// A [`Function`] whose types are erased, as the registry keeps it.
#[async_trait]
pub trait AnyFunction: Send + Sync {
    /// [`Function::NAME`], or the name it was registered under.
    fn name(&self) -> &str;
    /// [`Function::WRITES_TASK_FACT`].
    fn writes_task_fact(&self) -> bool;
    /// Runs it on JSON.
    async fn call(&self, ctx: &Ctx, input: Value) -> Result<Value, Failure>;
    /// JSON Schemas of input and output.
    fn schemas(&self) -> (Value, Value);
}

struct Erased<F> {
    name: String,
    function: F,
}

#[async_trait]
impl<F: Function> AnyFunction for Erased<F> {
    fn name(&self) -> &str {
        &self.name
    }
    fn writes_task_fact(&self) -> bool {
        F::WRITES_TASK_FACT
    }
    async fn call(&self, ctx: &Ctx, input: Value) -> Result<Value, Failure> {
        let input = serde_json::from_value(input)
            .map_err(|e| Failure::input(format!("input of {} at {}: {e}", self.name, ctx.step)))?;
        let output = self.function.run(ctx, input).await?;
        serde_json::to_value(output).map_err(|e| Failure::bug(format!("output of {}: {e}", self.name)))
    }
    fn schemas(&self) -> (Value, Value) {
        let of = |schema: schemars::Schema| schema.to_value();
        (of(schemars::schema_for!(F::Input)), of(schemars::schema_for!(F::Output)))
    }
}

/// Every function by name: what a state machine may call.
#[derive(Clone, Default)]
pub struct Registry {
    functions: BTreeMap<String, Arc<dyn AnyFunction>>,
}

impl Registry {
    /// Adds a function under its own name.
    #[must_use]
    pub fn with<F: Function>(self, function: F) -> Self {
        self.with_named(F::NAME, function)
    }
    /// Adds a function under another name: one type may serve several (the agents).
    #[must_use]
    pub fn with_named<F: Function>(mut self, name: &str, function: F) -> Self {
        let erased = Erased { name: name.to_owned(), function };
        self.functions.insert(name.to_owned(), Arc::new(erased));
        self
    }
    /// Both registries in one; names must not repeat (the later wins).
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.functions.extend(other.functions);
        self
    }
    /// The same functions, each inside what `wrap` makes of it: to count or to disturb calls.
    #[must_use]
    pub fn wrapped(mut self, wrap: impl Fn(Arc<dyn AnyFunction>) -> Arc<dyn AnyFunction>) -> Self {
        self.functions = self.functions.into_iter().map(|(name, function)| (name, wrap(function))).collect();
        self
    }
    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }
    /// One function.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn AnyFunction>> {
        self.functions.get(name)
    }

    /// Opens the envelope, runs the function, checks its output's size and writes the task fact.
    ///
    /// # Errors
    /// The function's own failure; [`FailureKind::InputInvalid`] for an unreadable envelope or an
    /// unknown function; [`FailureKind::OutputTooLarge`].
    pub async fn invoke(&self, env: &Env, name: &str, payload: Value) -> Result<Value, Failure> {
        let function = self.get(name).ok_or_else(|| {
            Failure::input(format!("there is no function `{name}`; see `ideamine functions`"))
        })?;
        let envelope: Envelope = serde_json::from_value(payload)
            .map_err(|e| Failure::input(format!("payload of {name} is not an envelope: {e}")))?;
        let Envelope { tenant, run, plan, step, input } = envelope;
        let ctx = Ctx { env: env.clone(), tenant, run, plan, step };
        let input_digest = Digest::of_json(&input)?;
        let output = function.call(&ctx, input).await?;
        let size = output.to_string().len();
        if size > OUTPUT_BYTES_MAX {
            let message = format!("{name} at {} returned {size} bytes, over {OUTPUT_BYTES_MAX}", ctx.step);
            return Err(Failure::new(FailureKind::OutputTooLarge, message));
        }
        if function.writes_task_fact() {
            let body = FactBody::Task {
                function: name.to_owned(),
                input: input_digest,
                output: Digest::of_json(&output)?,
            };
            ctx.record(0, body).await?;
        }
        Ok(output)
    }
}

impl Ctx {
    /// Inserts one fact of this step into the ledger; doing it again changes nothing.
    ///
    /// # Errors
    /// The ledger's own failures; another fact at the same place is [`FailureKind::StepConflict`].
    pub async fn record(&self, ordinal: u32, body: FactBody) -> Result<(), Failure> {
        self.record_at(&self.step, ordinal, body).await
    }

    /// [`Ctx::record`] at another logical path than the step's own.
    ///
    /// # Errors
    /// As [`Ctx::record`].
    pub async fn record_at(&self, path: &str, ordinal: u32, body: FactBody) -> Result<(), Failure> {
        let fact = Fact { path: path.to_owned(), ordinal, at_ms: self.env.clock.now_ms(), body };
        self.env.ledger.insert(&self.tenant, &self.run, vec![fact]).await
    }

    /// Puts a document into the store and returns its digest.
    ///
    /// # Errors
    /// The store's own failures.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<Digest, Failure> {
        self.env.artifacts.put(&self.tenant, bytes).await
    }
    /// Puts a value as canonical JSON.
    ///
    /// # Errors
    /// As [`Ctx::put`]; a float in it is a bug.
    pub async fn put_json<T: Serialize + Sync>(&self, value: &T) -> Result<Digest, Failure> {
        self.put(crate::digest::canonical(value)?).await
    }
    /// Reads a document.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`], [`FailureKind::DataCorrupt`].
    pub async fn get(&self, digest: &Digest) -> Result<Vec<u8>, Failure> {
        self.env.artifacts.get(&self.tenant, digest).await
    }
    /// Reads a typed document.
    ///
    /// # Errors
    /// As [`Ctx::get`]; [`FailureKind::DataCorrupt`] when it does not parse.
    pub async fn get_json<T: DeserializeOwned>(&self, digest: &Digest) -> Result<T, Failure> {
        let bytes = self.get(digest).await?;
        serde_json::from_slice(&bytes).map_err(|e| Failure::corrupt(format!("document {digest}: {e}")))
    }
    /// The digest of the plan.
    ///
    /// # Errors
    /// [`FailureKind::InputInvalid`] before planning.
    pub fn plan_digest(&self) -> Result<Digest, Failure> {
        self.plan.ok_or_else(|| Failure::input(format!("{} needs the plan's digest", self.step)))
    }
}
