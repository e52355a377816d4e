//! What becomes of a task's result, failure, panic, silence and lateness.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use ideamine_core::ports::{Clock, Execution, ExecutionStatus, Workflows};
use ideamine_core::records::FactBody;
use ideamine_core::{Digest, RunId, Tenant};
use ideamine_embedded::Entry;
use ideamine_testkit::FakeClock;
use serde_json::{Value, json};

use crate::machines::{Worker, call, job, machine};
use crate::support::World;

async fn ended(world: &World, id: &str) -> Execution {
    tokio::time::timeout(Duration::from_secs(30), world.engine.wait(id)).await.unwrap().unwrap()
}

/// Runs one machine to its end.
async fn outcome(text: &str) -> (Execution, Worker) {
    let dir = tempfile::tempdir().unwrap();
    let worker = Worker::default();
    let world = World::start(dir.path(), &[("m", text)], worker.registry());
    world.env.workflows.start("m", "one", json!({})).await.unwrap();
    let ended = ended(&world, "m:one").await;
    world.shutdown().await;
    (ended, worker)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_keeps_its_name_and_says_why_directly_and_through_the_queue() {
    for go in [call("go", "fail", json!({ "End": true })), job("go", "fail", json!({ "End": true }))] {
        let (ended, _) = outcome(&machine(&[("Go", go)])).await;
        assert_eq!(
            (ended.status, ended.error.as_deref()),
            (ExecutionStatus::Failed, Some("Budget.Exhausted"))
        );
        let cause: Value = serde_json::from_str(&ended.cause.unwrap()).unwrap();
        assert_eq!(cause, json!({ "errorMessage": "none left", "errorType": "Budget.Exhausted" }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_failure_and_nothing_hangs() {
    for go in [call("go", "panic", json!({ "End": true })), job("go", "panic", json!({ "End": true }))] {
        let (ended, _) = outcome(&machine(&[("Go", go)])).await;
        assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some("Internal.Bug")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arguments_that_cannot_be_used_fail_the_task_and_say_which() {
    let broken = |resource: &str, arguments: Value| {
        let resource = format!("arn:aws:states:::{resource}");
        machine(&[(
            "Go",
            json!({ "Type": "Task", "Resource": resource, "Arguments": arguments, "End": true }),
        )])
    };
    for (text, error, word) in [
        (broken("lambda:invoke", json!({ "Payload": {} })), "Input.Invalid", "FunctionName"),
        (broken("lambda:invoke", json!({ "FunctionName": "no-such" })), "Input.Invalid", "no-such"),
        (broken("lambda:invoke", json!({ "FunctionName": "test-worker" })), "Input.Invalid", "envelope"),
        (broken("sqs:sendMessage", json!({ "QueueUrl": "model" })), "States.TaskFailed", "MessageBody"),
        (
            broken(
                "sqs:sendMessage",
                json!({ "QueueUrl": "x/nowhere", "MessageBody": { "function": "f", "payload": 1 } }),
            ),
            "Input.Invalid",
            "nowhere",
        ),
        (broken("states:startExecution", json!({})), "States.TaskFailed", "StateMachineArn"),
        (
            broken("states:startExecution.sync:2", json!({ "StateMachineArn": "a:none" })),
            "Input.Invalid",
            "none",
        ),
        (
            broken("states:startExecution", json!({ "StateMachineArn": "m", "Name": "a b" })),
            "Input.Invalid",
            "a b",
        ),
    ] {
        let (ended, _) = outcome(&text).await;
        assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some(error)), "{text}");
        assert!(ended.cause.as_ref().unwrap().contains(word), "{:?} has no {word}", ended.cause);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shape_of_a_call_of_a_sent_job_and_of_a_child_is_as_on_aws() {
    let child = json!({
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": { "StateMachineArn": "arn:aws:states:eu-west-1:1:stateMachine:leaf", "Input": { "x": 1 } },
        "Assign": { "child": "{% $states.result %}" }, "Next": "Fire"
    });
    let fire = json!({
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
        "Arguments": { "StateMachineArn": "leaf", "Name": "fired", "Input": { "x": 2 } },
        "Assign": { "fired": "{% $states.result %}" }, "Next": "Send"
    });
    let send = json!({
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
        "Arguments": { "QueueUrl": "model", "MessageBody": { "function": "test-worker", "payload":
            { "tenant": "local", "run": "r1", "step": "sent", "input": { "do": "echo" } } } },
        "Assign": { "sent": "{% $states.result %}" }, "Next": "Call"
    });
    let end = json!({ "Output": "{% {'call': $states.result, 'child': $child, 'fired': $fired, 'sent': $sent} %}", "End": true });
    let top = machine(&[("Child", child), ("Fire", fire), ("Send", send), ("Call", call("go", "echo", end))]);
    let leaf = machine(&[(
        "End",
        json!({ "Type": "Pass", "Output": { "got": "{% $states.input.x %}" }, "End": true }),
    )]);
    let dir = tempfile::tempdir().unwrap();
    let worker = Worker::default();
    let world = World::start(dir.path(), &[("top", &top), ("leaf", &leaf)], worker.registry());
    world.env.workflows.start("top", "one", json!({})).await.unwrap();
    let output = ended(&world, "top:one").await.output.unwrap();
    assert_eq!(
        output["call"],
        json!({ "ExecutedVersion": "$LATEST", "Payload": { "echo": "one/go" }, "StatusCode": 200 })
    );
    assert_eq!(output["child"]["Output"], json!({ "got": 1 }), "parsed, not a string");
    assert_eq!(output["child"]["Status"], "SUCCEEDED");
    assert!(output["child"]["ExecutionArn"].as_str().unwrap().starts_with("leaf:"));
    assert_eq!(output["fired"]["ExecutionArn"], "leaf:fired");
    assert_eq!(ended(&world, "leaf:fired").await.output, Some(json!({ "got": 2 })));
    assert!(output["sent"]["MessageId"].is_string());
    while !worker.seen().contains_key("sent") {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    world.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_result_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let slow = json!({
        "TimeoutSeconds": 1, "End": true,
        "Catch": [{ "ErrorEquals": ["States.Timeout"], "Next": "Pause" }]
    });
    let text = machine(&[
        ("Go", call("go", "slow", slow)),
        ("Pause", json!({ "Type": "Wait", "Seconds": 600, "Next": "End" })),
        ("End", json!({ "Type": "Pass", "Output": "caught", "End": true })),
    ]);
    let clock = Arc::new(FakeClock::at(0));
    let worker = Worker::default();
    let world =
        World::start_at(dir.path(), &[("m", &text)], worker.registry(), clock.clone() as Arc<dyn Clock>);
    world.env.workflows.start("m", "one", json!({})).await.unwrap();
    clock.advance_ms(1_000);
    world.engine.wake();
    while events(&world, "late") == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    clock.advance_ms(600_000);
    world.engine.wake();
    assert_eq!(ended(&world, "m:one").await.output, Some(json!("caught")));
    assert_eq!(world.engine.steps("m:one").await.unwrap(), [], "a task that timed out is not completed");
    world.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_a_parent_stops_the_child_that_it_waits_for() {
    let dir = tempfile::tempdir().unwrap();
    let child = json!({
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": { "StateMachineArn": "leaf", "Name": "child" }, "End": true
    });
    let (top, leaf) =
        (machine(&[("Child", child)]), machine(&[("Go", call("go", "hang", json!({ "End": true })))]));
    let worker = Worker::default();
    let world = World::start(dir.path(), &[("top", &top), ("leaf", &leaf)], worker.registry());
    world.env.workflows.start("top", "one", json!({})).await.unwrap();
    while worker.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    world.engine.stop("top:one", "Stopped", "by a person").await.unwrap();
    assert_eq!(ended(&world, "top:one").await.status, ExecutionStatus::Aborted);
    assert_eq!(ended(&world, "leaf:child").await.status, ExecutionStatus::Aborted);
    world.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_given_up_in_the_moment_of_its_scheduling_never_begins() {
    let begins = |name: &str, state: Value| json!({ "StartAt": name, "States": { name: state } });
    let child = json!({
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": { "StateMachineArn": "m", "Name": "orphan" }, "End": true
    });
    let branches = [
        begins("Call", call("never", "echo", json!({ "End": true }))),
        begins("Child", child),
        begins("Fail", json!({ "Type": "Fail", "Error": "At.Once" })),
    ];
    let text = machine(&[("Both", json!({ "Type": "Parallel", "Branches": branches, "End": true }))]);
    let dir = tempfile::tempdir().unwrap();
    let worker = Worker::default();
    let world = World::start(dir.path(), &[("m", &text)], worker.registry());
    world.env.workflows.start("m", "one", json!({})).await.unwrap();
    assert_eq!(ended(&world, "m:one").await.error.as_deref(), Some("At.Once"));
    assert_eq!(events(&world, "task"), 2, "both were scheduled");
    assert_eq!(world.engine.describe("m:orphan").await.unwrap(), None);
    world.shutdown().await;
    assert!(worker.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_has_the_services_event_types() {
    let dir = tempfile::tempdir().unwrap();
    let text = machine(&[("Go", call("go", "echo", json!({ "End": true })))]);
    let world = World::start(dir.path(), &[("m", &text)], Worker::default().registry());
    world.env.workflows.start("m", "one", json!({})).await.unwrap();
    ended(&world, "m:one").await;
    let history = world.engine.history("m:one").await.unwrap();
    let kinds: Vec<_> = history.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds.first(), Some(&"ExecutionStarted"));
    assert!(kinds.contains(&"TaskSucceeded"), "{kinds:?}");
    assert_eq!(kinds.last(), Some(&"ExecutionSucceeded"));
    assert!(history.iter().zip(1..).all(|(event, id)| event.id == id), "numbered from 1");
    world.shutdown().await;
}

/// Events with this tag in the journal.
fn events(world: &World, tag: &str) -> usize {
    let mut found = 0;
    let mut visit = |entry: Entry| {
        if let Entry::Started { events, .. } | Entry::Events { events, .. } = entry {
            let events: Vec<Value> = serde_json::from_slice(&events).unwrap();
            found += events.iter().filter(|event| event.get(tag).is_some()).count();
        }
        Ok(ControlFlow::Continue(()))
    };
    world.store.scan_entries(0, &mut visit).unwrap();
    found
}

#[tokio::test(start_paused = true)]
async fn a_job_that_takes_long_says_every_twenty_seconds_that_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let text = machine(&[("Go", job("go", "slow", json!({ "End": true })))]);
    let worker = Worker::default();
    let world = World::start(dir.path(), &[("m", &text)], worker.registry());
    // While a blocking task runs, the paused clock moves only when it is told to.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let holding = tokio::task::spawn_blocking(move || held.recv());
    world.env.workflows.start("m", "one", json!({})).await.unwrap();
    let workflows = world.env.workflows.clone();
    while workflows.describe("m:one").await.unwrap().unwrap().status == ExecutionStatus::Running {
        tokio::time::advance(Duration::from_secs(1)).await;
        // The journal takes real time; a beat may be that much late.
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!((2..=3).contains(&events(&world, "beat")), "after 20, 40 and 60 of 65 seconds");
    drop(release);
    assert!(holding.await.unwrap().is_err());
    world.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_job_that_nobody_waits_for_any_more_is_broken_off() {
    let dir = tempfile::tempdir().unwrap();
    let text = machine(&[("Go", job("go", "hang", json!({ "End": true })))]);
    let quick = machine(&[("Go", job("go", "echo", json!({ "End": true })))]);
    let worker = Worker::default();
    let world = World::start(dir.path(), &[("m", &text), ("quick", &quick)], worker.registry());
    // As many as the queue has workers.
    for name in ["a", "b", "c", "d"] {
        world.env.workflows.start("m", name, json!({})).await.unwrap();
    }
    while worker.seen().len() < 4 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    world.env.workflows.start("quick", "one", json!({})).await.unwrap();
    for name in ["a", "b", "c", "d"] {
        world.engine.stop(&format!("m:{name}"), "Stopped", "by a person").await.unwrap();
    }
    assert_eq!(world.engine.wait("quick:one").await.unwrap().status, ExecutionStatus::Succeeded);
    world.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_call_was_given_and_gave_is_what_its_task_fact_has_the_digests_of() {
    for go in [call("go", "echo", json!({ "End": true })), job("go", "echo", json!({ "End": true }))] {
        let dir = tempfile::tempdir().unwrap();
        let text = machine(&[("Go", go)]);
        let world = World::start(dir.path(), &[("m", &text)], Worker::default().registry());
        world.env.workflows.start("m", "one", json!({})).await.unwrap();
        ended(&world, "m:one").await;
        let results = world.engine.results("m:one").await.unwrap();
        let (tenant, run) = (Tenant::local(), RunId::new("r1").unwrap());
        let facts = world.env.ledger.facts(&tenant, &run).await.unwrap();
        let said: Vec<FactBody> = facts.into_iter().map(|fact| fact.body).collect();
        let told: Vec<FactBody> = results
            .iter()
            .map(|result| FactBody::Task {
                function: result.step.function.clone(),
                input: Digest::of_json(&result.input).unwrap(),
                output: Digest::of_json(&result.output).unwrap(),
            })
            .collect();
        assert_eq!((results[0].output["echo"].as_str(), told), (Some("one/go"), said));
        world.shutdown().await;
    }
}
