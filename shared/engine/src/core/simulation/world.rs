//! One engine, its disk, its workers and its callers, moved one small step at a time in an order that a seed decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, LazyLock};

use ideamine_asl::{Event, TaskId};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::ExecutionStatus;
use ideamine_core::{Digest, Failure};
use ideamine_embedded::Entry;
use ideamine_testkit::FakeClock;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use super::disk::{Disk, executions};
use super::machines::everything;
use super::rng::{Drawn, Rng};
use crate::core::live::Live;
use crate::core::{Answer, Command, Core, Effect, Number, Parts, Work};
use crate::definitions::{Definitions, Substitutions};
use crate::outcome::Outcome;
use crate::resource;

/// Steps after which a world that has not ended never will.
const STEPS_MAX: usize = 20_000;
/// Names of the runs that worlds have some of.
pub(super) const NAMES: [&str; 3] = ["a", "b", "c"];

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(|| {
    let (top, leaf) = everything();
    let machines = [("top", top.as_str()), ("leaf", leaf.as_str())];
    Definitions::load(machines, &Substitutions::new()).unwrap()
});

/// How every run ended: its output, `None` when it was stopped, and the steps that were completed for it.
pub(super) type Ends = BTreeMap<String, (Option<Value>, BTreeSet<String>)>;

/// What a seed makes of a world.
pub(super) struct Nature {
    pub(super) runs: usize,
    /// Crashes and full disks that may still happen.
    pub(super) faults: usize,
    /// A sync happens once in so many steps.
    pub(super) slow_disk: usize,
    /// Results may come late and twice, and the clock may jump.
    pub(super) unruly: bool,
    /// Somebody may stop runs.
    pub(super) stops: bool,
}

impl Nature {
    pub(super) fn of(rng: &mut Rng) -> Self {
        Self {
            runs: 1 + rng.below(NAMES.len()),
            faults: rng.below(8),
            slow_disk: [1, 2, 4, 16][rng.below(4)],
            unruly: !rng.one_in(4),
            stops: rng.one_in(3),
        }
    }
}

/// What somebody outside will tell the engine.
#[derive(Clone)]
enum Result_ {
    Call { no: Number, task: TaskId, outcome: Outcome },
    Job { token: String, output: Value },
}

pub(super) struct World {
    rng: Rng,
    nature: Nature,
    clock: Arc<FakeClock>,
    process: Process,
    /// Results on their way; a job's worker outlives the engine.
    results: Vec<Result_>,
    /// Results that were told once.
    told: Vec<Result_>,
    /// Calls by step.
    calls: BTreeMap<String, u32>,
    /// Starts that were acknowledged.
    acknowledged: BTreeSet<String>,
    /// Executions that have durably ended, by id and by number.
    ended: BTreeSet<String>,
    over: BTreeSet<Number>,
    /// Runs that somebody asked to stop.
    stopped: BTreeSet<String>,
    /// Of durable events: tasks that were scheduled, with their step; and steps that were completed.
    scheduled: HashMap<(Number, TaskId), String>,
    completed: BTreeSet<(Number, String)>,
    /// What happened, step by step.
    pub(super) trace: String,
}

/// What a crash takes away.
struct Process {
    core: Core,
    commands: Sender<Command>,
    effects: UnboundedReceiver<Vec<Effect>>,
    disk: Arc<Disk>,
    /// Effects that were asked for and not begun.
    asked: Vec<Effect>,
    starts: Vec<(String, oneshot::Receiver<Result<String, Failure>>)>,
    stops: Vec<(String, oneshot::Receiver<Result<(), Failure>>)>,
    full: bool,
}

impl Process {
    fn start(durable: Vec<Entry>, clock: &Arc<FakeClock>, rng: &mut Rng) -> Self {
        let (commands, received) = channel();
        let (effects, performed) = unbounded_channel();
        let disk = Disk::with(durable);
        let parts = Parts {
            log: disk.clone(),
            definitions: DEFINITIONS.clone(),
            clock: clock.clone(),
            random: Arc::new(Drawn(rng.next().into())),
            commands: received,
            to_self: commands.clone(),
            effects,
        };
        let mut core = Core::recover(parts).unwrap();
        core.flush();
        core.patience();
        Self {
            core,
            commands,
            effects: performed,
            disk,
            asked: vec![],
            starts: vec![],
            stops: vec![],
            full: false,
        }
    }
}

impl World {
    pub(super) fn new(nature: Nature, mut rng: Rng) -> Self {
        let clock = Arc::new(FakeClock::at(1_800_000_000_000));
        let process = Process::start(vec![], &clock, &mut rng);
        Self {
            rng,
            nature,
            clock,
            process,
            results: vec![],
            told: vec![],
            calls: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            ended: BTreeSet::new(),
            over: BTreeSet::new(),
            stopped: BTreeSet::new(),
            scheduled: HashMap::new(),
            completed: BTreeSet::new(),
            trace: String::new(),
        }
    }

    /// Moves until every run has ended; how they did, and all that is on disk.
    pub(super) fn run(&mut self) -> (Ends, Vec<Entry>) {
        let ids: Vec<_> = NAMES[..self.nature.runs].iter().map(|name| format!("top:{name}")).collect();
        for _ in 0..STEPS_MAX {
            self.step();
            if ids.iter().all(|id| self.acknowledged.contains(id) && self.ended.contains(id)) {
                self.holds_what_is_written();
                let durable = self.process.disk.durable();
                let all = executions(&durable);
                assert!(all.iter().all(|found| found.ended.is_some()), "an execution outlived its parent");
                return (self.ends(&durable), durable);
            }
        }
        panic!("not every run has ended after {STEPS_MAX} steps");
    }

    fn note(&mut self, what: std::fmt::Arguments<'_>) {
        writeln!(self.trace, "{what}").unwrap();
    }

    /// One thing happens.
    fn step(&mut self) {
        match self.rng.below(20) {
            0..=4 if self.rng.one_in(self.nature.slow_disk) => self.sync(),
            5 => self.start(),
            6..=9 => self.perform(),
            10..=14 => self.tell(),
            15 if self.nature.unruly => self.tell_again(),
            16 => self.fault(),
            17 if self.nature.stops && self.rng.one_in(12) => self.stop(),
            _ => self.pass_time(),
        }
        if !self.rng.one_in(4) {
            self.turn();
        }
    }

    /// The engine's thread goes round once.
    fn turn(&mut self) {
        let core = &mut self.process.core;
        let first = core.parts.commands.try_recv().map_err(|_| RecvTimeoutError::Timeout);
        assert!(core.turn(first), "the engine ended by itself");
        if core.broken.is_none() {
            // As it goes to sleep.
            core.patience();
        }
        if self.process.core.broken.is_none() && self.rng.one_in(50) {
            self.holds_what_is_written();
        }
    }

    /// The disk gets round to some of what was appended.
    fn sync(&mut self) {
        for _ in 0..=self.rng.below(3) {
            if self.process.disk.waits() {
                self.sync_one();
            }
        }
    }

    fn sync_one(&mut self) {
        let synced = self.process.disk.sync();
        self.note(format_args!("synced {}", synced.len()));
        self.read(&synced);
        let mut waiting = vec![];
        for (id, mut reply) in std::mem::take(&mut self.process.starts) {
            match reply.try_recv() {
                Ok(Ok(started)) => drop(self.acknowledged.insert(started)),
                Ok(Err(_)) | Err(oneshot::error::TryRecvError::Closed) => {}
                Err(oneshot::error::TryRecvError::Empty) => waiting.push((id, reply)),
            }
        }
        self.process.starts = waiting;
        let mut waiting = vec![];
        for (id, mut reply) in std::mem::take(&mut self.process.stops) {
            match reply.try_recv() {
                Ok(Ok(())) => assert!(self.ended.contains(&id), "{id} was said to be stopped and goes on"),
                Ok(Err(_)) | Err(oneshot::error::TryRecvError::Closed) => {}
                Err(oneshot::error::TryRecvError::Empty) => waiting.push((id, reply)),
            }
        }
        self.process.stops = waiting;
        while let Ok(effects) = self.process.effects.try_recv() {
            for effect in effects {
                self.may_begin(&effect);
                self.process.asked.push(effect);
            }
        }
    }

    /// Everything that was acknowledged is on disk.
    fn nothing_is_lost(&self) {
        let all = executions(&self.process.disk.durable());
        let there = |id: &String| all.iter().any(|found| found.begun.identity.id == *id);
        let lost: Vec<_> = self.acknowledged.iter().filter(|id| !there(id)).collect();
        assert!(lost.is_empty(), "acknowledged and not on disk: {lost:?}");
    }

    /// Nothing begins that is not on disk, nothing that was completed, and nothing of what has ended.
    fn may_begin(&self, effect: &Effect) {
        let place = (effect.no, effect.task);
        assert!(!self.over.contains(&effect.no), "task {place:?} begins and its execution has ended");
        let step = self.scheduled.get(&place);
        let step = step.unwrap_or_else(|| panic!("task {place:?} begins and is not on disk"));
        assert!(
            !self.completed.contains(&(effect.no, step.clone())),
            "{step} was completed and begins again"
        );
    }

    /// Notes what became durable.
    fn read(&mut self, entries: &[Entry]) {
        for entry in entries {
            let (no, id, events, end) = match entry {
                Entry::Started { identity, events, end } => (identity.no, &identity.id, events, end),
                Entry::Events { no, id, events, end, .. } => (*no, id, events, end),
                Entry::Definition { .. } => continue,
            };
            self.ended.extend(end.is_some().then(|| id.clone()));
            self.over.extend(end.is_some().then_some(no));
            for event in serde_json::from_slice::<Vec<Event>>(events).unwrap() {
                match event {
                    Event::TaskScheduled { task, arguments, .. } => {
                        let payload = match resource::message(&arguments) {
                            Ok(message) => message.payload,
                            Err(_) => resource::payload(&arguments).clone(),
                        };
                        let step = payload["step"].as_str().unwrap_or_default().to_owned();
                        self.scheduled.insert((no, task), step);
                    }
                    Event::TaskSucceeded { task, .. } => {
                        let step = self.scheduled[&(no, task)].clone();
                        let new = step.is_empty() || self.completed.insert((no, step.clone()));
                        assert!(new, "{step} was completed twice");
                    }
                    _ => {}
                }
            }
        }
    }

    /// A caller starts a run, again if it heard nothing of the last time.
    fn start(&mut self) {
        let name = NAMES[self.rng.below(self.nature.runs)];
        let id = format!("top:{name}");
        if self.acknowledged.contains(&id) || self.process.starts.iter().any(|(of, _)| *of == id) {
            return;
        }
        let (reply, answer) = oneshot::channel();
        let input = json!({ "of": name });
        let command = Command::Start { machine: "top".to_owned(), name: name.to_owned(), input, reply };
        self.process.commands.send(command).unwrap();
        self.note(format_args!("start {name}"));
        self.process.starts.push((id, answer));
    }

    /// Somebody stops a run that goes on: a person, or the kill switch.
    fn stop(&mut self) {
        let name = NAMES[self.rng.below(self.nature.runs)];
        let id = format!("top:{name}");
        if !self.acknowledged.contains(&id) {
            return;
        }
        self.note(format_args!("stop {name}"));
        self.stopped.insert(name.to_owned());
        let (reply, answer) = oneshot::channel();
        let (error, cause) = ("Control.Stopped".to_owned(), "asked for".to_owned());
        self.process.commands.send(Command::Stop { id: id.clone(), error, cause, reply }).unwrap();
        self.process.stops.push((id, answer));
    }

    /// A function runs, or a job is sent and some worker runs it.
    fn perform(&mut self) {
        if self.process.asked.is_empty() {
            return;
        }
        let at = self.rng.below(self.process.asked.len());
        let effect = self.process.asked.swap_remove(at);
        let (no, task) = (effect.no, effect.task);
        match effect.work {
            Work::Invoke { arguments } => {
                let outcome = Outcome::of_call(self.call(resource::payload(&arguments)));
                self.results.push(Result_::Call { no, task, outcome });
            }
            Work::Send { message, .. } => {
                let output = self.call(&message.payload).unwrap();
                self.results.push(Result_::Job { token: message.token, output });
            }
        }
    }

    fn call(&mut self, payload: &Value) -> Result<Value, Failure> {
        let step = payload["step"].as_str().unwrap().to_owned();
        self.note(format_args!("call {step}"));
        let calls = self.calls.entry(step.clone()).or_default();
        *calls += 1;
        if *calls == 1 && payload["input"]["do"] == "fail-once" {
            return Err(Failure::new(FailureKind::StoreUnavailable, "not this time"));
        }
        Ok(json!({ "echo": step }))
    }

    /// The engine is told a result; in no order.
    fn tell(&mut self) {
        if self.results.is_empty() {
            return;
        }
        let at = if self.nature.unruly { self.rng.below(self.results.len()) } else { 0 };
        let result = self.results.remove(at);
        self.told.push(result.clone());
        self.hand_in(result);
    }

    /// A result comes once more.
    fn tell_again(&mut self) {
        if let Some(result) = self.told.get(self.rng.below(self.told.len())).cloned() {
            self.hand_in(result);
        }
    }

    fn hand_in(&mut self, result: Result_) {
        let command = match result {
            Result_::Call { no, task, outcome } => {
                self.note(format_args!("told {no}-{task}"));
                Command::Done { no, task, outcome }
            }
            Result_::Job { token, output } => {
                self.note(format_args!("answered a job"));
                let (reply, _) = oneshot::channel();
                Command::Answer { token, answer: Answer::Outcome(Outcome::Succeeded(output)), reply }
            }
        };
        self.process.commands.send(command).unwrap();
    }

    fn pass_time(&mut self) {
        let ms = match self.rng.below(8) {
            0 if self.nature.unruly => 1_000 * self.rng.below(24 * 60 * 60),
            _ => self.rng.below(1_000),
        };
        self.note(format_args!("{ms} ms pass"));
        self.clock.advance_ms(i64::try_from(ms).unwrap());
    }

    /// The process dies and another one takes its place; or the disk is full, until then.
    fn fault(&mut self) {
        if self.process.full {
            return self.crash();
        }
        if self.nature.faults == 0 || !self.rng.one_in(8) {
            return;
        }
        self.nature.faults -= 1;
        if self.rng.one_in(4) {
            self.note(format_args!("the disk is full"));
            self.process.full = true;
            return self.process.disk.fill();
        }
        self.crash();
    }

    fn crash(&mut self) {
        let known = self.process.disk.durable().len();
        let durable = self.process.disk.crash(&mut self.rng);
        self.note(format_args!("crash: {known} entries were synced, {} are left", durable.len()));
        self.read(&durable[known..]);
        // Functions under way die with it, and so do their results; workers elsewhere do not.
        let elsewhere = |result: &Result_| matches!(result, Result_::Job { .. });
        self.results.retain(elsewhere);
        self.told.retain(elsewhere);
        self.process = Process::start(durable, &self.clock, &mut self.rng);
        self.nothing_is_lost();
        self.holds_what_is_written();
    }

    /// What the engine holds is what its entries say.
    fn holds_what_is_written(&self) {
        let core = &self.process.core;
        if core.broken.is_some() {
            return;
        }
        let mut written: BTreeMap<Number, Live> = BTreeMap::new();
        let mut ended = BTreeSet::new();
        for entry in self.process.disk.appended() {
            let (no, events, end) = match entry {
                Entry::Started { identity, events, end } => {
                    let machine = core.pinned[&identity.definition].clone();
                    let no = identity.no;
                    written.insert(no, Live::new(identity, machine));
                    (no, events, end)
                }
                Entry::Events { no, events, end, .. } => (no, events, end),
                Entry::Definition { .. } => continue,
            };
            let live = written.get_mut(&no).unwrap();
            for event in serde_json::from_slice::<Vec<Event>>(&events).unwrap() {
                live.execution.apply(&event);
            }
            if end.is_some() {
                assert_eq!(live.ended(0).map(|end| end.status), end.map(|end| end.status));
                ended.insert(no);
            }
        }
        written.retain(|no, _| !ended.contains(no));
        let shown = |live: &Live| {
            let pending: Vec<_> = live.execution.pending_tasks().map(|task| task.task).collect();
            (live.execution.status().clone(), live.execution.current_states(), pending)
        };
        let held: BTreeMap<_, _> = core.live.iter().map(|(no, live)| (*no, shown(live))).collect();
        let written: BTreeMap<_, _> = written.iter().map(|(no, live)| (*no, shown(live))).collect();
        assert_eq!(held, written, "what is held is not what is written");
    }

    fn ends(&self, durable: &[Entry]) -> Ends {
        let all = executions(durable);
        let runs = all.iter().filter(|found| found.begun.identity.machine == "top");
        let end = |name: &str, end: &ideamine_embedded::Ended| {
            if end.status == ExecutionStatus::Aborted && self.stopped.contains(name) {
                return None;
            }
            assert_eq!(end.status, ExecutionStatus::Succeeded, "{name}: {:?} {:?}", end.error, end.cause);
            Some(end.output.clone().unwrap_or_default())
        };
        runs.map(|found| {
            let name = found.begun.identity.name.clone();
            let prefix = |step: &&(Number, String)| step.1.split(['/', '-']).next() == Some(name.as_str());
            let steps = self.completed.iter().filter(prefix).map(|(_, step)| step.clone()).collect();
            let output = end(&name, found.ended.as_ref().unwrap());
            (name, (output, steps))
        })
        .collect()
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.trace.as_bytes())
    }
}
