//! Language models: one request in, one answer out. Only `job-model-call` holds this port.

use std::pin::Pin;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Failure, UsdMicros};

/// Everything that decides an answer; its canonical digest is the replay key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Model as resolved in the plan, `provider/model`.
    pub model: String,
    /// Which agent asks, which phase, role, attempt and repair round: for recordings and labels. Part of the key.
    pub label: String,
    /// Standing instructions.
    pub system: String,
    /// The work.
    pub user: String,
    /// JSON Schema that the answer must fit.
    pub schema: Value,
    /// Most tokens of the answer.
    pub max_tokens: u32,
    /// Seed handed to providers that take one.
    pub seed: u64,
}

/// What a call used. Unknown counts are `None`, never zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub tokens_in: Option<u64>,
    /// Tokens written, reasoning included.
    pub tokens_out: Option<u64>,
}

/// A model's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text, expected to be JSON in the request's schema; not checked yet.
    pub text: String,
    /// What it used.
    pub usage: Usage,
}

/// Is ready once nobody wants the answer any more.
pub type Unwanted<'a> = Pin<&'a mut (dyn Future<Output = ()> + Send)>;

/// One provider, or a table of them.
#[async_trait]
pub trait Model: Send + Sync {
    /// Asks. Failures are the `Model.*` kinds.
    async fn call(&self, request: &Request) -> Result<Answer, Failure>;
    /// Asks; once the answer is unwanted no further try is waited for, and it ends as the last one did. A request under way is
    /// never given up for that: it may be charged.
    async fn call_while_wanted(&self, request: &Request, _unwanted: Unwanted<'_>) -> Result<Answer, Failure> {
        self.call(request).await
    }
    /// The most that this request can cost, for the reservation; `None` when the model has no known price.
    fn ceiling(&self, request: &Request) -> Option<UsdMicros>;
    /// The most tokens that this request can use, read and written together; 0 when none is used.
    fn tokens(&self, request: &Request) -> u64;
    /// What this usage costs; `None` when price or usage is not known.
    fn price(&self, model: &str, usage: &Usage) -> Option<UsdMicros>;
    /// Scheme and authority of where this model is; empty for one in this process.
    fn origin(&self, _model: &str) -> String {
        String::new()
    }
    /// Whether this model's answers were recorded before: what they cost was spent then, not now.
    fn is_recorded(&self, _model: &str) -> bool {
        false
    }
}
