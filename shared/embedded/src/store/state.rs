//! What the store holds in memory: the records not yet written, and the keys not yet projected.
//!
//! Everything here is guarded by one lock, so write sets are evaluated one at a time, in the order in
//! which they go to the journal.

use std::collections::BTreeMap;
use std::ops::Bound;

use ideamine_core::Failure;
use tokio::sync::oneshot;

use super::change::{Bytes, Change, changes};
use super::projection::Projection;
use super::{OVERLAY_KEYS_MAX, PENDING_BYTES_MAX};
use crate::journal::{self, RECORD_BYTES_MAX, Record};

/// Someone who goes on once a position is durable.
pub(crate) enum Waiter {
    Task(oneshot::Sender<Result<(), Failure>>),
    Call(Box<dyn FnOnce(Result<(), Failure>) + Send>),
}

impl Waiter {
    pub(crate) fn tell(self, result: Result<(), Failure>) {
        match self {
            // Whoever stopped waiting need not hear.
            Self::Task(sender) => drop(sender.send(result)),
            Self::Call(call) => call(result),
        }
    }
}

/// How soon a record must be on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Haste {
    /// Somebody waits for it.
    Now,
    /// With the next record that somebody waits for, or after a few milliseconds.
    Later,
}

/// A key that is newer than the projection.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    /// Position after the record that wrote it.
    pub(crate) end: u64,
    pub(crate) value: Option<Bytes>,
}

/// The guarded state.
#[derive(Default)]
pub(crate) struct State {
    /// Encoded records for the next batch, and what they change.
    pub(crate) pending: Vec<u8>,
    pub(crate) pending_changes: Vec<Change>,
    /// Position after the last pending record.
    pub(crate) end: u64,
    /// Position up to which the journal is synced.
    pub(crate) durable: u64,
    pub(crate) haste: Option<Haste>,
    pub(crate) waiters: Vec<(u64, Waiter)>,
    pub(crate) overlay: BTreeMap<Bytes, Fresh>,
    /// Why nothing can be written any more, once something failed.
    pub(crate) failed: Option<Failure>,
    pub(crate) closing: bool,
    pub(crate) writer_sleeps: bool,
    /// Waiters below which the sleeping writer is let sleep.
    pub(crate) gathering: usize,
    /// Somebody waits for room.
    pub(crate) room_wanted: bool,
}

/// Records taken for one sync.
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) changes: Vec<Change>,
    pub(crate) end: u64,
}

impl State {
    /// Adds a record to the next batch; returns the position after it.
    ///
    /// # Errors
    /// `Input.Invalid` over [`RECORD_BYTES_MAX`]; the failure that stopped the journal.
    pub(crate) fn push(&mut self, record: &Record, haste: Haste) -> Result<u64, Failure> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let (kind, payload) = record.encode()?;
        if payload.len() > RECORD_BYTES_MAX {
            let message =
                format!("a record of {} bytes is over the limit of {RECORD_BYTES_MAX}", payload.len());
            return Err(Failure::input(message));
        }
        let changes = changes(record, self.end)?;
        let before = self.pending.len();
        journal::push(&mut self.pending, kind, &payload);
        self.end += (self.pending.len() - before) as u64;
        for change in &changes {
            let fresh = Fresh { end: self.end, value: change.value.clone() };
            self.overlay.insert(change.key.clone(), fresh);
        }
        self.pending_changes.extend(changes);
        self.haste = if self.haste == Some(Haste::Now) { self.haste } else { Some(haste) };
        Ok(self.end)
    }

    /// Whether more may be added; if not, whoever makes room will say so.
    pub(crate) fn has_room_or_asks(&mut self) -> bool {
        let full = self.pending.len() >= PENDING_BYTES_MAX || self.overlay.len() >= OVERLAY_KEYS_MAX;
        self.room_wanted |= full && self.failed.is_none();
        !full || self.failed.is_some()
    }

    /// The newest value of a key, and the position after which it is durable (0: it is).
    pub(crate) fn newest(
        &self,
        projection: &Projection,
        key: &[u8],
    ) -> Result<(Option<Bytes>, u64), Failure> {
        match self.overlay.get(key) {
            Some(fresh) => Ok((fresh.value.clone(), fresh.end)),
            None => Ok((projection.get(key)?.map(Into::into), 0)),
        }
    }

    /// Keys in `from..until` that are newer than the projection, in order.
    pub(crate) fn fresh(&self, from: &[u8], until: &[u8]) -> Vec<(Bytes, Fresh)> {
        let bounds = (Bound::Included(from), Bound::Excluded(until));
        let range = self.overlay.range::<[u8], _>(bounds);
        range.map(|(key, fresh)| (key.clone(), fresh.clone())).collect()
    }

    /// A receiver that is told once `end` is durable; none when it is already.
    ///
    /// # Errors
    /// The failure that stopped the journal.
    pub(crate) fn wait(
        &mut self,
        end: u64,
    ) -> Result<Option<oneshot::Receiver<Result<(), Failure>>>, Failure> {
        if end <= self.durable {
            return Ok(None);
        }
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let (sender, receiver) = oneshot::channel();
        self.wait_for(end, Waiter::Task(sender));
        Ok(Some(receiver))
    }

    /// Asks for a position to be made durable soon, and to be told.
    pub(crate) fn wait_for(&mut self, end: u64, waiter: Waiter) {
        if end > self.end.saturating_sub(self.pending.len() as u64) {
            self.haste = Some(Haste::Now);
        }
        self.waiters.push((end, waiter));
    }

    /// Takes everything pending as one batch; `spare` is an empty buffer to fill next.
    pub(crate) fn take(&mut self, spare: Vec<u8>) -> Batch {
        self.haste = None;
        Batch {
            bytes: std::mem::replace(&mut self.pending, spare),
            changes: std::mem::take(&mut self.pending_changes),
            end: self.end,
        }
    }

    /// Waiters whose position is durable now.
    pub(crate) fn satisfied(&mut self) -> Vec<Waiter> {
        let durable = self.durable;
        self.waiters.extract_if(.., |(end, _)| *end <= durable).map(|(_, waiter)| waiter).collect()
    }

    /// Forgets keys that the projection knows by now.
    pub(crate) fn projected(&mut self, changes: &[Change], position: u64) {
        for change in changes {
            if self.overlay.get(&change.key).is_some_and(|fresh| fresh.end <= position) {
                self.overlay.remove(&change.key);
            }
        }
    }
}
