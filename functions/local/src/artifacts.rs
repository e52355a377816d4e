//! Artifacts and dossiers out of the store: by name, by digest, as files.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ideamine_core::records::{ArtifactRef, PhaseRow, RunRow};
use ideamine_core::{Digest, Env, Failure, RunId, Tenant};
use ideamine_embedded::private;
use ideamine_orchestration::rows;
use serde_json::{Value, json};

use crate::lookup::{context, find_run};

/// An artifact of a run by `NAME`, `PHASE/NAME` or digest. The last phase that made the name wins.
pub(crate) async fn find(env: &Env, run: &RunId, wanted: &str) -> Result<Value, Failure> {
    find_run(env, run).await?;
    let phases: Vec<PhaseRow> = rows::phases(&context(env, run)).await?;
    let found = match named(&phases, wanted) {
        Some(artifact) => artifact,
        None => by_digest(env, run, wanted).await?,
    };
    let bytes = env.artifacts.get(&Tenant::local(), &found.digest).await?;
    Ok(json!({
        "name": found.name, "digest": found.digest, "media_type": found.media_type,
        "bytes": bytes.len(), "base64": STANDARD.encode(&bytes),
    }))
}

fn named(phases: &[PhaseRow], wanted: &str) -> Option<ArtifactRef> {
    let fits = |phase: &PhaseRow, artifact: &ArtifactRef| {
        artifact.name == wanted
            || artifact.digest.to_string() == wanted
            || wanted.strip_prefix(phase.id.as_str()).and_then(|rest| rest.strip_prefix('/'))
                == Some(&artifact.name)
    };
    let mut last_first = phases.iter().rev();
    last_first.find_map(|phase| phase.artifacts.iter().find(|artifact| fits(phase, artifact)).cloned())
}

/// Anything else that the run's ledger names by digest: evidence, plan, dossier.
async fn by_digest(env: &Env, run: &RunId, wanted: &str) -> Result<ArtifactRef, Failure> {
    let missing =
        || Failure::not_found(format!("run {run} has no artifact `{wanted}`; see `ideamine show {run}`"));
    let digest: Digest = wanted.parse().map_err(|_| missing())?;
    if !env.artifacts.has(&Tenant::local(), &digest).await? {
        return Err(missing());
    }
    Ok(ArtifactRef {
        name: wanted.to_owned(),
        digest,
        media_type: "application/octet-stream".to_owned(),
        bytes: 0,
    })
}

/// The bytes of a found artifact.
pub(crate) fn bytes(found: &Value) -> Result<Vec<u8>, Failure> {
    let text = found["base64"].as_str().unwrap_or_default();
    STANDARD.decode(text).map_err(|e| Failure::corrupt(format!("artifact is not base64: {e}")))
}

/// The dossier's JSON text.
pub(crate) async fn dossier(env: &Env, run: &RunId) -> Result<String, Failure> {
    let row = find_run(env, run).await?;
    let digest = row.dossier.ok_or_else(|| {
        Failure::not_found(format!("run {run} has no dossier yet: it is written when the run ends"))
    })?;
    let bytes = env.artifacts.get(&Tenant::local(), &digest).await?;
    String::from_utf8(bytes).map_err(|_| Failure::corrupt(format!("dossier {digest} is not text")))
}

/// Where a run's `dossier.json` and `dossier.html` are written for a person to open.
pub(crate) fn dossier_paths(data_dir: &Path, run: &RunId) -> [PathBuf; 2] {
    let folder = data_dir.join("dossiers").join(run.as_str());
    ["dossier.json", "dossier.html"].map(|name| folder.join(name))
}

/// The dossier's files, written once into the data directory for a person to open.
pub(crate) async fn dossier_files(env: &Env, data_dir: &Path, row: &RunRow) -> Result<Value, Failure> {
    let Some(digest) = row.dossier else {
        return Ok(json!({ "json": null, "html": null, "pdf": null, "digest": null }));
    };
    let [json_path, html_path] = dossier_paths(data_dir, &row.run_id);
    if !json_path.exists() || !html_path.exists() {
        let text = dossier(env, &row.run_id).await?;
        let page = match row.page {
            Some(page) => env.artifacts.get(&Tenant::local(), &page).await?,
            None => render(&text)?.into_bytes(),
        };
        private::write(&html_path, &page)?;
        private::write(&json_path, text.as_bytes())?;
    }
    Ok(json!({ "json": json_path, "html": html_path, "pdf": null, "digest": digest }))
}

/// The page for a dossier's JSON text.
pub(crate) fn render(text: &str) -> Result<String, Failure> {
    let unreadable = |e: String| Failure::corrupt(format!("dossier: {e}"));
    let dossier =
        ideamine_dossier::Dossier::from_bytes(text.as_bytes()).map_err(|e| unreadable(e.to_string()))?;
    ideamine_dossier::render(&dossier).map_err(|e| unreadable(e.to_string()))
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
