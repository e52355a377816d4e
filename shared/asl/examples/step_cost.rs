//! Prints the CPU time of one task step (result in, next task out) of a 26-step machine.
//!
//! `cargo run --release -p ideamine-asl --example step_cost [RUNS]`

#![expect(clippy::print_stdout, reason = "printing is what the program is for")]

use std::sync::Arc;
use std::time::Instant;

use ideamine_asl::{Context, Event, Execution, Input, Machine, Status};
use serde_json::{Value, json};

const STEPS: usize = 26;

/// `plain`: members only. Otherwise every step also evaluates a JSONata operator.
fn machine(plain: bool) -> Value {
    let state = |index: usize| format!("Step{index}");
    let mut states = serde_json::Map::new();
    for index in 0..STEPS {
        let count = if plain {
            "{% $states.result.Payload.count %}"
        } else {
            "{% $states.result.Payload.count + 1 %}"
        };
        let mut step = json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "agent-step", "Payload": {"in": "{% $states.input %}", "run": "{% $states.context.Execution.Name %}"}},
            "TimeoutSeconds": 60,
            "Retry": [{"ErrorEquals": ["States.ALL"]}],
            "Assign": {"count": count},
            "Output": "{% $states.result.Payload %}",
        });
        match index + 1 < STEPS {
            true => step["Next"] = state(index + 1).into(),
            false => step["End"] = true.into(),
        }
        states.insert(state(index), step);
    }
    json!({"QueryLanguage": "JSONata", "StartAt": state(0), "States": states})
}

fn payload() -> Value {
    json!({
        "run": "01JD8Y7Q4V3N5R6T7W8X9Z0ABC", "phase": "architecture", "attempt": 1, "count": 3, "ok": true,
        "artifact": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "cost": {"usd": 0.25},
    })
}

fn run(machine: &Arc<Machine>, journal_bytes: &mut usize) {
    let context = Context {
        execution_id: "e".into(),
        execution_name: "n".into(),
        machine_id: "m".into(),
        machine_name: "m".into(),
        role_arn: "r".into(),
        start_ms: 0,
    };
    let mut execution = Execution::new(Arc::clone(machine), context);
    let mut events: Vec<Event> = Vec::new();
    execution.handle(Input::Start { input: payload() }, 0, &mut || 7, &mut events);
    loop {
        let Some(task) = execution.pending_tasks().next().map(|task| task.task) else { break };
        let output = json!({"Payload": payload(), "StatusCode": 200});
        execution.handle(Input::TaskSucceeded { task, output }, 1, &mut || 7, &mut events);
    }
    assert!(matches!(execution.status(), Status::Succeeded { .. }), "{:?}", execution.status());
    *journal_bytes = events.iter().map(|event| serde_json::to_vec(event).map_or(0, |text| text.len())).sum();
}

fn main() {
    let runs: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(2000);
    println!("payload {} bytes, {STEPS} steps, {runs} runs", payload().to_string().len());
    for (name, plain) in [("members only", true), ("one operator per step", false)] {
        let machine =
            Arc::new(Machine::parse(&machine(plain).to_string()).unwrap_or_else(|why| panic!("{why}")));
        let mut bytes = 0;
        run(&machine, &mut bytes);
        let begun = Instant::now();
        for _ in 0..runs {
            run(&machine, &mut bytes);
        }
        let us = begun.elapsed().as_secs_f64() * 1e6 / (runs * STEPS) as f64;
        println!("{name}: {us:.2} us/step with journal text, {} journal bytes/step", bytes / STEPS);
    }
}
