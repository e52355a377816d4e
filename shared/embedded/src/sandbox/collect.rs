//! Files that a job left: regular ones only, links never followed, within count and size limits.
//!
//! Folders are opened one component at a time from a handle (`openat` with `O_NOFOLLOW`), so that no name
//! the job chose can lead outside, and every file is looked at before it is opened.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};

use ideamine_core::ports::{FileOut, JobLimits};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fchmod, openat, statat};

/// Deepest folder that is looked into.
const DEPTH_MAX: usize = 24;

/// What was collected, and how much was not.
#[derive(Default)]
pub(super) struct Collected {
    /// Sorted by path.
    pub(super) files: Vec<FileOut>,
    /// Entries that are no regular files, are unreadable, or were over a limit.
    pub(super) left_out: usize,
    bytes: usize,
}

/// Collects from a folder whose job has ended.
///
/// # Errors
/// When the folder itself cannot be read.
pub(super) fn collect(folder: BorrowedFd<'_>, limits: &JobLimits) -> io::Result<Collected> {
    // The job may have locked itself out.
    fchmod(folder, Mode::RWXU)?;
    let mut collected = Collected::default();
    walk(folder, "", 0, limits, &mut collected)?;
    collected.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(collected)
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// Names in order, so that what fits within the limits does not depend on the file system.
fn names(folder: BorrowedFd<'_>) -> io::Result<Vec<std::ffi::CString>> {
    let entries = Dir::read_from(folder)?.map(|entry| entry.map(|e| e.file_name().to_owned()));
    let mut names: Vec<_> = entries.collect::<Result<_, _>>()?;
    names.retain(|name| !matches!(name.to_bytes(), b"." | b".."));
    names.sort();
    Ok(names)
}

fn walk(
    folder: BorrowedFd<'_>,
    prefix: &str,
    depth: usize,
    limits: &JobLimits,
    into: &mut Collected,
) -> io::Result<()> {
    for name in names(folder)? {
        let Ok(text) = name.to_str() else {
            into.left_out += 1;
            continue;
        };
        let path = format!("{prefix}{text}");
        match statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW).map(|s| FileType::from_raw_mode(s.st_mode)) {
            Ok(FileType::Directory) if depth < DEPTH_MAX => {
                match openat(folder, &name, FOLDER, Mode::empty()) {
                    Ok(inner) => walk(inner.as_fd(), &format!("{path}/"), depth + 1, limits, into)?,
                    Err(_) => into.left_out += 1,
                }
            }
            Ok(FileType::RegularFile) => match read(folder, &name, limits, into) {
                Some(bytes) => into.files.push(FileOut { path, bytes }),
                None => into.left_out += 1,
            },
            _ => into.left_out += 1,
        }
    }
    Ok(())
}

fn read(
    folder: BorrowedFd<'_>,
    name: &std::ffi::CStr,
    limits: &JobLimits,
    into: &mut Collected,
) -> Option<Vec<u8>> {
    if into.files.len() >= limits.collect_files {
        return None;
    }
    let file = File::from(openat(folder, name, FILE, Mode::empty()).ok()?);
    let room = limits.collect_bytes - into.bytes;
    let about = file.metadata().ok()?;
    if !about.is_file() || about.len() > room as u64 {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(room as u64).read_to_end(&mut bytes).ok()?;
    into.bytes += bytes.len();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn collected(dir: &tempfile::TempDir, limits: &JobLimits) -> Collected {
        collect(File::open(dir.path()).unwrap().as_fd(), limits).unwrap()
    }

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        fs::write(dir.path().join("sub/b"), "bb").unwrap();
        fs::write(dir.path().join("a"), "a").unwrap();
        symlink("/etc/passwd", dir.path().join("link")).unwrap();
        symlink("/etc", dir.path().join("sub/etc")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, dir.path().join("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        dir
    }

    #[test]
    fn regular_files_are_collected_and_links_and_pipes_are_not() {
        let dir = folder();
        let got = collected(&dir, &JobLimits::default());
        let paths: Vec<&str> = got.files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!((paths, got.left_out), (vec!["a", "sub/b"], 3));
    }

    #[test]
    fn limits_hold_for_count_and_size() {
        let check = |files, bytes, got: usize| {
            let limits = JobLimits { collect_files: files, collect_bytes: bytes, ..JobLimits::default() };
            assert_eq!(collected(&folder(), &limits).files.len(), got);
        };
        check(1, 100, 1);
        check(9, 1, 1);
        check(9, 0, 0);
        check(9, 3, 2);
    }
}
