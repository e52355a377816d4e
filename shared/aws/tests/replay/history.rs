use ideamine_core::failure::FailureKind;
use serde_json::{Value, json};

use crate::replay::{Replay, error, ok};

const ROOT: &str = "arn:aws:states:eu-west-1:111122223333:execution:stack-run:r1";
const CHILD: &str = "arn:aws:states:eu-west-1:111122223333:execution:stack-phase:r1-prd";

fn entered(id: i64, prev: i64, name: &str) -> Value {
    json!({ "id": id, "previousEventId": prev, "type": "TaskStateEntered", "timestamp": 1.5,
            "stateEnteredEventDetails": { "name": name, "input": "{}" } })
}

fn scheduled(id: i64, prev: i64, resource: &str, parameters: Value) -> Value {
    json!({ "id": id, "previousEventId": prev, "type": "TaskScheduled", "timestamp": 1.5,
            "taskScheduledEventDetails": { "resourceType": "lambda", "resource": resource, "region": "eu-west-1",
                                           "parameters": parameters.to_string() } })
}

fn plain(id: i64, prev: i64, kind: &str) -> Value {
    json!({ "id": id, "previousEventId": prev, "type": kind, "timestamp": 1.5 })
}

fn succeeded(id: i64, prev: i64, resource: &str, output: Value) -> Value {
    json!({ "id": id, "previousEventId": prev, "type": "TaskSucceeded", "timestamp": 1.5,
            "taskSucceededEventDetails": { "resourceType": "lambda", "resource": resource, "output": output.to_string() } })
}

fn submitted(id: i64, prev: i64, child: &str) -> Value {
    let output = json!({ "ExecutionArn": child, "StartDate": 1 });
    json!({ "id": id, "previousEventId": prev, "type": "TaskSubmitted", "timestamp": 1.5,
            "taskSubmittedEventDetails": { "resourceType": "states", "resource": "startExecution.sync:2", "output": output.to_string() } })
}

fn invoke(function: &str, step: &str) -> Value {
    json!({ "FunctionName": function, "Payload": { "tenant": "local", "run": "r1", "step": step, "input": {} } })
}

/// Two branches at once, one of which was tried twice; a child; a call that failed; a job through the queue.
fn root() -> [Vec<Value>; 2] {
    let message = json!({ "function": "job-model-call", "payload": { "step": "p/call" }, "token": "AQ" });
    let queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/stack-model";
    let first = vec![
        plain(1, 0, "ExecutionStarted"),
        plain(2, 0, "ParallelStateEntered"),
        plain(3, 2, "ParallelStateStarted"),
        entered(4, 3, "A"),
        entered(5, 3, "B"),
        scheduled(6, 4, "invoke", invoke("stack-run-plan", "p/a")),
        scheduled(
            7,
            5,
            "invoke",
            invoke("arn:aws:lambda:eu-west-1:111122223333:function:stack-run-next:live", "p/b"),
        ),
        plain(8, 7, "TaskStarted"),
        plain(9, 6, "TaskStarted"),
        plain(10, 9, "TaskFailed"),
        succeeded(11, 8, "invoke", json!({ "Payload": {} })),
        scheduled(12, 10, "invoke", invoke("stack-run-plan", "p/a")),
    ];
    let second = vec![
        plain(13, 12, "TaskStarted"),
        succeeded(14, 13, "invoke", json!({ "Payload": {} })),
        entered(15, 14, "Child"),
        scheduled(16, 15, "startExecution.sync:2", json!({ "StateMachineArn": "x", "Input": {} })),
        plain(17, 16, "TaskStarted"),
        submitted(18, 17, CHILD),
        succeeded(19, 18, "startExecution.sync:2", json!({ "ExecutionArn": CHILD, "Output": {} })),
        entered(20, 19, "Call"),
        scheduled(
            21,
            20,
            "sendMessage.waitForTaskToken",
            json!({ "QueueUrl": queue, "MessageBody": message }),
        ),
        plain(22, 21, "TaskStarted"),
        plain(23, 22, "TaskSubmitted"),
        succeeded(24, 23, "sendMessage", json!({ "answer": 1 })),
        entered(25, 24, "Bad"),
        scheduled(26, 25, "invoke", invoke("stack-run-close", "p/close")),
        plain(27, 26, "TaskStarted"),
        plain(28, 27, "TaskTimedOut"),
        plain(29, 28, "ExecutionFailed"),
    ];
    [first, second]
}

#[tokio::test(start_paused = true)]
async fn completed_calls_are_told_apart_across_branches_pages_and_children() {
    let [first, second] = root();
    let child = vec![
        entered(1, 0, "Prepare"),
        scheduled(2, 1, "invoke", invoke("stack-agent-prd", "p/c")),
        succeeded(3, 2, "invoke", json!({})),
    ];
    let replay = Replay::of([
        ok(json!({ "events": first, "nextToken": "more" })),
        ok(json!({ "events": second })),
        ok(json!({ "events": child })),
    ]);
    let steps = replay.aws().await.env().workflows.steps(ROOT).await.unwrap();
    let told: Vec<_> = steps
        .iter()
        .map(|s| (s.execution.as_str(), s.state.as_str(), s.function.as_str(), s.step.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (ROOT, "B", "run-next", "p/b"),
            (ROOT, "A", "run-plan", "p/a"),
            (ROOT, "Call", "job-model-call", "p/call"),
            (CHILD, "Prepare", "agent-prd", "p/c"),
        ]
    );
    assert_eq!(replay.asked()[1].json()["nextToken"], "more");
    assert_eq!(replay.left(), 0, "a child is read once, though it is named twice");
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_is_not_there_is_not_found() {
    let replay = Replay::of([error(400, "ExecutionDoesNotExist"), error(400, "InvalidArn")]);
    let workflows = replay.aws().await.env().workflows;
    assert_eq!(workflows.steps(ROOT).await.unwrap_err().kind, FailureKind::NotFound);
    assert_eq!(workflows.describe("run:r1").await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn a_name_in_use_is_the_same_execution_only_with_the_same_input() {
    let there = |input: Value| {
        ok(
            json!({ "executionArn": ROOT, "stateMachineArn": "x", "name": "r1", "status": "SUCCEEDED", "startDate": 1.0,
                   "stopDate": 2.0, "input": input.to_string(), "output": "{}" }),
        )
    };
    let taken = || error(400, "ExecutionAlreadyExists");
    let replay = Replay::of([taken(), there(json!({ "b": 1, "a": 2 })), taken(), there(json!({ "a": 3 }))]);
    let workflows = replay.aws().await.env().workflows;
    assert_eq!(workflows.start("run", "r1", json!({ "a": 2, "b": 1 })).await.as_deref(), Ok(ROOT));
    // It is started in the version that the stack publishes, which its own ARN does not tell.
    let started = replay.asked()[0].json();
    assert!(started["stateMachineArn"].as_str().unwrap().ends_with(":stateMachine:stack-run:7"), "{started}");
    assert_eq!(replay.asked()[1].json()["executionArn"], ROOT);
    let failure = workflows.start("run", "r1", json!({ "a": 2 })).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::StepConflict);
}

#[tokio::test(start_paused = true)]
async fn a_spent_token_is_not_found_whatever_it_is_called() {
    for code in ["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"] {
        let replay = Replay::of(vec![error(400, code); 3]);
        let workflows = replay.aws().await.env().workflows;
        for result in [
            workflows.task_succeeded("token-1", json!({})).await,
            workflows.task_failed("token-1", "E", "c").await,
            workflows.task_heartbeat("token-1").await,
        ] {
            let failure = result.unwrap_err();
            assert_eq!(failure.kind, FailureKind::NotFound);
            assert!(!failure.message.contains("token-1"), "a token is a capability: {failure}");
        }
    }
}
