//! Dossiers and artifacts as files.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ideamine_core::records::RunRow;
use ideamine_core::{Failure, RunId};
use ideamine_embedded::private;
use ideamine_runs::Runs;
use serde_json::{Value, json};

pub(crate) use ideamine_runs::{bytes, render};

/// Most links in a row that are followed to a new file, as the system itself does.
const LINKS_MAX: u32 = 40;

/// Where a run's `dossier.json` and `dossier.html` are written for a person to open.
pub(crate) fn dossier_paths(data_dir: &Path, run: &RunId) -> [PathBuf; 2] {
    let folder = data_dir.join("dossiers").join(run.as_str());
    ["dossier.json", "dossier.html"].map(|name| folder.join(name))
}

/// The dossier's files, written once into the data directory for a person to open.
pub(crate) async fn dossier_files(runs: &Runs, data_dir: &Path, row: &RunRow) -> Result<Value, Failure> {
    let Some(digest) = row.dossier else {
        return Ok(json!({ "json": null, "html": null, "pdf": null, "digest": null }));
    };
    let [json_path, html_path] = dossier_paths(data_dir, &row.run_id);
    if !json_path.exists() || !html_path.exists() {
        private::write(&html_path, &runs.page(&row.run_id).await?)?;
        private::write(&json_path, runs.dossier(&row.run_id).await?.as_bytes())?;
    }
    Ok(json!({ "json": json_path, "html": html_path, "pdf": null, "digest": digest }))
}

/// Writes what a person asked to have at `path`. A regular file is written as a whole or not at all and keeps its
/// mode and owner; a link is followed; a pipe or a character device is written into, never replaced.
///
/// # Errors
/// `Input.Invalid` naming the file; a folder, a socket and a disk are refused.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    place(path).and_then(|place| place.write(bytes)).map_err(|e| cannot(path, &e))
}

/// Where bytes go.
enum Place {
    /// Into a file at this path, which is there with this metadata, or is new.
    File(PathBuf, Option<fs::Metadata>),
    /// Into what is at this path.
    Stream(PathBuf),
}

fn place(path: &Path) -> io::Result<Place> {
    let there = match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Place::File(end_of_links(path)?, None)),
        there => there?,
    };
    let kind = there.file_type();
    let what = match kind {
        _ if kind.is_file() => return Ok(Place::File(fs::canonicalize(path)?, Some(there))),
        _ if kind.is_fifo() || kind.is_char_device() => return Ok(Place::Stream(path.to_owned())),
        _ if kind.is_dir() => "a folder",
        _ if kind.is_block_device() => "a disk",
        _ => "a socket",
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}, expected a file or a pipe")))
}

/// What a link to a file that is not there yet names.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            Ok(next) => path = folder(&path).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "too many links lead to each other"))
}

impl Place {
    fn write(self, bytes: &[u8]) -> io::Result<()> {
        match self {
            // Without a reader this waits for one, as every other program does.
            Self::Stream(path) => OpenOptions::new().write(true).open(path)?.write_all(bytes),
            Self::File(path, there) => {
                let mut file = tempfile::NamedTempFile::new_in(folder(&path))?;
                file.write_all(bytes)?;
                if let Some(there) = there {
                    // Only a privileged user may give a file away; for others it is theirs anyway.
                    let _ = std::os::unix::fs::fchown(file.as_file(), Some(there.uid()), Some(there.gid()));
                    file.as_file().set_permissions(fs::Permissions::from_mode(there.mode() & 0o777))?;
                }
                file.as_file().sync_all()?;
                file.persist(path).map(drop).map_err(|e| e.error)
            }
        }
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn cannot(path: &Path, error: &io::Error) -> Failure {
    Failure::input(format!("{}: cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_at_a_path_stays_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let is_link = |name: &str| fs::symlink_metadata(path(name)).unwrap().is_symlink();
        fs::write(path("open"), "before").unwrap();
        fs::set_permissions(path("open"), fs::Permissions::from_mode(0o644)).unwrap();
        symlink("open", path("link")).unwrap();
        symlink("link", path("far")).unwrap();
        symlink("new", path("dangling")).unwrap();
        symlink("round", path("round")).unwrap();
        for (name, into, mode) in [
            ("open", "open", 0o644),
            ("far", "open", 0o644),
            ("dangling", "new", 0o600),
            ("own", "own", 0o600),
        ] {
            save(&path(name), name.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(path(into)).unwrap(), name);
            assert_eq!(fs::metadata(path(into)).unwrap().mode() & 0o777, mode, "{name}");
        }
        assert!(["link", "far", "dangling"].into_iter().all(is_link));
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        for (name, what) in [("socket", "a socket"), (".", "a folder"), ("round", "links")] {
            let refused = save(&path(name), b"").unwrap_err().message;
            assert!(refused.contains(what), "{refused}");
        }
    }
}
