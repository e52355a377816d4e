//! Everything the dossier says besides the ledger itself.
//!
//! Two kinds of sections. *Stated*: the run, its plan, phases, guards, questions and the documents themselves.
//! *Derived*: what follows by rule from the stated ones and the facts on the ledger; the verifier derives them
//! again. All are bound to the ledger by one artifact fact (see [`Content::fact`]).

mod derived;
mod stated;

use std::collections::BTreeMap;

use ideamine_core::Digest;
use ideamine_core::artifacts::Document;
use ideamine_core::digest::{NotCanonical, canonical};
use ideamine_core::records::{FactBody, GuardSum};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use derived::{
    Attempt, Bar, CostLine, Costs, CriterionEntry, DecisionEntry, EvidenceKind, FileLicence, Matrix,
    MatrixRow, NeedRow, Orphan, OrphanKind, RiskEntry, TestEntry, TestState,
};
pub use stated::{GateEntry, Paper, PaperKind, PhaseEntry, PlanSummary, QuestionEntry, RunSummary};

use crate::graph::Diagram;

/// The dossier without its ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Version of the rules by which the derived sections were made, [`Content::RULES`].
    pub rules: u32,
    /// Stated: the run and what it came to.
    pub run: RunSummary,
    /// Stated: what was resolved at its start.
    pub plan: PlanSummary,
    /// Stated: its phases with their artifacts and gates, in plan order.
    pub phases: Vec<PhaseEntry>,
    /// Stated: what the guards said.
    pub guards: Vec<GuardSum>,
    /// Stated: questions and assumptions, as ranked.
    pub questions: Vec<QuestionEntry>,
    /// Stated: the idea, the artifacts and the evidence packs, to be read and hashed again.
    pub papers: Vec<Paper>,
    /// Derived: what was chosen, by whom.
    pub decisions: Vec<DecisionEntry>,
    /// Derived: pictures of the architecture.
    pub diagrams: Vec<Diagram>,
    /// Derived: from the idea to the gate, and what hangs loose.
    pub matrix: Matrix,
    /// Derived: what it cost.
    pub costs: Costs,
    /// Derived: when what was worked.
    pub timeline: Vec<Bar>,
    /// Derived: under which licence each generated file stands.
    pub licences: Vec<FileLicence>,
    /// Derived: what may still go wrong.
    pub risks: Vec<RiskEntry>,
}

impl Content {
    /// Version of this build's rules for derived sections. A verifier derives again only what was made by its own
    /// rules; older dossiers are held by their digests. To be raised with every change of what is derived.
    pub const RULES: u32 = 2;
    /// Name of the artifact fact that carries the digest.
    pub const ARTIFACT: &'static str = "dossier-content.json";

    /// Canonical JSON in its sections: each is turned into bytes once.
    ///
    /// # Errors
    /// [`NotCanonical`], which no content is.
    pub fn sections(&self) -> Result<Sections, NotCanonical> {
        let value = serde_json::to_value(self).map_err(|e| NotCanonical::Json(e.to_string()))?;
        let Value::Object(fields) = value else { return Ok(Sections(BTreeMap::new())) };
        let written = |(name, section)| Ok((name, canonical(&section)?));
        fields.into_iter().map(written).collect::<Result<_, _>>().map(Sections)
    }

    /// The artifact fact that binds this content to the ledger: its digest, and as inputs the digests of its
    /// sections in the order of their names. It is written before the last seal; the dossier then embeds the
    /// ledger that holds it, and so depends on nothing that comes after the signature.
    ///
    /// # Errors
    /// [`NotCanonical`], which no content is.
    pub fn fact(&self, producer: &str) -> Result<FactBody, NotCanonical> {
        let sections = self.sections()?;
        let bytes = sections.to_bytes();
        Ok(FactBody::Artifact {
            name: Self::ARTIFACT.to_owned(),
            digest: Digest::of(&bytes),
            media_type: "application/json".to_owned(),
            bytes: bytes.len() as u64,
            producer: producer.to_owned(),
            author: producer.to_owned(),
            inputs: sections.digests().map(|(_, digest)| digest).collect(),
            traces: Vec::new(),
        })
    }

    /// The last paper of this name, if its text is here.
    pub fn paper(&self, name: &str) -> Option<&Paper> {
        self.papers.iter().rev().find(|paper| paper.name == name && paper.kind == PaperKind::Artifact)
    }

    /// The last document of this name, if it is here and of this form.
    pub fn document<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let text = self.paper(name)?.text.as_deref()?;
        serde_json::from_str::<Document<T>>(text).ok().map(|document| document.body)
    }
}

/// A content as canonical JSON, section by section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sections(BTreeMap<String, Vec<u8>>);

impl Sections {
    /// The canonical JSON of the whole content: keys are sorted there as they are here.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![b'{'];
        for (name, bytes) in &self.0 {
            let comma = if out.len() > 1 { "," } else { "" };
            out.extend(format!("{comma}\"{name}\":").bytes());
            out.extend(bytes);
        }
        out.push(b'}');
        out
    }
    /// Digest of the whole content.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }
    /// Digests of the sections in the order of their names: with them a verifier can tell which was altered.
    pub fn digests(&self) -> impl Iterator<Item = (&str, Digest)> {
        self.0.iter().map(|(name, bytes)| (&**name, Digest::of(bytes)))
    }
    /// The section that holds byte `at` of the whole.
    pub(crate) fn at(&self, at: usize) -> Option<&str> {
        let mut end = 1;
        self.0.iter().find_map(|(name, bytes)| {
            end += name.len() + bytes.len() + "\"\":,".len();
            (at < end).then_some(&**name)
        })
    }
}
