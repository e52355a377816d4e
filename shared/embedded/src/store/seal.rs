//! How the projection's file was left: while it still is so, nobody else has written to it.
//!
//! So an ordinary opening need not read the whole file, and one after a crash, a copy or a foreign hand does.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::private;

/// Whether the file is exactly as [`leave`] saw it.
pub(crate) fn holds(path: &Path) -> bool {
    match (fs::read_to_string(note(path)), look(path)) {
        (Ok(left), Ok(found)) => left == found,
        _ => false,
    }
}

/// Notes how the file is left. Without the note the next opening only takes longer.
pub(crate) fn leave(path: &Path) {
    let leave = || -> io::Result<()> {
        let mut file = private::options().create(true).truncate(true).open(note(path))?;
        file.write_all(look(path)?.as_bytes())
    };
    if let Err(error) = leave() {
        tracing::warn!(%error, "how the projection was left is not noted; it is checked at the next start");
    }
}

fn note(path: &Path) -> PathBuf {
    path.with_extension("left")
}

/// Which file it is, its length, and when its bytes and its metadata were changed last.
fn look(path: &Path) -> io::Result<String> {
    let found = fs::metadata(path)?;
    let (bytes, all) = ((found.mtime(), found.mtime_nsec()), (found.ctime(), found.ctime_nsec()));
    Ok(format!("{} {} {}.{:09} {}.{:09}\n", found.ino(), found.len(), bytes.0, bytes.1, all.0, all.1))
}
