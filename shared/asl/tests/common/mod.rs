//! Where the recordings are.

#![expect(clippy::print_stdout, reason = "a skip says why")]

use std::path::PathBuf;

/// The lines of a file of recordings; absent, with the reason printed, where there is none.
pub(crate) fn lines(name: &str) -> Option<Vec<String>> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("IDEAMINE_CORPORA").map_or(default, PathBuf::from);
    let path = folder.join("asl").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text.lines().map(str::to_owned).collect()),
        Err(why) => {
            println!("skipped: {} cannot be read ({why}); IDEAMINE_CORPORA names the folder", path.display());
            None
        }
    }
}
