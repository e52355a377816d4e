//! Real models over the network: Anthropic, OpenAI, Gemini, and any OpenAI-compatible server.
//!
//! A model is named `provider/model`: `anthropic/claude-…`, `openai/…`, `gemini/…`, or `local/…` for
//! a server with a configured address (Ollama, vLLM, llama.cpp, LM Studio). The client library behind this is
//! `genai`, and none of its types leave this module. Retries, deadlines and the meaning of errors are ours.
//!
//! | provider | how far it is tested |
//! |---|---|
//! | Anthropic, OpenAI (chat, Responses), Gemini | answers and faults as documented, our own server; not live |
//! | `local/…` | the same, with faults that llama.cpp's server was seen to answer |

mod addresses;
mod egress;
mod faults;
mod retry;
mod secret;
mod settings;
mod trouble;
mod watch;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use genai::adapter::AdapterKind;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Clock, Model, Random, Request, Unwanted, Usage};
use ideamine_core::{Failure, UsdMicros};

use crate::catalogue::Catalogue;
use crate::tokens;
pub use retry::RetryPolicy;
pub use secret::ApiKey;
pub use settings::{Access, Settings, Timeouts};

use egress::BaseUrl;
use settings::{ANTHROPIC, GEMINI, Known, LOCAL, OPENAI};
use trouble::Trouble;
use wire::Line;

/// Sent to a local server that has no key: some want the header all the same.
const NO_KEY: &str = "none";

/// Every configured provider.
pub struct Providers {
    endpoints: BTreeMap<&'static str, Endpoint>,
    catalogue: Catalogue,
    timeouts: Timeouts,
    retry: RetryPolicy,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

struct Endpoint {
    known: &'static Known,
    base_url: BaseUrl,
    key: Option<ApiKey>,
    connect: Duration,
    /// Made at the first call: loading the system's certificates takes time, and may fail.
    client: OnceLock<genai::Client>,
}

/// Checks a base URL that an operator wrote; `setting` names where.
///
/// # Errors
/// `Model.Config` that says what such an address looks like.
pub fn check_address(text: &str, setting: &str) -> Result<(), Failure> {
    egress::BaseUrl::parse(text, setting).map(drop)
}

impl Providers {
    /// Checks the settings of each provider that has a key or an address. Nothing is opened or sent.
    ///
    /// # Errors
    /// `Model.Config` naming the setting that cannot be used.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, Failure> {
        let Settings { anthropic, openai, gemini, local, timeouts, retry } = settings;
        let mut endpoints = BTreeMap::new();
        for (known, access) in
            [(&ANTHROPIC, anthropic), (&OPENAI, openai), (&GEMINI, gemini), (&LOCAL, local)]
        {
            if let Some(endpoint) = Endpoint::new(known, access, timeouts.connect)? {
                endpoints.insert(known.prefix, endpoint);
            }
        }
        Ok(Self { endpoints, catalogue: Catalogue::bundled()?, timeouts, retry, clock, random })
    }

    /// Whether this model could be asked: its provider is known and configured, and its key fits.
    ///
    /// # Errors
    /// `Model.Config` saying what to set.
    pub fn check(&self, model: &str) -> Result<(), Failure> {
        let (endpoint, _) = self.route(model)?;
        endpoint.key().map(drop)
    }

    fn route<'a>(&self, model: &'a str) -> Result<(&Endpoint, &'a str), Failure> {
        let (prefix, name) = model.split_once('/').unwrap_or((model, ""));
        let known = [&ANTHROPIC, &OPENAI, &GEMINI, &LOCAL].into_iter().find(|known| known.prefix == prefix);
        let Some(known) = known else {
            let message = format!("model `{model}`: expected anthropic/…, openai/…, gemini/… or local/…");
            return Err(Failure::new(FailureKind::ModelConfig, message));
        };
        if !is_usable_name(name) {
            let message =
                format!("model `{model}`: its name may hold letters, digits and . _ : / @ + - only");
            return Err(Failure::new(FailureKind::ModelConfig, message));
        }
        let endpoint = self.endpoints.get(prefix).ok_or_else(|| {
            let needs = if known.base_url.is_some() { "KEY" } else { "URL" };
            let message = format!("model `{model}`: set {}_{needs}", known.variable);
            Failure::new(FailureKind::ModelConfig, message)
        })?;
        Ok((endpoint, name))
    }

    async fn try_until_it_ends(
        &self,
        request: &Request,
        mut unwanted: Unwanted<'_>,
    ) -> Result<Answer, Failure> {
        let (endpoint, name) = self.route(&request.model)?;
        let (key, client) = (endpoint.key()?, endpoint.client()?);
        let enforces_schema = self.catalogue.entry(&request.model).is_none_or(|entry| entry.json_schema);
        let mut made = 0;
        loop {
            let line = Line {
                client,
                adapter: endpoint.adapter(name),
                base_url: endpoint.base_url.as_str(),
                key,
                model: name,
                enforces_schema,
                timeouts: self.timeouts,
                now_ms: self.clock.now_ms(),
            };
            let trouble = match line.ask(request).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            made += 1;
            let random = self.random.next_u64();
            let wait = self.retry.wait(trouble.kind, made, trouble.retry_after_ms, random);
            let Some(wait) = wait.filter(|_| !trouble.hopeless) else {
                return Err(failure(request, trouble, made));
            };
            let (model, label, what) = (&request.model, &request.label, &trouble.what);
            tracing::info!(model, label, what, made, ?wait, "model call failed; trying again");
            if tokio::time::timeout(wait, &mut unwanted).await.is_ok() {
                return Err(failure(request, trouble, made));
            }
        }
    }

    /// Whether a model runs on this machine: nobody charges for it.
    fn is_free(&self, model: &str) -> bool {
        self.route(model).is_ok_and(|(endpoint, _)| {
            endpoint.known.prefix == LOCAL.prefix && endpoint.base_url.is_loopback()
        })
    }
}

fn failure(request: &Request, trouble: Trouble, made: u32) -> Failure {
    let Trouble { kind, what, retry_after_ms, .. } = trouble;
    let tries = if made == 1 { "1 try".to_owned() } else { format!("{made} tries") };
    let message = format!("{} for `{}`, after {tries}: {what}", request.model, request.label);
    Failure { retry_after_ms, ..Failure::new(kind, message) }
}

/// A name that is one plain word: it becomes part of an address at one provider, and `::` is the client
/// library's own namespace.
fn is_usable_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:/@+-".contains(&b);
    !name.is_empty() && name.bytes().all(plain) && !name.contains("::") && !name.contains("..")
}

impl Endpoint {
    fn new(known: &'static Known, access: Access, connect: Duration) -> Result<Option<Self>, Failure> {
        let Access { base_url, key } = access;
        let configured = base_url.or_else(|| key.as_ref().and(known.base_url).map(str::to_owned));
        let Some(text) = configured else { return Ok(None) };
        let base_url = BaseUrl::parse(&text, &format!("{}_URL", known.variable))?;
        Ok(Some(Self { known, base_url, key, connect, client: OnceLock::new() }))
    }

    fn client(&self) -> Result<&genai::Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let built = genai::Client::builder().with_reqwest(self.base_url.client(self.connect)?).build();
        let client = built.map_err(|_| {
            let message = format!("no client for {}_URL {}", self.known.variable, self.base_url.origin());
            Failure::new(FailureKind::ModelConfig, message)
        })?;
        Ok(self.client.get_or_init(|| client))
    }

    /// The key, if it may go where this endpoint is.
    fn key(&self) -> Result<&str, Failure> {
        let variable = self.known.variable;
        let origin = self.base_url.origin();
        let refuse = |what: String| Err(Failure::new(FailureKind::ModelConfig, what));
        let Some(key) = &self.key else {
            return match self.known.base_url {
                Some(_) => refuse(format!("set {variable}_KEY")),
                None => Ok(NO_KEY),
            };
        };
        if !key.is_usable() {
            return refuse(format!(
                "{variable}_KEY is not a key: expected printable characters without spaces"
            ));
        }
        match key.for_origin(&origin) {
            Some(text) => Ok(text),
            None => refuse(format!(
                "{variable}_KEY is bound to {} and is not sent to {origin}; \
                 if it is meant for it, set {variable}_KEY_ORIGIN={origin}",
                key.origin()
            )),
        }
    }

    /// The wire format. OpenAI's newer models are asked through its Responses API; what is compatible with
    /// OpenAI speaks chat completions.
    fn adapter(&self, model: &str) -> AdapterKind {
        match self.known.prefix {
            "anthropic" => AdapterKind::Anthropic,
            "gemini" => AdapterKind::Gemini,
            "openai" => match AdapterKind::from_model(model) {
                Ok(AdapterKind::OpenAIResp) => AdapterKind::OpenAIResp,
                _ => AdapterKind::OpenAI,
            },
            _ => AdapterKind::OpenAI,
        }
    }
}

#[async_trait]
impl Model for Providers {
    async fn call(&self, request: &Request) -> Result<Answer, Failure> {
        self.call_while_wanted(request, std::pin::pin!(std::future::pending())).await
    }

    async fn call_while_wanted(&self, request: &Request, unwanted: Unwanted<'_>) -> Result<Answer, Failure> {
        let total = self.timeouts.total;
        match tokio::time::timeout(total, self.try_until_it_ends(request, unwanted)).await {
            Ok(result) => result,
            Err(_) => {
                let message =
                    format!("{} for `{}`: no whole answer in {total:?}", request.model, request.label);
                Err(Failure::new(FailureKind::ModelTimeout, message))
            }
        }
    }

    fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        if self.is_free(&request.model) {
            return Some(UsdMicros::ZERO);
        }
        self.catalogue.ceiling(request)
    }

    fn tokens(&self, request: &Request) -> u64 {
        tokens::most(request)
    }

    fn origin(&self, model: &str) -> String {
        self.route(model).map(|(endpoint, _)| endpoint.base_url.origin()).unwrap_or_default()
    }

    fn price(&self, model: &str, usage: &Usage) -> Option<UsdMicros> {
        if self.is_free(model) {
            return Some(UsdMicros::ZERO);
        }
        self.catalogue.price(model, usage)
    }
}
