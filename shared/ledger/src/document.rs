//! A whole ledger as one value: rows, signed heads, and what the run says of itself.

use ideamine_core::Digest;
use ideamine_core::PhaseId;
use ideamine_core::digest::NotCanonical;
use ideamine_core::ports::HistoryStep;
use ideamine_core::records::{ArtifactRef, Fact, FactBody, GateRef, Row, SignedHead};
use serde::{Deserialize, Serialize};

use crate::Usage;

/// One phase, as the run states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseIndex {
    /// Which phase.
    pub id: PhaseId,
    /// First component of its logical paths, `03-prd`.
    pub path: String,
    /// Artifacts of its last attempt.
    pub artifacts: Vec<ArtifactRef>,
    /// Gates of its last attempt.
    pub gates: Vec<GateRef>,
    /// What it used.
    pub usage: Usage,
}

/// What must be on the ledger, told by the run's own journal and books rather than by the ledger: *complete* is
/// held against this. Its digest is itself the last thing that is recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepIndex {
    /// Every completed function call, from the executions' histories.
    pub steps: Vec<HistoryStep>,
    /// Phases in plan order.
    pub phases: Vec<PhaseIndex>,
    /// What the run used in all, from its budget.
    pub usage: Usage,
}

impl StepIndex {
    /// Name of the artifact fact that carries the index's digest.
    pub const ARTIFACT: &'static str = "steps.json";

    /// The artifact fact for the closing step to write, just before the last seal.
    ///
    /// # Errors
    /// [`NotCanonical`], which no index is.
    pub fn fact(&self, producer: &str) -> Result<FactBody, NotCanonical> {
        let bytes = ideamine_core::digest::canonical(self)?;
        Ok(FactBody::Artifact {
            name: Self::ARTIFACT.to_owned(),
            digest: Digest::of(&bytes),
            media_type: "application/json".to_owned(),
            bytes: bytes.len() as u64,
            producer: producer.to_owned(),
            author: producer.to_owned(),
            inputs: Vec::new(),
            traces: Vec::new(),
        })
    }
}

/// A ledger that can be verified on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerDocument {
    /// All rows in order.
    pub rows: Vec<Row>,
    /// All signed heads in order; each states its count of rows.
    pub heads: Vec<SignedHead>,
    /// What must be there; absent while the run is open.
    pub index: Option<StepIndex>,
    /// Raw public key under which the heads verify, hex.
    pub public_key: String,
}

impl LedgerDocument {
    /// The facts in order.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.rows.iter().map(|row| &row.fact)
    }
    /// The last artifact row of this name.
    pub fn artifact(&self, name: &str) -> Option<&Row> {
        self.rows
            .iter()
            .rev()
            .find(|row| matches!(&row.fact.body, FactBody::Artifact { name: found, .. } if found == name))
    }
    /// The digest that it records.
    pub fn sealed_digest(&self, name: &str) -> Option<Digest> {
        match &self.artifact(name)?.fact.body {
            FactBody::Artifact { digest, .. } => Some(*digest),
            _ => None,
        }
    }
}

/// The phase that a logical path lies in: `prd` for `03-prd/a1/b00`; `None` outside all phases.
pub fn phase_of(path: &str) -> Option<&str> {
    let (order, phase) = path.split('/').next()?.split_once('-')?;
    let numbered = order.len() >= 2 && order.bytes().all(|b| b.is_ascii_digit());
    (numbered && !phase.is_empty()).then_some(phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_phase() {
        let check = |path, phase| assert_eq!(phase_of(path), phase, "{path}");
        check("03-prd/a1/b00/prepare", Some("prd"));
        check("09-story-loop/ST-1", Some("story-loop"));
        check("112-x", Some("x"));
        check("run-seal/00000001", None);
        check("run/close", None);
        check("", None);
    }
}
