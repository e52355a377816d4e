//! Compaction: the journal written anew without the records of removed runs, and what only they referred to removed.
//!
//! It is done by the one process that owns the directory, while nothing else writes, so that no document can be
//! stored while it is being removed. The new journal is made beside the old one; one file, the intent, then decides
//! ([`commit`]): before it nothing has changed, after it every opening goes on until all is done.

mod commit;
mod sieve;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use ideamine_core::ports::Key;
use ideamine_core::{Digest, Failure, RunId, Tenant};
use serde_json::Value;

pub(crate) use commit::settle;

use super::Store;
use crate::error::unavailable;
use crate::journal::{Kind, Record, RowWrite, Tail, json, push};
use commit::{INTENT_FILE, Intent, NEW_JOURNAL_DIR};
use sieve::Sieve;

/// Record bytes written and synced together.
const BATCH_BYTES: usize = 256 * 1024;

/// What is to go.
#[derive(Debug, Clone)]
pub struct Removal {
    /// Whose runs.
    pub tenant: Tenant,
    /// Runs whose facts, sealed rows and heads go.
    pub runs: BTreeSet<RunId>,
    /// Executions that go with all that they started; all must have ended.
    pub executions: BTreeSet<String>,
    /// Partitions whose rows go.
    pub partitions: BTreeSet<String>,
    /// Further rows that go.
    pub rows: BTreeSet<Key>,
    /// Partitions whose rows stay, and keep no document.
    pub weak: BTreeSet<String>,
}

/// What a compaction came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Record bytes of the journal before and after, uncompressed.
    pub bytes_before: u64,
    /// See `bytes_before`.
    pub bytes_after: u64,
}

/// What is done with a record: its kind and payload.
type Each<'e> = &'e mut dyn FnMut(Kind, &[u8]) -> Result<(), Failure>;

impl Store {
    /// Digests that stand anywhere in the records that would stay: the roots of every document that stays.
    ///
    /// # Errors
    /// `Step.Conflict` when an execution that is to go has not ended; `Data.Corrupt`; `Store.Unavailable`.
    pub fn named(&self, removal: &Removal) -> Result<BTreeSet<Digest>, Failure> {
        let mut sieve = Sieve::new(self.shared(), removal)?;
        self.sift(&mut sieve, &mut |_, _| Ok(()))?;
        Ok(sieve.named)
    }

    /// Writes the journal anew without what is to go and with `rows`, and removes documents and other files of the
    /// directory, given by their paths in it. The store is closed by it. No engine may write any more.
    ///
    /// # Errors
    /// As [`Store::named`]; before the decision nothing has changed, and after it the next opening goes on.
    pub fn compact(
        &self,
        removal: &Removal,
        rows: BTreeMap<Key, Value>,
        paths: &[PathBuf],
        segment_bytes: u64,
    ) -> Result<Compacted, Failure> {
        let compacted = self.decide(removal, rows, paths, segment_bytes)?;
        self.inner.end();
        let settled = settle(self.dir());
        self.close();
        settled.map(|()| compacted)
    }

    /// Everything up to the intent, after which there is no way back.
    fn decide(
        &self,
        removal: &Removal,
        rows: BTreeMap<Key, Value>,
        paths: &[PathBuf],
        segment_bytes: u64,
    ) -> Result<Compacted, Failure> {
        let fresh = self.dir().join(NEW_JOURNAL_DIR);
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(|e| unavailable("remove", &fresh, &e))?;
        }
        let mut tail = Tail::open(&fresh, segment_bytes, crate::disk::Disk::default())?;
        let mut sieve = Sieve::new(self.shared(), removal)?;
        let mut batch = vec![];
        let bytes_before = self.sift(&mut sieve, &mut |kind, payload| {
            push(&mut batch, kind, payload);
            if batch.len() >= BATCH_BYTES {
                tail.append(&batch)?;
                batch.clear();
            }
            Ok(())
        })?;
        let write = |(key, value): (Key, Value)| {
            Ok(RowWrite { pk: key.pk, sk: key.sk, version: 1, value: Some(json(&value)?) })
        };
        let rows = rows.into_iter().map(write).collect::<Result<Vec<_>, Failure>>()?;
        let (kind, payload) = Record::Rows(rows).encode()?;
        push(&mut batch, kind, &payload);
        tail.append(&batch)?;
        tail.trim()?;
        let compacted = Compacted { bytes_before, bytes_after: tail.end() };
        drop(tail);
        let intent = json(&Intent::new(paths)?)?;
        crate::private::write(&self.dir().join(INTENT_FILE), &intent)?;
        Ok(compacted)
    }

    /// Gives every record that stays to `each`, in order; where the journal ends.
    fn sift(&self, sieve: &mut Sieve<'_>, each: Each<'_>) -> Result<u64, Failure> {
        let until = self.shared().lock().durable;
        self.shared().journal.scan(0, until, &mut |_, kind, payload| {
            if let Some((kind, payload)) = sieve.pass(kind, payload)? {
                each(kind, &payload)?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(until)
    }
}
