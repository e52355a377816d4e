//! `verify --artifacts DIR`: files that were taken out of a run must still be what the ledger says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ideamine_core::records::FactBody;
use ideamine_core::{Digest, Failure};
use ideamine_ledger::{LedgerDocument, Problem, ProblemKind};

use super::verify::read;

/// Folders inside each other that are looked into.
const DEPTH_MAX: usize = 16;

/// A file that is named like an artifact (`prd.json`, `app/server.py`) has one of the digests that the ledger records
/// under that name; one that is named by a digest has that digest. Other files are none of a run's.
pub(super) fn check(folder: &Path, ledger: Option<&LedgerDocument>) -> Result<Vec<Problem>, Failure> {
    let recorded = recorded(ledger);
    let mut problems = vec![];
    for path in files(folder)? {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let last = name.rsplit('/').next().unwrap_or_default();
        let claimed = format!("sha256:{}", last.trim_start_matches("sha256:")).parse::<Digest>();
        let (expected, why) = match (claimed, recorded.get(name.as_str())) {
            (Ok(claimed), _) => (BTreeSet::from([claimed]), "does not have the digest in its name"),
            (Err(_), Some(recorded)) => (recorded.clone(), "is not the artifact that the ledger records"),
            (Err(_), None) => continue,
        };
        if !expected.contains(&Digest::of(&read(&path)?)) {
            let what = format!("{} {why}", path.display());
            problems.push(Problem { kind: ProblemKind::Artifact, seq: None, phase: None, what });
        }
    }
    Ok(problems)
}

/// Digests by the name of an artifact: a later attempt and a later phase replace an earlier one.
fn recorded(ledger: Option<&LedgerDocument>) -> BTreeMap<&str, BTreeSet<Digest>> {
    let mut recorded: BTreeMap<&str, BTreeSet<Digest>> = BTreeMap::new();
    for fact in ledger.into_iter().flat_map(LedgerDocument::facts) {
        if let FactBody::Artifact { name, digest, .. } = &fact.body {
            recorded.entry(name).or_default().insert(*digest);
        }
    }
    recorded
}

/// Every file below a folder; links are not followed.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot =
        |path: &Path, e: std::io::Error| Failure::input(format!("--artifacts {}: {e}", path.display()));
    let mut open = vec![(folder.to_owned(), 0)];
    let mut files = vec![];
    while let Some((dir, depth)) = open.pop() {
        for entry in std::fs::read_dir(&dir).map_err(|e| cannot(&dir, e))? {
            let entry = entry.map_err(|e| cannot(&dir, e))?;
            let kind = entry.file_type().map_err(|e| cannot(&entry.path(), e))?;
            if kind.is_file() {
                files.push(entry.path());
            } else if kind.is_dir() && depth < DEPTH_MAX {
                open.push((entry.path(), depth + 1));
            }
        }
    }
    files.sort();
    Ok(files)
}
