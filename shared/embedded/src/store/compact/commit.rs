//! The decision of a compaction, and the way from it to its end, which can be gone again from any point.
//!
//! The intent names everything that goes. While it is there, an opening of the directory first does what is left;
//! each step finds out by itself whether it was done.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use ideamine_core::Failure;
use serde::{Deserialize, Serialize};

use crate::error::unavailable;
use crate::store::{JOURNAL_DIR, PROJECTION_FILE};

/// The decision, in the data directory.
pub(super) const INTENT_FILE: &str = "compaction.json";
/// The journal that takes the place of the other one.
pub(super) const NEW_JOURNAL_DIR: &str = "journal.new";
/// The one whose place was taken.
const OLD_JOURNAL_DIR: &str = "journal.old";
/// The note of how the projection was left.
const PROJECTION_NOTE: &str = "projection.left";

/// What was decided.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    /// Files and folders that go, by their paths in the data directory.
    remove: Vec<PathBuf>,
}

impl Intent {
    /// # Errors
    /// `Internal.Bug` for a path that could lead out of the data directory.
    pub(super) fn new(paths: &[PathBuf]) -> Result<Self, Failure> {
        let inside = |path: &PathBuf| path.components().all(|part| matches!(part, Component::Normal(_)));
        match paths.iter().find(|path| !inside(path)) {
            Some(path) => Err(Failure::bug(format!("{} is no path in the data directory", path.display()))),
            None => Ok(Self { remove: paths.to_vec() }),
        }
    }
}

/// Goes on with a compaction that was decided; forgets one that was not.
///
/// # Errors
/// `Store.Unavailable`; `Data.Corrupt` for an intent that cannot be read.
pub(crate) fn settle(dir: &Path) -> Result<(), Failure> {
    let path = dir.join(INTENT_FILE);
    let intent = match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice::<Intent>(&bytes),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let fresh = dir.join(NEW_JOURNAL_DIR);
            return gone(&fresh).map_err(|e| unavailable("remove", &fresh, &e));
        }
        Err(e) => return Err(unavailable("read", &path, &e)),
    };
    let unreadable =
        |e| Failure::corrupt(format!("{} cannot be read: {e}; restore it from a backup", path.display()));
    let intent = Intent::new(&intent.map_err(unreadable)?.remove)?;
    for step in steps(&intent) {
        step.go(dir).map_err(|e| unavailable("finish the compaction of", dir, &e))?;
    }
    Ok(())
}

/// One step; gone again, it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The journals change places; the projection of the old one goes first.
    Replace,
    /// A file or folder goes.
    Remove(PathBuf),
    /// All is done.
    Done,
}

pub(super) fn steps(intent: &Intent) -> Vec<Step> {
    let removals = intent.remove.iter().cloned().map(Step::Remove);
    let old = [Step::Replace, Step::Remove(OLD_JOURNAL_DIR.into())];
    old.into_iter().chain(removals).chain([Step::Done]).collect()
}

impl Step {
    pub(super) fn go(&self, dir: &Path) -> io::Result<()> {
        match self {
            Self::Replace => replace(dir),
            Self::Remove(path) => gone(&dir.join(path)),
            Self::Done => gone(&dir.join(INTENT_FILE)),
        }?;
        File::open(dir)?.sync_all()
    }
}

fn replace(dir: &Path) -> io::Result<()> {
    let [fresh, journal, old] = [NEW_JOURNAL_DIR, JOURNAL_DIR, OLD_JOURNAL_DIR].map(|name| dir.join(name));
    if !fresh.exists() {
        return Ok(());
    }
    gone(&dir.join(PROJECTION_FILE))?;
    gone(&dir.join(PROJECTION_NOTE))?;
    if journal.exists() {
        gone(&old)?;
        fs::rename(&journal, &old)?;
    }
    fs::rename(&fresh, &journal)
}

/// Removes a file or a folder, if it is there.
fn gone(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
