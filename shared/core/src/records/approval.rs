//! A person's signed decision on a failed gate: bound to what was judged, used once, void when it changes.

use serde::{Deserialize, Serialize};

use super::fact::Signature;
use crate::{Digest, PhaseId, RunId, Tenant};

/// What is signed: its canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Whose.
    pub tenant: Tenant,
    /// Which run.
    pub run: RunId,
    /// Which phase.
    pub phase: PhaseId,
    /// Which gate.
    pub gate: String,
    /// Which attempt it judged.
    pub attempt: u32,
    /// The phase's artifacts, in their order.
    pub artifacts: Vec<Digest>,
    /// The gate's evidence.
    pub evidence: Digest,
    /// `waive`: it may go on although the gate failed.
    pub decision: String,
    /// Void after, milliseconds since 1970.
    pub expires_ms: i64,
    /// Makes every approval another.
    pub nonce: String,
}

/// An approval and its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedApproval {
    /// What is signed.
    pub approval: Approval,
    /// By one of the plan's approvers.
    pub signature: Signature,
}
