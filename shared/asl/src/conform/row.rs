//! A recorded execution as a row holds it, and its tasks played back.

use serde::Deserialize;
use serde_json::Value;

use super::compare;
use crate::execution::{PendingTask, parse_timestamp};
use crate::virtual_run::Outcome;

/// One recorded execution.
#[derive(Deserialize, Clone, Debug)]
pub struct Row {
    /// Names the row in reports.
    pub id: String,
    /// Features of the language that the definition uses.
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub(super) machine_name: String,
    #[serde(default)]
    pub(super) execution_name: String,
    #[serde(deserialize_with = "definition")]
    pub(super) definition: Value,
    #[serde(default)]
    pub(super) input: Value,
    #[serde(default)]
    pub(super) tasks: Vec<Task>,
    pub(super) expected: Expected,
    #[serde(default)]
    pub(super) events: Vec<RecordedEvent>,
    #[serde(default)]
    pub(super) events_ordered: bool,
}

#[derive(Deserialize, Clone, Debug)]
pub(super) struct Expected {
    pub(super) status: String,
    pub(super) output: Option<Value>,
    pub(super) error: Option<String>,
    pub(super) cause: Option<Value>,
}

#[derive(Deserialize, Clone, Debug)]
pub(super) struct RecordedEvent {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: Option<String>,
}

/// What a task was given and what it answered.
#[derive(Deserialize, Clone, Debug)]
pub(super) struct Task {
    state: String,
    input: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    output: Option<Value>,
    failure: Option<String>,
    error: Option<String>,
    #[serde(default)]
    cause: Value,
}

impl Row {
    /// Reads one line of a file of rows.
    ///
    /// # Errors
    /// The line is not such a row.
    pub fn parse(line: &str) -> Result<Row, serde_json::Error> {
        serde_json::from_str(line)
    }
}

/// A definition may be recorded as an object or as its text.
fn definition<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => serde_json::from_str(&text).map_err(serde::de::Error::custom),
        other => Ok(other),
    }
}

/// A recorded null is an answer.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// The recorded tasks, each to be used once.
pub(super) struct Script {
    left: Vec<Task>,
    compare_arguments: bool,
    /// The first thing that was not as recorded.
    pub(super) problem: Option<String>,
}

impl Script {
    pub(super) fn new(row: &Row, compare_arguments: bool) -> Script {
        Script { left: row.tasks.clone(), compare_arguments, problem: None }
    }

    /// The first unused task of the state, one with the same input before others.
    pub(super) fn outcome(&mut self, task: &PendingTask) -> Outcome {
        let of_state = |recorded: &Task| recorded.state == *task.state;
        let own = |text: &str| belongs_to_this_run(text, task.token.as_deref());
        let fits = |recorded: &Task| {
            recorded.input.as_ref().is_none_or(|input| compare::matches_masked(input, &task.arguments, &own))
        };
        let exact = self.left.iter().position(|recorded| of_state(recorded) && fits(recorded));
        let Some(index) = exact.or_else(|| self.left.iter().position(of_state)) else {
            self.note(format!("the task of state '{}' was scheduled more often than recorded", task.state));
            return Outcome::Hangs;
        };
        let recorded = self.left.remove(index);
        if exact.is_none() && self.compare_arguments {
            let input = recorded.input.clone().unwrap_or_default();
            self.note(format!(
                "the task of state '{}' was given {}, recorded {input}",
                task.state, task.arguments
            ));
        }
        play(recorded)
    }

    fn note(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }
}

/// True for the token of the task and for instants: another run has others.
fn belongs_to_this_run(text: &str, token: Option<&str>) -> bool {
    token.is_some_and(|token| text.contains(token)) || parse_timestamp(text).is_some()
}

fn play(recorded: Task) -> Outcome {
    match (recorded.failure, recorded.output) {
        (Some(kind), _) if kind.ends_with("TimedOut") => Outcome::Hangs,
        (Some(_), _) => Outcome::Fails {
            error: recorded.error.unwrap_or_default(),
            cause: match recorded.cause {
                Value::Null => String::new(),
                Value::String(text) => text,
                other => other.to_string(),
            },
            after_ms: 0,
        },
        (None, Some(output)) => Outcome::Succeeds { output, after_ms: 0 },
        (None, None) => Outcome::Hangs,
    }
}
