//! Control flow on a virtual clock, without the recordings: what they hold little of.

mod explore;
mod failures;
mod folding;
mod joins;
mod limits;
mod tasks;

use super::*;
use serde_json::{Value, json};

/// An execution with its journal and a clock that the test moves.
struct Sim {
    execution: Execution,
    now_ms: i64,
    journal: Vec<Event>,
    /// Numbers that the next draws yield; zeros after them.
    draws: Vec<u64>,
}

impl Sim {
    /// Starts `states`, the first of which is `A`, with `input`.
    fn start(states: Value, input: Value) -> Sim {
        Sim::start_machine(json!({"StartAt": "A", "States": states}), input)
    }

    fn start_machine(mut machine: Value, input: Value) -> Sim {
        machine["QueryLanguage"] = "JSONata".into();
        let mut sim = Sim::idle(&machine);
        sim.give(Input::Start { input });
        sim
    }

    fn idle(machine: &Value) -> Sim {
        let machine = Machine::parse(&machine.to_string()).unwrap();
        Sim {
            execution: Execution::new(Arc::new(machine), context()),
            now_ms: 0,
            journal: Vec::new(),
            draws: Vec::new(),
        }
    }

    /// Tells the execution `input`; returns the events that followed.
    fn give(&mut self, input: Input) -> Vec<Event> {
        let mut events = Vec::new();
        let draws = &mut self.draws;
        let mut random = || if draws.is_empty() { 0 } else { draws.remove(0) };
        self.execution.handle(input, self.now_ms, &mut random, &mut events);
        self.journal.extend(events.iter().cloned());
        events
    }

    fn tick_at(&mut self, now_ms: i64) -> Vec<Event> {
        self.now_ms = now_ms;
        self.give(Input::Tick)
    }

    /// The only pending task of a state.
    fn task(&self, state: &str) -> TaskId {
        let of_state: Vec<TaskId> = self
            .execution
            .pending_tasks()
            .filter(|task| *task.state == *state)
            .map(|task| task.task)
            .collect();
        assert_eq!(of_state.len(), 1, "one pending task of {state}, found {of_state:?}");
        of_state[0]
    }

    fn succeed(&mut self, state: &str, output: Value) -> Vec<Event> {
        let task = self.task(state);
        self.give(Input::TaskSucceeded { task, output })
    }

    fn fail(&mut self, state: &str, error: &str) -> Vec<Event> {
        let task = self.task(state);
        self.give(Input::TaskFailed { task, error: error.into(), cause: format!("{error} happened") })
    }

    fn arguments(&self, state: &str) -> Value {
        let task = self.task(state);
        let pending = self.execution.pending_tasks().find(|pending| pending.task == task);
        Value::clone(&pending.unwrap().arguments)
    }

    fn output(&self) -> Value {
        match self.execution.status() {
            Status::Succeeded { output } => Value::clone(output),
            other => panic!("expected success, found {other:?}"),
        }
    }

    fn error(&self) -> &str {
        match self.execution.status() {
            Status::Failed { error, .. } => error.as_deref().unwrap_or("(none)"),
            other => panic!("expected failure, found {other:?}"),
        }
    }

    /// Types of the history records.
    fn records(&self) -> Vec<String> {
        let journal: Vec<(i64, Event)> = self.journal.iter().map(|event| (0, event.clone())).collect();
        crate::history::history(&journal).into_iter().map(|record| record.kind).collect()
    }
}

fn context() -> Context {
    Context {
        execution_id: "arn:x:e".into(),
        execution_name: "e".into(),
        machine_id: "arn:x:m".into(),
        machine_name: "m".into(),
        role_arn: "arn:role".into(),
        start_ms: 0,
    }
}

/// A Task state with extra fields.
fn task(extra: Value) -> Value {
    with(json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}), extra)
}

fn with(mut state: Value, extra: Value) -> Value {
    for (name, value) in extra.as_object().unwrap() {
        state[name] = value.clone();
        if name == "Next" {
            state.as_object_mut().unwrap().remove("End");
        }
    }
    state
}

fn pass(extra: Value) -> Value {
    with(json!({"Type": "Pass", "End": true}), extra)
}

/// A region of one state.
fn region(name: &str, state: Value) -> Value {
    json!({"StartAt": name, "States": {name: state}})
}
