//! The one thread that owns every live execution and every timer.
//!
//! It takes what happened from its channel, lets the interpreter decide, and hands entries to the log. It
//! never waits for the disk: what may happen outside goes along as the log's callback, and by the time
//! the sync is done the thread is usually busy with the next batch.

mod children;
mod clock;
mod command;
mod decide;
mod effect;
mod live;
mod naming;
mod recovery;
mod requests;
#[cfg(test)]
mod simulation;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use ideamine_asl::{Data, Input, Machine, TaskId};
use ideamine_core::Failure;
use ideamine_core::ports::{Clock, Random};
use ideamine_embedded::Entry;
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use command::{Answer, Command, Number, Reply};
pub(crate) use effect::{Effect, EndedBy, Work};

use crate::definitions::Definitions;
use crate::log::Log;
use crate::outcome::Outcome;
use effect::Promise;
use live::Live;
pub use naming::NAME_BYTES_MAX;
pub use requests::LIVE_EXECUTIONS_MAX;

/// Commands taken before their entries are handed to the log.
const COMMANDS_PER_BATCH: usize = 256;

/// What a core thread is made from.
pub(crate) struct Parts {
    pub(crate) log: Arc<dyn Log>,
    pub(crate) definitions: Definitions,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) to_self: Sender<Command>,
    pub(crate) effects: UnboundedSender<Vec<Effect>>,
}

/// The state of the core thread.
pub(crate) struct Core {
    parts: Parts,
    live: HashMap<Number, Live>,
    by_id: HashMap<String, Number>,
    /// Executions that this build cannot take up, and why; another build may.
    dormant: HashMap<String, Failure>,
    tokens: HashMap<Arc<str>, (Number, TaskId)>,
    timers: BinaryHeap<Reverse<(i64, Number)>>,
    /// Definitions by digest, and which of them the log has.
    pinned: HashMap<String, Arc<Machine>>,
    pinned_in_log: HashSet<String>,
    last_number: Number,
    /// The latest time seen: time never runs backwards here.
    now_ms: i64,
    /// When that was.
    read_at: Instant,
    /// The last look at the clock; none while no timer is armed.
    looked_ms: Option<i64>,
    /// What follows inside the engine and needs no sync between: children's starts and ends.
    inner: VecDeque<Inner>,
    entries: Vec<Entry>,
    effects: Vec<Effect>,
    promises: Vec<Promise>,
    broken: Option<Failure>,
}

/// A step inside the engine.
enum Inner {
    StartChild { no: Number, task: TaskId, arguments: Data, wait: bool },
    Tell { no: Number, task: TaskId, outcome: Outcome },
    Abort { no: Number, cause: String },
}

impl Core {
    /// Runs until told to shut down.
    pub(crate) fn run(mut self) {
        self.flush();
        loop {
            let patience = if self.broken.is_some() { Duration::MAX } else { self.patience() };
            let received = self.parts.commands.recv_timeout(patience);
            if !self.turn(received) {
                return;
            }
        }
    }

    /// Takes what was received and what else is there, fires what is due, and hands all of it to the log. False in the
    /// end.
    fn turn(&mut self, received: Result<Command, RecvTimeoutError>) -> bool {
        self.look();
        match received {
            Ok(Command::Shutdown) | Err(RecvTimeoutError::Disconnected) => return false,
            Ok(command) => self.take(command),
            Err(RecvTimeoutError::Timeout) => {}
        }
        for _ in 0..COMMANDS_PER_BATCH {
            match self.parts.commands.try_recv() {
                Ok(Command::Shutdown) => return false,
                Ok(command) => self.take(command),
                Err(_) => break,
            }
        }
        if self.broken.is_none() {
            self.fire_timers();
            self.flush();
        }
        true
    }

    fn take(&mut self, command: Command) {
        if let Some(failure) = &self.broken {
            return command.refuse(failure);
        }
        match command {
            Command::Start { machine, name, input, reply } => match self.start(&machine, &name, input) {
                Ok(id) => self.promises.push(Promise::Started(reply, id)),
                Err(failure) => drop(reply.send(Err(failure))),
            },
            Command::Stop { id, error, cause, reply } => self.stop(&id, error, cause, reply),
            Command::Answer { token, answer, reply } => self.answer(&token, answer, reply),
            Command::RetryNow { id, reply } => self.retry_now(&id, reply),
            Command::Done { no, task, outcome } => self.tell(no, task, outcome),
            Command::Wait { id, reply } => self.wait(&id, reply),
            Command::Wake => {}
            Command::Broken(failure) => self.break_off(failure),
            Command::Shutdown => {}
        }
        self.settle();
    }

    /// Works off what follows inside the engine.
    fn settle(&mut self) {
        while let Some(inner) = self.inner.pop_front() {
            match inner {
                Inner::StartChild { no, task, arguments, wait } => {
                    self.start_child(no, task, &arguments, wait)
                }
                Inner::Tell { no, task, outcome } => self.tell(no, task, outcome),
                Inner::Abort { no, cause } => {
                    self.step(no, Input::Abort { error: None, cause: Some(cause) });
                }
            }
        }
    }

    /// Hands everything gathered to the log; effects and answers follow once it is durable.
    fn flush(&mut self) {
        if self.entries.is_empty() && self.effects.is_empty() && self.promises.is_empty() {
            return;
        }
        let entries = std::mem::take(&mut self.entries);
        let effects = std::mem::take(&mut self.effects);
        let promises = std::mem::take(&mut self.promises);
        let (dispatcher, to_self) = (self.parts.effects.clone(), self.parts.to_self.clone());
        self.parts.log.append(
            entries,
            Box::new(move |result| {
                match &result {
                    // Without a dispatcher the engine is shutting down: the next one takes the effects up.
                    Ok(()) if !effects.is_empty() => drop(dispatcher.send(effects)),
                    Ok(()) => {}
                    Err(failure) => drop(to_self.send(Command::Broken(failure.clone()))),
                }
                for promise in promises {
                    promise.keep(result.clone());
                }
            }),
        );
    }

    /// The log failed: what is in memory may be ahead of it, so nothing goes on until it is opened again.
    fn break_off(&mut self, failure: Failure) {
        tracing::error!(%failure, "the engine stopped");
        self.entries.clear();
        self.effects.clear();
        for promise in self.promises.drain(..) {
            promise.keep(Err(failure.clone()));
        }
        for live in self.live.values_mut() {
            for watcher in live.watchers.drain(..) {
                drop(watcher.send(Err(failure.clone())));
            }
        }
        self.broken = Some(failure);
    }
}
