//! Folding one event into the state: plain bookkeeping, the same live and on recovery.

use std::sync::Arc;

use serde_json::Value;

use super::state::{Activity, Frame, Join, ROOT, State, Timer};
use super::{Context, PendingTask, Status};
use crate::errors::Failure;
use crate::event::{Assigned, Data, Event, FrameId, TaskId};
use crate::limits::{MAX_INLINE_CONCURRENCY, json_bytes};
use crate::machine::{Machine, Work};

impl State {
    pub(super) fn fold(&mut self, machine: &Machine, context: &Context, event: &Event) {
        self.history += self.history_events(event);
        match event {
            Event::ExecutionStarted { input } => self.start(machine, context, input),
            Event::StateEntered { frame, state, at_ms, .. } => self.enter(machine, *frame, state, *at_ms),
            Event::StateExited { frame, output, assigned, to } => {
                self.exit(machine, *frame, output.as_ref(), assigned.as_deref(), to.as_deref());
            }
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
    fn history_events(&self, event: &Event) -> u64 {
        match event {
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

    fn exit(
        &mut self,
        machine: &Machine,
        id: FrameId,
        output: Option<&Data>,
        assigned: Option<&Assigned>,
        to: Option<&str>,
    ) {
        self.stop_timer(id);
        let Some(frame) = self.frames.get_mut(&id) else { return };
        let next = match to {
            Some(name) => machine.by_name.get(name).copied(),
            None => frame.state.and_then(|state| machine.states[state].next),
        };
        let after = next.map_or(Activity::Finished, Activity::Next);
        let result = match std::mem::replace(&mut frame.activity, after) {
            Activity::Result(result) => Some(result),
            _ => None,
        };
        if let Some(data) = output.cloned().or(result) {
            frame.data = data;
        }
        for (name, value) in assigned.into_iter().flatten() {
            self.variable_bytes += json_bytes(value, usize::MAX);
            if let Some(old) = frame.variables.insert(Arc::clone(name), Arc::clone(value)) {
                self.variable_bytes -= json_bytes(&old, usize::MAX);
            }
        }
    }

    fn schedule(&mut self, event: &Event) {
        let Event::TaskScheduled {
            frame,
            task,
            state,
            resource,
            arguments,
            token,
            attempt,
            at_ms,
            timeout_s,
            heartbeat_s,
        } = event
        else {
            return;
        };
        let deadline_ms = timeout_s.map(|seconds| at_ms + i64::from(seconds) * 1000);
        let heartbeat_deadline_ms = heartbeat_s.map(|seconds| at_ms + i64::from(seconds) * 1000);
        self.timers.extend(deadline_ms.map(|at| (at, Timer::Task(*task))));
        self.timers.extend(heartbeat_deadline_ms.map(|at| (at, Timer::Heartbeat(*task))));
        self.next_task = task + 1;
        self.set(*frame, Activity::Task(*task));
        let pending = PendingTask {
            task: *task,
            frame: *frame,
            state: Arc::clone(state),
            visit: self.frames.get(frame).map_or(0, |frame| frame.visit),
            resource: Arc::clone(resource),
            arguments: Arc::clone(arguments),
            token: token.clone(),
            attempt: *attempt,
            deadline_ms,
            heartbeat_deadline_ms,
            heartbeat_s: *heartbeat_s,
        };
        self.tasks.insert(*task, pending);
    }

    fn beat(&mut self, task: TaskId, at_ms: i64) {
        let Some(pending) = self.tasks.get_mut(&task) else { return };
        let Some(seconds) = pending.heartbeat_s else { return };
        let next = at_ms + i64::from(seconds) * 1000;
        if let Some(old) = pending.heartbeat_deadline_ms.replace(next) {
            self.timers.remove(&(old, Timer::Heartbeat(task)));
        }
        self.timers.insert((next, Timer::Heartbeat(task)));
    }

    fn settle(&mut self, task: TaskId, activity: Activity) {
        if let Some(frame) = self.tasks.get(&task).map(|pending| pending.frame) {
            self.set(frame, activity);
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

    fn branch(
        &mut self,
        machine: &Machine,
        id: FrameId,
        first: FrameId,
        branches: u32,
        input: Option<&Data>,
    ) {
        let Some(frame) = self.frames.get(&id) else { return };
        let input = Arc::clone(input.unwrap_or(&frame.data));
        let regions = match frame.state.map(|state| &machine.states[state].work) {
            Some(Work::Parallel { branches, .. }) => branches.as_slice(),
            _ => &[],
        };
        for (index, region) in (0..branches).zip(regions) {
            let Some(start) = machine.start_of(*region) else { continue };
            let child = Frame::new(Some(id), index, *region, Arc::clone(&input), Activity::Next(start));
            self.frames.insert(first + index, child);
        }
        self.next_frame = first + branches;
        let join = Join {
            items: None,
            results: vec![None; branches as usize],
            next: branches as usize,
            live: (0..branches).map(|index| (index, first + index)).collect(),
            limit: branches as usize,
            failure: None,
        };
        self.set(id, Activity::Join(join));
    }

    fn map(&mut self, id: FrameId, items: Option<&Data>, concurrency: u32) {
        let Some(frame) = self.frames.get(&id) else { return };
        let items = Arc::clone(items.unwrap_or(&frame.data));
        let total = items.as_array().map_or(0, Vec::len);
        let limit = match concurrency as usize {
            0 => MAX_INLINE_CONCURRENCY,
            limit => limit.min(MAX_INLINE_CONCURRENCY),
        };
        let join = Join {
            items: Some(items),
            results: vec![None; total],
            next: 0,
            live: Default::default(),
            limit,
            failure: None,
        };
        self.set(id, Activity::Join(join));
    }

    fn iterate(&mut self, machine: &Machine, id: FrameId, child: FrameId, index: u32, input: Option<&Data>) {
        let Some(frame) = self.frames.get_mut(&id) else { return };
        let region = match frame.state.map(|state| &machine.states[state].work) {
            Some(Work::Map(map)) => map.processor,
            _ => return,
        };
        let Activity::Join(join) = &mut frame.activity else { return };
        let item =
            join.items.as_ref().and_then(|items| items.get(index as usize)).cloned().unwrap_or(Value::Null);
        join.live.insert(index, child);
        join.next = index as usize + 1;
        let item = Arc::new(item);
        let Some(start) = machine.start_of(region) else { return };
        let data = Arc::clone(input.unwrap_or(&item));
        let mut begun = Frame::new(Some(id), index, region, data, Activity::Next(start));
        begun.item = Some(item);
        self.frames.insert(child, begun);
        self.next_frame = child + 1;
    }

    fn child_done(&mut self, child: FrameId) {
        let Some(done) = self.drop_frame(child) else { return };
        let parent = done.parent.and_then(|parent| self.frames.get_mut(&parent));
        if let Some(Activity::Join(join)) = parent.map(|frame| &mut frame.activity) {
            join.live.remove(&done.index);
            if let Some(slot) = join.results.get_mut(done.index as usize) {
                *slot = Some(done.data);
            }
        }
    }

    fn child_gone(&mut self, child: FrameId, failure: Option<Failure>) {
        let Some(gone) = self.drop_frame(child) else { return };
        let parent = gone.parent.and_then(|parent| self.frames.get_mut(&parent));
        if let Some(Activity::Join(join)) = parent.map(|frame| &mut frame.activity) {
            join.live.remove(&gone.index);
            join.failure = join.failure.take().or(failure);
        }
    }

    fn join(&mut self, id: FrameId) {
        let Some(Activity::Join(join)) = self.frames.get_mut(&id).map(|frame| &mut frame.activity) else {
            return;
        };
        let results = std::mem::take(&mut join.results).into_iter();
        let outputs = results.map(|result| result.map_or(Value::Null, Arc::unwrap_or_clone)).collect();
        self.set(id, Activity::Result(Arc::new(Value::Array(outputs))));
    }

    fn end(&mut self, status: Status) {
        self.status = status;
        self.frames.clear();
        self.tasks.clear();
        self.timers.clear();
        self.variable_bytes = 0;
    }

    /// Moves a frame on, giving back the task and the timer it was waiting for.
    fn set(&mut self, id: FrameId, activity: Activity) {
        self.stop_timer(id);
        let Some(frame) = self.frames.get_mut(&id) else { return };
        if let Activity::Task(task) = std::mem::replace(&mut frame.activity, activity) {
            self.drop_task(task);
        }
        self.start_timer(id);
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

    fn drop_task(&mut self, task: TaskId) {
        let Some(pending) = self.tasks.remove(&task) else { return };
        if let Some(at) = pending.deadline_ms {
            self.timers.remove(&(at, Timer::Task(task)));
        }
        if let Some(at) = pending.heartbeat_deadline_ms {
            self.timers.remove(&(at, Timer::Heartbeat(task)));
        }
    }

    fn drop_frame(&mut self, id: FrameId) -> Option<Frame> {
        self.set(id, Activity::Aborted);
        let frame = self.frames.remove(&id)?;
        for value in frame.variables.values() {
            self.variable_bytes -= json_bytes(value, usize::MAX);
        }
        Some(frame)
    }
}

fn text(part: &Option<Arc<str>>) -> Option<String> {
    part.as_deref().map(str::to_owned)
}
