//! The contract of the `Workflows` port.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ideamine_core::{Ctx, Failure, Function, Registry};
use ideamine_testkit::{WORKFLOWS_MACHINE, workflows_contract};
use serde_json::Value;

use crate::support::World;

/// Echoes its input and keeps the tokens that it is given, by step.
#[derive(Clone, Default)]
struct Keeping(Arc<Mutex<Vec<(String, String)>>>);

#[async_trait]
impl Function for Keeping {
    const NAME: &'static str = "test-counting";
    type Input = Value;
    type Output = Value;
    async fn run(&self, ctx: &Ctx, input: Value) -> Result<Value, Failure> {
        if let Some(token) = input["token"].as_str() {
            self.0.lock().unwrap().push((ctx.step.clone(), token.to_owned()));
            return Ok(Value::Null);
        }
        Ok(input)
    }
}

impl Keeping {
    async fn token(self, step: &str) -> String {
        for _ in 0..2_000 {
            let found =
                self.0.lock().unwrap().iter().find(|(at, _)| at == step).map(|(_, token)| token.clone());
            if let Some(token) = found {
                return token;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{step} was never called");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engine_keeps_the_contract_of_workflows() {
    let dir = tempfile::tempdir().unwrap();
    let function = Keeping::default();
    let registry = Registry::default().with(function.clone());
    let world = World::start(dir.path(), &[("contract", WORKFLOWS_MACHINE)], registry);
    workflows_contract(Arc::new(world.engine.clone()), |step| function.clone().token(step)).await;
    world.shutdown().await;
}
