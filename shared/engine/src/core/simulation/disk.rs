//! A log in memory whose syncs, crashes and fullness the simulation decides.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Ledger;
use ideamine_embedded::{Begun, Entry, Found};

use super::rng::Rng;
use crate::log::{Done, Log, Visit};

/// What one process sees of the disk.
pub(super) struct Disk {
    state: Mutex<State>,
}

struct State {
    durable: Vec<Entry>,
    /// Appended and not synced.
    queued: VecDeque<(Vec<Entry>, Done)>,
    full: bool,
}

fn no_room() -> Failure {
    Failure::new(FailureKind::StoreUnavailable, "no space left in the simulation")
}

impl Disk {
    pub(super) fn with(durable: Vec<Entry>) -> Arc<Self> {
        let state = State { durable, queued: VecDeque::new(), full: false };
        Arc::new(Self { state: Mutex::new(state) })
    }

    pub(super) fn waits(&self) -> bool {
        !self.state.lock().unwrap().queued.is_empty()
    }

    /// Syncs the oldest batch; what became durable. On a full disk nothing does, now or later.
    pub(super) fn sync(&self) -> Vec<Entry> {
        let mut state = self.state.lock().unwrap();
        let Some((entries, done)) = state.queued.pop_front() else { return vec![] };
        if state.full {
            drop(state);
            done(Err(no_room()));
            return vec![];
        }
        state.durable.extend(entries.iter().cloned());
        drop(state);
        done(Ok(()));
        entries
    }

    /// From now on nothing can be written.
    pub(super) fn fill(&self) {
        self.state.lock().unwrap().full = true;
    }

    /// What a crash leaves: everything synced, and of the rest any beginning, cut at a batch or inside one.
    pub(super) fn crash(&self, rng: &mut Rng) -> Vec<Entry> {
        let mut state = self.state.lock().unwrap();
        let mut left = std::mem::take(&mut state.durable);
        if state.full {
            return left;
        }
        let batches = rng.below(state.queued.len() + 1);
        for (entries, _) in state.queued.drain(..).take(batches) {
            left.extend(entries);
        }
        if let Some((entries, _)) = state.queued.pop_front() {
            let cut = rng.below(entries.len() + 1);
            left.extend(entries.into_iter().take(cut));
        }
        left
    }

    pub(super) fn durable(&self) -> Vec<Entry> {
        self.state.lock().unwrap().durable.clone()
    }

    /// Everything appended, synced or not.
    pub(super) fn appended(&self) -> Vec<Entry> {
        let state = self.state.lock().unwrap();
        let queued = state.queued.iter().flat_map(|(entries, _)| entries);
        state.durable.iter().chain(queued).cloned().collect()
    }
}

/// The executions that entries hold, in order of starting.
pub(super) fn executions(entries: &[Entry]) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for (at, entry) in (0..).zip(entries) {
        match entry {
            Entry::Definition { .. } => {}
            Entry::Started { identity, end, .. } => all.push(Found {
                begun: Begun { identity: identity.clone(), from: at },
                ended: end.clone(),
                until: end.as_ref().map(|_| at),
            }),
            Entry::Events { no, end: Some(end), .. } => {
                let found = all.iter_mut().find(|found| found.begun.identity.no == *no).unwrap();
                (found.ended, found.until) = (Some(end.clone()), Some(at));
            }
            Entry::Events { .. } => {}
        }
    }
    all
}

#[async_trait]
impl Log for Disk {
    fn append(&self, entries: Vec<Entry>, done: Done) {
        self.state.lock().unwrap().queued.push_back((entries, done));
    }
    fn find_now(&self, id: &str) -> Result<Option<Found>, Failure> {
        Ok(executions(&self.appended()).into_iter().find(|found| found.begun.identity.id == id))
    }
    async fn find(&self, id: &str) -> Result<Option<Found>, Failure> {
        Ok(executions(&self.durable()).into_iter().find(|found| found.begun.identity.id == id))
    }
    fn live(&self) -> Result<Vec<Begun>, Failure> {
        let all = executions(&self.durable());
        Ok(all.into_iter().filter(|found| found.ended.is_none()).map(|found| found.begun).collect())
    }
    fn definition(&self, digest: &str) -> Result<Option<String>, Failure> {
        let text = |entry| match entry {
            Entry::Definition { digest: of, text } if of == digest => Some(text),
            _ => None,
        };
        Ok(self.appended().into_iter().find_map(text))
    }
    fn last_number(&self) -> Result<u64, Failure> {
        Ok(executions(&self.durable()).last().map_or(0, |found| found.begun.identity.no))
    }
    fn scan(&self, from: u64, visit: Visit<'_>) -> Result<(), Failure> {
        for entry in self.durable().into_iter().skip(usize::try_from(from).unwrap()) {
            if visit(entry)? == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }
    async fn stopped(&self) -> Failure {
        std::future::pending().await
    }
    fn task_ledger(&self) -> Option<Arc<dyn Ledger>> {
        None
    }
}
