//! Each machine of the collection with all that its tasks can say, as far as that decides anything.

use serde_json::{Value, json};

use super::{Explored, explore};

fn machine(name: &str) -> String {
    let path = format!("{}/../../statemachines/{name}.asl.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn payloads(payloads: Vec<Value>) -> Vec<Value> {
    payloads.into_iter().map(|payload| json!({ "Payload": payload, "StatusCode": 200 })).collect()
}

fn outputs(outcomes: &[&str]) -> Vec<Value> {
    let output = |outcome: &&str| {
        json!({ "Output": {
            "outcome": outcome, "work": "w", "answer": "a", "error": "Control.Stopped", "cause": "c"
        }})
    };
    outcomes.iter().map(output).collect()
}

/// What `run-control` can say.
fn wanted() -> Vec<Value> {
    payloads(["work", "pause", "cancel"].map(|go| json!({ "go": go })).to_vec())
}

/// Explores it: an end is reached from everywhere, these are the ends, and it is no less than it was.
fn check(explored: &Explored, outcomes: &[&str], at_least: usize) {
    let (states, found) = explore(explored).unwrap();
    assert_eq!(found, outcomes);
    assert!(states >= at_least, "{states} states");
}

fn author() -> Explored {
    let results = |state: &str| match state {
        "Prepare" | "Repair" => payloads(vec![json!({ "work": "w", "call": "c" })]),
        "Call" => vec![json!({ "answer": "a", "cached": false })],
        "Pause" => payloads(vec![json!({})]),
        "Control" => wanted(),
        "Hold" => vec![json!({})],
        "Accept" => payloads(vec![json!({ "answer": "a" })]),
        _ => vec![],
    };
    Explored {
        text: machine("author"),
        input: json!({
            "tenant": "local", "run": "r", "plan": "p", "path": "x", "agent": "agent-x", "timeout_s": 60,
            "brief": { "phase": "prd" }
        }),
        results: Box::new(results),
        errors: &[
            "Store.Unavailable",
            "Internal.Bug",
            "Control.Stopped",
            "Budget.Exhausted",
            "Model.Throttled",
            "Model.CircuitOpen",
            "Answer.Rejected",
        ],
        counters: &["holds"],
    }
}

#[test]
fn from_every_state_of_the_author_and_its_control_an_end_can_be_reached() {
    check(&author(), &["failed", "ok", "stopped"], 100);
}

/// A machine that looks again until it is told something, which nobody ever tells it.
#[test]
fn a_machine_without_a_way_out_is_found() {
    let text = json!({ "QueryLanguage": "JSONata", "StartAt": "Look", "States": {
        "Look": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 60, "Next": "Told",
            "Arguments": { "FunctionName": "f" }, "Output": "{% $states.result %}",
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Told", "Output": { "told": false } }]
        },
        "Told": {
            "Type": "Choice", "Default": "Look", "Choices": [{ "Condition": "{% $states.input.told %}", "Next": "Done" }]
        },
        "Done": { "Type": "Pass", "Output": { "outcome": "ok" }, "End": true }
    }});
    let told = |told: &'static [bool]| {
        let results = move |_: &str| told.iter().map(|told| json!({ "told": told })).collect();
        explore(&Explored { text: text.to_string(), results: Box::new(results), ..author() })
    };
    assert!(told(&[false]).unwrap_err().contains("no end can be reached from Look"));
    assert_eq!(told(&[false, true]).unwrap().1, ["ok"]);
}

#[test]
fn from_every_state_where_rules_compose_an_end_can_be_reached() {
    let explored = Explored {
        text: machine("compose"),
        results: Box::new(|_| payloads(vec![json!({ "work": "w", "answer": "a" })])),
        errors: &["Store.Unavailable", "Internal.Bug", "Control.Stopped"],
        ..author()
    };
    check(&explored, &["failed", "ok"], 8);
}

#[test]
fn from_every_state_of_the_gate_loop_of_a_story_an_end_can_be_reached() {
    let results = |state: &str| match state {
        "Begin" | "Control" => wanted(),
        "Hold" => vec![json!({})],
        "Author" => outputs(&["ok", "stopped", "failed"]),
        "Unwritten" => {
            payloads(["again", "failed"].map(|outcome| json!({ "outcome": outcome, "error": "E" })).to_vec())
        }
        "Finish" => payloads(vec![json!({ "finished": "f", "app": "d" })]),
        "Settle" => payloads(vec![json!({ "app": "d" })]),
        "Test" => vec![json!({ "evidence": "e", "outcome": "pass" })],
        "Judge" => payloads(vec![
            json!({ "next": "again", "passed": false }),
            json!({ "next": "done", "passed": true }),
            json!({ "next": "done", "passed": false }),
        ]),
        _ => vec![],
    };
    let explored = Explored {
        text: machine("story"),
        input: json!({
            "tenant": "local", "run": "r", "plan": "p", "path": "x", "phase": "build", "attempt": 1, "story": "s",
            "timeout_s": 60, "author": "author"
        }),
        results: Box::new(results),
        errors: &["Store.Unavailable", "Internal.Bug", "Control.Stopped"],
        counters: &["holds"],
    };
    check(&explored, &["failed", "ok", "stopped"], 100);
}

/// A phase whose `run-open` says this of its shape; what branches come to is told apart by `run-aggregate` alone.
fn phase(shape: Value) -> Explored {
    let opened = move || {
        let with = |go: &str| {
            let mut opened = shape.clone();
            opened["go"] = json!(go);
            opened
        };
        payloads(["work", "pause", "cancel"].map(with).to_vec())
    };
    let results = move |state: &str| {
        match state {
        "Open" => opened(),
        "Control" => wanted(),
        "Hold" | "Ask" => vec![json!({})],
        "Author" | "Turn" => outputs(&["ok", "failed"]),
        "Story" => outputs(&["ok", "stopped", "failed"]),
        "Close" => payloads(["ok", "failed"].map(|outcome| json!({ "outcome": outcome, "cause": "" })).to_vec()),
        "Keep" | "Waive" | "CloseStopped" | "CloseFailed" => payloads(vec![json!({})]),
        "Finish" => payloads(vec![json!({ "finished": "f" })]),
        "Aggregate" => payloads(
            ["ok", "stopped", "failed", "again"]
                .map(|outcome| {
                    json!({ "outcome": outcome, "work": "w", "answer": "a", "error": "Control.Stopped", "cause": "c" })
                })
                .to_vec(),
        ),
        "Settle" => {
            payloads(["ST-1"].iter().map(|id| json!({ "stories": [id], "questions": 1 })).collect())
        }
        "Check" => vec![json!({ "evidence": "e", "outcome": "pass" })],
        "View" => payloads(vec![json!({ "inputs": "i" })]),
        "Gate" => payloads(vec![json!({ "outcome": "pass", "evidence": "e", "findings": [] })]),
        "Guard" | "Leave" => payloads(vec![json!({ "id": "exfil", "outcome": "pass", "findings": 0 })]),
        "Judge" => payloads(["again", "appeal", "done"].map(|next| json!({ "next": next })).to_vec()),
        "Appeal" => vec![json!({ "approval": "a" })],
        _ => vec![],
    }
    };
    Explored {
        text: machine("phase"),
        input: json!({ "tenant": "local", "run": "r", "plan": "p", "phase": "prd", "path": "04-prd" }),
        results: Box::new(results),
        // Tries of a task are counted in the small machines; here each would make five times as many states.
        errors: &["Internal.Bug"],
        counters: &["holds"],
    }
}

#[test]
fn from_every_state_of_a_phase_that_works_side_by_side_an_end_can_be_reached() {
    let explored = phase(json!({
        "agent": "agent-x", "author": "author", "aggregate": "run-aggregate", "concurrency": 2, "iterative": false,
        "stories": false, "rounds": 1, "timeout_s": 60, "branches": [0, 1], "checks": ["compile"], "gates": ["g"],
        "guards": ["exfil"]
    }));
    check(&explored, &["failed", "ok", "stopped"], 500);
}

#[test]
fn from_every_state_of_a_phase_that_works_in_turn_and_by_stories_an_end_can_be_reached() {
    let explored = phase(json!({
        "agent": "agent-x", "author": "compose", "aggregate": "run-aggregate", "concurrency": 1, "iterative": true,
        "stories": true, "rounds": 0, "timeout_s": 60, "branches": [0], "checks": [], "gates": ["g"],
        "guards": ["exfil", "terms"]
    }));
    check(&explored, &["failed", "ok", "stopped"], 500);
}

#[test]
fn from_every_state_of_the_questions_an_end_can_be_reached() {
    let results = |state: &str| match state {
        "Question" | "Answer" | "Validate" => outputs(&["ok", "stopped", "failed"]),
        "Select" => payloads(vec![json!({ "questions": [] }), json!({ "questions": ["Q1", "Q2"] })]),
        "Propose" => payloads(
            ["person", "validate", "left"]
                .map(|next| json!({ "next": next, "id": "Q1", "answer": "a" }))
                .to_vec(),
        ),
        "Person" => vec![json!({})],
        "Conclude" => payloads(vec![json!({ "state": "answered" })]),
        _ => vec![],
    };
    let explored = Explored {
        text: machine("qav"),
        input: json!({
            "tenant": "local", "run": "r", "plan": "p", "path": "x", "phase": "prd", "rounds": 2, "timeout_s": 60,
            "author": "author"
        }),
        results: Box::new(results),
        errors: &["Store.Unavailable", "Internal.Bug"],
        counters: &[],
    };
    check(&explored, &["failed", "ok"], 100);
}

#[test]
fn from_every_state_of_a_run_and_its_control_an_end_can_be_reached() {
    let results = |state: &str| match state {
        "Plan" => payloads(vec![json!({ "plan": "p", "before": ["exfil"], "after": ["terms"] })]),
        "GuardIdea" | "GuardWork" => {
            payloads(vec![json!({ "id": "exfil", "outcome": "pass", "findings": 0 })])
        }
        "Next" => {
            let ready = json!([{ "id": "prd", "path": "04-prd" }, { "id": "bizdev", "path": "05-bizdev" }]);
            let work = |n: usize| json!({ "go": "work", "phases": &ready.as_array().unwrap()[..n] });
            let other = |go: &str| json!({ "go": go, "phases": [] });
            payloads(vec![work(1), work(2), other("pause"), other("cancel"), other("done")])
        }
        "Hold" => vec![json!({})],
        "Phase" => outputs(&["ok", "stopped", "failed"]),
        "Seal" | "SealContent" => payloads(vec![json!({})]),
        "Verdict" => payloads(vec![json!({ "status": "completed", "verdict": "released", "reasons": [] })]),
        "Content" => payloads(vec![json!({ "content": "c", "steps": "s" })]),
        "Dossier" => payloads(vec![json!({ "dossier": "d", "page": "p" })]),
        "Close" => payloads(vec![json!({ "status": "completed", "verdict": "released" })]),
        _ => vec![],
    };
    let explored = Explored {
        text: machine("run"),
        input: json!({ "tenant": "local", "run": "r", "config": "c" }),
        results: Box::new(results),
        errors: &["Store.Unavailable", "Internal.Bug", "Control.Stopped"],
        counters: &["turn"],
    };
    // `run-close` says how it ended in rows; the machine fails only where not even that can be written.
    check(&explored, &["broken", "none"], 100);
}
