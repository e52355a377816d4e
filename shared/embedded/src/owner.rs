//! One process at a time works on a data directory: who it is, and how another one finds out.
//!
//! The lock is the kernel's (`flock`), so it ends with the process however that ends; the process id in the
//! file is only for messages.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;

use crate::error::unavailable;
use crate::private;

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
    /// `Input.Invalid` when something else lies where the directory should be; `Store.Unavailable` when it
    /// cannot be made or written.
    pub fn try_acquire(dir: &Path) -> Result<Ownership, Failure> {
        private::make_dirs(dir).map_err(|e| not_made(dir, &e))?;
        let path = dir.join(LOCK_FILE);
        let open = private::options().create(true).truncate(false).open(&path);
        let mut file = open.map_err(|e| unavailable("open", &path, &e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Ownership::Other { pid: read_pid(&mut file) }),
            Err(TryLockError::Error(e)) => return Err(unavailable("lock", &path, &e)),
        }
        if let Err(error) = write_pid(&mut file) {
            // Only others who find the directory in use would like to know: reading must go on on a full disk.
            tracing::warn!(%error, "the owner's process id is not noted");
        }
        private::shut(dir).map_err(|e| unavailable("keep others out of", dir, &e))?;
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

fn not_made(dir: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => Failure::input(format!(
            "the data directory {} cannot be made: a file is in its way; choose another directory or move that file",
            dir.display()
        )),
        _ => unavailable("make the data directory", dir, error),
    }
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
    use std::fs;

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
    fn a_file_in_the_directorys_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        for wanted in [file.clone(), file.join("data")] {
            let failure = Owner::acquire(&wanted).unwrap_err();
            assert_eq!(failure.kind, FailureKind::InputInvalid);
            assert!(failure.message.contains(wanted.to_str().unwrap()), "{failure}");
        }
    }
}
