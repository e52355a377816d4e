//! Taking up what was under way: events are folded, nothing is evaluated again, and no finished task is repeated.

use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use ideamine_asl::{Event, Machine, TaskId};
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_embedded::{Begun, Entry, Identity};

use super::live::Live;
use super::{Core, Number, Parts};

impl Core {
    /// Reads everything that has not ended from the log, and sends its pending tasks again.
    ///
    /// # Errors
    /// `Data.Corrupt` when an execution cannot be read; `Store.Unavailable`.
    pub(crate) fn recover(parts: Parts) -> Result<Self, Failure> {
        let last_number = parts.log.last_number()?;
        let mut core = Self {
            live: HashMap::new(),
            by_id: HashMap::new(),
            dormant: HashMap::new(),
            tokens: HashMap::new(),
            timers: BinaryHeap::new(),
            pinned: HashMap::new(),
            pinned_in_log: HashSet::new(),
            last_number,
            now_ms: parts.clock.now_ms(),
            looked_ms: None,
            read_at: Instant::now(),
            inner: VecDeque::new(),
            entries: Vec::new(),
            effects: Vec::new(),
            promises: Vec::new(),
            broken: None,
            parts,
        };
        core.find_logged()?;
        let begun = core.parts.log.live()?;
        if let Some(from) = begun.iter().map(|begun| begun.from).min() {
            let mut histories = core.histories(from, &begun)?;
            for begun in begun {
                let events = histories.remove(&begun.identity.no).unwrap_or_default();
                core.revive(begun.identity, &events)?;
            }
            core.resume();
        }
        Ok(core)
    }

    /// Which of today's definitions the log has already.
    fn find_logged(&mut self) -> Result<(), Failure> {
        for (_, machine) in self.parts.definitions.iter() {
            if self.parts.log.definition(machine.digest())?.is_some() {
                self.pinned_in_log.insert(machine.digest().to_owned());
                self.pinned.insert(machine.digest().to_owned(), machine.clone());
            }
        }
        Ok(())
    }

    /// Events of these executions, in order, as they were written: read, those of all at once would be many times larger.
    fn histories(&self, from: u64, begun: &[Begun]) -> Result<HashMap<Number, Vec<Vec<u8>>>, Failure> {
        let mut histories: HashMap<_, Vec<_>> = begun.iter().map(|b| (b.identity.no, Vec::new())).collect();
        self.parts.log.scan(from, &mut |entry| {
            let (no, events) = match entry {
                Entry::Started { identity, events, .. } => (identity.no, events),
                Entry::Events { no, events, .. } => (no, events),
                Entry::Definition { .. } => return Ok(ControlFlow::Continue(())),
            };
            if let Some(history) = histories.get_mut(&no) {
                history.push(events);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(histories)
    }

    /// Folds an execution from its events. Tasks without outcome begin again, and so does their time: a
    /// process that was not there for a day must not find all its work timed out.
    fn revive(&mut self, identity: Identity, written: &[Vec<u8>]) -> Result<(), Failure> {
        let machine = match self.pinned_machine(&identity.definition) {
            Ok(machine) => machine,
            Err(failure) if failure.kind == FailureKind::ConfigInvalid => {
                tracing::error!(execution = identity.id, %failure, "an execution cannot be taken up");
                self.dormant.insert(identity.id, failure);
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let mut events: Vec<Event> = Vec::new();
        for written in written {
            let read: Vec<Event> = serde_json::from_slice(written)
                .map_err(|e| Failure::corrupt(format!("events of execution number {}: {e}", identity.no)))?;
            events.extend(read);
        }
        let fold = |begin_again: &HashSet<TaskId>| {
            let mut live = Live::new(identity.clone(), machine.clone());
            for event in &events {
                match begun_at(event, begin_again, self.now_ms) {
                    Some(moved) => live.execution.apply(&moved),
                    None => live.execution.apply(event),
                }
            }
            live
        };
        let mut live = fold(&HashSet::new());
        let pending: HashSet<_> = live.execution.pending_tasks().map(|task| task.task).collect();
        if !pending.is_empty() {
            live = fold(&pending);
        }
        self.by_id.insert(identity.id.clone(), identity.no);
        self.live.insert(identity.no, live);
        Ok(())
    }

    /// The definition that an execution was started with, whatever today's says.
    fn pinned_machine(&mut self, digest: &str) -> Result<Arc<Machine>, Failure> {
        if let Some(machine) = self.pinned.get(digest) {
            return Ok(machine.clone());
        }
        let text = self.parts.log.definition(digest)?;
        let text =
            text.ok_or_else(|| Failure::corrupt(format!("the definition {digest} is not in the journal")))?;
        let machine = Machine::parse(&text).map_err(|e| {
            let message = format!(
                "the definition {digest} is not accepted by this build ({e}); finish with the build that began it"
            );
            Failure::new(FailureKind::ConfigInvalid, message)
        })?;
        let machine = Arc::new(machine);
        self.pinned_in_log.insert(digest.to_owned());
        self.pinned.insert(digest.to_owned(), machine.clone());
        Ok(machine)
    }

    /// Sends pending tasks again and arms the timers.
    fn resume(&mut self) {
        let mut numbers: Vec<Number> = self.live.keys().copied().collect();
        numbers.sort_unstable();
        for no in numbers {
            let Some(live) = self.live.get(&no) else { continue };
            let pending: Vec<_> = live.execution.pending_tasks().cloned().collect();
            for task in pending {
                self.register(no, task.task, task.token.as_ref());
                self.dispatch(no, task.task, &task.resource, &task.arguments, task.deadline_ms);
            }
            self.arm(no);
        }
        self.settle();
    }
}

/// The event as if it happened now, if it is about one of these tasks' time.
fn begun_at(event: &Event, tasks: &HashSet<TaskId>, now_ms: i64) -> Option<Event> {
    let mut moved = event.clone();
    match &mut moved {
        Event::TaskScheduled { task, at_ms, .. } | Event::TaskHeartbeat { task, at_ms }
            if tasks.contains(task) =>
        {
            *at_ms = now_ms;
            Some(moved)
        }
        _ => None,
    }
}
