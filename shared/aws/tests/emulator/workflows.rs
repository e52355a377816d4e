use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ideamine_core::failure::FailureKind;
use ideamine_testkit::{Deviation, WORKFLOWS_MACHINE, lambda_archive, workflows_contract};
use serde_json::json;

use crate::world::{World, http, on_emulator};

/// Seen in ministack 1.5.33.
const DEVIATIONS: &[Deviation] =
    &[Deviation::ChildErrorName, Deviation::TokenOutlivesTask, Deviation::HistoryWithoutArguments];

/// The project has no client of Lambda, and needs none but here.
async fn function(world: &World, tokens: &Path) {
    let name = format!("{}test-counting", world.prefix);
    let function = json!({
        "FunctionName": name,
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/test",
        "Timeout": 30,
        "Code": { "ZipFile": BASE64_STANDARD.encode(lambda_archive(include_bytes!("counting.py"))) },
        "Environment": { "Variables": { "TOKENS": tokens } },
    });
    let url = format!("{}/2015-03-31/functions", world.endpoint);
    let signed = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0";
    let request = http().post(url).header("authorization", signed).body(function.to_string());
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

async fn remove_function(world: &World) {
    let url = format!("{}/2015-03-31/functions/{}test-counting", world.endpoint, world.prefix);
    http().delete(url).send().await.unwrap();
}

async fn machine(world: &World) {
    let prefix = world.settings.machine_prefix.clone().unwrap();
    let definition = WORKFLOWS_MACHINE
        .replace("\"test-counting\"", &format!("\"{}test-counting\"", world.prefix))
        .replace("\"contract\"", &format!("\"{prefix}contract\""));
    let made =
        world.sfn().create_state_machine().name(format!("{}contract", world.prefix)).definition(definition);
    made.role_arn("arn:aws:iam::000000000000:role/test").send().await.unwrap();
}

async fn token(file: PathBuf) -> String {
    for _ in 0..2_000 {
        if let Ok(token) = std::fs::read_to_string(&file) {
            return token;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{} was never written", file.display());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn step_functions_keeps_the_contract_of_workflows() {
    on_emulator(|world| async move {
        let tokens = tempfile::tempdir().unwrap();
        function(&world, tokens.path()).await;
        machine(&world).await;
        let dir = tokens.path().to_owned();
        workflows_contract(world.aws.env().workflows, move |step| token(dir.join(step)), DEVIATIONS).await;
        remove_function(&world).await;
    })
    .await;
}

#[tokio::test]
async fn what_step_functions_could_not_take_is_refused_before_it_is_asked() {
    on_emulator(|world| async move {
        machine(&world).await;
        let workflows = world.aws.env().workflows;
        for (name, input) in [
            ("n".repeat(81), json!({})),
            ("a b".into(), json!({})),
            ("n".into(), json!("x".repeat(256 * 1024))),
        ] {
            let failure = workflows.start("contract", &name, input).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::InputInvalid, "{failure}");
        }
    })
    .await;
}
