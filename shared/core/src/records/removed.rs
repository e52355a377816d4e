//! What stays of a run that was removed.

use serde::{Deserialize, Serialize};

use super::{RunVerdict, SignedHead};
use crate::{Digest, RunId};

/// The seal of a run that was removed: whoever kept its dossier can show that it is the one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedRow {
    /// Which run.
    pub run_id: RunId,
    /// Its last signed head: count of rows and root.
    pub head: SignedHead,
    /// Its `dossier.json`, if it had one.
    pub dossier: Option<Digest>,
    /// What it came to.
    pub verdict: Option<RunVerdict>,
    /// Start and end of the run, milliseconds since 1970.
    pub created_ms: i64,
    /// See `created_ms`.
    pub ended_ms: i64,
    /// When it was removed, milliseconds since 1970; also the key of what that removal came to.
    pub removed_ms: i64,
}
