//! The contract of the `Workflows` port.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ideamine_core::{Ctx, Failure, Function, Registry};
use ideamine_testkit::{Counting, WORKFLOWS_MACHINE, workflows_contract};
use serde_json::{Value, json};

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
    workflows_contract(Arc::new(world.engine.clone()), |step| function.clone().token(step), &[]).await;
    world.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_start_one_name_at_once_all_get_one_execution() {
    let dir = tempfile::tempdir().unwrap();
    let counting = Counting::default();
    let registry = Registry::default().with(counting.clone());
    let world = World::start(dir.path(), &[("contract", WORKFLOWS_MACHINE)], registry);
    let starts: Vec<_> = (0..320)
        .map(|number| {
            let flows = world.env.workflows.clone();
            let (name, step) = (format!("n{}", number % 20), format!("s{}", number % 20));
            let input = json!({ "what": "call", "step": step, "run": "r1" });
            tokio::spawn(async move { flows.start("contract", &name, input).await.unwrap() })
        })
        .collect();
    for start in starts {
        let id = start.await.unwrap();
        world.engine.wait(&id).await.unwrap();
    }
    assert_eq!(counting.calls().len(), 20);
    assert!(counting.calls().values().all(|calls| *calls == 1), "{:?}", counting.calls());
    world.shutdown().await;
}
