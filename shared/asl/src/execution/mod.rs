//! One run of a machine.
//!
//! An execution is a tree of frames. [`Execution::handle`] repeatedly asks each frame that is not
//! waiting for its next event ([`step`]) and folds that event in ([`fold`]): state changes only by
//! folding, so a recovered execution is the one that was lost.

mod causes;
mod fold;
mod fold_joins;
mod fold_tasks;
mod handlers;
mod joins;
mod leave;
mod scope;
mod state;
mod step;
mod tasks;
mod time;
mod types;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::errors::{DATA_LIMIT, RUNTIME};
use crate::event::{Event, FrameId, TaskId};
use crate::limits::{
    MAX_CAUSE_CHARS, MAX_ERROR_CHARS, MAX_HISTORY_EVENTS, MAX_PAYLOAD_BYTES, clip, json_bytes,
};
use crate::machine::Machine;
use state::{ROOT, State, Timer};

pub(crate) use fold::part_of;
pub(crate) use time::parse_timestamp;
pub use types::{Context, Input, PendingTask, Status};

/// One run of a machine. `Send`; owned by one thread at a time. A clone goes on by itself.
#[derive(Debug, Clone)]
pub struct Execution {
    machine: Arc<Machine>,
    context: Arc<Context>,
    state: State,
    /// Set by recovery: any frame may be able to go on.
    recovered: bool,
}

/// The clock and the randomness of one call of `handle`.
struct World<'a> {
    now_ms: i64,
    draw: &'a dyn Fn() -> u64,
}

impl Execution {
    /// An execution that has not started.
    pub fn new(machine: Arc<Machine>, context: Context) -> Execution {
        Execution { machine, context: Arc::new(context), state: State::default(), recovered: false }
    }

    /// Decides and applies: pushes every event that follows from `input` up to the next point where
    /// the execution has to wait. A late or unknown task is ignored and yields nothing. `random`
    /// yields uniform numbers for jitter, task tokens, `$random` and `$uuid`.
    pub fn handle(
        &mut self,
        input: Input,
        now_ms: i64,
        random: &mut dyn FnMut() -> u64,
        events: &mut Vec<Event>,
    ) {
        if self.state.status != Status::Running {
            return;
        }
        let random = RefCell::new(random);
        let world = World { now_ms, draw: &|| (random.borrow_mut())() };
        let mut ready = self.accept(input, now_ms, events);
        if std::mem::take(&mut self.recovered) {
            ready.extend(self.state.able());
        }
        self.run(ready, &world, events);
    }

    /// Folds one journaled event on recovery: no expression, no clock, no randomness.
    pub fn apply(&mut self, event: &Event) {
        self.recovered = true;
        self.state.fold(&self.machine, &self.context, event);
    }

    /// Gives every pending task so much more time, milliseconds: nobody could work it meanwhile, because the process stood
    /// still or the clock was moved. No event, because a recovered execution gives pending tasks all their time anyway.
    pub fn lend(&mut self, ms: i64) {
        self.state.lend(ms);
    }

    /// Where the execution stands.
    pub fn status(&self) -> &Status {
        &self.state.status
    }

    /// Tasks that are scheduled and have no outcome, oldest first.
    pub fn pending_tasks(&self) -> impl Iterator<Item = &PendingTask> {
        self.state.tasks.values()
    }

    /// The earliest moment at which [`Input::Tick`] has an effect.
    pub fn next_deadline_ms(&self) -> Option<i64> {
        self.state.timers.first().map(|(at, _)| *at)
    }

    /// Names of the states that are under way, outermost first.
    pub fn current_states(&self) -> Vec<String> {
        let under_way = self.state.frames.values().filter_map(|frame| frame.under_way());
        under_way.map(|state| self.machine.states[state].name.to_string()).collect()
    }

    /// Turns the input into its own event; returns the frames that may go on because of it.
    fn accept(&mut self, input: Input, now_ms: i64, events: &mut Vec<Event>) -> VecDeque<FrameId> {
        match input {
            Input::Start { .. } if self.state.started => VecDeque::new(),
            Input::Start { input } => {
                let too_large = json_bytes(&input, MAX_PAYLOAD_BYTES) > MAX_PAYLOAD_BYTES;
                self.emit(Event::ExecutionStarted { input: Arc::new(input) }, events);
                if too_large {
                    self.fail(DATA_LIMIT, &causes::input_too_large(), events);
                }
                VecDeque::from([ROOT])
            }
            Input::TaskSucceeded { task, output } => self.settle(task, events, |pending| {
                if json_bytes(&output, MAX_PAYLOAD_BYTES) > MAX_PAYLOAD_BYTES {
                    let cause = causes::result_too_large(&pending.resource);
                    return Event::TaskFailed { task, error: DATA_LIMIT.into(), cause: cause.into() };
                }
                Event::TaskSucceeded { task, output: Arc::new(output) }
            }),
            Input::TaskFailed { task, error, cause } => self.settle(task, events, |_| Event::TaskFailed {
                task,
                error: clip(&error, MAX_ERROR_CHARS).into(),
                cause: clip(&cause, MAX_CAUSE_CHARS).into(),
            }),
            Input::TaskHeartbeat { task } => {
                if self.state.tasks.get(&task).is_some_and(|pending| pending.heartbeat_s.is_some()) {
                    self.emit(Event::TaskHeartbeat { task, at_ms: now_ms }, events);
                }
                VecDeque::new()
            }
            Input::Tick => self.fire(now_ms, events),
            // No event of its own: the retry's is enough, and a delay has no end but its retry.
            Input::RetryNow => self.state.end_delays(now_ms),
            Input::Abort { error, cause } => {
                self.cancel_all(events);
                let (error, cause) = (error.map(Arc::from), cause.map(Arc::from));
                self.emit(Event::ExecutionAborted { error, cause }, events);
                VecDeque::new()
            }
        }
    }

    fn settle(
        &mut self,
        task: TaskId,
        events: &mut Vec<Event>,
        outcome: impl FnOnce(&PendingTask) -> Event,
    ) -> VecDeque<FrameId> {
        let Some(pending) = self.state.tasks.get(&task) else {
            return VecDeque::new();
        };
        let frame = pending.frame;
        let event = outcome(pending);
        if self.is_full_with(&event) {
            self.fail(RUNTIME, &causes::history_full(), events);
            return VecDeque::new();
        }
        self.emit(event, events);
        VecDeque::from([frame])
    }

    /// Fires every timer that is due, in order of deadlines.
    fn fire(&mut self, now_ms: i64, events: &mut Vec<Event>) -> VecDeque<FrameId> {
        let due: Vec<Timer> =
            self.state.timers.iter().take_while(|(at, _)| *at <= now_ms).map(|(_, timer)| *timer).collect();
        let mut ready = VecDeque::new();
        for timer in due {
            match timer {
                Timer::Machine => {
                    self.cancel_all(events);
                    self.emit(Event::ExecutionTimedOut { error: None, cause: None }, events);
                    return VecDeque::new();
                }
                Timer::Frame(frame) => ready.push_back(frame),
                Timer::Task(task) | Timer::Heartbeat(task) => {
                    let heartbeat = matches!(timer, Timer::Heartbeat(_));
                    ready.extend(self.settle(task, events, |_| Event::TaskTimedOut { task, heartbeat }));
                }
            }
        }
        ready
    }

    /// Lets every ready frame go on until all of them wait.
    fn run(&mut self, mut ready: VecDeque<FrameId>, world: &World<'_>, events: &mut Vec<Event>) {
        while let Some(frame) = ready.pop_front() {
            while self.state.status == Status::Running {
                let Some(event) = self.step(frame, world) else { break };
                if self.is_full_with(&event) {
                    return self.fail(RUNTIME, &causes::history_full(), events);
                }
                self.wake(&event, &mut ready);
                self.emit(event, events);
            }
        }
    }

    /// Whether the history would have no room for its own end after this event.
    fn is_full_with(&self, event: &Event) -> bool {
        !event.ends_execution() && self.state.history + self.state.history_events(event) >= MAX_HISTORY_EVENTS
    }

    /// Queues the frames that an event sets going besides the one it is about.
    fn wake(&self, event: &Event, ready: &mut VecDeque<FrameId>) {
        match event {
            Event::ParallelStarted { first, branches, .. } => ready.extend(*first..first + branches),
            Event::IterationStarted { child, .. } => ready.push_back(*child),
            Event::ChildSucceeded { frame } | Event::ChildFailed { frame, .. } => {
                ready.extend(self.state.frames.get(frame).and_then(|child| child.parent));
            }
            _ => {}
        }
    }

    fn emit(&mut self, event: Event, events: &mut Vec<Event>) {
        self.state.fold(&self.machine, &self.context, &event);
        events.push(event);
    }

    fn fail(&mut self, error: &str, cause: &str, events: &mut Vec<Event>) {
        self.cancel_all(events);
        let (error, cause) = (Some(error.into()), Some(cause.into()));
        self.emit(Event::ExecutionFailed { error, cause }, events);
    }

    /// Gives up everything under way, innermost first.
    fn cancel_all(&mut self, events: &mut Vec<Event>) {
        let frames: Vec<FrameId> = self.state.frames.keys().rev().copied().collect();
        for frame in frames {
            if let Some(event) = self.state.abort_state(frame) {
                self.emit(event, events);
            }
            if frame != ROOT {
                self.emit(Event::ChildAborted { frame }, events);
            }
        }
    }
}
