//! One step of one execution: what the interpreter decides, and what has to happen because of it.

use std::sync::Arc;

use ideamine_asl::{Data, Event, Input, TaskId};
use ideamine_embedded::Entry;

use super::effect::{Effect, EndedBy, Work};
use super::live::settled_task;
use super::{Core, Inner, Number};
use crate::outcome::Outcome;
use crate::resource::{self, Resource};

impl Core {
    /// Lets an execution take one input, and notes everything that follows from it.
    pub(super) fn step(&mut self, no: Number, input: Input) {
        let now_ms = self.now();
        let Some(live) = self.live.get_mut(&no) else { return };
        let begins = matches!(input, Input::Start { .. });
        let mut events = Vec::new();
        let random = &self.parts.random;
        live.execution.handle(input, now_ms, &mut || random.next_u64(), &mut events);
        if events.is_empty() {
            return self.arm(no);
        }
        for event in &events {
            self.note(no, event);
        }
        self.log(no, &events, begins);
        self.arm(no);
    }

    /// Tasks to begin and to give up.
    pub(super) fn note(&mut self, no: Number, event: &Event) {
        if let Event::TaskScheduled { resource, arguments, token, .. } = event
            && let Some(task) = event.scheduled_task()
        {
            self.register(no, task.task, token.as_ref());
            self.dispatch(no, task.task, resource, arguments, task.deadline_ms);
        }
        let Some(task) = settled_task(event) else { return };
        let Some(live) = self.live.get_mut(&no) else { return };
        if let Some(token) = live.take_token(task) {
            self.tokens.remove(&token);
        }
        let child = live.take_child(task);
        if event.cancelled_task().is_none() {
            return;
        }
        // Given up before it began: nothing of it is durable yet.
        self.effects.retain(|effect| (effect.no, effect.task) != (no, task));
        if let Some(child) = child {
            let cause = "the execution that waited for it went on without".to_owned();
            self.inner.push_back(Inner::Abort { no: child, cause });
        }
    }

    pub(super) fn register(&mut self, no: Number, task: TaskId, token: Option<&Arc<str>>) {
        if let (Some(token), Some(live)) = (token, self.live.get_mut(&no)) {
            live.keep_token(task, token.clone());
            self.tokens.insert(token.clone(), (no, task));
        }
    }

    /// Sends a task where its resource says.
    pub(super) fn dispatch(
        &mut self,
        no: Number,
        task: TaskId,
        arn: &str,
        arguments: &Data,
        deadline_ms: Option<i64>,
    ) {
        let effect = |ended_by, work| Effect { no, task, ended_by, deadline_ms, work };
        let invoke = || Work::Invoke { arguments: arguments.clone() };
        let send = || {
            let queue = resource::queue_name(arguments)?.to_owned();
            Ok::<_, String>(Work::Send { queue, message: resource::message(arguments)? })
        };
        let work = match Resource::parse(arn) {
            Some(Resource::Invoke) => Ok(effect(EndedBy::Effect, invoke())),
            Some(Resource::InvokeForToken) => Ok(effect(EndedBy::Token, invoke())),
            Some(Resource::Send) => send().map(|work| effect(EndedBy::Effect, work)),
            Some(Resource::SendForToken) => send().map(|work| effect(EndedBy::Token, work)),
            Some(start @ (Resource::Start | Resource::StartAndWait)) => {
                let wait = start == Resource::StartAndWait;
                let arguments = arguments.clone();
                return self.inner.push_back(Inner::StartChild { no, task, arguments, wait });
            }
            None => Err(format!("resource `{arn}` is not supported")),
        };
        match work {
            Ok(effect) => self.effects.push(effect),
            Err(what) => {
                let outcome = Outcome::bad_arguments(&what);
                self.inner.push_back(Inner::Tell { no, task, outcome });
            }
        }
    }

    /// Hands events to the log, and takes leave of an execution that ended.
    pub(super) fn log(&mut self, no: Number, events: &[Event], begins: bool) {
        let at_ms = self.now_ms;
        let Some(live) = self.live.get(&no) else { return };
        let end = live.ended(at_ms);
        // Events hold strings, numbers and JSON alone, which always serialise.
        let events = serde_json::to_vec(events).unwrap_or_default();
        let entry = match begins {
            true => Entry::Started { identity: live.identity.clone(), events, end: end.clone() },
            false => {
                let id = end.as_ref().map_or_else(String::new, |_| live.identity.id.clone());
                Entry::Events { no, id, at_ms, events, end: end.clone() }
            }
        };
        self.entries.push(entry);
        if let Some(end) = end {
            self.leave(no, &end);
        }
    }

    pub(super) fn tell(&mut self, no: Number, task: TaskId, outcome: Outcome) {
        let input = match outcome {
            Outcome::Succeeded(output) => Input::TaskSucceeded { task, output },
            Outcome::Failed { error, cause } => Input::TaskFailed { task, error, cause },
        };
        self.step(no, input);
    }
}
