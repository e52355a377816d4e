//! The projection: the journal's outcome as ordered keys in redb, with the journal position it knows.
//!
//! It can be lost at any time; [`Projection::catch_up`] makes it again from the journal. A file that was
//! changed by another hand is a failure that says so, never a panic of redb's.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock};

use ideamine_core::Failure;
use redb::{Database, Durability, ReadableDatabase, TableDefinition};

use super::change::{self, Change, changes};
use super::seal;
use crate::disk::{Backend, Disk};
use crate::error::{harmed, projection as broken, unavailable};
use crate::journal::{Journal, Record};
use crate::private;

const KEYS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("keys");

/// What the projection's keys and values look like; one of another form is made anew from the journal.
/// 2: facts and sealed rows are kept as their records' positions.
pub(crate) const FORM: u8 = 2;

/// Most memory of redb's page cache, bytes.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Changes after which a quiet close gives free pages back: redb grows its file in steps, and pages that were written
/// over stay in it.
const SHRINK_CHANGES: usize = 2_000;
/// Largest file that is shrunk, bytes: it takes time in proportion.
const SHRINK_BYTES_MAX: u64 = 256 * 1024 * 1024;

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
    /// What went wrong first; nothing is read or written after it.
    failed: OnceLock<Failure>,
    /// Changes since it was opened.
    changes: AtomicUsize,
}

impl Projection {
    /// Opens the one at `path`; reads and checks all of it unless it is just as it was left.
    ///
    /// # Errors
    /// `Data.Corrupt` when it is harmed; `Store.Unavailable`.
    pub(crate) fn open(path: &Path, disk: Disk) -> Result<Self, Failure> {
        let file = private::options().open(path);
        let file = file.map_err(|e| unavailable("open the projection", path, &e))?;
        // A file that redb would take for a new one was not made by us: ours come into being whole.
        if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            return Err(harmed(path, "it is empty"));
        }
        let projection = Self::on(path, Backend { disk, file }, seal::holds(path))?;
        projection.with("read", |db| Ok(db.begin_read()?.open_table(KEYS).map(|_| ())?))?;
        Ok(projection)
    }

    /// Makes an empty one at `path`, where no file may be.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub(crate) fn make(path: &Path, disk: Disk) -> Result<Self, Failure> {
        let file = private::options().create_new(true).open(path);
        let file = file.map_err(|e| unavailable("make the projection", path, &e))?;
        let projection = Self::on(path, Backend { disk, file }, true)?;
        let form = Change { key: change::form_key().into(), value: Some([FORM].into()), lies_at: None };
        projection.apply(&[form], Some(0), Sync::Later)?;
        Ok(projection)
    }

    fn on(path: &Path, backend: Backend, trusted: bool) -> Result<Self, Failure> {
        let db = guarded(path, "open", || {
            let mut builder = Database::builder();
            builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(!trusted);
            Ok(builder.create_with_backend(backend)?)
        })?;
        Ok(Self {
            db: RwLock::new(Some(db)),
            path: path.to_owned(),
            failed: OnceLock::new(),
            changes: AtomicUsize::new(0),
        })
    }

    /// Whether it is of the form that is written now.
    pub(crate) fn current(&self) -> Result<bool, Failure> {
        Ok(self.get(&change::form_key())?.as_deref() == Some(&[FORM]))
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
                match (&change.value, change.lies_at) {
                    (Some(_), Some(at)) => table.insert(&*change.key, change::pointer(at).as_slice())?,
                    (Some(value), None) => table.insert(&*change.key, &**value)?,
                    (None, _) => table.remove(&*change.key)?,
                };
            }
            if let Some(position) = position {
                table.insert(change::position_key().as_slice(), position.to_be_bytes().as_slice())?;
            }
            drop(table);
            self.changes.fetch_add(changes.len(), Ordering::Relaxed);
            Ok(transaction.commit()?)
        })
    }

    /// Gives the file up, and notes how it is left when all went well.
    pub(crate) fn close(&self) {
        self.shrink();
        match self.give_up() {
            Ok(()) => seal::leave(&self.path),
            Err(failure) => tracing::warn!(%failure, "the projection is checked at the next start"),
        }
    }

    /// Gives free pages back to the system, where enough was written to make that worth its time.
    fn shrink(&self) {
        let small = std::fs::metadata(&self.path).is_ok_and(|file| file.len() <= SHRINK_BYTES_MAX);
        if !small || self.failed.get().is_some() || self.changes.load(Ordering::Relaxed) < SHRINK_CHANGES {
            return;
        }
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        let Some(db) = db.as_mut() else { return };
        if let Err(failure) = guarded(&self.path, "shrink", || Ok(db.compact()?)) {
            tracing::warn!(%failure, "the projection keeps its free pages");
        }
    }

    /// Gives the file up.
    ///
    /// # Errors
    /// What went wrong now or before; the file may need repair then.
    pub(crate) fn give_up(&self) -> Result<(), Failure> {
        let db = self.db.write().unwrap_or_else(PoisonError::into_inner).take();
        guarded(&self.path, "close", || Ok(db.map_or(Ok(()), Database::close)?))?;
        self.failed.get().cloned().map_or(Ok(()), Err)
    }

    /// Why nothing can be read or written any more, once something failed.
    pub(crate) fn failed(&self) -> Option<&Failure> {
        self.failed.get()
    }

    fn with<T>(
        &self,
        what: &str,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, Failure> {
        if let Some(failed) = self.failed.get() {
            return Err(failed.clone());
        }
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        let db = db.as_ref().ok_or_else(super::closed)?;
        guarded(&self.path, what, || work(db)).map_err(|failure| self.failed.get_or_init(|| failure).clone())
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
        if from == end {
            return Ok(());
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

/// Works on redb's file; what a harmed one makes it do is a failure like any other.
fn guarded<T>(path: &Path, what: &str, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, Failure> {
    // redb takes its own locks back when it unwinds, and after a failure the database is only closed.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|e| broken(what, path, e)),
        Err(_) => Err(harmed(path, &format!("redb could not {what} it"))),
    }
}
