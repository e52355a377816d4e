//! A stack of its own on the emulator for each test, spoken to as any client would: nothing here knows an SDK.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ideamine_testkit::lambda_archive;
use serde_json::{Value, json};

use crate::function::{CLOCK, VERSION};

/// How long a message is hidden, seconds.
const HIDDEN_S: u32 = 2;
/// How often a message is delivered before it is laid aside.
const DELIVERIES_MAX: u32 = 3;
/// Longest wait for anything.
const WAIT: Duration = Duration::from_secs(40);
const ACCOUNT: &str = "000000000000";

/// Where and under which names.
pub(crate) struct Stack {
    endpoint: String,
    prefix: String,
    http: reqwest::Client,
    key: Mutex<String>,
    /// What to ask for at the end.
    undo: Mutex<Vec<Undo>>,
}

enum Undo {
    Said(&'static str, Value),
    Deleted(String),
}

/// What a function of these tests is like.
pub(crate) struct Like {
    pub(crate) handler: &'static str,
    pub(crate) timeout_s: u32,
    /// See [`CLOCK`].
    pub(crate) hurry: u32,
}

pub(crate) const ORDINARY: Like = Like { handler: "job-weather", timeout_s: 30, hurry: 1 };

/// Runs a test on the emulator, or says why it does not.
pub(crate) async fn on_emulator(test: impl AsyncFnOnce(&Stack)) {
    let endpoint = match tokio::task::spawn_blocking(ideamine_testkit::emulator).await.unwrap() {
        Ok(endpoint) => endpoint,
        Err(why) => return eprintln!("skipped: {why}"),
    };
    let stack = Stack::new(endpoint).await;
    test(&stack).await;
    // A test that has failed leaves what it made to the emulator's end.
    stack.remove().await;
}

impl Stack {
    async fn new(endpoint: String) -> Self {
        static STACKS: AtomicU64 = AtomicU64::new(0);
        drop(rustls::crypto::ring::default_provider().install_default());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
        let number = STACKS.fetch_add(1, Ordering::SeqCst);
        let prefix = format!("w{now:x}-{:x}-{number}-", std::process::id());
        let http = reqwest::Client::new();
        let stack = Self { endpoint, prefix, http, key: Mutex::default(), undo: Mutex::default() };
        for table in ["records", "ledger"] {
            stack.table(table).await;
        }
        for bucket in ["documents", "heads"] {
            let url = format!("{}/{}{bucket}", stack.endpoint, stack.prefix);
            stack.rest(stack.http.put(&url), "s3", None).await;
        }
        let key = stack
            .say("TrentService.CreateKey", json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" }))
            .await;
        *stack.key.lock().unwrap() = key["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
        stack.function("look", Like { handler: "look", ..ORDINARY }).await;
        stack
    }

    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{rest}")
    }

    fn undone_by(&self, undo: Undo) {
        self.undo.lock().unwrap().push(undo);
    }

    /// Asks a service that is told its operations by a header.
    pub(crate) async fn say(&self, target: &'static str, body: Value) -> Value {
        let service = match target.split_once('.').unwrap().0 {
            "DynamoDB_20120810" => "dynamodb",
            "AmazonSQS" => "sqs",
            "AWSStepFunctions" => "states",
            "AWSEvents" => "events",
            "Logs_20140328" => "logs",
            _ => "kms",
        };
        let request = self.http.post(&self.endpoint).header("x-amz-target", target);
        let request = request.header("content-type", "application/x-amz-json-1.0");
        self.rest(request, service, Some(body)).await
    }

    async fn rest(&self, request: reqwest::RequestBuilder, service: &str, body: Option<Value>) -> Value {
        let signed = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let request = request.header("authorization", signed);
        let request = match body {
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn table(&self, table: &str) {
        let name = self.name(table);
        let keys = |kind: [(&str, &str); 2], field: &str| {
            kind.map(|(name, is)| json!({ "AttributeName": name, field: is })).to_vec()
        };
        self.say(
            "DynamoDB_20120810.CreateTable",
            json!({
                "TableName": name, "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": keys([("pk", "S"), ("sk", "S")], "AttributeType"),
                "KeySchema": keys([("pk", "HASH"), ("sk", "RANGE")], "KeyType"),
            }),
        )
        .await;
        self.undone_by(Undo::Said("DynamoDB_20120810.DeleteTable", json!({ "TableName": name })));
    }

    fn variables(&self, like: &Like, version: &str) -> Value {
        json!({ "Variables": {
            "IDEAMINE_RECORDS_TABLE": self.name("records"),
            "IDEAMINE_LEDGER_TABLE": self.name("ledger"),
            "IDEAMINE_BUCKET": self.name("documents"),
            "IDEAMINE_HEADS_BUCKET": self.name("heads"),
            "IDEAMINE_FUNCTION_PREFIX": self.prefix,
            "IDEAMINE_SIGNER": format!("kms:{}", self.key.lock().unwrap()),
            CLOCK: like.hurry.to_string(),
            VERSION: version,
        } })
    }

    /// A Lambda whose program is this one.
    pub(crate) async fn function(&self, name: &str, like: Like) {
        let program = std::env::current_exe().unwrap();
        let program =
            format!("#!/bin/sh\nexec '{}' function::serves --exact --nocapture\n", program.display());
        let function = json!({
            "FunctionName": self.name(name), "Runtime": "provided.al2023", "Handler": like.handler,
            "Role": self.arn("iam", "role/test"), "Timeout": like.timeout_s,
            "Code": { "ZipFile": BASE64_STANDARD.encode(lambda_archive(program.as_bytes())) },
            "Environment": self.variables(&like, "1"),
        });
        let url = format!("{}/2015-03-31/functions", self.endpoint);
        self.rest(self.http.post(&url), "lambda", Some(function)).await;
        self.undone_by(Undo::Deleted(format!("{url}/{}", self.name(name))));
    }

    /// Publishes what a function is now; returns its name with the version's number.
    pub(crate) async fn publish(&self, name: &str) -> String {
        let url = format!("{}/2015-03-31/functions/{}/versions", self.endpoint, self.name(name));
        let published = self.rest(self.http.post(url), "lambda", Some(json!({}))).await;
        format!("{name}:{}", published["Version"].as_str().unwrap())
    }

    /// Other code for a function, as a deployment brings it.
    pub(crate) async fn upgrade(&self, name: &str, version: &str) {
        let url = format!("{}/2015-03-31/functions/{}/configuration", self.endpoint, self.name(name));
        let body = json!({ "Environment": self.variables(&ORDINARY, version) });
        self.rest(self.http.put(url), "lambda", Some(body)).await;
    }

    /// Calls a function and returns what it says.
    pub(crate) async fn invoke(&self, name: &str, event: Value) -> Value {
        let url = format!("{}/2015-03-31/functions/{}/invocations", self.endpoint, self.name(name));
        self.rest(self.http.post(url), "lambda", Some(event)).await
    }

    fn queue_url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{}", self.endpoint, self.name(name))
    }

    /// A queue, and the one for what could not be worked.
    pub(crate) async fn queue(&self, name: &str) {
        let dead = format!("{name}-dead");
        let redrive = json!({
            "deadLetterTargetArn": self.arn("sqs", &self.name(&dead)), "maxReceiveCount": DELIVERIES_MAX.to_string(),
        });
        let attributes =
            json!({ "VisibilityTimeout": HIDDEN_S.to_string(), "RedrivePolicy": redrive.to_string() });
        for (name, attributes) in [(dead.as_str(), json!({})), (name, attributes)] {
            let body = json!({ "QueueName": self.name(name), "Attributes": attributes });
            self.say("AmazonSQS.CreateQueue", body).await;
            self.undone_by(Undo::Said("AmazonSQS.DeleteQueue", json!({ "QueueUrl": self.queue_url(name) })));
        }
    }

    /// A queue and the function that it feeds.
    pub(crate) async fn lane(&self, name: &str, like: Like) {
        self.queue(name).await;
        self.function(name, like).await;
        let url = format!("{}/2015-03-31/event-source-mappings", self.endpoint);
        let mapping = json!({
            "EventSourceArn": self.arn("sqs", &self.name(name)), "FunctionName": self.name(name), "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        });
        let made = self.rest(self.http.post(&url), "lambda", Some(mapping)).await;
        self.undone_by(Undo::Deleted(format!("{url}/{}", made["UUID"].as_str().unwrap())));
    }

    pub(crate) async fn send(&self, queue: &str, bodies: &[String]) {
        let entry =
            |(number, body): (usize, &String)| json!({ "Id": format!("m{number}"), "MessageBody": body });
        let entries: Vec<Value> = bodies.iter().enumerate().map(entry).collect();
        let body = json!({ "QueueUrl": self.queue_url(queue), "Entries": entries });
        let sent = self.say("AmazonSQS.SendMessageBatch", body).await;
        assert_eq!(sent["Successful"].as_array().unwrap().len(), bodies.len(), "{sent}");
    }

    /// Waits for a message and takes it out of the queue: its id and body.
    pub(crate) async fn take(&self, queue: &str) -> (String, String) {
        let url = self.queue_url(queue);
        self.wait("a message", async || {
            let body = json!({ "QueueUrl": url, "MaxNumberOfMessages": 1, "WaitTimeSeconds": 1 });
            let received = self.say("AmazonSQS.ReceiveMessage", body).await;
            let message = received["Messages"].as_array()?.first()?.clone();
            let body = json!({ "QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] });
            self.say("AmazonSQS.DeleteMessage", body).await;
            let text = |field: &str| message[field].as_str().unwrap().to_owned();
            Some((text("MessageId"), text("Body")))
        })
        .await
    }

    /// How many messages a queue holds, those under way too.
    pub(crate) async fn held(&self, queue: &str) -> u32 {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let body = json!({ "QueueUrl": self.queue_url(queue), "AttributeNames": names });
        let told = self.say("AmazonSQS.GetQueueAttributes", body).await;
        names.iter().map(|name| told["Attributes"][name].as_str().unwrap().parse::<u32>().unwrap()).sum()
    }

    fn machine_arn(&self, name: &str) -> String {
        self.arn("states", &format!("stateMachine:{}", self.name(name)))
    }

    /// A machine that asks for a job through the queue in its input, and waits for its token; then it calls the function
    /// that `then` names, in that version. `mark` is in its output.
    fn definition(&self, mark: &str, then: Option<&str>) -> String {
        let output = json!({ "machine": mark, "job": "{% $states.result %}" });
        let mut job = json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Arguments": {
                "QueueUrl": format!("{{% '{}' & $states.input.queue %}}", self.queue_url("")),
                "MessageBody": {
                    "function": "job-weather",
                    "payload": "{% $states.input.payload %}",
                    "token": "{% $states.context.Task.Token %}",
                },
            },
            "TimeoutSeconds": 300,
            "Output": output,
        });
        let mut states = json!({});
        match then {
            None => job["End"] = json!(true),
            Some(function) => {
                job["Assign"] = json!({ "payload": "{% $states.input.payload %}" });
                job["Next"] = json!("Then");
                states["Then"] = json!({
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke",
                    "Arguments": {
                        "FunctionName": self.name(function),
                        "Payload": "{% $merge([$payload, {'step': $payload.step & '-then'}]) %}",
                    },
                    "TimeoutSeconds": 60,
                    "Output": "{% $merge([$states.input, {'then': $states.result.Payload}]) %}",
                    "End": true,
                });
            }
        }
        states["Job"] = job;
        json!({ "QueryLanguage": "JSONata", "StartAt": "Job", "States": states }).to_string()
    }

    pub(crate) async fn machine(&self, name: &str, mark: &str) {
        self.machine_that_calls(name, mark, None).await;
    }

    pub(crate) async fn machine_that_calls(&self, name: &str, mark: &str, then: Option<&str>) {
        let body = json!({
            "name": self.name(name), "definition": self.definition(mark, then), "roleArn": self.arn("iam", "role/test"),
        });
        self.say("AWSStepFunctions.CreateStateMachine", body).await;
        let arn = json!({ "stateMachineArn": self.machine_arn(name) });
        self.undone_by(Undo::Said("AWSStepFunctions.DeleteStateMachine", arn));
    }

    pub(crate) async fn change_machine(&self, name: &str, mark: &str, then: Option<&str>) {
        let definition = self.definition(mark, then);
        let body = json!({ "stateMachineArn": self.machine_arn(name), "definition": definition });
        self.say("AWSStepFunctions.UpdateStateMachine", body).await;
    }

    /// Starts an execution; returns its ARN.
    pub(crate) async fn start(&self, machine: &str, input: Value) -> String {
        let body = json!({ "stateMachineArn": self.machine_arn(machine), "input": input.to_string() });
        let started = self.say("AWSStepFunctions.StartExecution", body).await;
        started["executionArn"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn stop(&self, execution: &str) {
        self.say("AWSStepFunctions.StopExecution", json!({ "executionArn": execution })).await;
    }

    /// Waits for the end of an execution: its output, or the name of its error.
    pub(crate) async fn end(&self, execution: &str) -> Result<Value, String> {
        self.wait("an execution's end", async || {
            let told =
                self.say("AWSStepFunctions.DescribeExecution", json!({ "executionArn": execution })).await;
            match told["status"].as_str().unwrap() {
                "RUNNING" => None,
                "SUCCEEDED" => Some(Ok(serde_json::from_str(told["output"].as_str().unwrap()).unwrap())),
                _ => Some(Err(told["error"].as_str().unwrap_or_default().to_owned())),
            }
        })
        .await
    }

    /// The rule of `infra/template.yaml` for executions that end in any other way than they should.
    pub(crate) async fn rule(&self, machine: &str, functions: &[&str]) {
        let name = self.name("ended");
        let pattern = json!({
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": { "status": ["FAILED", "TIMED_OUT", "ABORTED"], "stateMachineArn": [self.machine_arn(machine)] },
        });
        self.say("AWSEvents.PutRule", json!({ "Name": name, "EventPattern": pattern.to_string() })).await;
        let target = |function: &&str| json!({ "Id": function, "Arn": self.arn("lambda", &format!("function:{}", self.name(function))) });
        let targets: Vec<Value> = functions.iter().map(target).collect();
        self.say("AWSEvents.PutTargets", json!({ "Rule": name, "Targets": targets })).await;
        self.undone_by(Undo::Said("AWSEvents.DeleteRule", json!({ "Name": name, "Force": true })));
        self.undone_by(Undo::Said("AWSEvents.RemoveTargets", json!({ "Rule": name, "Ids": functions })));
    }

    /// Waits until the function's log has a line with this word, and returns it.
    pub(crate) async fn logged(&self, function: &str, word: &str) -> String {
        let group = format!("/aws/lambda/{}", self.name(function));
        self.wait(word, async || {
            let told = self.say("Logs_20140328.FilterLogEvents", json!({ "logGroupName": group })).await;
            let lines = told["events"].as_array()?.iter().filter_map(|event| event["message"].as_str());
            lines.map(str::to_owned).find(|line| line.contains(word))
        })
        .await
    }

    /// Asks again and again until there is an answer.
    pub(crate) async fn wait<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let began = Instant::now();
        while began.elapsed() < WAIT {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("waited {} s for {what}", WAIT.as_secs());
    }

    async fn remove(&self) {
        // What was made last goes first.
        let undo: Vec<Undo> = self.undo.lock().unwrap().drain(..).rev().collect();
        for undo in undo {
            match undo {
                Undo::Said(target, body) => drop(self.say(target, body).await),
                Undo::Deleted(url) => drop(self.rest(self.http.delete(url), "lambda", None).await),
            }
        }
    }
}
