//! Documents of a run out of the store: by name, by digest, and the dossier.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ideamine_core::records::{ArtifactRef, PhaseRow};
use ideamine_core::{Digest, Failure, RunId};
use ideamine_orchestration::rows;
use serde_json::{Value, json};

use crate::Runs;

/// An artifact and its bytes.
pub struct Found {
    /// What it is; of what is known by its digest alone, `bytes` is 0.
    pub artifact: ArtifactRef,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Found {
    /// As it is shown: `{name, digest, media_type, bytes, base64}`.
    pub fn shown(&self) -> Value {
        let mut shown = self.told();
        shown["base64"] = json!(STANDARD.encode(&self.bytes));
        shown
    }

    /// As it is shown, without its content.
    pub fn told(&self) -> Value {
        let ArtifactRef { name, digest, media_type, .. } = &self.artifact;
        json!({ "name": name, "digest": digest, "media_type": media_type, "bytes": self.bytes.len() })
    }
}

impl Runs {
    /// An artifact of a run by `NAME`, `PHASE/NAME` or digest. The last phase that made the name wins.
    ///
    /// # Errors
    /// `Data.NotFound`.
    pub async fn artifact(&self, run: &RunId, wanted: &str) -> Result<Found, Failure> {
        self.find(run).await?;
        let phases: Vec<PhaseRow> = rows::phases(&self.context(run)).await?;
        let artifact = match named(&phases, wanted) {
            Some(artifact) => artifact,
            None => self.by_digest(run, wanted).await?,
        };
        let bytes = self.env.artifacts.get(&self.tenant, &artifact.digest).await?;
        Ok(Found { artifact, bytes })
    }

    /// Anything else that the run's ledger names by digest: evidence, plan, dossier.
    async fn by_digest(&self, run: &RunId, wanted: &str) -> Result<ArtifactRef, Failure> {
        let missing =
            || Failure::not_found(format!("run {run} has no artifact `{wanted}`; see `ideamine show {run}`"));
        let digest: Digest = wanted.parse().map_err(|_| missing())?;
        if !self.env.artifacts.has(&self.tenant, &digest).await? {
            return Err(missing());
        }
        Ok(ArtifactRef {
            name: wanted.to_owned(),
            digest,
            media_type: "application/octet-stream".to_owned(),
            bytes: 0,
        })
    }

    /// The dossier's JSON text.
    ///
    /// # Errors
    /// `Data.NotFound` before the run has ended.
    pub async fn dossier(&self, run: &RunId) -> Result<String, Failure> {
        let row = self.find(run).await?;
        let digest = row.dossier.ok_or_else(|| {
            Failure::not_found(format!("run {run} has no dossier yet: it is written when the run ends"))
        })?;
        let bytes = self.env.artifacts.get(&self.tenant, &digest).await?;
        String::from_utf8(bytes).map_err(|_| Failure::corrupt(format!("dossier {digest} is not text")))
    }

    /// The dossier's page, as it was rendered when the run ended.
    ///
    /// # Errors
    /// As [`Runs::dossier`].
    pub async fn page(&self, run: &RunId) -> Result<Vec<u8>, Failure> {
        match self.find(run).await?.page {
            Some(page) => self.env.artifacts.get(&self.tenant, &page).await,
            None => Ok(render(&self.dossier(run).await?)?.into_bytes()),
        }
    }
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

/// The bytes of a found artifact.
///
/// # Errors
/// `Data.Corrupt` when it is not what [`Found::shown`] gives.
pub fn bytes(found: &Value) -> Result<Vec<u8>, Failure> {
    let text = found["base64"].as_str().unwrap_or_default();
    STANDARD.decode(text).map_err(|e| Failure::corrupt(format!("artifact is not base64: {e}")))
}

/// The page for a dossier's JSON text.
///
/// # Errors
/// `Data.Corrupt` when it is no dossier.
pub fn render(text: &str) -> Result<String, Failure> {
    let unreadable = |e: String| Failure::corrupt(format!("dossier: {e}"));
    let dossier =
        ideamine_dossier::Dossier::from_bytes(text.as_bytes()).map_err(|e| unreadable(e.to_string()))?;
    ideamine_dossier::render(&dossier).map_err(|e| unreadable(e.to_string()))
}
