//! Where an engine writes what happened, and finds it again: a small trait, and the embedded store as one.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::ports::Ledger;
use ideamine_embedded::{Begun, Entry, Found, Store};

/// Called once entries, and everything appended before them, are durable or lost.
pub type Done = Box<dyn FnOnce(Result<(), Failure>) + Send>;

/// A visitor of entries; `Break` ends the visit.
pub type Visit<'a> = &'a mut dyn FnMut(Entry) -> Result<ControlFlow<()>, Failure>;

/// Durable entries of executions, in the order in which they were appended.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Appends entries; may wait for room, never for the disk.
    fn append(&self, entries: Vec<Entry>, done: Done);
    /// An execution by id, durable or not yet.
    fn find_now(&self, id: &str) -> Result<Option<Found>, Failure>;
    /// An execution by id, as far as it is durable.
    async fn find(&self, id: &str) -> Result<Option<Found>, Failure>;
    /// Executions that have not ended, in order of starting.
    fn live(&self) -> Result<Vec<Begun>, Failure>;
    /// Text of a definition by digest.
    fn definition(&self, digest: &str) -> Result<Option<String>, Failure>;
    /// The highest number given to an execution so far.
    fn last_number(&self) -> Result<u64, Failure>;
    /// Visits durable entries from a position on.
    fn scan(&self, from: u64, visit: Visit<'_>) -> Result<(), Failure>;
    /// Waits until nothing can be appended any more, and says why; the same failure that [`Log::append`] tells.
    async fn stopped(&self) -> Failure;
    /// The ledger for functions that run as tasks: their facts go into the same log, before their completion.
    fn task_ledger(&self) -> Option<Arc<dyn Ledger>>;
}

#[async_trait]
impl Log for Store {
    fn append(&self, entries: Vec<Entry>, done: Done) {
        self.append_entries(entries, done);
    }
    fn find_now(&self, id: &str) -> Result<Option<Found>, Failure> {
        Self::find_now(self, id)
    }
    async fn find(&self, id: &str) -> Result<Option<Found>, Failure> {
        Self::find(self, id).await
    }
    fn live(&self) -> Result<Vec<Begun>, Failure> {
        Self::live(self)
    }
    fn definition(&self, digest: &str) -> Result<Option<String>, Failure> {
        Self::definition(self, digest)
    }
    fn last_number(&self) -> Result<u64, Failure> {
        Self::last_number(self)
    }
    fn scan(&self, from: u64, visit: Visit<'_>) -> Result<(), Failure> {
        self.scan_entries(from, visit)
    }
    async fn stopped(&self) -> Failure {
        Self::stopped(self).await
    }
    fn task_ledger(&self) -> Option<Arc<dyn Ledger>> {
        Some(Arc::new(Self::task_ledger(self)))
    }
}
