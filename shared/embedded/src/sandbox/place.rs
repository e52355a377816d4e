//! A job's folder on the host: laid out before it starts, made removable after it ended.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::net::UnixListener;
use std::path::{Component, Path, PathBuf};

use ideamine_core::Failure;
use ideamine_core::ports::SourceFile;
use tempfile::TempDir;

use super::{collect, failed};

/// Most files laid out for one job.
const FILES_MAX: usize = 2_000;
/// Most bytes laid out for one job.
const FILES_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Where one job works. Dropping it removes the folder.
pub(super) struct Place {
    root: TempDir,
}

impl Place {
    /// Writes the files of a job, owned by whoever it will be.
    pub(super) fn lay_out(files: &[SourceFile], uid: Option<u32>) -> Result<Self, Failure> {
        check(files)?;
        let written = || -> io::Result<Self> {
            let place = Self { root: tempfile::Builder::new().prefix("ideamine-job-").tempdir()? };
            give(place.root.path(), uid)?;
            make_folder(&place.folder(), uid)?;
            files.iter().try_for_each(|file| place.write(file, uid))?;
            Ok(place)
        };
        written().map_err(|e| failed(format!("a job's folder could not be laid out: {e}")))
    }

    /// What the job sees as its working directory.
    pub(super) fn folder(&self) -> PathBuf {
        self.root.path().join("files")
    }

    /// Beside the working directory: the job inherits the socket, and never sees its path.
    pub(super) fn socket(&self) -> PathBuf {
        self.root.path().join("http")
    }

    /// A listening socket for a probed job. Unix, not TCP: a listening TCP socket of the host could be shut
    /// down by the job and connected anew, to anywhere in the host's network.
    pub(super) fn listen(&self) -> Result<UnixListener, Failure> {
        UnixListener::bind(self.socket()).map_err(|e| failed(format!("no socket for a probed job: {e}")))
    }

    fn write(&self, file: &SourceFile, uid: Option<u32>) -> io::Result<()> {
        let path = self.folder().join(&file.path);
        let mut folder = self.folder();
        for part in Path::new(&file.path).parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if !folder.is_dir() {
                make_folder(&folder, uid)?;
            }
        }
        fs::write(&path, &file.content)?;
        give(&path, uid)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A folder that the job made unreadable could not be removed.
        if let Err(error) = collect::make_removable(&self.folder()) {
            tracing::warn!(%error, "a sandboxed job's folder may stay behind");
        }
    }
}

fn make_folder(path: &Path, uid: Option<u32>) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    give(path, uid)
}

/// Makes `uid` the owner, where we become someone else to run jobs.
pub(super) fn give(path: &Path, uid: Option<u32>) -> io::Result<()> {
    uid.map_or(Ok(()), |uid| chown(path, Some(uid), Some(uid)))
}

fn check(files: &[SourceFile]) -> Result<(), Failure> {
    let bytes: usize = files.iter().map(|file| file.content.len()).sum();
    if files.len() > FILES_MAX || bytes > FILES_BYTES_MAX {
        let (count, most) = (files.len(), FILES_BYTES_MAX);
        return Err(Failure::input(format!(
            "a job's {count} files with {bytes} bytes are over the limits of {FILES_MAX} files and {most} bytes"
        )));
    }
    let mut seen = BTreeSet::new();
    for file in files {
        if !plain(&file.path) {
            return Err(Failure::input(format!(
                "job file `{}`: expected a plain relative path",
                shortened(&file.path)
            )));
        }
        if !seen.insert(file.path.as_str()) {
            return Err(Failure::input(format!("job file `{}` comes twice", shortened(&file.path))));
        }
    }
    Ok(())
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
    fn only_plain_relative_paths_are_laid_out() {
        let check = |path: &str, good: bool| assert_eq!(plain(path), good, "{path:?}");
        check("app/server.py", true);
        check("a", true);
        check("", false);
        check("/etc/passwd", false);
        check("../x", false);
        check("a/../../x", false);
        check("a//b", false);
        check("a/./b", false);
        check("a/", false);
        check("a\0b", false);
    }

    #[test]
    fn a_path_may_not_come_twice() {
        let file = SourceFile { path: "a".to_owned(), content: String::new() };
        assert!(Place::lay_out(&[file.clone(), file], None).is_err());
    }
}
