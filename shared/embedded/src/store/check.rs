//! Whether the projection says what the journal says, key by key; and making it anew.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ideamine_core::Failure;

use super::change::Table;
use super::projection::{Projection, Sync};
use super::{JOURNAL_DIR, PROJECTION_FILE, Store, StoreOptions, seal};
use crate::disk::Disk;
use crate::error::{harmed, unavailable};
use crate::journal::{Journal, Tail};
use crate::owner::Owner;

/// Where a second projection is made, beside the first.
const SCRATCH_FILE: &str = "projection.new";
/// After the keys of all tables: their letters are less.
const AFTER_ALL: [u8; 1] = [u8::MAX];

/// A store that was found to be sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sound {
    /// Keys of the projection, each as the journal has it.
    pub keys: u64,
    /// Bytes of the journal's records, each with the right checksum.
    pub journal_bytes: u64,
}

impl Store {
    /// Reads the whole journal, makes a second projection of it and compares every key and value with the
    /// first; the second is removed again.
    ///
    /// # Errors
    /// `Data.Corrupt` saying what is harmed and what to do about it; `Store.Unavailable`.
    pub fn check(owner: &Owner, options: &StoreOptions) -> Result<Sound, Failure> {
        let (dir, disk) = (owner.dir(), Disk::default());
        let (journal, end) = journal(dir, options)?;
        let projection = open(dir, &journal, end, &disk)?;
        let scratch = Scratch::make(dir, &journal, end, disk)?;
        let differing = differences(&projection, &scratch.projection)?;
        projection.close();
        if differing.total > 0 {
            return Err(harmed(&dir.join(PROJECTION_FILE), &differing.to_string()));
        }
        Ok(Sound { keys: differing.keys, journal_bytes: end })
    }

    /// Makes the projection anew from the journal alone, every record checked; the old one stays until then.
    ///
    /// # Errors
    /// `Data.Corrupt` when the journal is harmed; `Store.Unavailable`.
    pub fn rebuild(owner: &Owner, options: &StoreOptions) -> Result<(), Failure> {
        let (journal, end) = journal(owner.dir(), options)?;
        Scratch::make(owner.dir(), &journal, end, Disk::default())?.keep(owner.dir())
    }
}

/// The projection of a directory, made when there is none, and brought up to the journal's end.
///
/// # Errors
/// `Data.Corrupt` when it or the journal is harmed; `Store.Unavailable`.
pub(crate) fn open(dir: &Path, journal: &Journal, end: u64, disk: &Disk) -> Result<Projection, Failure> {
    let path = dir.join(PROJECTION_FILE);
    if !path.try_exists().map_err(|e| unavailable("look for", &path, &e))? {
        Scratch::make(dir, journal, end, disk.clone())?.keep(dir)?;
    }
    let mut projection = Projection::open(&path, disk.clone())?;
    if !projection.current()? {
        projection.give_up()?;
        Scratch::make(dir, journal, end, disk.clone())?.keep(dir)?;
        projection = Projection::open(&path, disk.clone())?;
    }
    projection.catch_up(journal, end)?;
    Ok(projection)
}

/// The journal, its torn end forgotten, and where it ends.
fn journal(dir: &Path, options: &StoreOptions) -> Result<(Journal, u64), Failure> {
    super::compact::settle(dir)?;
    let dir = dir.join(JOURNAL_DIR);
    let end = Tail::open(&dir, options.segment_bytes, Disk::default())?.end();
    Ok((Journal::new(&dir), end))
}

/// A projection of the whole journal, removed when dropped.
struct Scratch {
    path: PathBuf,
    projection: Projection,
}

impl Scratch {
    fn make(dir: &Path, journal: &Journal, end: u64, disk: Disk) -> Result<Self, Failure> {
        let path = dir.join(SCRATCH_FILE);
        remove(&path).map_err(|e| unavailable("remove", &path, &e))?;
        let scratch = Self { projection: Projection::make(&path, disk)?, path };
        scratch.projection.catch_up(journal, end)?;
        Ok(scratch)
    }

    /// Puts it in the place of the directory's projection.
    fn keep(self, dir: &Path) -> Result<(), Failure> {
        self.projection.apply(&[], None, Sync::Now)?;
        self.projection.give_up()?;
        let path = dir.join(PROJECTION_FILE);
        let kept = fs::rename(&self.path, &path).and_then(|()| fs::File::open(dir)?.sync_all());
        kept.map_err(|e| unavailable("replace the projection", &path, &e))?;
        seal::leave(&path);
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = self.projection.give_up();
        // What cannot be removed now is removed before the next one is made.
        let _ = remove(&self.path);
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// How many keys differ, by table.
#[derive(Default)]
struct Differences {
    keys: u64,
    total: u64,
    by_table: BTreeMap<&'static str, u64>,
}

impl Differences {
    fn count(&mut self, key: &[u8]) {
        self.total += 1;
        *self.by_table.entry(Table::name_of(key)).or_default() += 1;
    }
}

impl std::fmt::Display for Differences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tables: Vec<_> = self.by_table.iter().map(|(table, count)| format!("{table}: {count}")).collect();
        write!(f, "{} of {} keys are not what the journal says, {}", self.total, self.keys, tables.join(", "))
    }
}

/// Compares every key and value of a projection with those of one that is right.
fn differences(found: &Projection, right: &Projection) -> Result<Differences, Failure> {
    let mut differing = Differences::default();
    let mut failed = None;
    right.range(&[], &AFTER_ALL, &mut |key, value| {
        differing.keys += 1;
        match found.get(key) {
            Ok(there) if there.as_deref() == Some(value) => {}
            Ok(_) => differing.count(key),
            Err(failure) => failed = Some(failure),
        }
        failed.is_none()
    })?;
    found.range(&[], &AFTER_ALL, &mut |key, _| {
        match right.get(key) {
            Ok(None) => differing.count(key),
            Ok(Some(_)) => {}
            Err(failure) => failed = Some(failure),
        }
        failed.is_none()
    })?;
    failed.map_or(Ok(differing), Err)
}

#[cfg(test)]
mod tests {
    use ideamine_core::ports::Ledger;
    use ideamine_core::{RunId, Tenant};
    use ideamine_testkit::decision;

    use super::*;
    use crate::store::change::{Change, form_key};

    #[tokio::test]
    async fn a_projection_of_another_form_is_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Store::open(Owner::acquire(dir.path()).unwrap(), StoreOptions::default()).unwrap();
        let (run, facts) =
            (RunId::new("r1").unwrap(), vec![decision("01-a", 0, "x"), decision("01-a", 1, "y")]);
        let store = open();
        store.insert(&Tenant::local(), &run, facts.clone()).await.unwrap();
        store.close();
        drop(store);
        for form in [None, Some([super::super::projection::FORM + 1].into())] {
            let projection = Projection::open(&dir.path().join(PROJECTION_FILE), Disk::default()).unwrap();
            let other = |key: Vec<u8>, value| Change { key: key.into(), value, lies_at: None };
            let unknown = other(b"f-unknown".to_vec(), Some([1].into()));
            projection.apply(&[other(form_key(), form), unknown], None, Sync::Now).unwrap();
            projection.close();
            let store = open();
            assert_eq!(store.facts(&Tenant::local(), &run).await.unwrap(), facts);
            store.close();
            drop(store);
            Store::check(&Owner::acquire(dir.path()).unwrap(), &StoreOptions::default()).unwrap();
        }
    }
}
