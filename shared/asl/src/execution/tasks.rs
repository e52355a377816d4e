//! Scheduling a Task.

use std::sync::Arc;

use super::scope::{Here, Sight, Valued};
use crate::event::Event;
use crate::machine::Task;

impl Here<'_> {
    pub(super) fn schedule(&self, task: &Task) -> Valued<Event> {
        let token = task.waits_for_token().then(|| self.token());
        let sight = Sight { token: token.as_deref(), ..Sight::default() };
        let arguments = match &task.arguments {
            Some(arguments) => self.payload(arguments, "Arguments", sight)?,
            None => Arc::clone(&self.frame.data),
        };
        let timeout_s = task.timeout.as_ref().map(|t| self.whole(t, "TimeoutSeconds", 1)).transpose()?;
        let heartbeat_s =
            task.heartbeat.as_ref().map(|t| self.whole(t, "HeartbeatSeconds", 1)).transpose()?;
        Ok(Event::TaskScheduled {
            frame: self.id,
            task: self.execution.state.next_task,
            state: Arc::clone(&self.state.name),
            resource: Arc::clone(&task.resource),
            arguments,
            token,
            attempt: self.frame.retry_count(),
            at_ms: self.world.now_ms,
            timeout_s,
            heartbeat_s,
        })
    }

    /// 128 random bits: whoever holds the token may end the task.
    fn token(&self) -> Arc<str> {
        format!("{:016x}{:016x}", (self.world.draw)(), (self.world.draw)()).into()
    }
}
