//! The small machines of the collection, explored: every outcome of every task, in every state that can be reached.
//! From each of them an end can be reached, and every end is one that the machine itself says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use ideamine_asl::{Context, Event, Execution, Input, Machine, Status};
use serde_json::{Value, json};

/// States after which a machine counts as unbounded.
const STATES_MAX: usize = 20_000;

/// A machine and all that its tasks can come to: raw results by state, and error names that it catches by name.
struct Explored {
    text: &'static str,
    input: Value,
    results: fn(&str) -> Vec<Value>,
    errors: &'static [&'static str],
    /// Variables that count without end and decide nothing.
    counters: &'static [&'static str],
}

/// What every task can fail with besides: once more, and for good.
const ERRORS: [&str; 2] = ["Store.Unavailable", "Internal.Bug"];

/// Where an execution waits, with all that decides how it goes on.
struct Node {
    events: Vec<Event>,
    now_ms: i64,
}

impl Node {
    fn execution(&self, machine: &Arc<Machine>) -> Execution {
        let context = Context {
            execution_id: "m:e".to_owned(),
            execution_name: "e".to_owned(),
            machine_id: "m".to_owned(),
            machine_name: "m".to_owned(),
            role_arn: "role".to_owned(),
            start_ms: 0,
        };
        let mut execution = Execution::new(machine.clone(), context);
        for event in &self.events {
            execution.apply(event);
        }
        execution
    }

    /// After this input, and after the waits that follow: only time ends them.
    fn after(&self, machine: &Arc<Machine>, input: Input) -> Self {
        let mut execution = self.execution(machine);
        let mut next = Self { events: self.events.clone(), now_ms: self.now_ms };
        let mut input = Some(input);
        while *execution.status() == Status::Running {
            let waits = execution.pending_tasks().next().is_none();
            let Some(given) = input.take().or_else(|| waits.then_some(Input::Tick)) else { break };
            if given == Input::Tick {
                next.now_ms = execution
                    .next_deadline_ms()
                    .unwrap_or_else(|| panic!("waits for nothing"))
                    .max(next.now_ms);
            }
            let mut events = vec![];
            execution.handle(given, next.now_ms, &mut || 0, &mut events);
            assert!(!events.is_empty(), "an input has no effect in {:?}", execution.current_states());
            next.events.extend(events);
        }
        next
    }

    /// The same for all executions that go on alike.
    fn key(&self, execution: &Execution, explored: &Explored) -> String {
        let mut variables = BTreeMap::new();
        for event in &self.events {
            if let Event::StateExited { assigned: Some(assigned), .. } = event {
                variables.extend(assigned.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        variables.retain(|name, _| !explored.counters.contains(&&**name));
        let tasks: Vec<_> =
            execution.pending_tasks().map(|task| (task.state.clone(), task.attempt)).collect();
        format!("{:?} {tasks:?} {variables:?}", execution.status())
    }
}

/// Every way on from a state in which tasks are pending.
fn ways(execution: &Execution, explored: &Explored) -> Vec<Input> {
    let mut ways = vec![Input::Tick];
    for pending in execution.pending_tasks() {
        let task = pending.task;
        let results = (explored.results)(&pending.state);
        assert!(!results.is_empty(), "{} has no result", pending.state);
        ways.extend(results.into_iter().map(|output| Input::TaskSucceeded { task, output }));
        let errors = ERRORS.iter().chain(explored.errors);
        ways.extend(errors.map(|error| Input::TaskFailed {
            task,
            error: (*error).to_owned(),
            cause: "asked for".to_owned(),
        }));
    }
    ways
}

/// How many states there are, and the outcomes that executions end with.
fn explore(explored: &Explored) -> (usize, Vec<String>) {
    let mut text = explored.text.to_owned();
    // What stands for names and versions decides nothing.
    while let Some(at) = text.find("${") {
        let end = at + text[at..].find('}').unwrap();
        text.replace_range(at..=end, "");
    }
    let machine = Arc::new(Machine::parse(&text).unwrap());
    let start = Node { events: vec![], now_ms: 0 };
    let first = start.after(&machine, Input::Start { input: explored.input.clone() });
    let mut seen: HashMap<String, usize> = HashMap::new();
    // By state: those that lead to it.
    let mut from: Vec<Vec<usize>> = vec![];
    let (mut ends, mut outcomes) = (vec![], vec![]);
    let mut names: Vec<String> = vec![];
    let mut queue = VecDeque::from([(first, None)]);
    while let Some((node, before)) = queue.pop_front() {
        let execution = node.execution(&machine);
        let key = node.key(&execution, explored);
        let known = seen.len();
        let number = *seen.entry(key.clone()).or_insert(known);
        if number == known {
            assert!(known < STATES_MAX, "more than {STATES_MAX} states: something counts without end");
            from.push(vec![]);
            names.push(key);
        }
        from[number].extend(before);
        if number < known {
            continue;
        }
        match execution.status() {
            Status::Running => {}
            Status::Succeeded { output } => {
                assert_ne!(output["error"], "States.QueryEvaluationError", "{output}");
                ends.push(number);
                outcomes.push(output["outcome"].as_str().unwrap_or("none").to_owned());
                continue;
            }
            other => panic!("ends as {other:?} after {:?}", node.events.last()),
        }
        for way in ways(&execution, explored) {
            queue.push_back((node.after(&machine, way), Some(number)));
        }
    }
    let mut leads = vec![false; from.len()];
    while let Some(number) = ends.pop() {
        if !std::mem::replace(&mut leads[number], true) {
            ends.extend(&from[number]);
        }
    }
    let stuck: Vec<_> = names.iter().zip(&leads).filter(|(_, leads)| !**leads).collect();
    assert!(stuck.is_empty(), "no end can be reached from {stuck:?}");
    outcomes.sort();
    outcomes.dedup();
    (names.len(), outcomes)
}

fn payloads(payloads: Vec<Value>) -> Vec<Value> {
    payloads.into_iter().map(|payload| json!({ "Payload": payload, "StatusCode": 200 })).collect()
}

/// What `run-control` can say.
fn wanted() -> Vec<Value> {
    payloads(["run", "pause", "cancel"].map(|go| json!({ "go": go })).to_vec())
}

#[test]
fn from_every_state_of_the_author_and_its_control_an_end_can_be_reached() {
    let results = |state: &str| match state {
        "Prepare" | "Repair" => payloads(vec![json!({ "work": "w", "call": "c" })]),
        "Call" => vec![json!({ "answer": "a", "cached": false })],
        "Pause" => payloads(vec![json!({})]),
        "Control" => wanted(),
        "Hold" => vec![json!({})],
        "Accept" => payloads(vec![json!({ "answer": "a" })]),
        _ => vec![],
    };
    let explored = Explored {
        text: include_str!("../../../statemachines/author.asl.json"),
        input: json!({
            "tenant": "local", "run": "r", "plan": "p", "path": "x", "agent": "agent-x", "timeout_s": 60,
            "brief": { "phase": "prd" }
        }),
        results,
        errors: &[
            "Control.Stopped",
            "Budget.Exhausted",
            "Model.Throttled",
            "Model.CircuitOpen",
            "Answer.Rejected",
        ],
        counters: &["holds"],
    };
    let (states, outcomes) = explore(&explored);
    assert_eq!(outcomes, ["failed", "ok", "stopped"]);
    assert!(states > 100, "{states}");
}

#[test]
fn from_every_state_of_the_gate_loop_of_a_story_an_end_can_be_reached() {
    let results = |state: &str| match state {
        "Begin" | "Control" => wanted(),
        "Hold" => vec![json!({})],
        "Author" => ["ok", "stopped", "failed"]
            .map(|outcome| {
                json!({ "Output": {
                    "outcome": outcome, "work": "w", "answer": "a", "error": "Answer.Rejected", "cause": "c"
                }})
            })
            .to_vec(),
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
        text: include_str!("../../../statemachines/story.asl.json"),
        input: json!({
            "tenant": "local", "run": "r", "plan": "p", "path": "x", "phase": "build", "attempt": 1, "story": "s",
            "timeout_s": 60, "author": "author"
        }),
        results,
        errors: &["Control.Stopped"],
        counters: &["holds"],
    };
    let (states, outcomes) = explore(&explored);
    assert_eq!(outcomes, ["failed", "ok", "stopped"]);
    assert!(states > 100, "{states}");
}
