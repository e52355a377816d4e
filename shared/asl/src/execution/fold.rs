//! Folding one event into the state: plain bookkeeping, the same live and on recovery.

use std::collections::VecDeque;
use std::sync::Arc;

use super::state::{Activity, Frame, ROOT, State, Timer};
use super::{Context, Status};
use crate::errors::Failure;
use crate::event::{Data, Event, FrameId};
use crate::limits::{MAX_HISTORY_EVENTS, json_bytes};
use crate::machine::Machine;

impl State {
    pub(super) fn fold(&mut self, machine: &Machine, context: &Context, event: &Event) {
        self.history += self.history_events(event);
        match event {
            Event::ExecutionStarted { input } => self.start(machine, context, input),
            Event::StateEntered { frame, state, at_ms, .. } => self.enter(machine, *frame, state, *at_ms),
            Event::StateExited { .. } => self.exit(machine, event),
            Event::TaskScheduled { .. } => self.schedule(event),
            Event::TaskHeartbeat { task, at_ms } => self.beat(*task, *at_ms),
            Event::TaskSucceeded { task, output } => self.settle(*task, Activity::Result(Arc::clone(output))),
            Event::TaskFailed { task, error, cause } => {
                let failure = Failure::new(Arc::clone(error), Arc::clone(cause));
                self.settle(*task, Activity::Failed { failure, reported: false });
            }
            Event::TaskTimedOut { task, heartbeat } => {
                let failure = Failure::timeout(*heartbeat);
                self.settle(*task, Activity::Failed { failure, reported: false });
            }
            Event::StateFaulted { frame, error, cause, .. } => {
                self.fault(*frame, Failure::new(Arc::clone(error), Arc::clone(cause)));
            }
            Event::RetryScheduled { frame, retrier, until_ms } => self.back_off(*frame, *retrier, *until_ms),
            Event::StateFailed { frame } => self.report(*frame),
            Event::WaitStarted { frame, until_ms } => {
                self.set(*frame, Activity::Waiting { until_ms: *until_ms })
            }
            Event::ParallelStarted { frame, first, branches, input } => {
                self.branch(machine, *frame, *first, *branches, input.as_ref());
            }
            Event::MapStarted { frame, items, concurrency } => self.map(*frame, items.as_ref(), *concurrency),
            Event::IterationStarted { frame, child, index, input } => {
                self.iterate(machine, *frame, *child, *index, input.as_ref());
            }
            Event::ChildSucceeded { frame } => self.child_done(*frame),
            Event::ChildFailed { frame, error, cause, heartbeat } => {
                let failure = Failure { error: error.clone(), cause: cause.clone(), heartbeat: *heartbeat };
                self.child_gone(*frame, Some(failure));
            }
            Event::ChildAborted { frame } => self.child_gone(*frame, None),
            Event::StateAborted { frame, .. } => self.set(*frame, Activity::Aborted),
            Event::JoinSucceeded { frame } => self.join(*frame),
            Event::ExecutionSucceeded {} => {
                let output = self.frames.get(&ROOT).map_or_else(Data::default, |root| Arc::clone(&root.data));
                self.end(Status::Succeeded { output });
            }
            Event::ExecutionFailed { error, cause } => {
                self.end(Status::Failed { error: text(error), cause: text(cause) });
            }
            Event::ExecutionTimedOut { error, cause } => {
                self.end(Status::TimedOut { error: text(error), cause: text(cause) });
            }
            Event::ExecutionAborted { error, cause } => {
                self.end(Status::Aborted { error: text(error), cause: text(cause) });
            }
        }
    }

    /// How many records of GetExecutionHistory an event stands for.
    pub(super) fn history_events(&self, event: &Event) -> u64 {
        match event {
            // A full history has no room for what is given up, only for its end.
            Event::StateAborted { .. } | Event::ChildAborted { .. }
                if self.history + 1 >= MAX_HISTORY_EVENTS =>
            {
                0
            }
            Event::TaskScheduled { resource, .. } => crate::history::scheduling_records(resource),
            Event::StateFaulted { error, .. } => u64::from(error.as_ref() == crate::errors::QUERY),
            Event::TaskHeartbeat { .. } | Event::RetryScheduled { .. } | Event::WaitStarted { .. } => 0,
            Event::ChildSucceeded { frame }
            | Event::ChildFailed { frame, .. }
            | Event::ChildAborted { frame } => {
                u64::from(self.frames.get(frame).is_some_and(|child| child.item.is_some()))
            }
            Event::JoinSucceeded { frame } => u64::from(
                self.frames.get(frame).and_then(Frame::join).is_some_and(|join| join.items.is_some()),
            ),
            _ => 1,
        }
    }

    fn start(&mut self, machine: &Machine, context: &Context, input: &Data) {
        self.started = true;
        self.input = Some(Arc::clone(input));
        self.next_frame = ROOT + 1;
        if let Some(start) = machine.start_of(0) {
            self.frames.insert(ROOT, Frame::new(None, 0, 0, Arc::clone(input), Activity::Next(start)));
        }
        if let Some(timeout_s) = machine.timeout_s {
            self.timers.insert((context.start_ms + i64::from(timeout_s) * 1000, Timer::Machine));
        }
    }

    fn enter(&mut self, machine: &Machine, frame: FrameId, state: &str, at_ms: i64) {
        let visit = self.history;
        if let Some(frame) = self.frames.get_mut(&frame) {
            frame.state = machine.by_name.get(state).copied();
            frame.visit = visit;
            frame.entered_ms = at_ms;
            frame.retries.clear();
            frame.activity = Activity::Entered;
        }
    }

    fn exit(&mut self, machine: &Machine, event: &Event) {
        let Event::StateExited { frame: id, output, part, assigned, to } = event else { return };
        self.stop_timer(*id);
        let Some(frame) = self.frames.get_mut(id) else { return };
        let next = match to {
            Some(name) => machine.by_name.get(name.as_ref()).copied(),
            None => frame.state.and_then(|state| machine.states[state].next),
        };
        let after = next.map_or(Activity::Finished, Activity::Next);
        let result = match std::mem::replace(&mut frame.activity, after) {
            Activity::Result(result) => Some(part_of(result, part.as_deref())),
            _ => None,
        };
        if let Some(data) = output.clone().or(result) {
            frame.data = data;
        }
        for (name, value) in assigned.iter().flat_map(|assigned| assigned.iter()) {
            self.variable_bytes += json_bytes(value, usize::MAX);
            if let Some(old) = frame.variables.insert(Arc::clone(name), Arc::clone(value)) {
                self.variable_bytes -= json_bytes(&old, usize::MAX);
            }
        }
    }

    fn fault(&mut self, frame: FrameId, failure: Failure) {
        match self.frames.get_mut(&frame).map(|frame| &mut frame.activity) {
            Some(Activity::Join(join)) => join.failure = join.failure.take().or(Some(failure)),
            _ => self.set(frame, Activity::Failed { failure, reported: false }),
        }
    }

    fn back_off(&mut self, id: FrameId, retrier: u32, until_ms: i64) {
        let Some(frame) = self.frames.get_mut(&id) else { return };
        let retrier = retrier as usize;
        if frame.retries.len() <= retrier {
            frame.retries.resize(retrier + 1, 0);
        }
        frame.retries[retrier] += 1;
        self.set(id, Activity::Backoff { until_ms });
    }

    fn report(&mut self, id: FrameId) {
        let failure = self.frames.get(&id).and_then(Frame::failure).map(|(failure, _)| failure.clone());
        if let Some(failure) = failure {
            self.set(id, Activity::Failed { failure, reported: true });
        }
    }

    fn end(&mut self, status: Status) {
        self.status = status;
        self.frames.clear();
        self.tasks.clear();
        self.timers.clear();
        self.variable_bytes = 0;
    }

    /// Moves a frame on, giving back the task and the timer it was waiting for.
    pub(super) fn set(&mut self, id: FrameId, activity: Activity) {
        self.stop_timer(id);
        let Some(frame) = self.frames.get_mut(&id) else { return };
        if let Activity::Task(task) = std::mem::replace(&mut frame.activity, activity) {
            self.drop_task(task);
        }
        self.start_timer(id);
    }

    /// Ends every retry delay; the frames that were in one.
    pub(super) fn end_delays(&mut self, now_ms: i64) -> VecDeque<FrameId> {
        let delayed = |frame: &Frame| matches!(frame.activity, Activity::Backoff { .. });
        let ids: VecDeque<FrameId> =
            self.frames.iter().filter(|(_, frame)| delayed(frame)).map(|(id, _)| *id).collect();
        for id in &ids {
            self.set(*id, Activity::Backoff { until_ms: now_ms });
        }
        ids
    }

    /// Removes the timer of the wait that `id` is in.
    fn stop_timer(&mut self, id: FrameId) {
        let until = match self.frames.get(&id).map(|frame| &frame.activity) {
            Some(Activity::Waiting { until_ms } | Activity::Backoff { until_ms }) => *until_ms,
            _ => return,
        };
        self.timers.remove(&(until, Timer::Frame(id)));
    }

    /// Sets the timer of the wait that `id` has begun.
    fn start_timer(&mut self, id: FrameId) {
        if let Some(Activity::Waiting { until_ms } | Activity::Backoff { until_ms }) =
            self.frames.get(&id).map(|frame| &frame.activity)
        {
            self.timers.insert((*until_ms, Timer::Frame(id)));
        }
    }

    pub(super) fn drop_frame(&mut self, id: FrameId) -> Option<Frame> {
        self.set(id, Activity::Aborted);
        let frame = self.frames.remove(&id)?;
        for value in frame.variables.values() {
            self.variable_bytes -= json_bytes(value, usize::MAX);
        }
        Some(frame)
    }
}

/// The whole, or the part of it that a JSON pointer names.
pub(crate) fn part_of(whole: Data, part: Option<&str>) -> Data {
    match part {
        Some(part) => Arc::new(whole.pointer(part).cloned().unwrap_or_default()),
        None => whole,
    }
}

fn text(part: &Option<Arc<str>>) -> Option<String> {
    part.as_deref().map(str::to_owned)
}
