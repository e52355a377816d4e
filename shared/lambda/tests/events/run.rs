//! One event through one function, as a Lambda of that function answers it.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_lambda::{Host, Identity, Server};
use serde_json::Value;

use crate::world::Opened;

/// What came of an event.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Done,
    Refused(Failure),
    /// A message that could not be read: it is delivered again, and at last laid aside.
    ComesAgain,
}

struct Nothing;

#[async_trait]
impl Host for Nothing {
    async fn flush(&self) {}
    async fn job_changed(&self, _: &Value) -> Result<(), Failure> {
        Ok(())
    }
}

pub(crate) async fn answer(world: &Opened, function: &str, event: Value) -> Outcome {
    let identity = Identity {
        function: function.to_owned(),
        family: "all".to_owned(),
        stack: "idea".to_owned(),
        version: "1".to_owned(),
    };
    let server =
        Server::new(identity, world.registry.clone(), world.env.clone(), Arc::new(Nothing), |_| {}).unwrap();
    let deadline = world.env.clock.now_ms() + 60_000;
    match server.handle(event, deadline, "", "").await {
        Ok(answer) if answer["batchItemFailures"].as_array().is_some_and(|items| !items.is_empty()) => {
            Outcome::ComesAgain
        }
        Ok(_) => Outcome::Done,
        Err(failure) => Outcome::Refused(failure),
    }
}
