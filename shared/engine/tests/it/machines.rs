//! Machines that the tests run, and the one function that they call.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::{Ctx, Failure, Function, Registry};
use serde::Deserialize;
use serde_json::{Value, json};

/// What a step asks of the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Do {
    /// Answers `echo STEP`.
    Echo,
    /// The first call fails with `Store.Unavailable`, the next ones echo.
    FailOnce,
    /// Fails with `Budget.Exhausted`.
    Fail,
    /// Panics.
    Panic,
    /// Never answers.
    Hang,
    /// Answers after 65 seconds.
    Slow,
}

#[derive(Deserialize, schemars::JsonSchema)]
pub(crate) struct Asked {
    #[serde(rename = "do")]
    what: Do,
}

/// Does what it is asked and remembers, by step, how often it was called and how often it answered well.
#[derive(Clone, Default)]
pub(crate) struct Worker {
    seen: Arc<Mutex<BTreeMap<String, (u32, u32)>>>,
    diary: Option<Arc<File>>,
}

impl Worker {
    /// Also writes the step of every call into a file, for whoever outlives this process.
    pub(crate) fn with_diary(path: &Path) -> Self {
        let diary = File::options().create(true).append(true).open(path).unwrap();
        Self { diary: Some(Arc::new(diary)), ..Self::default() }
    }
    pub(crate) fn registry(&self) -> Registry {
        Registry::default().with(self.clone())
    }
    /// Calls and good answers by step.
    pub(crate) fn seen(&self) -> BTreeMap<String, (u32, u32)> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl Function for Worker {
    const NAME: &'static str = "test-worker";
    type Input = Asked;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, input: Asked) -> Result<Value, Failure> {
        let calls = {
            let mut seen = self.seen.lock().unwrap();
            let calls = &mut seen.entry(ctx.step.clone()).or_default().0;
            *calls += 1;
            *calls
        };
        if let Some(diary) = &self.diary {
            (&**diary).write_all(format!("{}\n", ctx.step).as_bytes()).unwrap();
        }
        match input.what {
            Do::FailOnce if calls == 1 => {
                return Err(Failure::new(FailureKind::StoreUnavailable, "not this time"));
            }
            Do::Fail => return Err(Failure::new(FailureKind::BudgetExhausted, "none left")),
            Do::Panic => panic!("as asked"),
            Do::Hang => std::future::pending().await,
            Do::Slow => tokio::time::sleep(std::time::Duration::from_secs(65)).await,
            Do::Echo | Do::FailOnce => {}
        }
        self.seen.lock().unwrap().entry(ctx.step.clone()).or_default().1 += 1;
        Ok(json!({ "echo": ctx.step }))
    }
}

/// A Task that calls the worker at `$run/STEP`.
pub(crate) fn call(step: &str, what: &str, more: Value) -> Value {
    let mut state = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": "test-worker",
            "Payload": payload(step, what)
        },
        "TimeoutSeconds": 36000,
        "Retry": [{ "ErrorEquals": ["Store.Unavailable"], "IntervalSeconds": 2, "MaxAttempts": 1000, "BackoffRate": 1 }],
        "Output": "{% $states.result.Payload %}"
    });
    extend(&mut state, more);
    state
}

/// A Task that sends the same as a job and waits for its token.
pub(crate) fn job(step: &str, what: &str, more: Value) -> Value {
    let mut state = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {
            "QueueUrl": "https://queues/model",
            "MessageBody": {
                "function": "test-worker",
                "payload": payload(step, what),
                "token": "{% $states.context.Task.Token %}"
            }
        },
        "TimeoutSeconds": 36000,
        "HeartbeatSeconds": 30000
    });
    extend(&mut state, more);
    state
}

fn payload(step: &str, what: &str) -> Value {
    json!({
        "tenant": "local",
        "run": "r1",
        "step": format!("{{% $run & '/{step}' %}}"),
        "input": { "do": what }
    })
}

/// A machine of these states, beginning with the first; `$run` is the execution's name.
pub(crate) fn machine(states: &[(&str, Value)]) -> String {
    let mut all = serde_json::Map::new();
    let begin = json!({
        "Type": "Pass",
        "Assign": { "run": "{% $states.context.Execution.Name %}" },
        "Next": states[0].0
    });
    all.insert("Begin".to_owned(), begin);
    all.extend(states.iter().map(|(name, state)| ((*name).to_owned(), state.clone())));
    json!({ "QueryLanguage": "JSONata", "StartAt": "Begin", "States": all }).to_string()
}

fn extend(state: &mut Value, more: Value) {
    if let (Value::Object(state), Value::Object(more)) = (state, more) {
        state.extend(more);
    }
}

/// Every kind of thing that can be under way: steps, a retry, a wait, branches, a map of children, a job.
pub(crate) fn everything() -> (String, String) {
    let branch = |step: &str| json!({ "StartAt": step, "States": { step: call(step, "echo", json!({ "End": true })) } });
    let child = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {
            "StateMachineArn": "leaf",
            "Name": "{% $run & '-' & $string($states.input) %}",
            "Input": { "n": "{% $states.input %}" }
        },
        "TimeoutSeconds": 36000,
        "Output": "{% $states.result.Output %}",
        "End": true
    });
    let map = json!({
        "Type": "Map",
        "Items": [1, 2, 3],
        "MaxConcurrency": 2,
        "ItemProcessor": { "StartAt": "Child", "States": { "Child": child } },
        "Assign": { "children": "{% $states.result %}" },
        "Next": "Job"
    });
    let parallel = json!({
        "Type": "Parallel",
        "Branches": [branch("left"), branch("right")],
        "Assign": { "branches": "{% $states.result %}" },
        "Next": "Pause"
    });
    let top = machine(&[
        ("First", call("first", "echo", json!({ "Next": "Again" }))),
        ("Again", call("again", "fail-once", json!({ "Next": "Both" }))),
        ("Both", parallel),
        ("Pause", json!({ "Type": "Wait", "Seconds": 5, "Next": "Each" })),
        ("Each", map),
        ("Job", job("job", "echo", json!({ "Assign": { "job": "{% $states.result %}" }, "Next": "Last" }))),
        ("Last", call("last", "echo", json!({ "Next": "Done" }))),
        (
            "Done",
            json!({
                "Type": "Pass",
                "Output": {
                    "branches": "{% $branches %}", "children": "{% $children %}", "job": "{% $job %}",
                    "last": "{% $states.input %}"
                },
                "End": true
            }),
        ),
    ]);
    let leaf = machine(&[
        ("One", call("one", "echo", json!({ "Next": "Two" }))),
        ("Two", call("two", "echo", json!({ "End": true }))),
    ]);
    (top, leaf)
}
