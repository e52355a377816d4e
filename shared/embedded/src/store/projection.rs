//! The projection: the journal's outcome as ordered keys in redb, with the journal position it knows.
//!
//! It can be lost at any time; [`Projection::catch_up`] makes it again from the journal.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use ideamine_core::Failure;
use redb::{Database, Durability, ReadableDatabase, TableDefinition};

use super::change::{self, Change, changes};
use crate::error::projection as broken;
use crate::journal::{Journal, Record};

const KEYS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("keys");

/// Most memory of redb's page cache, bytes.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Changes applied in one transaction while catching up.
const CATCH_UP_CHANGES: usize = 20_000;

/// Whether a transaction must be on disk when it returns; the journal makes up for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    Now,
    Later,
}

/// The open projection.
#[derive(Debug)]
pub(crate) struct Projection {
    /// Absent once closed, so that another store can open the file.
    db: RwLock<Option<Database>>,
    path: PathBuf,
}

impl Projection {
    /// Opens or makes it.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let db = Database::builder().set_cache_size(CACHE_BYTES).create(path);
        let db = db.map_err(|e| broken("open", path, e))?;
        let projection = Self { db: RwLock::new(Some(db)), path: path.to_owned() };
        projection.apply(&[], None, Sync::Later)?;
        Ok(projection)
    }

    /// Position up to which the journal is projected.
    pub(crate) fn position(&self) -> Result<u64, Failure> {
        let bytes = self.get(&change::position_key())?;
        Ok(bytes.and_then(|bytes| bytes.as_slice().try_into().ok()).map_or(0, u64::from_be_bytes))
    }

    /// One value.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.with("read", |db| {
            let table = db.begin_read()?.open_table(KEYS)?;
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        })
    }

    /// Keys in `from..until` in order, given to `each` until it returns false.
    pub(crate) fn range(
        &self,
        from: &[u8],
        until: &[u8],
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), Failure> {
        self.with("read", |db| {
            let table = db.begin_read()?.open_table(KEYS)?;
            for item in table.range(from..until)? {
                let (key, value) = item?;
                if !each(key.value(), value.value()) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Applies changes in order, and the position they lead to, in one transaction.
    pub(crate) fn apply(&self, changes: &[Change], position: Option<u64>, sync: Sync) -> Result<(), Failure> {
        self.with("write", |db| {
            let mut transaction = db.begin_write()?;
            match sync {
                // Saves redb a walk over all its pages after a crash.
                Sync::Now => transaction.set_quick_repair(true),
                Sync::Later => transaction.set_durability(Durability::None)?,
            }
            let mut table = transaction.open_table(KEYS)?;
            for change in changes {
                match &change.value {
                    Some(value) => table.insert(&*change.key, &**value)?,
                    None => table.remove(&*change.key)?,
                };
            }
            if let Some(position) = position {
                table.insert(change::position_key().as_slice(), position.to_be_bytes().as_slice())?;
            }
            drop(table);
            Ok(transaction.commit()?)
        })
    }

    /// Gives the file up.
    pub(crate) fn close(&self) {
        self.db.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn with<T>(
        &self,
        what: &str,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, Failure> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        work(db.as_ref().ok_or_else(super::closed)?).map_err(|e| broken(what, &self.path, e))
    }

    /// Projects everything between the known position and `end`.
    ///
    /// # Errors
    /// `Data.Corrupt` when the journal is harmed, or ends before what was projected.
    pub(crate) fn catch_up(&self, journal: &Journal, end: u64) -> Result<(), Failure> {
        let from = self.position()?;
        if from > end {
            let message = format!(
                "the journal ends at position {end} but {from} was known: its end is missing; restore it from a \
                 backup, or accept the loss with `ideamine doctor --rebuild`"
            );
            return Err(Failure::corrupt(message));
        }
        let mut gathered = Vec::new();
        journal.scan(from, end, &mut |at, kind, payload| {
            // All before this record is applied when the batch is full, so its position is known then.
            if gathered.len() >= CATCH_UP_CHANGES {
                self.apply(&gathered, Some(at), Sync::Later)?;
                gathered.clear();
            }
            gathered.extend(changes(&Record::decode(kind, payload)?, at)?);
            Ok(ControlFlow::Continue(()))
        })?;
        self.apply(&gathered, Some(end), Sync::Later)
    }
}
