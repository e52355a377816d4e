//! Every way of using a port, under the name of the policy of `infra/template.yaml` that allows it.

use std::pin::Pin;
use std::time::Duration;

use ideamine_aws::limits::PART_BYTES;
use ideamine_aws::{Aws, Delivery};
use ideamine_core::ports::{
    Condition, JobLimits, JobMessage, JobSource, JobSpec, Key, Progress, Receipt, Request, Write,
};
use ideamine_core::records::key;
use ideamine_core::{Digest, Failure, RunId, Tenant, UsdMicros};
use ideamine_testkit::{decision, sealed};
use serde_json::{Value, json};

use crate::replay::{Asked, Say, ok, s3_error};

type Used = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// One use of a port.
pub(crate) struct Use {
    /// The policy; where the role itself allows it, the queue or the key.
    pub(crate) policy: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: fn(Aws) -> Used,
}

macro_rules! uses {
    ($($policy:literal, $what:literal, $aws:ident => $body:expr;)*) => {
        /// All of them.
        pub(crate) const USES: &[Use] = &[$(Use {
            policy: $policy,
            what: $what,
            run: |$aws| Box::pin(async move { $body.map(drop) }),
        },)*];
    };
}

uses! {
    "ReadRows", "get", aws => aws.env().records.get(&row("one")).await;
    "ReadRows", "query", aws => aws.env().records.query("acme#run#r", "", None, 5).await;
    "WriteRows", "write", aws => aws.env().records.write(rows()).await;
    "InsertFacts", "insert", aws => aws.env().ledger.insert(&acme(), &run(), vec![decision("a", 0, "x")]).await;
    "ReadLedger", "facts", aws => aws.env().ledger.facts(&acme(), &run()).await;
    "ReadLedger", "rows", aws => aws.env().ledger.rows(&acme(), &run()).await;
    "ReadLedger", "heads", aws => aws.env().ledger.heads(&acme(), &run()).await;
    "AppendLedger", "append", aws => {
        let (rows, head) = sealed(&acme(), &run(), 0, &[decision("a", 0, "x")]);
        aws.env().ledger.append(&acme(), &run(), rows, head).await
    };
    "ReadDocuments", "get", aws => aws.env().artifacts.get(&acme(), &Digest::of(DOCUMENT.as_bytes())).await;
    "ReadDocuments", "has", aws => aws.env().artifacts.has(&acme(), &Digest::of(b"x")).await;
    "WriteDocuments", "put", aws => aws.env().artifacts.put(&acme(), b"idea".to_vec()).await;
    "StartRuns", "start", aws => aws.env().workflows.start("run", "r", json!({})).await;
    "StartRuns", "describe", aws => aws.env().workflows.describe(EXECUTION).await;
    "ReadHistories", "steps", aws => aws.env().workflows.steps(EXECUTION).await;
    "AnswerTokens", "succeed", aws => aws.env().workflows.task_succeeded("capability", json!({})).await;
    "AnswerTokens", "fail", aws => aws.env().workflows.task_failed("capability", "E", "c").await;
    "AnswerTokens", "beat", aws => aws.env().workflows.task_heartbeat("capability").await;
    "CallModels", "secret", aws => aws.secrets().get("providers/x").await;
    "CallModels", "model", aws => aws.bedrock()?.call(&request()).await;
    "RunJobs", "run", aws => {
        let delivery = Delivery::new("sandbox", &message())?;
        delivery.scope(async { aws.jobs().run(job()).await }).await
    };
    "RunJobs", "send", aws => aws.queue().send("sandbox-normal", message()).await;
    "EndJobs", "cancel", aws => aws.batch().cancel(&acme(), &run()).await;
    "SigningKey", "sign", aws => aws.signer().sign(b"head").await;
    "queue", "receive", aws => aws.receiver().receive("model", 1).await;
    "queue", "keep", aws => aws.receiver().keep(&receipt(), Duration::from_secs(1)).await;
    "ReadQueues", "depth", aws => aws.receiver().depth("model").await;
    "queue", "done", aws => aws.receiver().done(&receipt()).await;
}

/// What is no use of a port to wait for, but is asked of AWS as well.
pub(crate) async fn unheard(aws: &Aws) {
    let progress = Progress::Cost { spent: UsdMicros(1), model_calls: 1 };
    aws.env().events.publish(&acme(), &run(), progress);
    aws.flush().await;
    // Documents above a part go up in parts, and are taken back when they fail.
    let _ = aws.env().artifacts.put(&acme(), vec![0; PART_BYTES + 1]).await;
}

const EXECUTION: &str = "arn:aws:states:eu-west-1:111122223333:execution:stack-run:r";
const DOCUMENT: &str = "a document";
/// Some P-256 key, as KMS gives its public part.
const PUBLIC_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3hK06AXHPdtTCLFUg31PdvenkFJJFv2rw1+FXgDqnncRuWa6wA7EU1oOnfYNy69vRbaNWyFJQVVg6a6+dSAwxg==";

fn acme() -> Tenant {
    Tenant::new("acme").unwrap()
}

fn run() -> RunId {
    RunId::new("r").unwrap()
}

fn row(sk: &str) -> Key {
    Key { pk: key::run_pk(&acme(), &run()), sk: sk.into() }
}

fn rows() -> Vec<Write> {
    vec![
        Write::Put { key: row("one"), value: json!(1), when: Condition::Absent },
        Write::Delete { key: row("two"), when: Condition::Version(1) },
        Write::Check { key: row("three"), when: Condition::Version(1) },
    ]
}

fn receipt() -> Receipt {
    Receipt { queue: "model-normal".into(), handle: "r".into() }
}

fn message() -> JobMessage {
    let payload = json!({ "tenant": "acme", "run": "r", "step": "p/check", "input": {} });
    JobMessage { function: "job-check".into(), payload, token: "t".into() }
}

fn job() -> JobSpec {
    let limits = JobLimits::default();
    JobSpec {
        argv: vec!["true".into()],
        files: vec![],
        env: vec![],
        limits,
        requests: vec![],
        collect: false,
    }
}

fn request() -> Request {
    Request {
        model: "bedrock/m".into(),
        label: "prd/a1/b00/r0".into(),
        system: "s".into(),
        user: "u".into(),
        schema: json!({}),
        max_tokens: 10,
        seed: 0,
    }
}

/// A job at Batch, as its row has it.
fn away() -> Value {
    let away = json!({
        "run": "r", "job": Digest::of(b"job"), "queue": "sandbox", "message": message(), "attempt": 1,
        "batch_id": "b1", "failed": null,
    });
    // Sorted below its run.
    let id = format!("{}{:040}", &Digest::of(b"r").hex()[..16], 0);
    json!({ "pk": { "S": "acme#jobs" }, "sk": { "S": id }, "v": { "S": away.to_string() }, "n": { "N": "1" } })
}

/// What AWS says on a good day.
pub(crate) fn well(asked: &Asked) -> Say {
    let jobs = asked.body.contains("acme#jobs");
    match asked.target.as_str() {
        "GetItem" if jobs => ok(json!({ "Item": away() })),
        "Query" if jobs && !asked.body.contains("ExclusiveStartKey") => ok(json!({ "Items": [away()] })),
        "StartExecution" => ok(json!({ "executionArn": EXECUTION, "startDate": 1 })),
        "DescribeExecution" => ok(json!({
            "executionArn": EXECUTION, "stateMachineArn": "m", "status": "RUNNING", "startDate": 1,
        })),
        "GetExecutionHistory" => ok(json!({ "events": [] })),
        "GetSecretValue" => ok(json!({ "SecretString": "key" })),
        "GetPublicKey" => ok(json!({ "PublicKey": PUBLIC_KEY, "KeySpec": "ECC_NIST_P256" })),
        "SendMessage" => ok(json!({ "MessageId": "m" })),
        _ if asked.uri.ends_with("/v1/submitjob") => ok(json!({ "jobId": "b2", "jobName": "x" })),
        _ if asked.uri.contains("/converse") => ok(json!({
            "output": { "message": { "role": "assistant", "content": [{ "text": "{}" }] } },
            "stopReason": "end_turn", "usage": { "inputTokens": 1, "outputTokens": 1, "totalTokens": 2 },
            "metrics": { "latencyMs": 1 },
        })),
        "" => objects(asked),
        _ => ok(json!({})),
    }
}

fn objects(asked: &Asked) -> Say {
    let begun = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
    match asked.method.as_str() {
        "GET" if asked.uri.contains("/cas/") => Say::Text(200, DOCUMENT.into()),
        "GET" => s3_error(404, "NoSuchKey"),
        "HEAD" => Say::Text(404, String::new()),
        "POST" if asked.uri.contains("uploads") => Say::Text(200, begun.into()),
        "PUT" if asked.uri.contains("partNumber=2") => s3_error(403, "AccessDenied"),
        _ => Say::Text(200, String::new()),
    }
}
