//! Folding what happens to tasks: pending ones and their deadlines.

use std::sync::Arc;

use super::PendingTask;
use super::state::{Activity, State, Timer};
use crate::event::{Event, TaskId};

impl State {
    pub(super) fn schedule(&mut self, event: &Event) {
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

    pub(super) fn beat(&mut self, task: TaskId, at_ms: i64) {
        let Some(pending) = self.tasks.get_mut(&task) else { return };
        let Some(seconds) = pending.heartbeat_s else { return };
        let next = at_ms + i64::from(seconds) * 1000;
        if let Some(old) = pending.heartbeat_deadline_ms.replace(next) {
            self.timers.remove(&(old, Timer::Heartbeat(task)));
        }
        self.timers.insert((next, Timer::Heartbeat(task)));
    }

    /// Moves every deadline of a pending task.
    pub(super) fn lend(&mut self, ms: i64) {
        for (task, pending) in &mut self.tasks {
            let deadlines = [
                (&mut pending.deadline_ms, Timer::Task(*task)),
                (&mut pending.heartbeat_deadline_ms, Timer::Heartbeat(*task)),
            ];
            for (at, timer) in deadlines {
                if let Some(at) = at {
                    self.timers.remove(&(*at, timer));
                    *at = at.saturating_add(ms);
                    self.timers.insert((*at, timer));
                }
            }
        }
    }

    pub(super) fn settle(&mut self, task: TaskId, activity: Activity) {
        if let Some(frame) = self.tasks.get(&task).map(|pending| pending.frame) {
            self.set(frame, activity);
        }
    }

    pub(super) fn drop_task(&mut self, task: TaskId) {
        let Some(pending) = self.tasks.remove(&task) else { return };
        if let Some(at) = pending.deadline_ms {
            self.timers.remove(&(at, Timer::Task(task)));
        }
        if let Some(at) = pending.heartbeat_deadline_ms {
            self.timers.remove(&(at, Timer::Heartbeat(task)));
        }
    }
}
