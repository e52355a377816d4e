//! The contracts of the ports once more, through a connection on which requests are throttled and answers get lost: what
//! was done is done once, and whoever asked hears that it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use ideamine_core::ports::{JobMessage, JobSource};
use ideamine_testkit::{artifacts_contract, ledger_contract, queue_contract, records_contract};
use serde_json::json;

use crate::world::on_emulator;

/// Of the requests for one operation, the first and then each so many further ones are disturbed: the SDK waits up to
/// a second after each.
const ONE_IN: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Weather {
    /// The request is turned away before anything is done.
    Throttled,
    /// The request is answered, and the answer never arrives.
    AnswerLost,
}

const ALL: [Weather; 2] = [Weather::Throttled, Weather::AnswerLost];

/// A connection in bad weather.
#[derive(Debug, Clone)]
pub(crate) struct Disturbed {
    inner: SharedHttpClient,
    weather: Weather,
    asked: Arc<Mutex<HashMap<String, usize>>>,
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    weather: Weather,
    asked: Arc<Mutex<HashMap<String, usize>>>,
}

impl Disturbed {
    pub(crate) fn new(inner: SharedHttpClient, weather: Weather) -> Self {
        Self { inner, weather, asked: Arc::default() }
    }
}

impl HttpClient for Disturbed {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, weather: self.weather, asked: self.asked.clone() })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = match request.headers().get("x-amz-target") {
            Some(target) => target.to_owned(),
            None => request.method().to_owned(),
        };
        let number = {
            let mut asked = self.asked.lock().unwrap();
            let number = asked.entry(operation).or_default();
            *number += 1;
            *number - 1
        };
        let disturbed = number % ONE_IN == 0;
        match self.weather {
            Weather::Throttled if disturbed => HttpConnectorFuture::ready(Ok(throttled(&request))),
            Weather::AnswerLost if disturbed => {
                let call = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    call.await?;
                    Err(ConnectorError::io("the connection was reset".into()))
                })
            }
            _ => self.inner.call(request),
        }
    }
}

fn throttled(request: &HttpRequest) -> HttpResponse {
    let (status, body) = match request.headers().get("x-amz-target") {
        Some(_) => (400, json!({ "__type": "ThrottlingException", "message": "as told" }).to_string()),
        None => (503, "<Error><Code>SlowDown</Code><Message>as told</Message></Error>".to_owned()),
    };
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_keep_their_contract_in_bad_weather() {
    for weather in ALL {
        on_emulator(move |world| async move {
            world.table(&world.settings.records_table).await;
            records_contract(world.through(weather).await.env().records).await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_keeps_its_contract_in_bad_weather() {
    for weather in ALL {
        on_emulator(move |world| async move {
            world.table(&world.settings.ledger_table).await;
            world.bucket(&world.settings.heads_bucket).await;
            ledger_contract(world.through(weather).await.env().ledger).await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_keep_their_contract_in_bad_weather() {
    for weather in ALL {
        on_emulator(move |world| async move {
            world.bucket(&world.settings.bucket).await;
            artifacts_contract(world.through(weather).await.env().artifacts).await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queues_keep_their_contract_while_they_are_throttled() {
    on_emulator(|world| async move {
        world.queue("model").await;
        world.queue("sandbox").await;
        let aws = world.through(Weather::Throttled).await;
        queue_contract(aws.queue(), Arc::new(aws.receiver())).await;
    })
    .await;
}

/// A queue promises no more: who works the message finds that it was worked before.
#[tokio::test]
async fn a_message_whose_sending_was_not_heard_of_comes_once_or_twice_and_never_not() {
    on_emulator(|world| async move {
        world.queue("model").await;
        let message = JobMessage { function: "f".into(), payload: json!(1), token: "t".into() };
        let aws = world.through(Weather::AnswerLost).await;
        aws.queue().send("model-normal", message.clone()).await.unwrap();
        let received = world.aws.receiver().receive("model", 10).await.unwrap();
        assert!((1..=2).contains(&received.len()), "{}", received.len());
        assert!(received.into_iter().all(|received| received.message == Ok(message.clone())));
    })
    .await;
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_is_one_execution_and_a_stop_one_end() {
    on_emulator(|world| async move {
        let machine =
            json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 600, "End": true } } });
        let made = world.sfn().create_state_machine().name(format!("{}wait", world.prefix));
        let made = made.definition(machine.to_string()).role_arn("arn:aws:iam::000000000000:role/test");
        let made = made.send().await.unwrap().state_machine_arn;
        for weather in ALL {
            let workflows = world.through(weather).await.env().workflows;
            let id = workflows.start("wait", &format!("{weather:?}"), json!({ "a": 1 })).await.unwrap();
            workflows.stop(&id, "Stop", "by a person").await.unwrap();
            let ended = workflows.describe(&id).await.unwrap().unwrap();
            assert_eq!(ended.error.as_deref(), Some("Stop"), "{weather:?}");
        }
        let all = world.sfn().list_executions().state_machine_arn(made).send().await.unwrap().executions;
        assert_eq!(all.len(), ALL.len());
    })
    .await;
}
