//! Recordings of the service's TestState: one state, a scripted result or error, what comes of it.
//!
//! Each is run as the only state of a machine. A mocked Map or Parallel becomes a Task with the same
//! result: what is recorded is how a result or an error leaves the state.

mod common;

use std::sync::Arc;

use ideamine_asl::{Context, Event, Execution, Input, Machine, Status, TaskId};
use serde_json::{Map, Value, json};

/// Fields that belong to the part of a state that is mocked.
const MOCKED: &[&str] = &[
    "Branches",
    "Items",
    "ItemProcessor",
    "ItemReader",
    "ItemSelector",
    "MaxConcurrency",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
];

struct Run {
    execution: Execution,
    now_ms: i64,
    entered: Vec<String>,
}

impl Run {
    fn give(&mut self, input: Input) {
        let mut events = Vec::new();
        self.execution.handle(input, self.now_ms, &mut || 0, &mut events);
        self.entered.extend(events.iter().filter_map(|event| match event {
            Event::StateEntered { state, .. } => Some(state.to_string()),
            _ => None,
        }));
    }

    fn pending(&self) -> Option<TaskId> {
        self.execution.pending_tasks().next().map(|task| task.task)
    }
}

/// The machine, or why the row does not fit.
fn machine(request: &Value) -> Result<Value, &'static str> {
    let mut state = request["definition"].as_object().ok_or("a definition that is no object")?.clone();
    if let Some(states) = state.get("States") {
        let name = request["stateName"].as_str().ok_or("a machine without a state name")?;
        state = states[name].as_object().ok_or("a state that is not at the top")?.clone();
    }
    if !request["definition"].to_string().contains("\"QueryLanguage\":\"JSONata\"") {
        return Err("JSONPath");
    }
    if state.remove("Branches").is_some() || state.remove("ItemProcessor").is_some() {
        MOCKED.iter().for_each(|field| {
            state.remove(*field);
        });
        state.insert("Type".into(), "Task".into());
        state.insert("Resource".into(), "mocked".into());
    }
    let mut states = Map::new();
    let targets: Vec<Value> = [state.get("Next").cloned()]
        .into_iter()
        .flatten()
        .chain(state.get("Catch").and_then(Value::as_array).into_iter().flatten().map(|c| c["Next"].clone()))
        .collect();
    for target in targets {
        states.insert(target.as_str().unwrap_or_default().into(), json!({"Type": "Succeed"}));
    }
    states.insert("StateName".into(), Value::Object(state));
    Ok(json!({"QueryLanguage": "JSONata", "StartAt": "StateName", "States": states}))
}

fn start(request: &Value) -> Result<Run, &'static str> {
    let machine = Machine::parse(&machine(request)?.to_string()).unwrap_or_else(|why| panic!("{why}"));
    let context = Context {
        execution_id: "arn:aws:states:us-east-1:111111111111:express:a:b".into(),
        execution_name: "b".into(),
        machine_id: "arn:aws:states:us-east-1:111111111111:stateMachine:a".into(),
        machine_name: "a".into(),
        role_arn: "arn:aws:iam::111111111111:role/r".into(),
        start_ms: 0,
    };
    let execution = Execution::new(Arc::new(machine), context);
    let mut run = Run { execution, now_ms: 0, entered: Vec::new() };
    run.give(Input::Start { input: request["input"].clone() });
    Ok(run)
}

/// Plays the mock, after as many failed attempts as the request says there were.
fn play(run: &mut Run, request: &Value) -> Result<(), &'static str> {
    let mock = &request["mock"];
    let earlier = request["stateConfiguration"]["retrierRetryCount"].as_u64().unwrap_or(0);
    for attempt in 0..=earlier {
        let task = run.pending().ok_or("nothing to mock")?;
        if let Some(text) = mock["result"].as_str() {
            let output = serde_json::from_str(text).map_err(|_| "a result that is not JSON")?;
            run.give(Input::TaskSucceeded { task, output });
            return Ok(());
        }
        let text = |field: &str| mock["errorOutput"][field].as_str().unwrap_or_default().to_owned();
        run.give(Input::TaskFailed { task, error: text("error"), cause: text("cause") });
        if attempt < earlier {
            run.now_ms = run.execution.next_deadline_ms().unwrap_or(run.now_ms);
            run.give(Input::Tick);
        }
    }
    Ok(())
}

/// What is not as recorded.
fn difference(run: &Run, expected: &Value) -> Option<String> {
    let status = match run.execution.status() {
        Status::Running => "RETRIABLE",
        Status::Succeeded { .. } if run.entered.len() > 1 && expected["error"].is_string() => "CAUGHT_ERROR",
        Status::Succeeded { .. } => "SUCCEEDED",
        _ => "FAILED",
    };
    if expected["status"] != status {
        return Some(format!("status {status}, recorded {}", expected["status"]));
    }
    let seconds = &expected["inspectionData"]["errorDetails"]["retryBackoffIntervalSeconds"];
    let delay = run.execution.next_deadline_ms().map(|at| (at - run.now_ms) / 1000);
    if seconds.as_i64().is_some_and(|seconds| delay != Some(seconds)) {
        return Some(format!("a retry after {delay:?} s, recorded {seconds}"));
    }
    match run.execution.status() {
        Status::Succeeded { output } => {
            let recorded = match &expected["output"] {
                Value::String(text) => {
                    serde_json::from_str(text).unwrap_or_else(|_| expected["output"].clone())
                }
                other => other.clone(),
            };
            (!same(&recorded, output)).then(|| format!("output {output}, recorded {recorded}"))
        }
        Status::Failed { error, cause } => {
            let found = json!([error, cause]);
            let recorded = json!([expected["error"], expected["cause"]]);
            (found != recorded).then(|| format!("{found}, recorded {recorded}"))
        }
        _ => None,
    }
}

/// Strings with a wildcard match anything; express executions, as recorded, cannot be redriven.
fn same(recorded: &Value, actual: &Value) -> bool {
    match (recorded, actual) {
        (Value::String(text), _) if text.contains("{{any}}") => true,
        (Value::Object(a), Value::Object(b)) => {
            let b: Map<String, Value> = b
                .iter()
                .filter(|(key, _)| *key != "RedriveCount")
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        _ => recorded == actual,
    }
}

#[test]
fn a_single_state_leaves_as_recorded() {
    let Some(lines) = common::lines("test_state_dev.jsonl") else { return };
    let (mut fitting, mut failures) = (0, Vec::new());
    for line in lines {
        let row: Value = serde_json::from_str(&line).unwrap();
        let request = &row["request"];
        // Counting failed items belongs to distributed Maps.
        if row["expected"]["error"] == "States.ExceedToleratedFailureThreshold" {
            continue;
        }
        let Ok(mut run) = start(request) else { continue };
        if play(&mut run, request).is_err() {
            continue;
        }
        fitting += 1;
        failures.extend(difference(&run, &row["expected"]).map(|why| format!("{}: {why}", row["id"])));
    }
    println!("TestState: {} of {fitting} fitting recordings hold", fitting - failures.len());
    assert!(fitting > 0, "no recording fits");
    assert!(failures.is_empty(), "{failures:#?}");
}
