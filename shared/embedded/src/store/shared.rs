//! What callers and the store's threads share, and the rules of reading and waiting.

use std::sync::atomic::AtomicU64;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use tokio::sync::{Notify, oneshot};

use super::change::Bytes;
use super::projection::Projection;
use super::state::{Fresh, Haste, State};
use crate::journal::Journal;

/// A key and its value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// One store's state and files.
pub(crate) struct Shared {
    pub(crate) state: Mutex<State>,
    pub(crate) writer: Condvar,
    pub(crate) room: Condvar,
    pub(crate) room_async: Notify,
    /// Told once nothing is written any more.
    pub(crate) stopped: Notify,
    pub(crate) projection: Projection,
    pub(crate) journal: Journal,
    pub(crate) syncs: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the writer if it sleeps and has something to do.
    pub(crate) fn nudge(&self, state: &State) {
        let enough = state.haste.is_some() && state.waiters.len() >= state.gathering;
        if state.writer_sleeps && (enough || state.failed.is_some()) {
            self.writer.notify_one();
        }
    }

    /// Nothing is written any more: everybody who waits is told why. The first failure is the one that is told.
    pub(crate) fn stop(&self, failure: &Failure) {
        let (waiters, failure) = {
            let mut state = self.lock();
            let failure = state.failed.get_or_insert_with(|| failure.clone()).clone();
            self.make_room(&mut state);
            self.writer.notify_one();
            (std::mem::take(&mut state.waiters), failure)
        };
        self.stopped.notify_waiters();
        for (_, waiter) in waiters {
            waiter.tell(Err(failure.clone()));
        }
    }

    /// Waits for [`Shared::stop`] and says why.
    pub(crate) async fn stopped(&self) -> Failure {
        loop {
            let told = self.stopped.notified();
            if let Some(failure) = self.lock().failed.clone() {
                return failure;
            }
            told.await;
        }
    }

    /// Wakes whoever waits for room.
    pub(crate) fn make_room(&self, state: &mut State) {
        if std::mem::take(&mut state.room_wanted) {
            self.room.notify_all();
            self.room_async.notify_waiters();
        }
    }

    /// Passes a result on; a projection that failed ends all writing: what it would have said is not known.
    fn projected<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        if result.is_err()
            && let Some(failed) = self.projection.failed()
        {
            self.stop(failed);
        }
        result
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
        let evaluated = {
            let mut state = self.lock();
            evaluate(&mut state, &self.projection).and_then(|(answer, end)| {
                let waiting = if haste == Haste::Now { state.wait(end)? } else { None };
                self.nudge(&state);
                Ok((answer, waiting))
            })
        };
        let (answer, waiting) = self.projected(evaluated)?;
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
            None => Ok((self.projected(self.projection.get(key))?, 0)),
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
        Ok((self.projected(merge(&self.projection, from, until, limit, &fresh))?, end))
    }
}

/// Projected keys overlaid by fresh ones, in order, at most `limit`.
pub(crate) fn merge(
    projection: &Projection,
    from: &[u8],
    until: &[u8],
    limit: usize,
    fresh: &[(Bytes, Fresh)],
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

fn present((key, fresh): &(Bytes, Fresh)) -> Option<Pair> {
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
