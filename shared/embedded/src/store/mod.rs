//! Records, ledger and executions of one machine: evaluated one at a time, journaled together, projected later.
//!
//! A write is evaluated under the lock against what was written before it (the overlay of what is not yet
//! projected, else the projection), added to the next batch, and answered after the batch is synced. A
//! read that meets a key which is not synced yet waits for the sync: nothing is shown that a crash could
//! take back.

mod change;
mod executions;
mod ledger;
mod projection;
mod records;
mod state;
mod threads;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use tokio::sync::{Notify, oneshot};

pub use change::Begun;
pub use executions::Found;
pub use ledger::{FACTS_MAX, TaskLedger};

use crate::journal::{Journal, SEGMENT_BYTES, Tail};
use crate::owner::Owner;
use projection::Projection;
use state::{Fresh, Haste, State};

/// Folder of the journal in the data directory.
const JOURNAL_DIR: &str = "journal";
/// File of the projection in the data directory.
const PROJECTION_FILE: &str = "projection.redb";

/// Most bytes that wait for a sync; above that, writers wait for room.
pub const PENDING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most keys that wait to be projected; above that, writers wait for room.
pub const OVERLAY_KEYS_MAX: usize = 400_000;

/// A key and its value.
type Pair = (Vec<u8>, Vec<u8>);

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Size at which a segment is closed, bytes.
    pub segment_bytes: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { segment_bytes: SEGMENT_BYTES }
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
}

pub(crate) struct Shared {
    pub(crate) state: Mutex<State>,
    pub(crate) writer: Condvar,
    pub(crate) room: Condvar,
    pub(crate) room_async: Notify,
    pub(crate) projection: Projection,
    pub(crate) journal: Journal,
    pub(crate) syncs: AtomicU64,
}

/// What a store has written since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Batches, each written and synced once.
    pub syncs: u64,
    /// Position after the last record: all record bytes ever.
    pub position: u64,
}

impl Store {
    /// Opens the store of the directory that `owner` holds, making it when it is new; forgets a torn end of
    /// the journal and projects what was not yet.
    ///
    /// # Errors
    /// `Data.Corrupt` naming segment and offset; `Store.Unavailable`.
    pub fn open(owner: Owner, options: StoreOptions) -> Result<Self, Failure> {
        let dir = owner.dir().to_owned();
        let journal_dir = dir.join(JOURNAL_DIR);
        let tail = Tail::open(&journal_dir, options.segment_bytes)?;
        let journal = Journal::new(&journal_dir);
        let projection = Projection::open(&dir.join(PROJECTION_FILE))?;
        projection.catch_up(&journal, tail.end())?;
        let state = State { end: tail.end(), durable: tail.end(), ..State::default() };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            writer: Condvar::new(),
            room: Condvar::new(),
            room_async: Notify::new(),
            projection,
            journal,
            syncs: AtomicU64::new(0),
        });
        let threads = Mutex::new(threads::start(&shared, tail)?);
        let owner = Mutex::new(Some(owner));
        Ok(Self { inner: Arc::new(Inner { shared, threads, dir, owner }) })
    }

    /// Throws the projection away and makes it anew from the journal alone, every record checked.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn rebuild(owner: Owner, options: StoreOptions) -> Result<Self, Failure> {
        let path = owner.dir().join(PROJECTION_FILE);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(crate::error::unavailable("remove the projection", &path, &e))
            }
            _ => Self::open(owner, options),
        }
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// Writes and projects everything, then gives the directory up; later writes are `Store.Unavailable`.
    pub fn close(&self) {
        self.inner.close();
    }

    /// What was written, for measurements.
    pub fn written(&self) -> Written {
        let position = self.shared().lock().durable;
        Written { syncs: self.shared().syncs.load(Ordering::Relaxed), position }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }
}

impl Inner {
    fn close(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.shared.lock();
        state.closing = true;
        self.shared.writer.notify_one();
        drop(state);
        for thread in threads.drain(..) {
            // A thread that panicked has nothing more to write.
            let _ = thread.join();
        }
        self.shared.projection.close();
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the writer if it sleeps and has something to do.
    pub(crate) fn nudge(&self, state: &State) {
        if state.writer_sleeps && (state.haste.is_some() || state.failed.is_some()) {
            self.writer.notify_one();
        }
    }

    /// Waits until there is room for more.
    pub(crate) async fn room(&self) {
        loop {
            let notified = self.room_async.notified();
            if self.lock().has_room_or_asks() {
                return;
            }
            notified.await;
        }
    }

    /// Evaluates under the lock; returns once everything that the answer rests on is durable.
    pub(crate) async fn evaluate<T>(
        &self,
        haste: Haste,
        evaluate: impl FnOnce(&mut State, &Projection) -> Result<(T, u64), Failure>,
    ) -> Result<T, Failure> {
        self.room().await;
        let (answer, waiting) = {
            let mut state = self.lock();
            let (answer, end) = evaluate(&mut state, &self.projection)?;
            let waiting = if haste == Haste::Now { state.wait(end)? } else { None };
            self.nudge(&state);
            (answer, waiting)
        };
        settle(waiting).await?;
        Ok(answer)
    }

    /// Waits until a position is durable.
    pub(crate) async fn durable(&self, end: u64) -> Result<(), Failure> {
        let waiting = {
            let mut state = self.lock();
            let waiting = state.wait(end)?;
            self.nudge(&state);
            waiting
        };
        settle(waiting).await
    }

    /// The newest value of a key and the position after which it is durable (0: it is).
    pub(crate) fn newest(&self, key: &[u8]) -> Result<(Option<Vec<u8>>, u64), Failure> {
        let fresh = self.lock().overlay.get(key).cloned();
        match fresh {
            Some(Fresh { end, value }) => Ok((value.map(|value| value.to_vec()), end)),
            None => Ok((self.projection.get(key)?, 0)),
        }
    }

    /// Newest keys in `from..until`, in order, at most `limit`, and the position after which they are durable.
    pub(crate) fn newest_range(
        &self,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<(Vec<Pair>, u64), Failure> {
        let fresh = self.lock().fresh(from, until);
        let end = fresh.iter().map(|(_, fresh)| fresh.end).max().unwrap_or(0);
        Ok((merge(&self.projection, from, until, limit, &fresh)?, end))
    }
}

/// Projected keys overlaid by fresh ones.
fn merge(
    projection: &Projection,
    from: &[u8],
    until: &[u8],
    limit: usize,
    fresh: &[(change::Bytes, Fresh)],
) -> Result<Vec<Pair>, Failure> {
    let mut out = Vec::new();
    let mut next = fresh.iter().peekable();
    projection.range(from, until, &mut |key, value| {
        while let Some(earlier) = next.next_if(|(fresh, _)| &**fresh < key) {
            out.extend(present(earlier));
        }
        match next.next_if(|(fresh, _)| &**fresh == key) {
            Some(newer) => out.extend(present(newer)),
            None => out.push((key.to_vec(), value.to_vec())),
        }
        out.len() < limit
    })?;
    out.extend(next.filter_map(present));
    out.truncate(limit);
    Ok(out)
}

fn present((key, fresh): &(change::Bytes, Fresh)) -> Option<Pair> {
    fresh.value.as_ref().map(|value| (key.to_vec(), value.to_vec()))
}

/// Waits for a sync, if there is one to wait for.
async fn settle(waiting: Option<oneshot::Receiver<Result<(), Failure>>>) -> Result<(), Failure> {
    match waiting {
        Some(receiver) => receiver.await.unwrap_or_else(|_| Err(closed())),
        None => Ok(()),
    }
}

/// What is said once the store was closed.
pub(crate) fn closed() -> Failure {
    Failure::new(FailureKind::StoreUnavailable, "the store was closed; open it again")
}
