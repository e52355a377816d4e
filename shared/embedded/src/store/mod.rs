//! Records, ledger and executions of one machine: evaluated one at a time, journaled together, projected later.
//!
//! A write is evaluated under the lock against what was written before it (the overlay of what is not yet
//! projected, else the projection), added to the next batch, and answered after the batch is synced. A
//! read that meets a key which is not synced yet waits for the sync: nothing is shown that a crash could
//! take back.

mod change;
mod check;
mod compact;
mod executions;
#[cfg(test)]
mod full_disk;
mod ledger;
mod projection;
mod records;
mod seal;
mod shared;
mod state;
mod threads;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use ideamine_core::Failure;
use tokio::sync::Notify;

pub use change::Begun;
pub use check::Sound;
pub use compact::{Compacted, Removal};
pub use executions::Found;
pub use ledger::{FACTS_MAX, TaskLedger};

use crate::disk::Disk;
use crate::journal::{Journal, SEGMENT_BYTES, Tail};
use crate::owner::Owner;
use shared::Shared;
pub(crate) use shared::{closed, merge};
use state::State;

/// Folder of the journal in the data directory.
const JOURNAL_DIR: &str = "journal";
/// File of the projection in the data directory.
const PROJECTION_FILE: &str = "projection.redb";

/// Most bytes that wait for a sync; above that, writers wait for room.
pub const PENDING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most keys that wait to be projected; above that, writers wait for room.
pub const OVERLAY_KEYS_MAX: usize = 400_000;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Size at which a segment is closed, bytes.
    pub segment_bytes: u64,
    /// Shortest time of one sync; zero but where a slower disk is measured.
    pub sync_floor: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { segment_bytes: SEGMENT_BYTES, sync_floor: Duration::ZERO }
    }
}

/// The open store; clones share it. [`Store::close`] writes everything out; dropping the last clone does too.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    dir: PathBuf,
    /// Given up when the store is closed.
    owner: Mutex<Option<Owner>>,
    /// Whether the files are given up.
    ended: AtomicBool,
}

/// What a store has written since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Batches, each written and synced once.
    pub syncs: u64,
    /// Bytes that they took on disk.
    pub bytes: u64,
}

impl Store {
    /// Opens the store of the directory that `owner` holds, making it when it is new; forgets a torn end of
    /// the journal and projects what was not yet.
    ///
    /// # Errors
    /// `Data.Corrupt` naming segment and offset, or the projection; `Store.Unavailable`.
    pub fn open(owner: Owner, options: StoreOptions) -> Result<Self, Failure> {
        Self::open_on(Disk::slow(options.sync_floor), owner, options)
    }

    fn open_on(disk: Disk, owner: Owner, options: StoreOptions) -> Result<Self, Failure> {
        let dir = owner.dir().to_owned();
        compact::settle(&dir)?;
        let journal_dir = dir.join(JOURNAL_DIR);
        let tail = Tail::open(&journal_dir, options.segment_bytes, disk.clone())?;
        let journal = Journal::new(&journal_dir);
        let projection = check::open(&dir, &journal, tail.end(), &disk)?;
        let state = State { end: tail.end(), durable: tail.end(), ..State::default() };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            writer: Condvar::new(),
            room: Condvar::new(),
            room_async: Notify::new(),
            stopped: Notify::new(),
            projection,
            journal,
            syncs: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        });
        let threads = Mutex::new(threads::start(&shared, tail)?);
        let owner = Mutex::new(Some(owner));
        Ok(Self { inner: Arc::new(Inner { shared, threads, dir, owner, ended: AtomicBool::new(false) }) })
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// Writes and projects everything, then gives the directory up; later writes are `Store.Unavailable`.
    pub fn close(&self) {
        self.inner.close();
    }

    /// Waits until nothing can be written any more and says why: a disk that is full or fails, a harmed
    /// projection, or the store's having been closed. Whatever was acknowledged is on disk.
    pub async fn stopped(&self) -> Failure {
        self.shared().stopped().await
    }

    /// Ends all writing, because of a failure elsewhere in the directory.
    pub(crate) fn stop(&self, failure: &Failure) {
        self.shared().stop(failure);
    }

    /// What was written, for measurements.
    pub fn written(&self) -> Written {
        let shared = self.shared();
        Written { syncs: shared.syncs.load(Ordering::Relaxed), bytes: shared.bytes.load(Ordering::Relaxed) }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }
}

impl Inner {
    fn close(&self) {
        self.end();
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Writes and projects everything and gives up the files, but not the directory.
    fn end(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.shared.lock();
        state.closing = true;
        self.shared.writer.notify_one();
        drop(state);
        for thread in threads.drain(..) {
            // A thread that panicked has nothing more to write.
            let _ = thread.join();
        }
        drop(threads);
        if self.owner.lock().unwrap_or_else(PoisonError::into_inner).is_some()
            && !self.ended.swap(true, Ordering::AcqRel)
        {
            self.shared.projection.close();
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.inner.dir).finish()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
