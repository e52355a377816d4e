//! Calls by a state machine, and what is reported of them.

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use ideamine_core::Registry;
use ideamine_core::failure::FailureKind;
use serde_json::{Value, json};

use super::world::{BEGIN_MS, World, batch, envelope, message};
use crate::call::{Deadline, MARGIN_MS, MOMENT_MS_MIN};
use crate::server::{Identity, Server};

const MINUTE_MS: i64 = 60_000;

#[tokio::test(start_paused = true)]
async fn a_deadline_is_a_moment_or_how_long_there_is_left() {
    let env = World::new().env();
    let check = |told_ms: i64, at_ms: i64, left_ms: u64| {
        let deadline = Deadline::of(told_ms, &env);
        assert_eq!(deadline.at_ms, Some(at_ms), "{told_ms}");
        assert_eq!(u64::try_from(deadline.left(&env).as_millis()), Ok(left_ms), "{told_ms}");
    };
    let margin = MARGIN_MS.unsigned_abs();
    check(BEGIN_MS + MINUTE_MS, BEGIN_MS + MINUTE_MS, 60_000 - margin);
    check(BEGIN_MS + MARGIN_MS + 1, BEGIN_MS + MARGIN_MS + 1, 1);
    check(BEGIN_MS, BEGIN_MS, 0);
    check(MOMENT_MS_MIN, MOMENT_MS_MIN, 0);
    check(i64::MAX, i64::MAX, (i64::MAX - MARGIN_MS - BEGIN_MS).unsigned_abs());
    check(MINUTE_MS, BEGIN_MS + MINUTE_MS, 60_000 - margin);
    check(0, BEGIN_MS, 0);
    check(MOMENT_MS_MIN - 1, BEGIN_MS + MOMENT_MS_MIN - 1, (MOMENT_MS_MIN - 1 - MARGIN_MS).unsigned_abs());
    let none = Deadline { at_ms: None };
    assert_eq!(none.left(&env), std::time::Duration::MAX);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_with_its_output_or_a_named_failure_in_its_time() {
    let check = async |event: Value, left_ms: i64, expected: Result<Value, FailureKind>| {
        let world = World::new();
        let server = world.server("told", "1");
        let shown = event.to_string();
        let began = tokio::time::Instant::now();
        let got = server.handle(event, BEGIN_MS + left_ms, "trace", "request").await;
        assert_eq!(got.map_err(|failure| failure.kind), expected, "{shown}");
        assert!(began.elapsed().as_millis() < u128::from(left_ms.max(1).unsigned_abs()), "{shown}");
        assert_eq!(world.flushes.load(Ordering::SeqCst), 1, "{shown}");
    };
    check(envelope("work", 0), MINUTE_MS, Ok(json!({ "run": 1 }))).await;
    check(envelope("work", 58), MINUTE_MS, Ok(json!({ "run": 1 }))).await;
    check(envelope("work", 60), MINUTE_MS, Err(FailureKind::StepInProgress)).await;
    check(envelope("work", 1), 1, Err(FailureKind::StepInProgress)).await;
    check(envelope("refuse", 0), MINUTE_MS, Err(FailureKind::ModelRefused)).await;
    check(envelope("panic", 0), MINUTE_MS, Err(FailureKind::Bug)).await;
    check(envelope("much", 0), MINUTE_MS, Err(FailureKind::OutputTooLarge)).await;
    check(json!({}), MINUTE_MS, Err(FailureKind::InputInvalid)).await;
    check(json!("text"), MINUTE_MS, Err(FailureKind::InputInvalid)).await;
    let mut unknown = envelope("work", 0);
    unknown["colour"] = json!("red");
    check(unknown, MINUTE_MS, Err(FailureKind::InputInvalid)).await;
    check(batch(&[message("t1", &envelope("work", 0))]), MINUTE_MS, Err(FailureKind::InputInvalid)).await;
}

#[tokio::test]
async fn a_handler_that_is_no_function_is_refused_at_the_start() {
    let world = World::new();
    let identity = Identity {
        function: "gate-qa".to_owned(),
        family: "agents".to_owned(),
        stack: String::new(),
        version: String::new(),
    };
    let refused = Server::new(identity, Registry::default(), world.env(), world, |_| {}).err().unwrap();
    assert_eq!(refused.kind, FailureKind::ConfigInvalid);
    assert!(refused.message.contains("gate-qa") && refused.message.contains("agents"), "{refused}");
}

static LINES: Mutex<Vec<String>> = Mutex::new(vec![]);

#[tokio::test(start_paused = true)]
async fn a_call_is_reported_in_one_line_without_its_payload() {
    let world = World::new();
    let registry = Registry::default().with_named("told", super::world::Told(world.clone()));
    let identity = Identity {
        function: "told".to_owned(),
        family: "tests".to_owned(),
        stack: "idea".to_owned(),
        version: "1".to_owned(),
    };
    let print = |line: &str| LINES.lock().unwrap().push(line.to_owned());
    let server = Server::new(identity, registry, world.env(), world.clone(), print).unwrap();
    for act in ["work-on-a-secret", "refuse", "panic"] {
        let _ = server.handle(envelope(act, 2), BEGIN_MS + MINUTE_MS, "1-2-3", "r-1").await;
    }
    let lines: Vec<Value> =
        LINES.lock().unwrap().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen = |line: &Value| {
        (
            line["outcome"].clone(),
            line["cold_starts"].clone(),
            line["failures"].clone(),
            line["faults"].clone(),
        )
    };
    assert_eq!(
        lines.iter().map(seen).collect::<Vec<_>>(),
        [
            (json!("ok"), json!(1), json!(0), json!(0)),
            (json!("Model.Refused"), json!(0), json!(1), json!(0)),
            (json!("Internal.Bug"), json!(0), json!(1), json!(1)),
        ]
    );
    for line in &lines {
        let ids = ["function", "family", "stack", "trace", "request", "tenant", "run", "step"]
            .map(|f| line[f].clone());
        let expected = ["told", "tests", "idea", "1-2-3", "r-1", "acme", "01J", "04-prd/a1/b00/call-0"];
        assert_eq!(ids, expected.map(Value::from));
        assert_eq!(line["duration_ms"], json!(2_000));
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], json!("IdeaMine"));
        assert!(!line.to_string().contains("secret"), "{line}");
    }
}
