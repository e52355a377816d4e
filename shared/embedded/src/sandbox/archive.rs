//! A job's files on their way into its sandbox: one archive, in a file of memory without a name.
//!
//! They are unpacked inside, into the job's own file system: the host's is never written by a job.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _};
use std::path::{Component, Path};

use ideamine_core::Failure;
use ideamine_core::ports::SourceFile;
use rustix::fs::{MemfdFlags, memfd_create};

use super::failed;

/// Most files laid out for one job.
const FILES_MAX: usize = 2_000;
/// Most bytes laid out for one job.
const FILES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest path of a file, bytes; the kernel's own limit is 4,096 with the folder before it.
const PATH_BYTES_MAX: usize = 1_024;
/// Longest name of a file or folder, bytes: the kernel's own limit.
const NAME_BYTES_MAX: usize = 255;

/// The archive, to be read from its beginning.
///
/// # Errors
/// `Input.Invalid` for files that cannot be laid out, `Sandbox.Failed` when the archive cannot be written.
pub(super) fn of(files: &[SourceFile]) -> Result<File, Failure> {
    check(files)?;
    write(files).map_err(|e| failed(format!("a job's files could not be laid out: {e}")))
}

fn write(files: &[SourceFile]) -> io::Result<File> {
    let mut archive = tar::Builder::new(BufWriter::new(nameless()?));
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, &file.path, file.content.as_bytes())?;
    }
    let mut file = archive.into_inner()?.into_inner()?;
    file.rewind()?;
    Ok(file)
}

/// An empty file in memory: a job needs no room on any disk.
///
/// # Errors
/// When the kernel gives none.
pub(super) fn nameless() -> io::Result<File> {
    Ok(memfd_create("ideamine-job", MemfdFlags::CLOEXEC)?.into())
}

fn check(files: &[SourceFile]) -> Result<(), Failure> {
    let bytes: usize = files.iter().map(|file| file.content.len()).sum();
    if files.len() > FILES_MAX || bytes > FILES_BYTES_MAX {
        let (count, most) = (files.len(), FILES_BYTES_MAX);
        return Err(Failure::input(format!(
            "a job's {count} files with {bytes} bytes are over the limits of {FILES_MAX} files and {most} bytes"
        )));
    }
    let refused =
        |path: &str, why: &str| Err(Failure::input(format!("job file `{}` {why}", shortened(path))));
    let mut seen = BTreeSet::new();
    for path in files.iter().map(|file| file.path.as_str()) {
        if !plain(path) {
            return refused(path, "is not a plain relative path");
        }
        if path.len() > PATH_BYTES_MAX || path.split('/').any(|name| name.len() > NAME_BYTES_MAX) {
            return refused(path, "has too long a name");
        }
        if !seen.insert(path) {
            return refused(path, "comes twice");
        }
    }
    let above = |path: &&str| {
        Path::new(*path).ancestors().skip(1).any(|p| p.to_str().is_some_and(|p| seen.contains(p)))
    };
    seen.iter().find(|path| above(path)).map_or(Ok(()), |path| refused(path, "lies below another file"))
}

fn shortened(path: &str) -> String {
    path.chars().take(100).collect()
}

/// Relative, with plain components only, and written the one way it can be.
fn plain(path: &str) -> bool {
    let named = |part: Component<'_>| matches!(part, Component::Normal(_));
    !path.is_empty()
        && !path.contains('\0')
        && path.split('/').all(|part| !part.is_empty() && part != ".")
        && Path::new(path).components().all(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_can_be_laid_out_are_taken() {
        let check = |paths: &[&str], refused: Option<&str>| {
            let file = |path: &&str| SourceFile { path: (*path).to_owned(), content: String::new() };
            let got = of(&paths.iter().map(file).collect::<Vec<_>>()).err().map(|failure| failure.message);
            match refused {
                None => assert_eq!(got, None, "{paths:?}"),
                Some(why) => assert!(got.as_ref().is_some_and(|m| m.contains(why)), "{paths:?}: {got:?}"),
            }
        };
        check(&["app/server.py", "a", "app/b"], None);
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a/", "a\0b"] {
            check(&[path], Some("plain relative path"));
        }
        check(&["a", "a"], Some("comes twice"));
        check(&["a", "a/b/c"], Some("`a/b/c` lies below another file"));
        check(&[&"n".repeat(NAME_BYTES_MAX)], None);
        check(&[&"n".repeat(NAME_BYTES_MAX + 1)], Some("too long a name"));
        check(&[&"a/".repeat(PATH_BYTES_MAX)[..PATH_BYTES_MAX + 1]], Some("too long a name"));
    }
}
