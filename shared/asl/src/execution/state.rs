//! What an execution is at one moment: frames, pending tasks and timers. Changed by folding alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{PendingTask, Status};
use crate::errors::Failure;
use crate::event::{Data, Event, FrameId, TaskId};
use crate::machine::{RegionId, StateId};

/// The frame of the execution itself.
pub(super) const ROOT: FrameId = 0;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct State {
    pub(super) status: Status,
    pub(super) started: bool,
    pub(super) input: Option<Data>,
    pub(super) frames: BTreeMap<FrameId, Frame>,
    pub(super) tasks: BTreeMap<TaskId, PendingTask>,
    pub(super) timers: BTreeSet<(i64, Timer)>,
    pub(super) next_frame: FrameId,
    pub(super) next_task: TaskId,
    /// History events so far, which is the id of the last one.
    pub(super) history: u64,
    /// Bytes of all variables of all frames.
    pub(super) variable_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    Machine,
    Task(TaskId),
    Heartbeat(TaskId),
    /// The end of a Wait state or of a retry delay.
    Frame(FrameId),
}

/// One thread of control, which is in one state of one region.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    pub(super) parent: Option<FrameId>,
    /// Which branch or iteration of the parent's state this is.
    pub(super) index: u32,
    /// The item of a Map iteration, for `$states.context.Map.Item`.
    pub(super) item: Option<Data>,
    pub(super) region: RegionId,
    pub(super) state: Option<StateId>,
    /// The state's input; between states, the last output.
    pub(super) data: Data,
    pub(super) variables: BTreeMap<Arc<str>, Data>,
    /// Id of the history event that entered the state.
    pub(super) visit: u64,
    pub(super) entered_ms: i64,
    /// How often each retrier was used in this visit.
    pub(super) retries: Vec<u32>,
    pub(super) activity: Activity,
}

/// How far a frame has come.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Activity {
    Next(StateId),
    Entered,
    Task(TaskId),
    Waiting { until_ms: i64 },
    Backoff { until_ms: i64 },
    Join(Join),
    Result(Data),
    Failed { failure: Failure, reported: bool },
    Finished,
    Aborted,
}

/// Branches or iterations under way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Join {
    /// The items of a Map; absent for a Parallel.
    pub(super) items: Option<Data>,
    pub(super) results: Vec<Option<Data>>,
    /// Index of the next iteration to start.
    pub(super) next: usize,
    /// Frames under way, by index.
    pub(super) live: BTreeMap<u32, FrameId>,
    /// Most frames at once.
    pub(super) limit: usize,
    /// The first uncaught failure; the others are given up then.
    pub(super) failure: Option<Failure>,
}

impl Frame {
    pub(super) fn new(
        parent: Option<FrameId>,
        index: u32,
        region: RegionId,
        data: Data,
        activity: Activity,
    ) -> Frame {
        Frame {
            parent,
            index,
            item: None,
            region,
            state: None,
            data,
            variables: BTreeMap::new(),
            visit: 0,
            entered_ms: 0,
            retries: Vec::new(),
            activity,
        }
    }

    /// The state that has been entered and not left.
    pub(super) fn under_way(&self) -> Option<StateId> {
        match self.activity {
            Activity::Next(_) | Activity::Finished | Activity::Aborted => None,
            _ => self.state,
        }
    }

    pub(super) fn retry_count(&self) -> u32 {
        self.retries.iter().sum()
    }

    pub(super) fn join(&self) -> Option<&Join> {
        match &self.activity {
            Activity::Join(join) => Some(join),
            _ => None,
        }
    }

    /// True while the frame depends on a task, a timer or another frame.
    fn waits(&self) -> bool {
        match &self.activity {
            Activity::Task(_) | Activity::Waiting { .. } | Activity::Backoff { .. } | Activity::Aborted => {
                true
            }
            Activity::Join(join) => {
                let may_start = join.next < join.results.len() && join.live.len() < join.limit;
                join.failure.is_none() && !may_start && !join.live.is_empty()
            }
            _ => false,
        }
    }

    /// The failure to deal with: only once nothing of the state is under way any more.
    pub(super) fn failure(&self) -> Option<(&Failure, bool)> {
        match &self.activity {
            Activity::Failed { failure, reported } => Some((failure, *reported)),
            Activity::Join(join) if join.live.is_empty() => {
                join.failure.as_ref().map(|failure| (failure, false))
            }
            _ => None,
        }
    }
}

impl State {
    /// The value of a variable as `frame` sees it: its own, or that of a frame around it.
    pub(super) fn variable(&self, frame: FrameId, name: &str) -> Option<Data> {
        let mut at = Some(frame);
        while let Some(frame) = at.and_then(|id| self.frames.get(&id)) {
            if let Some(value) = frame.variables.get(name) {
                return Some(Arc::clone(value));
            }
            at = frame.parent;
        }
        None
    }

    /// Frames that can go on without anything happening outside: none unless a batch was torn.
    pub(super) fn able(&self) -> impl Iterator<Item = FrameId> {
        self.frames.iter().filter(|(_, frame)| !frame.waits()).map(|(id, _)| *id)
    }

    /// The event that gives up what `frame` is doing, if it is doing anything.
    pub(super) fn abort_state(&self, frame: FrameId) -> Option<Event> {
        let current = self.frames.get(&frame)?;
        current.under_way()?;
        let task = match current.activity {
            Activity::Task(task) => Some(task),
            _ => None,
        };
        Some(Event::StateAborted { frame, task })
    }
}
