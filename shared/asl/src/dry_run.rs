//! Runs a machine on a virtual clock with scripted task outcomes: `ideamine asl run FILE --input
//! JSON [--mocks FILE]`.
//!
//! # Mocks
//!
//! One JSON object; a member per Task state, with what its attempts return in turn. The last one
//! repeats. A state without a member succeeds with `{"Payload": {}}` for `lambda:invoke` and `{}`
//! otherwise.
//!
//! ```json
//! {
//!   "Fetch": [
//!     {"error": "Model.Throttled", "cause": "too many requests"},
//!     {"output": {"Payload": {"n": 1}}, "after_ms": 250}
//!   ],
//!   "Approve": {"hangs": true}
//! }
//! ```
//!
//! `output` is the raw result of the task, `error` (with `cause`) its failure, `hangs` neither: the
//! task ends by its timeout. Time passes only through `after_ms`, waits, delays and timeouts, so a
//! run of hours takes milliseconds. Equal inputs give equal runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::event::Event;
use crate::execution::{Context, PendingTask, Status};
use crate::history::{HistoryEvent, history};
use crate::machine::Machine;
use crate::virtual_run::{self, Outcome};

/// 2026-01-01T00:00:00Z, when every dry run starts.
const START_MS: i64 = 1_767_225_600_000;

/// What the attempts of each Task state return.
#[derive(Deserialize, Clone, Debug, Default)]
#[serde(transparent)]
pub struct Mocks(BTreeMap<String, Attempts>);

#[derive(Deserialize, Clone, Debug)]
#[serde(untagged)]
enum Attempts {
    Each(Vec<Mock>),
    Every(Mock),
}

/// What one attempt returns.
#[derive(Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
struct Mock {
    #[serde(default, deserialize_with = "given")]
    output: Option<Value>,
    error: Option<String>,
    #[serde(default)]
    cause: String,
    #[serde(default)]
    hangs: bool,
    #[serde(default)]
    after_ms: i64,
}

/// What became of a dry run.
#[derive(Serialize, Clone, Debug)]
pub struct DryRun {
    /// SUCCEEDED, FAILED, TIMED_OUT, ABORTED; RUNNING if it waits for what never comes.
    pub status: &'static str,
    /// The output of a success.
    pub output: Option<Value>,
    /// The error of a failure.
    pub error: Option<String>,
    /// Its cause.
    pub cause: Option<String>,
    /// How long it would have taken.
    pub elapsed_ms: i64,
    /// The states in the order in which they were entered.
    pub states: Vec<Visit>,
    /// Task states it still waits for.
    pub waiting: Vec<String>,
    /// The records of GetExecutionHistory.
    pub history: Vec<HistoryEvent>,
}

/// One entering of a state.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Its name.
    pub state: String,
    /// When, after the start.
    pub at_ms: i64,
}

/// A null output is an output.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// Runs `machine` with `input` to its end.
pub fn run(machine: Machine, input: Value, mocks: &Mocks) -> DryRun {
    let context = Context {
        execution_id: "arn:aws:states:local:000000000000:execution:dry-run:dry-run".into(),
        execution_name: "dry-run".into(),
        machine_id: "arn:aws:states:local:000000000000:stateMachine:dry-run".into(),
        machine_name: "dry-run".into(),
        role_arn: "arn:aws:iam::000000000000:role/dry-run".into(),
        start_ms: START_MS,
    };
    let mut used = HashMap::new();
    let run = virtual_run::run(Arc::new(machine), context, input, &mut |task| mocks.outcome(task, &mut used));
    let (status, output, error, cause) = match run.status {
        Status::Running => ("RUNNING", None, None, None),
        Status::Succeeded { output } => ("SUCCEEDED", Some(Arc::unwrap_or_clone(output)), None, None),
        Status::Failed { error, cause } => ("FAILED", None, error, cause),
        Status::TimedOut { error, cause } => ("TIMED_OUT", None, error, cause),
        Status::Aborted { error, cause } => ("ABORTED", None, error, cause),
    };
    DryRun {
        status,
        output,
        error,
        cause,
        elapsed_ms: run.now_ms - START_MS,
        states: run.journal.iter().filter_map(visit).collect(),
        waiting: run.waiting,
        history: history(&run.journal),
    }
}

fn visit((at_ms, event): &(i64, Event)) -> Option<Visit> {
    match event {
        Event::StateEntered { state, .. } => {
            Some(Visit { state: state.to_string(), at_ms: at_ms - START_MS })
        }
        _ => None,
    }
}

impl Mocks {
    fn outcome(&self, task: &PendingTask, used: &mut HashMap<String, usize>) -> Outcome {
        let Some(attempts) = self.0.get(task.state.as_ref()) else {
            let lambda = task.resource.contains(":lambda:invoke");
            let output = if lambda { json!({"Payload": {}}) } else { json!({}) };
            return Outcome::Succeeds { output, after_ms: 0 };
        };
        let turn = used.entry(task.state.to_string()).or_default();
        let mock = match attempts {
            Attempts::Every(mock) => Some(mock),
            Attempts::Each(list) => list.get(*turn).or_else(|| list.last()),
        };
        *turn += 1;
        mock.map_or(Outcome::Hangs, Mock::outcome)
    }
}

impl Mock {
    fn outcome(&self) -> Outcome {
        let after_ms = self.after_ms;
        match (&self.error, &self.output) {
            (Some(error), _) => Outcome::Fails { error: error.clone(), cause: self.cause.clone(), after_ms },
            (None, _) if self.hangs => Outcome::Hangs,
            (None, output) => Outcome::Succeeds { output: output.clone().unwrap_or(Value::Null), after_ms },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dry(mocks: Value) -> DryRun {
        let text = json!({"QueryLanguage": "JSONata", "StartAt": "Fetch", "States": {
            "Fetch": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "TimeoutSeconds": 60,
                "Output": "{% $states.result.Payload %}",
                "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3600}],
                "Next": "Rest",
            },
            "Rest": {"Type": "Wait", "Seconds": 10, "End": true},
        }});
        run(Machine::parse(&text.to_string()).unwrap(), json!({}), &serde_json::from_value(mocks).unwrap())
    }

    #[test]
    fn attempts_return_in_turn_what_the_mocks_say() {
        let run =
            dry(json!({"Fetch": [{"error": "Busy"}, {"output": {"Payload": {"n": 1}}, "after_ms": 250}]}));
        assert_eq!((run.status, run.output, run.elapsed_ms), ("SUCCEEDED", Some(json!({"n": 1})), 3_610_250));
        let visits: Vec<(&str, i64)> =
            run.states.iter().map(|visit| (visit.state.as_str(), visit.at_ms)).collect();
        assert_eq!(visits, [("Fetch", 0), ("Rest", 3_600_250)]);
    }

    #[test]
    fn without_mocks_tasks_succeed_with_an_empty_payload() {
        assert_eq!(dry(json!({})).output, Some(json!({})));
    }

    #[test]
    fn a_hanging_task_times_out_on_the_virtual_clock() {
        let run = dry(json!({"Fetch": {"hangs": true}}));
        assert_eq!(
            (run.status, run.error.as_deref(), run.elapsed_ms),
            ("FAILED", Some("States.Timeout"), 60_000)
        );
    }

    #[test]
    fn a_misspelt_mock_is_refused() {
        assert!(serde_json::from_value::<Mocks>(json!({"Fetch": {"outptu": 1}})).is_err());
    }
}
