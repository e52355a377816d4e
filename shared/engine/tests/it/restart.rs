//! What lasts over a restart: tokens, timers, definitions, and the time of tasks.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Clock, Execution, ExecutionStatus, Workflows};
use ideamine_embedded::{Entry, Identity, Owner, Store, StoreOptions};
use ideamine_testkit::FakeClock;
use serde_json::{Value, json};

use crate::machines::{Worker, call, job, machine};
use crate::support::World;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn ended(world: &World, id: &str) -> Execution {
    tokio::time::timeout(Duration::from_secs(30), world.engine.wait(id)).await.unwrap().unwrap()
}

/// Waits until a step was called.
async fn called(worker: &Worker, step: &str) {
    while !worker.seen().contains_key(step) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn start(dir: &Path, machines: &[(&str, &str)], worker: &Worker, clock: &Arc<FakeClock>) -> World {
    World::start_at(dir, machines, worker.registry(), clock.clone() as Arc<dyn Clock>)
}

/// The token in the journal, as nobody outside may read it.
fn token(world: &World) -> String {
    let mut found = None;
    let mut visit = |entry: Entry| {
        if let Entry::Started { events, .. } | Entry::Events { events, .. } = entry {
            let events: Vec<Value> = serde_json::from_slice(&events).unwrap();
            found = events
                .iter()
                .filter_map(|e| e["task"]["tok"].as_str())
                .next_back()
                .map(str::to_owned)
                .or_else(|| found.take());
        }
        Ok(std::ops::ControlFlow::Continue(()))
    };
    world.store.scan_entries(0, &mut visit).unwrap();
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_can_be_answered_after_a_restart_under_the_definition_of_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let wait = |end: &str| {
        let waiting = json!({ "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Next": "End",
                              "Output": "{% $states.result %}" });
        let end =
            json!({ "Type": "Pass", "Output": { "by": end, "answer": "{% $states.input %}" }, "End": true });
        machine(&[("Wait", call("wait", "echo", waiting)), ("End", end)])
    };
    let (old, new) = (wait("old"), wait("new"));
    let clock = Arc::new(FakeClock::at(1_000_000));
    let worker = Worker::default();
    let world = start(dir.path(), &[("m", &old)], &worker, &clock);
    world.env.workflows.start("m", "one", json!({})).await.unwrap();
    called(&worker, "one/wait").await;
    world.shutdown().await;

    let world = start(dir.path(), &[("m", &new)], &worker, &clock);
    let given = token(&world);
    world.engine.task_succeeded(&given, json!(42)).await.unwrap();
    assert_eq!(ended(&world, "m:one").await.output, Some(json!({ "by": "old", "answer": 42 })));
    world.env.workflows.start("m", "two", json!({})).await.unwrap();
    while token(&world) == given {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    world.engine.task_succeeded(&token(&world), json!(43)).await.unwrap();
    assert_eq!(ended(&world, "m:two").await.output, Some(json!({ "by": "new", "answer": 43 })));
    world.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_that_ended_while_nobody_was_there_is_over_at_once_and_another_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let pause =
        |seconds: i64| machine(&[("Pause", json!({ "Type": "Wait", "Seconds": seconds, "End": true }))]);
    let (short, long) = (pause(60), pause(3 * DAY_MS / 1000));
    let machines = [("short", short.as_str()), ("long", long.as_str())];
    let clock = Arc::new(FakeClock::at(1_000_000));
    let worker = Worker::default();
    let world = start(dir.path(), &machines, &worker, &clock);
    for machine in ["short", "long"] {
        world.env.workflows.start(machine, "one", json!({})).await.unwrap();
    }
    world.shutdown().await;
    clock.advance_ms(DAY_MS);

    let world = start(dir.path(), &machines, &worker, &clock);
    assert_eq!(ended(&world, "short:one").await.ended_ms, Some(1_000_000 + DAY_MS));
    let long = world.engine.describe("long:one").await.unwrap().unwrap();
    assert_eq!(long.status, ExecutionStatus::Running);
    clock.advance_ms(2 * DAY_MS);
    world.engine.wake();
    assert_eq!(ended(&world, "long:one").await.ended_ms, Some(1_000_000 + 3 * DAY_MS));
    world.shutdown().await;
}

/// Lets time pass as it does while the process runs: the core sees every second of it.
async fn pass(world: &World, clock: &FakeClock, ms: i64) {
    for _ in 0..ms / 1_000 {
        clock.advance_ms(1_000);
        // What is there already is answered once the core has been round, and looked at the clock.
        world.env.workflows.start("direct", "d", json!({})).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_in_which_the_process_stood_still_is_no_tasks_time() {
    let minute = |more: Value| {
        let mut more = more;
        more["TimeoutSeconds"] = json!(60);
        more
    };
    let direct = machine(&[("Go", call("go", "hang", minute(json!({ "End": true }))))]);
    let queued =
        machine(&[("Go", job("go", "hang", minute(json!({ "HeartbeatSeconds": 30, "End": true }))))]);
    let waits = machine(&[("Go", json!({ "Type": "Wait", "Seconds": 600, "End": true }))]);
    let machines = [("direct", direct.as_str()), ("queued", queued.as_str()), ("waits", waits.as_str())];
    for stood_ms in [62_000, DAY_MS] {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::at(1_000_000));
        let worker = Worker::default();
        let world = start(dir.path(), &machines, &worker, &clock);
        for (machine, name) in [("direct", "d"), ("queued", "q"), ("waits", "w")] {
            world.env.workflows.start(machine, name, json!({})).await.unwrap();
        }
        called(&worker, "d/go").await;
        called(&worker, "q/go").await;
        // The core is asleep, with its timers armed.
        pass(&world, &clock, 20_000).await;
        clock.advance_ms(stood_ms);
        pass(&world, &clock, 5_000).await;
        for id in ["direct:d", "queued:q"] {
            let found = world.engine.describe(id).await.unwrap().unwrap();
            assert_eq!(found.status, ExecutionStatus::Running, "{id} after {stood_ms} ms");
        }
        let waiting = world.engine.describe("waits:w").await.unwrap().unwrap().status;
        assert_eq!(waiting == ExecutionStatus::Succeeded, stood_ms > 600_000, "a moment is a moment");
        pass(&world, &clock, 40_000).await;
        for id in ["direct:d", "queued:q"] {
            assert_eq!(ended(&world, id).await.error.as_deref(), Some("States.Timeout"), "{id}");
        }
        world.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_begins_again_with_all_its_time_after_a_day_away_and_even_twice() {
    let dir = tempfile::tempdir().unwrap();
    let minute = |more: Value| {
        let mut more = more;
        more["TimeoutSeconds"] = json!(60);
        more
    };
    let hanging = machine(&[("Go", call("go", "hang", minute(json!({ "End": true }))))]);
    let queued =
        machine(&[("Go", job("go", "hang", minute(json!({ "HeartbeatSeconds": 30, "End": true }))))]);
    let machines = [("direct", hanging.as_str()), ("queued", queued.as_str())];
    let clock = Arc::new(FakeClock::at(1_000_000));
    for round in 0..3 {
        let worker = Worker::default();
        let world = start(dir.path(), &machines, &worker, &clock);
        world.env.workflows.start("direct", "d", json!({})).await.unwrap();
        world.env.workflows.start("queued", "q", json!({})).await.unwrap();
        called(&worker, "d/go").await;
        called(&worker, "q/go").await;
        pass(&world, &clock, 25_000).await;
        for id in ["direct:d", "queued:q"] {
            let found = world.engine.describe(id).await.unwrap().unwrap();
            assert_eq!(found.status, ExecutionStatus::Running, "{id} in round {round}");
        }
        if round == 2 {
            // Its time does pass while somebody is there.
            pass(&world, &clock, 36_000).await;
            for id in ["direct:d", "queued:q"] {
                assert_eq!(ended(&world, id).await.error.as_deref(), Some("States.Timeout"), "{id}");
            }
        }
        world.shutdown().await;
        clock.advance_ms(DAY_MS);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ended_is_still_known_and_not_started_again() {
    let dir = tempfile::tempdir().unwrap();
    let text = machine(&[("Go", call("go", "echo", json!({ "End": true })))]);
    let clock = Arc::new(FakeClock::at(5));
    let worker = Worker::default();
    let world = start(dir.path(), &[("m", &text)], &worker, &clock);
    world.env.workflows.start("m", "one", json!({ "a": 1, "b": 2 })).await.unwrap();
    let before = ended(&world, "m:one").await;
    world.shutdown().await;
    let world = start(dir.path(), &[("m", &text)], &worker, &clock);
    assert_eq!(
        world.env.workflows.start("m", "one", json!({ "b": 2, "a": 1 })).await.unwrap(),
        "m:one",
        "keys reordered"
    );
    assert_eq!(ended(&world, "m:one").await, before);
    assert!(world.env.workflows.start("m", "one", json!({ "a": 1 })).await.is_err());
    assert_eq!(worker.seen()["one/go"], (1, 1));
    world.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_that_this_build_cannot_read_lies_still_and_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let text = machine(&[("Go", call("go", "echo", json!({ "End": true })))]);
    let store = Store::open(Owner::acquire(dir.path()).unwrap(), StoreOptions::default()).unwrap();
    let identity = Identity {
        no: 1,
        id: "m:old".into(),
        machine: "m".into(),
        name: "old".into(),
        definition: "0f".into(),
        input: "00".into(),
        at_ms: 1,
        parent: None,
    };
    let entries = vec![
        Entry::Definition { digest: "0f".into(), text: "{\"StartAt\": \"Nowhere\"}".into() },
        Entry::Started { identity, events: b"[]".to_vec(), end: None },
    ];
    let (told, done) = std::sync::mpsc::channel();
    store.append_entries(entries, move |result| told.send(result).unwrap());
    done.recv().unwrap().unwrap();
    store.close();

    let world = World::start(dir.path(), &[("m", &text)], Worker::default().registry());
    let flows = &world.env.workflows;
    flows.start("m", "new", json!({})).await.unwrap();
    assert_eq!(ended(&world, "m:new").await.output, Some(json!({ "echo": "new/go" })));
    let still = flows.describe("m:old").await.unwrap().unwrap();
    assert_eq!(still.status, ExecutionStatus::Running);
    for told in [world.engine.wait("m:old").await.map(|_| ()), flows.stop("m:old", "E", "c").await] {
        let failure = told.unwrap_err();
        assert_eq!(failure.kind, FailureKind::ConfigInvalid);
        assert!(failure.message.contains("the build that began it"), "{failure}");
    }
    world.shutdown().await;
}
