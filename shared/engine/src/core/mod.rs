//! The one thread that owns every live execution and every timer.
//!
//! It takes what happened from its channel, lets the interpreter decide, and hands entries to the log. It
//! never waits for the disk: what may happen outside goes along as the log's callback, and by the time
//! the sync is done the thread is usually busy with the next batch.

mod children;
mod command;
mod effect;
mod live;
mod recovery;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use ideamine_asl::{Data, Event, Input, Machine, TaskId};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Clock, Random};
use ideamine_core::{Digest, Failure};
use ideamine_embedded::{Entry, Found, Identity};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use command::{Answer, Command, Number, Reply};
pub(crate) use effect::{Effect, EndedBy, Work};

use crate::definitions::Definitions;
use crate::log::Log;
use crate::outcome::Outcome;
use crate::resource::{self, Resource};
use effect::Promise;
use live::{Live, settled_task};

/// Most executions under way; above that, starting one is refused for now.
pub const LIVE_EXECUTIONS_MAX: usize = 100_000;
/// Longest name of an execution, bytes, as on AWS.
pub const NAME_BYTES_MAX: usize = 80;

/// Commands taken before their entries are handed to the log.
const COMMANDS_PER_BATCH: usize = 256;
/// Longest sleep while a timer is armed: the wall clock may be moved meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(1);

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
            let patience = self.patience();
            match self.parts.commands.recv_timeout(patience) {
                Ok(Command::Shutdown) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(command) => self.take(command),
                Err(RecvTimeoutError::Timeout) => {}
            }
            for _ in 0..COMMANDS_PER_BATCH {
                match self.parts.commands.try_recv() {
                    Ok(Command::Shutdown) => return,
                    Ok(command) => self.take(command),
                    Err(_) => break,
                }
            }
            self.fire_timers();
            self.flush();
        }
    }

    fn patience(&mut self) -> Duration {
        let now_ms = self.now();
        let Some(Reverse((at, _))) = self.timers.peek() else { return Duration::MAX };
        let left = at.saturating_sub(now_ms).max(0);
        Duration::from_millis(left.unsigned_abs()).min(SLEEP_MAX)
    }

    /// The wall clock; where that was set back, the time that really passed instead.
    fn now(&mut self) -> i64 {
        let wall_ms = self.parts.clock.now_ms();
        if wall_ms >= self.now_ms {
            self.now_ms = wall_ms;
            self.read_at = Instant::now();
        } else {
            let passed =
                Duration::from_millis(u64::try_from(self.read_at.elapsed().as_millis()).unwrap_or(0));
            self.now_ms += i64::try_from(passed.as_millis()).unwrap_or(0);
            self.read_at += passed;
        }
        self.now_ms
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Start { machine, name, input, reply } => match self.start(&machine, &name, input) {
                Ok(id) => self.promises.push(Promise::Started(reply, id)),
                Err(failure) => drop(reply.send(Err(failure))),
            },
            Command::Stop { id, error, cause, reply } => self.stop(&id, error, cause, reply),
            Command::Answer { token, answer, reply } => self.answer(&token, answer, reply),
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

    fn start(&mut self, machine: &str, name: &str, input: Value) -> Result<String, Failure> {
        let id = execution_id(machine, name)?;
        match self.existing_input(&id)? {
            Some(before) if before == input_digest(&input) => Ok(id),
            Some(_) => {
                let message = format!("execution {id} was started with another input; choose another name");
                Err(Failure::new(FailureKind::StepConflict, message))
            }
            None => self.begin(machine, name, input, None).map(|_| id),
        }
    }

    /// Digest of the input of an execution that exists.
    fn existing_input(&mut self, id: &str) -> Result<Option<String>, Failure> {
        let live = self.by_id.get(id).and_then(|no| self.live.get(no));
        match live {
            Some(live) => Ok(Some(live.identity.input.clone())),
            None => Ok(self.logged(id)?.map(|found| found.begun.identity.input)),
        }
    }

    /// An execution that is not live, after everything gathered so far was handed over.
    fn logged(&mut self, id: &str) -> Result<Option<Found>, Failure> {
        self.flush();
        self.parts.log.find_now(id)
    }

    /// Begins an execution that does not exist yet.
    fn begin(
        &mut self,
        machine_name: &str,
        name: &str,
        input: Value,
        parent: Option<(Number, TaskId)>,
    ) -> Result<Number, Failure> {
        if let Some(failure) = &self.broken {
            return Err(failure.clone());
        }
        if self.live.len() >= LIVE_EXECUTIONS_MAX {
            let message = format!("{LIVE_EXECUTIONS_MAX} executions are under way; start {name} later");
            return Err(Failure::new(FailureKind::StoreUnavailable, message));
        }
        let machine = self.parts.definitions.get(machine_name)?.clone();
        self.pin(&machine);
        self.last_number += 1;
        let identity = Identity {
            no: self.last_number,
            id: execution_id(machine_name, name)?,
            machine: machine_name.to_owned(),
            name: name.to_owned(),
            definition: machine.digest().to_owned(),
            input: input_digest(&input),
            at_ms: self.now(),
            parent,
        };
        let no = identity.no;
        self.by_id.insert(identity.id.clone(), no);
        self.live.insert(no, Live::new(identity, machine));
        self.step(no, Input::Start { input });
        Ok(no)
    }

    /// Puts a definition into the log before the first execution that runs it.
    fn pin(&mut self, machine: &Arc<Machine>) {
        if self.pinned_in_log.insert(machine.digest().to_owned()) {
            let (digest, text) = (machine.digest().to_owned(), machine.text().to_owned());
            self.entries.push(Entry::Definition { digest, text });
            self.pinned.insert(machine.digest().to_owned(), machine.clone());
        }
    }

    /// Lets an execution take one input, and notes everything that follows from it.
    fn step(&mut self, no: Number, input: Input) {
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
    fn note(&mut self, no: Number, event: &Event) {
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

    fn register(&mut self, no: Number, task: TaskId, token: Option<&Arc<str>>) {
        if let (Some(token), Some(live)) = (token, self.live.get_mut(&no)) {
            live.keep_token(task, token.clone());
            self.tokens.insert(token.clone(), (no, task));
        }
    }

    /// Sends a task where its resource says.
    fn dispatch(&mut self, no: Number, task: TaskId, arn: &str, arguments: &Data, deadline_ms: Option<i64>) {
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
    fn log(&mut self, no: Number, events: &[Event], begins: bool) {
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

    fn arm(&mut self, no: Number) {
        let Some(live) = self.live.get_mut(&no) else { return };
        let Some(at) = live.execution.next_deadline_ms() else { return };
        if live.armed_ms.is_none_or(|armed| at < armed) {
            live.armed_ms = Some(at);
            self.timers.push(Reverse((at, no)));
        }
    }

    fn fire_timers(&mut self) {
        let now_ms = self.now();
        while let Some(Reverse((at, no))) = self.timers.peek().copied().filter(|due| due.0.0 <= now_ms) {
            self.timers.pop();
            let Some(live) = self.live.get_mut(&no).filter(|live| live.armed_ms == Some(at)) else {
                continue;
            };
            live.armed_ms = None;
            if live.execution.next_deadline_ms().is_some_and(|next| next <= now_ms) {
                self.step(no, Input::Tick);
                self.settle();
            } else {
                self.arm(no);
            }
        }
    }

    fn tell(&mut self, no: Number, task: TaskId, outcome: Outcome) {
        let input = match outcome {
            Outcome::Succeeded(output) => Input::TaskSucceeded { task, output },
            Outcome::Failed { error, cause } => Input::TaskFailed { task, error, cause },
        };
        self.step(no, input);
    }

    fn answer(&mut self, token: &str, answer: Answer, reply: Reply<()>) {
        let Some((no, task)) = self.tokens.get(token).copied() else {
            let failure = Failure::not_found("the task token is unknown or was answered before");
            return drop(reply.send(Err(failure)));
        };
        match answer {
            Answer::Outcome(outcome) => self.tell(no, task, outcome),
            Answer::Heartbeat => self.step(no, Input::TaskHeartbeat { task }),
        }
        self.promises.push(Promise::Done(reply));
    }

    fn stop(&mut self, id: &str, error: String, cause: String, reply: Reply<()>) {
        match (self.by_id.get(id).copied(), self.existing_input(id)) {
            (Some(no), _) => {
                self.step(no, Input::Abort { error: Some(error), cause: Some(cause) });
                self.promises.push(Promise::Done(reply));
            }
            (None, Ok(Some(_))) => self.promises.push(Promise::Done(reply)),
            (None, Ok(None)) => {
                drop(reply.send(Err(Failure::not_found(format!("there is no execution {id}")))))
            }
            (None, Err(failure)) => drop(reply.send(Err(failure))),
        }
    }

    fn wait(&mut self, id: &str, reply: Reply<()>) {
        match self.by_id.get(id).and_then(|no| self.live.get_mut(no)) {
            Some(live) => live.watchers.push(reply),
            None => self.promises.push(Promise::Done(reply)),
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
        for live in self.live.values_mut() {
            for watcher in live.watchers.drain(..) {
                drop(watcher.send(Err(failure.clone())));
            }
        }
        self.broken.get_or_insert(failure);
    }
}

/// `machine:name`, if the name can be used.
fn execution_id(machine: &str, name: &str) -> Result<String, Failure> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
        let message = format!(
            "`{name}` cannot name an execution: expected 1 to {NAME_BYTES_MAX} of a-z, A-Z, 0-9, `-`, `_`, `.`"
        );
        return Err(Failure::input(message));
    }
    Ok(format!("{machine}:{name}"))
}

/// Digest of a document, the same whatever the order of its keys.
fn input_digest(input: &Value) -> String {
    let mut text = String::new();
    write_sorted(input, &mut text);
    Digest::of(text.as_bytes()).hex()
}

fn write_sorted(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (name, field) in sorted {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_sorted(field, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_sorted(item, out);
                out.push(',');
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
