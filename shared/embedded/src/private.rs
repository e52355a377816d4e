//! Files and folders of the data directory: their owner's alone, because ideas, questions and answers lie in them.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use ideamine_core::Failure;

use crate::error::unavailable;

/// Mode of a folder.
const DIR_MODE: u32 = 0o700;
/// Mode of a file.
const FILE_MODE: u32 = 0o600;
/// What the names of files begin with that were not written to their end.
pub(crate) const UNFINISHED: &str = ".new-";
/// What nobody but the owner may do.
const OTHERS: u32 = 0o077;

/// For a file to read and write, made with mode 600 when it is new.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(FILE_MODE);
    options
}

/// Makes missing folders with mode 700, each entered in its parent durably.
pub(crate) fn make_dirs(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_dirs(parent)?;
    }
    match DirBuilder::new().mode(DIR_MODE).create(dir) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists || !dir.is_dir() => return Err(e),
        _ => {}
    }
    File::open(parent.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// Takes from others what they may do with whatever lies directly in `dir`; nothing deeper can be reached then.
pub(crate) fn shut(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let metadata = fs::symlink_metadata(&path)?;
        if !metadata.is_symlink() && metadata.mode() & OTHERS != 0 {
            fs::set_permissions(&path, Permissions::from_mode(metadata.mode() & 0o7777 & !OTHERS))?;
        }
    }
    Ok(())
}

/// Writes a file of the data directory as a whole or not at all, with mode 600 and missing folders with mode 700.
///
/// # Errors
/// `Store.Unavailable`: which file, and what the system said.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let written = make_dirs(dir).and_then(|()| replace(path, dir, bytes));
    written.map_err(|e| unavailable("write", path, &e))
}

/// Puts a file with these bytes at `path` in the folder `dir`, durably, whatever was there.
pub(crate) fn replace(path: &Path, dir: &Path, bytes: &[u8]) -> io::Result<()> {
    // Opened first, so that a process without file descriptors left is told that, and no more.
    let folder = File::open(dir)?;
    let temporary = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(dir)?;
    temporary.as_file().write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    folder.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_the_owners_alone_and_what_was_not_is_shut() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/c.json");
        write(&path, b"{}").unwrap();
        assert_eq!(
            (mode(&path), mode(&dir.path().join("a/b")), mode(&dir.path().join("a"))),
            (0o600, 0o700, 0o700)
        );
        fs::set_permissions(dir.path().join("a"), Permissions::from_mode(0o755)).unwrap();
        fs::write(dir.path().join("open"), "").unwrap();
        fs::set_permissions(dir.path().join("open"), Permissions::from_mode(0o664)).unwrap();
        std::os::unix::fs::symlink("nowhere", dir.path().join("link")).unwrap();
        shut(dir.path()).unwrap();
        assert_eq!((mode(&dir.path().join("a")), mode(&dir.path().join("open"))), (0o700, 0o600));
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let failure = write(&dir.path().join("file/x"), b"").unwrap_err();
        assert!(failure.message.contains("file/x"), "{failure}");
    }
}
