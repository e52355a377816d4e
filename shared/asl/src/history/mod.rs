//! The records of GetExecutionHistory, rebuilt from journaled events.
//!
//! A journal stores every document once; the records repeat them, as the service does. What only
//! drives the interpreter (delays, heartbeats, joins of branches) has no record.

mod integration;
mod joins;

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::errors::{QUERY, TIMEOUT};
use crate::event::{Assigned, Data, Event, FrameId, StateKind, TaskId};
use crate::execution::part_of;
use crate::limits::MAX_HISTORY_EVENTS;
use integration::Integration;

/// One record in the shape of GetExecutionHistory.
#[derive(Serialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// From 1, without gaps.
    pub id: u64,
    /// The record that led to this one; 0 for the first two.
    pub previous_event_id: u64,
    /// For example `TaskStateEntered`.
    #[serde(rename = "type")]
    pub kind: String,
    /// UTC milliseconds.
    pub timestamp_ms: i64,
    /// `<type>EventDetails`, named as the service names it; documents are JSON texts.
    #[serde(flatten)]
    pub details: Map<String, Value>,
}

/// Rebuilds the history of an execution from its journaled events with their times.
pub fn history(events: &[(i64, Event)]) -> Vec<HistoryEvent> {
    let mut records = Records::default();
    for (at_ms, event) in events {
        records.at_ms = *at_ms;
        records.add(event);
    }
    records.out
}

/// How many records scheduling a task stands for: scheduled and started, and submitted too where
/// the service waits for a job or a token.
pub(crate) fn scheduling_records(resource: &str) -> u64 {
    if Integration::of(resource).submits() { 3 } else { 2 }
}

/// What is known of a frame while reading its events.
struct Track {
    parent: Option<FrameId>,
    /// The last record of the frame.
    last: u64,
    state: Arc<str>,
    kind: StateKind,
    data: Data,
    result: Option<Data>,
    /// Index, and the name of the Map state, if the frame is an iteration.
    iteration: Option<(u32, Arc<str>)>,
    /// The items of the Map that the frame is in.
    items: Option<Data>,
    /// Outputs of the branches or iterations that are done, by index.
    done: HashMap<u32, Data>,
    index: u32,
}

#[derive(Default)]
struct Records {
    out: Vec<HistoryEvent>,
    at_ms: i64,
    frames: HashMap<FrameId, Track>,
    tasks: HashMap<TaskId, (FrameId, Arc<str>)>,
}

impl Records {
    fn add(&mut self, event: &Event) {
        match event {
            Event::ExecutionStarted { input } => {
                self.begin(0, None, 0, input, None);
                self.push(0, "ExecutionStarted", "executionStarted", one("input", text(input)));
                if let Some(root) = self.frames.get_mut(&0) {
                    root.last = 0;
                }
            }
            Event::StateEntered { frame, state, kind, .. } => self.enter(*frame, state, *kind),
            Event::StateExited { frame, output, part, assigned, .. } => {
                self.exit(*frame, output.as_ref(), part.as_deref(), assigned.as_deref());
            }
            Event::TaskScheduled { .. } => self.schedule(event),
            Event::TaskSucceeded { task, output } => {
                self.settle(*task, "Succeeded", one("output", text(output)));
                let frame = self.tasks.get(task).map(|(frame, _)| *frame);
                if let Some(track) = frame.and_then(|frame| self.frames.get_mut(&frame)) {
                    track.result = Some(Arc::clone(output));
                }
            }
            Event::TaskFailed { task, error, cause } => {
                self.settle(*task, "Failed", failure(Some(error), Some(cause)));
            }
            Event::TaskTimedOut { task, .. } => self.settle(*task, "TimedOut", one("error", TIMEOUT)),
            Event::StateFaulted { frame, error, cause, location } if error.as_ref() == QUERY => {
                let mut details = failure(Some(error), Some(cause));
                details.insert("state".into(), self.state_of(*frame).as_ref().into());
                details.extend(location.as_ref().map(|at| ("location".to_owned(), at.as_ref().into())));
                self.push(*frame, "EvaluationFailed", "evaluationFailed", details);
            }
            Event::StateFailed { frame } => self.push_of_kind(*frame, "StateFailed"),
            // A full history has no room for what is given up, only for its end.
            Event::StateAborted { .. } | Event::ChildAborted { .. }
                if self.out.len() as u64 + 1 >= MAX_HISTORY_EVENTS => {}
            Event::StateAborted { frame, .. } => self.push_of_kind(*frame, "StateAborted"),
            Event::ParallelStarted { frame, first, branches, input } => {
                self.branch(*frame, *first, *branches, input.as_ref());
            }
            Event::MapStarted { frame, items, .. } => self.map(*frame, items.as_ref()),
            Event::IterationStarted { frame, child, index, input } => {
                self.iterate(*frame, *child, *index, input.as_ref());
            }
            Event::ChildSucceeded { frame } => self.child(*frame, "Succeeded"),
            Event::ChildFailed { frame, .. } => self.child(*frame, "Failed"),
            Event::ChildAborted { frame } => self.child(*frame, "Aborted"),
            Event::JoinSucceeded { frame } => self.join(*frame),
            Event::ExecutionSucceeded {} => {
                let output = self.frames.get(&0).map(|root| text(&root.data)).unwrap_or_default();
                self.push(0, "ExecutionSucceeded", "executionSucceeded", one("output", output));
            }
            Event::ExecutionFailed { error, cause } => self.end("Failed", error.as_ref(), cause.as_ref()),
            Event::ExecutionTimedOut { error, cause } => self.end("TimedOut", error.as_ref(), cause.as_ref()),
            Event::ExecutionAborted { error, cause } => self.end("Aborted", error.as_ref(), cause.as_ref()),
            Event::StateFaulted { .. }
            | Event::TaskHeartbeat { .. }
            | Event::RetryScheduled { .. }
            | Event::WaitStarted { .. } => {}
        }
    }

    /// Adds one record after the last one of `frame`. `details` is the stem of the details' name.
    fn push(&mut self, frame: FrameId, kind: &str, details: &str, fields: Map<String, Value>) {
        let id = self.out.len() as u64 + 1;
        let previous_event_id =
            self.frames.get_mut(&frame).map_or(0, |track| std::mem::replace(&mut track.last, id));
        let details = (!fields.is_empty()).then(|| (format!("{details}EventDetails"), Value::Object(fields)));
        self.out.push(HistoryEvent {
            id,
            previous_event_id,
            kind: kind.to_owned(),
            timestamp_ms: self.at_ms,
            details: details.into_iter().collect(),
        });
    }

    fn push_of_kind(&mut self, frame: FrameId, what: &str) {
        let kind = self.frames.get(&frame).map_or(StateKind::Pass, |track| track.kind);
        self.push(frame, &format!("{}{what}", kind.as_str()), "", Map::new());
    }

    fn begin(
        &mut self,
        frame: FrameId,
        parent: Option<FrameId>,
        index: u32,
        data: &Data,
        iteration: Option<(u32, Arc<str>)>,
    ) {
        let last = parent.and_then(|parent| self.frames.get(&parent)).map_or(0, |parent| parent.last);
        let track = Track {
            parent,
            last,
            state: "".into(),
            kind: StateKind::Pass,
            data: Arc::clone(data),
            result: None,
            iteration,
            items: None,
            done: HashMap::new(),
            index,
        };
        self.frames.insert(frame, track);
    }

    fn enter(&mut self, frame: FrameId, state: &Arc<str>, kind: StateKind) {
        let Some(track) = self.frames.get_mut(&frame) else { return };
        track.state = Arc::clone(state);
        track.kind = kind;
        track.result = None;
        let mut details = one("name", state.as_ref());
        details.insert("input".into(), text(&track.data).into());
        self.push(frame, &format!("{}StateEntered", kind.as_str()), "stateEntered", details);
    }

    fn exit(
        &mut self,
        frame: FrameId,
        output: Option<&Data>,
        part: Option<&str>,
        assigned: Option<&Assigned>,
    ) {
        let Some(track) = self.frames.get_mut(&frame) else { return };
        let result = track.result.take().map(|result| part_of(result, part));
        if let Some(data) = output.cloned().or(result) {
            track.data = data;
        }
        let kind = track.kind.as_str();
        let mut details = one("name", track.state.as_ref());
        details.insert("output".into(), text(&track.data).into());
        if let Some(assigned) = assigned {
            let variables = assigned.iter().map(|(name, value)| (name.to_string(), text(value).into()));
            details.insert("assignedVariables".into(), Value::Object(variables.collect()));
        }
        self.push(frame, &format!("{kind}StateExited"), "stateExited", details);
    }

    fn schedule(&mut self, event: &Event) {
        let Event::TaskScheduled { frame, task, resource, arguments, timeout_s, heartbeat_s, .. } = event
        else {
            return;
        };
        self.tasks.insert(*task, (*frame, Arc::clone(resource)));
        let integration = Integration::of(resource);
        let mut details = integration.details();
        let field = match integration {
            Integration::Lambda => {
                details.insert("resource".into(), resource.as_ref().into());
                "input"
            }
            Integration::Service { .. } => "parameters",
        };
        details.insert(field.into(), text(arguments).into());
        details.extend(timeout_s.map(|seconds| ("timeoutInSeconds".to_owned(), seconds.into())));
        details.extend(heartbeat_s.map(|seconds| ("heartbeatInSeconds".to_owned(), seconds.into())));
        self.push_task(*frame, &integration, "Scheduled", details);
        self.push_task(*frame, &integration, "Started", integration.details());
        if integration.submits() {
            self.push_task(*frame, &integration, "Submitted", integration.details());
        }
    }

    fn settle(&mut self, task: TaskId, what: &str, fields: Map<String, Value>) {
        let Some((frame, resource)) = self.tasks.get(&task).cloned() else { return };
        let integration = Integration::of(&resource);
        let mut details = integration.details();
        details.extend(fields);
        self.push_task(frame, &integration, what, details);
    }

    fn push_task(
        &mut self,
        frame: FrameId,
        integration: &Integration<'_>,
        what: &str,
        details: Map<String, Value>,
    ) {
        let kind = integration.record(what);
        let stem = format!("{}{}", kind[..1].to_lowercase(), &kind[1..]);
        self.push(frame, &kind, &stem, details);
    }

    fn end(&mut self, what: &str, error: Option<&Arc<str>>, cause: Option<&Arc<str>>) {
        self.push(0, &format!("Execution{what}"), &format!("execution{what}"), failure(error, cause));
    }

    fn state_of(&self, frame: FrameId) -> Arc<str> {
        self.frames.get(&frame).map_or_else(|| "".into(), |track| Arc::clone(&track.state))
    }
}

fn one(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}

fn failure(error: Option<&Arc<str>>, cause: Option<&Arc<str>>) -> Map<String, Value> {
    let parts = [("error", error), ("cause", cause)];
    let given = parts.into_iter().filter_map(|(name, part)| part.map(|text| (name.to_owned(), json!(text))));
    given.collect()
}

fn text(data: &Data) -> String {
    data.to_string()
}
