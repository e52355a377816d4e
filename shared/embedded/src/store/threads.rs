//! The two threads behind a store: one writes and syncs batches, one projects them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use ideamine_core::Failure;

use super::change::Change;
use super::projection::Sync;
use super::state::{Batch, Haste, State};
use super::{Shared, closed};
use crate::journal::Tail;

/// How long a record that nobody waits for may stay in memory.
const LATER: Duration = Duration::from_millis(5);
/// How long changes are gathered before they are projected together.
const GATHER: Duration = Duration::from_millis(25);
/// Changes that are projected without gathering more.
const GATHERED_MAX: usize = 20_000;
/// How often the projection is synced while it is written; the journal makes up for the rest.
const PROJECTION_SYNC: Duration = Duration::from_secs(2);
/// Largest buffer kept for the next batch, bytes.
const SPARE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a synced batch changes.
struct Synced {
    changes: Vec<Change>,
    end: u64,
}

pub(crate) fn start(shared: &Arc<Shared>, tail: Tail) -> Result<Vec<JoinHandle<()>>, Failure> {
    let (sender, receiver) = channel();
    let (writes, projects) = (shared.clone(), shared.clone());
    let writer = spawn("journal", move || {
        let _guard = Guard(&writes);
        write_batches(&writes, tail, &sender);
    })?;
    let projector = spawn("projection", move || {
        let _guard = Guard(&projects);
        project(&projects, &receiver);
    })?;
    Ok(vec![writer, projector])
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|e| Failure::bug(format!("cannot start the {name} thread: {e}")))
}

/// A thread that panics must not leave others waiting.
struct Guard<'a>(&'a Shared);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop(&Failure::bug("a thread of the store panicked; see the log"));
        }
    }
}

/// Takes everything that is pending, writes it, syncs once, tells all who waited; until closed or failed.
fn write_batches(shared: &Shared, mut tail: Tail, projector: &Sender<Synced>) {
    let mut spare = Vec::new();
    let mut company = Company::default();
    while let Some(mut batch) = next_batch(shared, std::mem::take(&mut spare), &mut company) {
        let began = Instant::now();
        match tail.append(&batch.bytes) {
            Ok(bytes) => shared.bytes.fetch_add(bytes, Ordering::Relaxed),
            Err(failure) => {
                tracing::error!(%failure, "the journal stopped");
                return shared.stop(&failure);
            }
        };
        shared.syncs.fetch_add(1, Ordering::Relaxed);
        let took = began.elapsed();
        company.after(took, release(shared, batch.end));
        // The projector outlives this thread, unless it panicked; then the journal alone goes on.
        let _ = projector.send(Synced { changes: batch.changes, end: batch.end });
        batch.bytes.clear();
        batch.bytes.shrink_to(SPARE_BYTES_MAX);
        spare = batch.bytes;
    }
    if let Err(failure) = tail.trim() {
        tracing::warn!(%failure, "the journal keeps its zeros at the end");
    }
    shared.stop(&closed());
}

/// How long the writer holds a batch back for those whom the last sync let go: they come with their next
/// record after some computing, and a sync begun without them makes them wait for two. It waits for as long as they keep
/// coming, one sync at most: who comes last would otherwise wait for a sync that has just begun, and for the next.
#[derive(Default)]
struct Company {
    /// Who waited for the last sync, or waited already when it ended.
    expected: usize,
    /// The time of one sync, for all of them.
    patience: Duration,
    /// A part of it, for the next of them.
    quiet: Duration,
    /// Batches that are not held back, since the last ones waited in vain.
    alone: u32,
    /// How many that will be the next time.
    vain: u32,
}

impl Company {
    /// Batches that are not held back after one waited in vain again and again.
    const ALONE_MAX: u32 = 64;
    /// Part of a sync in which somebody has to come for the writer to wait on, percent. Measured with 64 runs at 4 ms a
    /// sync: 8 ends the wait too early, 30 waits for those who do not come.
    const QUIET_PERCENT: u32 = 15;
    /// Who must have come of those who were waited for, percent, for the wait not to have been in vain.
    const CAME_PERCENT: usize = 40;
    /// Longest that a batch is held back, however slow the disk.
    const PATIENCE_MAX: Duration = Duration::from_millis(5);

    fn after(&mut self, sync: Duration, expected: usize) {
        (self.expected, self.patience) = (expected, Self::PATIENCE_MAX.min(sync));
        self.quiet = self.patience * Self::QUIET_PERCENT / 100;
        self.alone = self.alone.saturating_sub(1);
    }

    /// How many waiters to wait for, and how long.
    fn wanted(&self) -> Option<(usize, Duration)> {
        (self.alone == 0 && self.expected > 1).then_some((self.expected, self.patience))
    }

    /// Of so many that were waited for, so many came.
    fn came(&mut self, wanted: usize, came: usize) {
        if came * 100 >= wanted * Self::CAME_PERCENT {
            self.vain = 0;
        } else {
            self.vain = (self.vain * 2).clamp(1, Self::ALONE_MAX);
            self.alone = self.vain;
        }
    }
}

fn next_batch(shared: &Shared, spare: Vec<u8>, company: &mut Company) -> Option<Batch> {
    let mut state = shared.lock();
    loop {
        if state.failed.is_some() || (state.closing && state.pending.is_empty()) {
            return None;
        }
        if state.closing || state.haste == Some(Haste::Now) {
            break;
        }
        let patience = if state.haste.is_some() { LATER } else { Duration::MAX };
        state.writer_sleeps = true;
        let waited = shared.writer.wait_timeout(state, patience);
        let (woken, timeout) = waited.unwrap_or_else(std::sync::PoisonError::into_inner);
        state = woken;
        state.writer_sleeps = false;
        if timeout.timed_out() && !state.pending.is_empty() {
            break;
        }
    }
    if let Some((wanted, patience)) = company.wanted().filter(|_| !state.closing) {
        let until = Instant::now() + patience;
        let enough = |state: &State| state.waiters.len() >= wanted || state.closing || state.failed.is_some();
        (state.writer_sleeps, state.gathering) = (true, wanted);
        let mut left = patience;
        while !enough(&state) && !left.is_zero() {
            let seen = state.waiters.len();
            let waited = shared.writer.wait_timeout(state, left.min(company.quiet));
            state = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
            if state.waiters.len() == seen {
                break;
            }
            left = until.saturating_duration_since(Instant::now());
        }
        (state.writer_sleeps, state.gathering) = (false, 0);
        company.came(wanted, state.waiters.len());
    }
    let batch = state.take(spare);
    shared.make_room(&mut state);
    Some(batch)
}

/// Tells those who waited for this; how many they are, with those who wait for the next sync already.
fn release(shared: &Shared, end: u64) -> usize {
    let (satisfied, waiting) = {
        let mut state = shared.lock();
        state.durable = end;
        (state.satisfied(), state.waiters.len())
    };
    let all = satisfied.len() + waiting;
    for waiter in satisfied {
        waiter.tell(Ok(()));
    }
    all
}

fn project(shared: &Shared, synced: &Receiver<Synced>) {
    let mut last_sync = Instant::now();
    // Nothing of a session that only reads needs room on the disk.
    let (mut unprojected, mut unsynced) = (None, false);
    while let Some((batch, goes_on)) = gather(synced) {
        if batch.changes.is_empty() {
            unprojected = Some(batch.end);
            continue;
        }
        let due = !goes_on || last_sync.elapsed() >= PROJECTION_SYNC;
        let sync = if due { Sync::Now } else { Sync::Later };
        if let Err(failure) = shared.projection.apply(&batch.changes, Some(batch.end), sync) {
            tracing::error!(%failure, "the projection stopped");
            return shared.stop(&failure);
        }
        (unprojected, unsynced) = (None, !due);
        if due {
            last_sync = Instant::now();
        }
        let mut state = shared.lock();
        state.projected(&batch.changes, batch.end);
        shared.make_room(&mut state);
    }
    if unprojected.is_none() && !unsynced {
        return;
    }
    // One last sync, so that the next start has nothing to catch up with.
    if let Err(failure) = shared.projection.apply(&[], unprojected, Sync::Now) {
        tracing::warn!(%failure, "the projection is behind; it catches up at the next start");
    }
}

/// Several batches as one, and whether more can come; none at the end.
fn gather(synced: &Receiver<Synced>) -> Option<(Synced, bool)> {
    let mut gathered = synced.recv().ok()?;
    let until = Instant::now() + GATHER;
    while gathered.changes.len() < GATHERED_MAX {
        match synced.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(next) => {
                gathered.changes.extend(next.changes);
                gathered.end = next.end;
            }
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return Some((gathered, false)),
        }
    }
    Some((gathered, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNC: Duration = Duration::from_millis(4);

    #[test]
    fn a_batch_is_held_back_for_several_and_never_for_one() {
        let mut company = Company::default();
        assert_eq!(company.wanted(), None, "nobody was let go yet");
        for (expected, sync, wanted) in [
            (1, SYNC, None),
            (64, SYNC, Some((64, SYNC))),
            (64, Duration::from_secs(3), Some((64, Company::PATIENCE_MAX))),
        ] {
            company.after(sync, expected);
            assert_eq!(company.wanted(), wanted);
        }
    }

    #[test]
    fn who_waits_in_vain_waits_less_and_less_often_until_all_come_again() {
        let mut company = Company::default();
        let mut pauses = Vec::new();
        for _ in 0..10 {
            let mut pause = 0;
            loop {
                company.after(SYNC, 64);
                if company.wanted().is_some() {
                    break;
                }
                pause += 1;
            }
            company.came(64, 25);
            pauses.push(pause);
        }
        assert_eq!(pauses, [0, 0, 1, 3, 7, 15, 31, 63, 63, 63]);
        while company.wanted().is_none() {
            company.after(SYNC, 64);
        }
        company.came(64, 26);
        company.after(SYNC, 64);
        assert!(company.wanted().is_some(), "who came is waited for again");
    }
}
