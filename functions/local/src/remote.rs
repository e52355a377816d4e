//! A deployed API, asked what the owner of a data directory is asked: for commands with `--remote`.
//!
//! It speaks HTTP to the routes of `functions/api` and knows nothing of AWS, so `ideamine serve` answers it as well.

mod linked;

use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Random as _;
use ideamine_core::records::RunOptions;
use ideamine_core::{Failure, RunId};
use ideamine_embedded::SystemRandom;
use ideamine_runs::Resume;
use reqwest::header::LOCATION;
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::{self, API_TOKEN, Config};
use crate::service::Ask;
use linked::Linked;

/// Longest time to reach the API.
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// Longest time for a whole answer; API Gateway gives up after 30 s.
const ANSWER_WAIT: Duration = Duration::from_secs(60);
/// Largest answer, bytes: a dossier with all its documents fits.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Tries of a question that changes nothing.
const TRIES: u32 = 4;
/// First wait between tries, milliseconds; it doubles, and half of it is random.
const RETRY_MS: u64 = 500;
/// Between two looks at a run that is followed.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// A deployed API and who asks.
pub(crate) struct Api {
    client: Client,
    base: Url,
    token: Option<String>,
}

/// One request: what a command asks, as the routes take it.
struct Call {
    method: Method,
    path: Vec<String>,
    query: Option<(&'static str, String)>,
    body: Option<Value>,
}

/// What the API answered.
enum Answered {
    /// This.
    Here(Vec<u8>),
    /// With where a document is, and this is it.
    There(Linked),
}

impl Answered {
    fn body(self) -> Vec<u8> {
        match self {
            Self::Here(body) => body,
            Self::There(linked) => linked.bytes,
        }
    }
}

impl Api {
    /// The API that the configuration names.
    ///
    /// # Errors
    /// `Config.Invalid` that says what to set.
    pub(crate) fn open(config: &Config) -> Result<Self, Failure> {
        let base = config.api_url.as_deref().ok_or_else(|| {
            config::invalid("--remote: set IDEAMINE_API_URL, or `api_url` in the configuration, to the address of the API".to_owned())
        })?;
        let base = address("IDEAMINE_API_URL", base)?;
        // One process-wide TLS provider; a second call finds it installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("ideamine/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WAIT)
            .timeout(ANSWER_WAIT);
        if base.scheme() == "http" {
            // This machine: no certificates to load, no proxy to ask.
            builder = builder.tls_certs_only([]).no_proxy();
        }
        let client =
            builder.build().map_err(|e| config::invalid(format!("no HTTPS client: {}", cause(&e))))?;
        Ok(Self { client, base, token: config::api_token()? })
    }

    /// Asks one thing. What changes nothing is asked again when the API could not be reached.
    ///
    /// # Errors
    /// The API's own, or what kept it from answering and what to do.
    pub(crate) async fn ask(&self, ask: &Ask) -> Result<Value, Failure> {
        let answer = match (self.send(&call(ask)?).await?, ask) {
            (Answered::There(linked), Ask::Artifact { .. }) => return Ok(linked.artifact()),
            (answered, _) => answered.body(),
        };
        Ok(match ask {
            Ask::Dossier { .. } => Value::String(
                String::from_utf8(answer).map_err(|_| Failure::corrupt("the dossier is not text"))?,
            ),
            Ask::Status { .. } => {
                let shown = parsed(&answer)?;
                let ended =
                    ["completed", "failed", "cancelled"].iter().any(|status| shown["status"] == *status);
                json!({ "status": shown["status"], "ended": ended })
            }
            // Where files lie on the machine that answers is nothing to this one.
            Ask::Show { .. } => {
                let mut shown = parsed(&answer)?;
                for form in ["json", "html"] {
                    shown["dossier"][form] = Value::Null;
                }
                shown
            }
            Ask::Events { .. } => {
                let news = parsed(&answer)?;
                if news["events"].as_array().is_some_and(Vec::is_empty) {
                    tokio::time::sleep(LOOK_PAUSE).await;
                }
                news
            }
            _ => parsed(&answer)?,
        })
    }

    async fn send(&self, call: &Call) -> Result<Answered, Failure> {
        let random = SystemRandom::new()?;
        let mut made = 0;
        loop {
            let failure = match self.once(call).await {
                Err(failure) if failure.kind == FailureKind::StoreUnavailable => failure,
                answer => return answer,
            };
            made += 1;
            if call.method != Method::GET || made >= TRIES {
                return Err(failure);
            }
            let full = RETRY_MS << (made - 1);
            tokio::time::sleep(Duration::from_millis(full / 2 + random.next_u64() % (full / 2 + 1))).await;
        }
    }

    async fn once(&self, call: &Call) -> Result<Answered, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&call.path);
        }
        if let Some((name, value)) = &call.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let mut request = self.client.request(call.method.clone(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &call.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(|e| self.unreachable(&e))?;
        let status = response.status();
        let link = response.headers().get(LOCATION).cloned().filter(|_| status == StatusCode::SEE_OTHER);
        let body = body(response, self.base.as_str()).await?.map_err(|e| self.unreachable(&e))?;
        match link {
            Some(link) => self.follow(&link, &body).await.map(Answered::There),
            None if status.is_success() => Ok(Answered::Here(body)),
            None => Err(self.refused(status, &body)),
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let base = &self.base;
        let message =
            format!("the API at {base} {}; check IDEAMINE_API_URL and the network", no_answer(error));
        Failure::new(FailureKind::StoreUnavailable, message)
    }

    /// What an answer that is none means, and what to do about it.
    fn refused(&self, status: StatusCode, body: &[u8]) -> Failure {
        let base = &self.base;
        if let Ok(problem) = serde_json::from_slice::<Problem>(body)
            && let Some(kind) = FailureKind::ALL.iter().find(|kind| kind.name() == problem.title)
            && status != StatusCode::UNAUTHORIZED
        {
            return Failure::new(*kind, problem.detail);
        }
        let (kind, message) = match status.as_u16() {
            401 => (
                FailureKind::ConfigInvalid,
                format!(
                    "the API at {base} does not accept the token (401): set {API_TOKEN} to one that is not expired and that its issuer made for it"
                ),
            ),
            403 => (
                FailureKind::ConfigInvalid,
                format!(
                    "the token does not allow this at {base} (403): it needs the scopes runs:read and runs:write"
                ),
            ),
            404 => (
                FailureKind::ConfigInvalid,
                format!("there is no IdeaMine API at {base} (404): check IDEAMINE_API_URL"),
            ),
            429 | 500.. => (
                FailureKind::StoreUnavailable,
                format!(
                    "the API at {base} cannot answer now ({status}); try again, then look at the log of its function `api`"
                ),
            ),
            _ => (
                FailureKind::ConfigInvalid,
                format!("the API at {base} answers {status}: check IDEAMINE_API_URL"),
            ),
        };
        Failure::new(kind, message)
    }
}

/// The parts of an RFC 9457 problem that are used: its title is the failure's stable name.
#[derive(Deserialize)]
struct Problem {
    title: String,
    detail: String,
}

/// Checks the address of an API; a token must not travel in the clear.
///
/// # Errors
/// `Config.Invalid` that says what it looks like.
pub(crate) fn address(setting: &str, text: &str) -> Result<Url, Failure> {
    let expected =
        "expected https://… or, on this machine, http://127.0.0.1:PORT/…, without user, query or fragment";
    let refuse = || config::invalid(format!("{setting} is `{text}`, {expected}"));
    let url = Url::parse(text.trim()).map_err(|_| refuse())?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if safe && plain { Ok(url) } else { Err(refuse()) }
}

fn call(ask: &Ask) -> Result<Call, Failure> {
    let to = |method: Method, path: &[&str], body: Option<Value>| {
        let path = ["v1"].iter().chain(path).map(|part| (*part).to_owned()).collect();
        Ok(Call { method, path, query: None, body })
    };
    let get = |run: &RunId, rest: &[&str]| to(Method::GET, &[&["runs", run.as_str()], rest].concat(), None);
    let post = |run: &RunId, what: &str, body| to(Method::POST, &["runs", run.as_str(), what], body);
    match ask {
        Ask::Start { idea, media_type, options, script: None, .. } => {
            to(Method::POST, &["runs"], Some(new_run(idea, media_type, options)))
        }
        Ask::Start { .. } => {
            Err(Failure::input("--model: a script is for this machine alone; leave out --remote"))
        }
        Ask::List => to(Method::GET, &["runs"], None),
        Ask::Queue => to(Method::GET, &["queue"], None),
        Ask::Show { run } | Ask::Status { run } => get(run, &[]),
        Ask::Pause { run } => post(run, "pause", None),
        Ask::Cancel { run } => post(run, "cancel", None),
        Ask::Resume { run, resume } if *resume == Resume::default() => post(run, "resume", None),
        Ask::Resume { resume: Resume { accept_build: true, .. }, .. } => Err(Failure::input(
            "the API resumes runs of its own build alone: leave out --accept-build, or --remote",
        )),
        Ask::Resume { run, resume } => {
            let budget = resume.budget.map(|budget| budget.dollars());
            let body = json!({
                "budget_usd": budget, "budget_tokens": resume.budget_tokens,
                "budget_minutes": resume.budget_minutes, "grant": resume.grant,
            });
            post(run, "resume", Some(body))
        }
        Ask::Checkpoints { run } => get(run, &["checkpoints"]),
        Ask::Fork { script: Some(_), .. } => {
            Err(Failure::input("--model: a script is for this machine alone; leave out --remote"))
        }
        Ask::Fork { run, change, .. } => {
            let budget = change.budget.map(|budget| budget.dollars());
            let body = json!({
                "from": change.from, "model": change.model, "budget_usd": budget,
                "budget_tokens": change.budget_tokens, "budget_minutes": change.budget_minutes,
            });
            post(run, "fork", Some(body))
        }
        Ask::Answer { run, question, text } => {
            post(run, "answers", Some(json!({ "question": question, "text": text })))
        }
        Ask::Events { run, after } => {
            let query = Some(("after", after.clone())).filter(|(_, after)| !after.is_empty());
            get(run, &["events"]).map(|call| Call { query, ..call })
        }
        Ask::Artifact { run, artifact } => {
            get(run, &["artifacts"].into_iter().chain(artifact.split('/')).collect::<Vec<_>>())
        }
        Ask::Ledger { run } => get(run, &["ledger"]),
        Ask::Dossier { run } => get(run, &["dossier.json"]),
        Ask::KillSwitch { throw: None } => to(Method::GET, &["kill-switch"], None),
        Ask::KillSwitch { throw: Some(throw) } => {
            let body = serde_json::to_value(throw).map_err(|e| Failure::bug(e.to_string()))?;
            to(Method::POST, &["kill-switch"], Some(body))
        }
        Ask::Ping
        | Ask::GoOn { .. }
        | Ask::Verify { .. }
        | Ask::QueueJobs { .. }
        | Ask::QueueRedrive { .. }
        | Ask::QueuePurge { .. }
        | Ask::Gate { .. }
        | Ask::Appeal { .. }
        | Ask::Approve { .. }
        | Ask::Recording { .. } => Err(Failure::input("the API has no such route; leave out --remote")),
    }
}

/// The body of `POST /v1/runs`.
fn new_run(idea: &str, media_type: &str, options: &RunOptions) -> Value {
    json!({
        "idea": idea, "media_type": media_type, "seed": options.seed, "model": options.model,
        "budget_usd": options.budget.map(|budget| budget.dollars()), "budget_tokens": options.budget_tokens,
        "budget_minutes": options.budget_minutes, "until": options.until, "ask": options.ask,
        "priority": options.priority,
    })
}

/// The whole body of an answer, unless it breaks off.
///
/// # Errors
/// `Output.TooLarge`.
async fn body(mut response: Response, who: &str) -> Result<Result<Vec<u8>, reqwest::Error>, Failure> {
    let mut body = vec![];
    loop {
        let part = match response.chunk().await {
            Ok(Some(part)) => part,
            Ok(None) => return Ok(Ok(body)),
            Err(error) => return Ok(Err(error)),
        };
        if body.len() + part.len() > ANSWER_BYTES_MAX {
            let message = format!("{who} answers with more than {ANSWER_BYTES_MAX} bytes");
            return Err(Failure::new(FailureKind::OutputTooLarge, message));
        }
        body.extend_from_slice(&part);
    }
}

/// Why there is no answer.
fn no_answer(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() { "gave no answer in time" } else { "cannot be reached" };
    format!("{what} ({})", cause(error))
}

fn parsed(answer: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(answer).map_err(|e| Failure::corrupt(format!("the API's answer is not JSON: {e}")))
}

/// The innermost cause, without addresses that a proxy or a redirect put in.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}
