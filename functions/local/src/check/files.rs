//! The dossier's files in the data directory are the ones that the run wrote.

use std::path::Path;

use ideamine_core::Digest;
use ideamine_core::records::RunRow;
use ideamine_embedded::{ARTIFACT_BYTES_MAX, files};
use ideamine_ledger::Problem;

use super::record;
use crate::artifacts;

/// Files that were not written out yet, or were removed, are no finding: they are written again when asked for.
pub(super) fn check(data_dir: &Path, run: &RunRow) -> Vec<Problem> {
    let mut problems = vec![];
    let [json, html] = artifacts::dossier_paths(data_dir, &run.run_id);
    for (path, written) in [(json, run.dossier), (html, run.page)] {
        let bytes = match files::read(&path, ARTIFACT_BYTES_MAX as u64) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => {
                problems.push(record(None, format!("{}: cannot be read: {e}", path.display())));
                continue;
            }
        };
        if written.is_some_and(|written| written != Digest::of(&bytes)) {
            let what = format!(
                "{} is not the file that the run wrote; remove it, and `ideamine show {}` writes it again",
                path.display(),
                run.run_id
            );
            problems.push(record(None, what));
        }
    }
    problems
}
