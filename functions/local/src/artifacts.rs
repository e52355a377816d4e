//! Dossiers and artifacts as files.

use std::path::{Path, PathBuf};

use ideamine_core::records::RunRow;
use ideamine_core::{Failure, RunId};
use ideamine_embedded::private;
use ideamine_runs::Runs;
use serde_json::{Value, json};

pub(crate) use ideamine_runs::{bytes, render};

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

/// Writes a file as a whole or not at all.
pub(crate) fn save(path: &PathBuf, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write as _;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| std::path::Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| cannot(path, &e))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| cannot(path, &e))?;
    file.persist(path).map_err(|e| cannot(path, &e.error))?;
    Ok(())
}

fn cannot(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("{}: cannot be written: {error}", path.display()))
}
