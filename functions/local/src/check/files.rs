//! The dossier's files in the data directory are the ones that the run wrote, and its script is the one that it names.

use std::path::Path;

use ideamine_core::Digest;
use ideamine_core::failure::FailureKind;
use ideamine_core::records::RunRow;
use ideamine_embedded::{ARTIFACT_BYTES_MAX, files};
use ideamine_ledger::Problem;

use super::record;
use crate::{artifacts, models};

/// Files that were not written out yet, or were removed, are no finding: they are written again when asked for.
pub(super) fn check(data_dir: &Path, run: &RunRow) -> Vec<Problem> {
    let mut problems = vec![];
    // One that is gone stands in the way of nothing that was done: the answers are documents.
    if let Err(failure) = models::check_script(data_dir, &run.options.model)
        && failure.kind == FailureKind::DataCorrupt
    {
        problems.push(record(None, failure.message));
    }
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
