//! What happened in an execution, as it is journaled: short tags, evaluated data stored once.
//!
//! The input of a state is the output of the one before it, so [`Event::StateEntered`] carries none;
//! [`crate::history`] rebuilds the records of GetExecutionHistory.

mod effects;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use effects::ScheduledTask;

/// A JSON document shared between events, frames and tasks.
pub type Data = Arc<Value>;
/// Variables that one state assigned, by name.
pub type Assigned = BTreeMap<Arc<str>, Data>;
/// One attempt of one Task state; unique in an execution and rising.
pub type TaskId = u64;
/// One thread of control: the execution itself is 0, every branch and iteration has its own.
pub type FrameId = u32;

/// The `Type` of a state.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are the words of the language")]
pub enum StateKind {
    Task,
    Choice,
    Parallel,
    Map,
    Wait,
    Pass,
    Succeed,
    Fail,
}

impl StateKind {
    /// The word used in definitions and in the names of history events.
    pub fn as_str(self) -> &'static str {
        match self {
            StateKind::Task => "Task",
            StateKind::Choice => "Choice",
            StateKind::Parallel => "Parallel",
            StateKind::Map => "Map",
            StateKind::Wait => "Wait",
            StateKind::Pass => "Pass",
            StateKind::Succeed => "Succeed",
            StateKind::Fail => "Fail",
        }
    }
}

/// One journaled fact. Times are UTC milliseconds. `frame` 0 is not written.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "fields are named after what the language calls them")]
pub enum Event {
    #[serde(rename = "start")]
    ExecutionStarted {
        #[serde(rename = "i")]
        input: Data,
    },
    #[serde(rename = "in")]
    StateEntered {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "s")]
        state: Arc<str>,
        #[serde(rename = "k")]
        kind: StateKind,
        #[serde(rename = "at")]
        at_ms: i64,
    },
    /// The output is `output`, or the `part` of the state's result that this JSON pointer names, or
    /// the whole result, or the input where there is none. `to` is the next state where the
    /// definition alone does not say it (Choice, Catch).
    #[serde(rename = "out")]
    StateExited {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(
            rename = "o",
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "present"
        )]
        output: Option<Data>,
        #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
        part: Option<Arc<str>>,
        #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
        assigned: Option<Arc<Assigned>>,
        #[serde(rename = "to", default, skip_serializing_if = "Option::is_none")]
        to: Option<Arc<str>>,
    },
    #[serde(rename = "task")]
    TaskScheduled {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "id")]
        task: TaskId,
        #[serde(rename = "s")]
        state: Arc<str>,
        #[serde(rename = "r")]
        resource: Arc<str>,
        #[serde(rename = "a")]
        arguments: Data,
        #[serde(rename = "tok", default, skip_serializing_if = "Option::is_none")]
        token: Option<Arc<str>>,
        #[serde(rename = "n", default, skip_serializing_if = "is_root")]
        attempt: u32,
        #[serde(rename = "at")]
        at_ms: i64,
        #[serde(rename = "ts", default, skip_serializing_if = "Option::is_none")]
        timeout_s: Option<u32>,
        #[serde(rename = "hs", default, skip_serializing_if = "Option::is_none")]
        heartbeat_s: Option<u32>,
    },
    #[serde(rename = "beat")]
    TaskHeartbeat {
        #[serde(rename = "id")]
        task: TaskId,
        #[serde(rename = "at")]
        at_ms: i64,
    },
    #[serde(rename = "ok")]
    TaskSucceeded {
        #[serde(rename = "id")]
        task: TaskId,
        #[serde(rename = "o")]
        output: Data,
    },
    #[serde(rename = "err")]
    TaskFailed {
        #[serde(rename = "id")]
        task: TaskId,
        #[serde(rename = "e")]
        error: Arc<str>,
        #[serde(rename = "c")]
        cause: Arc<str>,
    },
    #[serde(rename = "late")]
    TaskTimedOut {
        #[serde(rename = "id")]
        task: TaskId,
        #[serde(rename = "hb", default, skip_serializing_if = "is_false")]
        heartbeat: bool,
    },
    /// The state failed by itself: an expression (then `location` names the field) or a quota.
    #[serde(rename = "bad")]
    StateFaulted {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "e")]
        error: Arc<str>,
        #[serde(rename = "c")]
        cause: Arc<str>,
        #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
        location: Option<Arc<str>>,
    },
    #[serde(rename = "retry")]
    RetryScheduled {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "r")]
        retrier: u32,
        #[serde(rename = "u")]
        until_ms: i64,
    },
    /// No retry is left for a failed Parallel or Map.
    #[serde(rename = "gave")]
    StateFailed {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
    },
    #[serde(rename = "wait")]
    WaitStarted {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "u")]
        until_ms: i64,
    },
    /// All branches begin, as frames `first`, `first + 1`, …; `input` absent: the state's input.
    #[serde(rename = "par")]
    ParallelStarted {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "c")]
        first: FrameId,
        #[serde(rename = "b")]
        branches: u32,
        #[serde(
            rename = "i",
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "present"
        )]
        input: Option<Data>,
    },
    /// `items` absent: the state's input. `concurrency` 0 is unlimited.
    #[serde(rename = "map")]
    MapStarted {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(
            rename = "i",
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "present"
        )]
        items: Option<Data>,
        #[serde(rename = "m", default, skip_serializing_if = "is_root")]
        concurrency: u32,
    },
    /// `input` absent: the item itself.
    #[serde(rename = "iter")]
    IterationStarted {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "c")]
        child: FrameId,
        #[serde(rename = "x")]
        index: u32,
        #[serde(
            rename = "i",
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "present"
        )]
        input: Option<Data>,
    },
    /// A branch or iteration reached its end; its result is its last output.
    #[serde(rename = "done")]
    ChildSucceeded {
        #[serde(rename = "f")]
        frame: FrameId,
    },
    #[serde(rename = "fell")]
    ChildFailed {
        #[serde(rename = "f")]
        frame: FrameId,
        #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
        error: Option<Arc<str>>,
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        cause: Option<Arc<str>>,
        #[serde(rename = "hb", default, skip_serializing_if = "is_false")]
        heartbeat: bool,
    },
    /// A state that was under way is given up; `task` is the attempt whose result no longer matters.
    #[serde(rename = "stop")]
    StateAborted {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
        #[serde(rename = "id", default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
    },
    #[serde(rename = "drop")]
    ChildAborted {
        #[serde(rename = "f")]
        frame: FrameId,
    },
    /// Every branch or iteration succeeded; the result is their outputs in order.
    #[serde(rename = "join")]
    JoinSucceeded {
        #[serde(rename = "f", default, skip_serializing_if = "is_root")]
        frame: FrameId,
    },
    /// The output is the root frame's last one.
    #[serde(rename = "end")]
    ExecutionSucceeded {},
    #[serde(rename = "fail")]
    ExecutionFailed {
        #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
        error: Option<Arc<str>>,
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        cause: Option<Arc<str>>,
    },
    #[serde(rename = "timeout")]
    ExecutionTimedOut {
        #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
        error: Option<Arc<str>>,
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        cause: Option<Arc<str>>,
    },
    #[serde(rename = "abort")]
    ExecutionAborted {
        #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
        error: Option<Arc<str>>,
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        cause: Option<Arc<str>>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_root(frame: &u32) -> bool {
    *frame == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A field that is present may hold null: null is a document here, not an absence.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Data>, D::Error> {
    Data::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_null_output_survives_the_journal_and_an_absent_one_stays_absent() {
        for output in [Some(Arc::new(Value::Null)), None] {
            let event = Event::StateExited { frame: 0, output, part: None, assigned: None, to: None };
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
        }
    }

    #[test]
    fn an_event_of_the_root_frame_is_short() {
        let event = Event::StateEntered { frame: 0, state: "Go".into(), kind: StateKind::Pass, at_ms: 5 };
        assert_eq!(serde_json::to_value(&event).unwrap(), json!({"in": {"s": "Go", "k": "Pass", "at": 5}}));
    }
}
