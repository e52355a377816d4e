//! AWS as a list of answers, given one by one; what was asked is remembered.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_s3::config::Credentials;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use ideamine_aws::settings::Settings;
use ideamine_aws::{Aws, Runner};
use serde_json::{Value, json};

/// One answer.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    /// Status and body.
    Text(u16, String),
    /// No connection.
    Nothing,
    /// Never.
    Silence,
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) uri: String,
    /// The operation, where a header names it.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Replay(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    answers: VecDeque<Say>,
    /// What is said when these are used up; without it, nothing.
    then: Option<fn(&Asked) -> Say>,
    asked: Vec<Asked>,
}

impl Replay {
    /// These answers in this order; asking for more is a failed connection.
    pub(crate) fn of(answers: impl IntoIterator<Item = Say>) -> Self {
        let answers = answers.into_iter().collect();
        Self(Arc::new(Mutex::new(State { answers, ..State::default() })))
    }

    /// These answers, and after them what `then` says to each request.
    pub(crate) fn then(answers: impl IntoIterator<Item = Say>, then: fn(&Asked) -> Say) -> Self {
        let replay = Self::of(answers);
        replay.0.lock().unwrap().then = Some(then);
        replay
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().asked.clone()
    }

    /// How many answers were not asked for.
    pub(crate) fn left(&self) -> usize {
        self.0.lock().unwrap().answers.len()
    }

    pub(crate) async fn aws(&self) -> Aws {
        let name = |name: &str| Some(name.to_owned());
        let settings = Settings {
            records_table: name("records"),
            ledger_table: name("ledger"),
            bucket: name("bucket"),
            heads_bucket: name("heads"),
            function_prefix: name("stack-"),
            machine_prefix: name("arn:aws:states:eu-west-1:111122223333:stateMachine:stack-"),
            machine_versions: [("run".to_owned(), "7".to_owned())].into(),
            queue_prefix: name("https://sqs.eu-west-1.amazonaws.com/111122223333/stack-"),
            signing_key: name("alias/seal"),
            jobs: Some(Runner::Batch),
            batch_queue: name("sandbox"),
            batch_job: name("sandbox:3"),
        };
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(Credentials::new("AKIA", "hidden", Some("session".into()), None, "test"))
            .http_client(self.clone());
        Aws::connect_with(settings, config).await.unwrap()
    }
}

impl HttpClient for Replay {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers: Vec<_> =
            request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let target = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
        let asked = Asked {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            target: target.unwrap_or_default().to_owned(),
            headers,
            body: String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned(),
        };
        let mut state = self.0.lock().unwrap();
        let then = state.then;
        let said = state.answers.pop_front().or_else(|| then.map(|then| then(&asked)));
        state.asked.push(asked);
        match said {
            Some(Say::Text(status, body)) => HttpConnectorFuture::ready(Ok(answer(status, body))),
            Some(Say::Silence) => HttpConnectorFuture::new(std::future::pending()),
            Some(Say::Nothing) | None => {
                HttpConnectorFuture::ready(Err(ConnectorError::io("connection refused".into())))
            }
        }
    }
}

fn answer(status: u16, body: String) -> HttpResponse {
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
}

/// A good answer in JSON.
pub(crate) fn ok(body: Value) -> Say {
    Say::Text(200, body.to_string())
}

/// An error of a service that speaks JSON.
pub(crate) fn error(status: u16, code: &str) -> Say {
    Say::Text(status, json!({ "__type": format!("com.amazonaws#{code}"), "message": "as told" }).to_string())
}

/// An error of S3.
pub(crate) fn s3_error(status: u16, code: &str) -> Say {
    Say::Text(status, format!("<Error><Code>{code}</Code><Message>as told</Message></Error>"))
}

/// A cancelled transaction.
pub(crate) fn cancelled(reasons: &[&str]) -> Say {
    let list: Vec<_> = reasons.iter().map(|code| json!({ "Code": code })).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{}]", reasons.join(", ")),
        "CancellationReasons": list,
    });
    Say::Text(400, body.to_string())
}
