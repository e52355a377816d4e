//! One process at a time works on a data directory: who it is, and how another one finds out.
//!
//! The lock is the kernel's (`flock`), so it ends with the process however that ends; the process id in the
//! file is only for messages.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;

use crate::error::unavailable;

const LOCK_FILE: &str = "owner.lock";

/// The right to work on a data directory; given up when dropped.
#[derive(Debug)]
pub struct Owner {
    dir: PathBuf,
    lock: File,
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Closing alone would leave the lock with a child process that was forked and has not begun yet.
        let _ = self.lock.unlock();
    }
}

/// Whose a data directory is.
#[derive(Debug)]
pub enum Ownership {
    /// This caller's, from now on.
    Mine(Owner),
    /// Another one's.
    Other {
        /// Its process id, if it could be read.
        pid: Option<u32>,
    },
}

impl Owner {
    /// Takes the directory if no living process has it; makes it when it is new.
    ///
    /// # Errors
    /// `Store.Unavailable` when the directory cannot be made or written.
    pub fn try_acquire(dir: &Path) -> Result<Ownership, Failure> {
        // Questions and answers lie in it: for its owner's eyes alone.
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|e| unavailable("make the data directory", dir, &e))?;
        let path = dir.join(LOCK_FILE);
        let mut file = open(&path).map_err(|e| unavailable("open", &path, &e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Ownership::Other { pid: read_pid(&mut file) }),
            Err(TryLockError::Error(e)) => return Err(unavailable("lock", &path, &e)),
        }
        write_pid(&mut file).map_err(|e| unavailable("write", &path, &e))?;
        Ok(Ownership::Mine(Self { dir: dir.to_owned(), lock: file }))
    }

    /// As [`Owner::try_acquire`], but another owner is a failure.
    ///
    /// # Errors
    /// `Store.Unavailable` naming the process that has the directory.
    pub fn acquire(dir: &Path) -> Result<Self, Failure> {
        match Self::try_acquire(dir)? {
            Ownership::Mine(owner) => Ok(owner),
            Ownership::Other { pid } => {
                let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                let message = format!("{} is in use by {who}", dir.display());
                Err(Failure::new(FailureKind::StoreUnavailable, message))
            }
        }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_owner_at_a_time_and_the_other_learns_who() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new");
        let owner = Owner::acquire(&path).unwrap();
        match Owner::try_acquire(&path).unwrap() {
            Ownership::Other { pid } => assert_eq!(pid, Some(std::process::id())),
            Ownership::Mine(_) => panic!("two owners"),
        }
        let refused = Owner::acquire(&path).unwrap_err();
        assert!(refused.message.contains(&std::process::id().to_string()), "{refused}");
        drop(owner);
        Owner::acquire(&path).unwrap();
    }

    #[test]
    fn a_dead_owners_file_is_no_hindrance() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(LOCK_FILE), "999999 and rubbish\n").unwrap();
        Owner::acquire(dir.path()).unwrap();
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let failure = Owner::acquire(&file.join("data")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::StoreUnavailable);
        assert!(failure.message.contains("file/data"), "{failure}");
    }
}
