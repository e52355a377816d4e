//! Sections that are stated: from the run's own rows and its store.

use std::collections::BTreeMap;

use ideamine_core::artifacts::{GateFinding, GateOutcome, Measure};
use ideamine_core::records::{
    ArtifactRef, Generator, PhaseStatus, QuestionState, RunStatus, RunVerdict, StopReason,
};
use ideamine_core::{Digest, PhaseId, RunId, Tenant, Text, UsdMicros};
use serde::{Deserialize, Serialize};

/// The run and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSummary {
    /// Its id.
    pub id: RunId,
    /// Whose.
    pub tenant: Tenant,
    /// First words of the idea.
    pub title: String,
    /// The idea's bytes.
    pub idea: Digest,
    /// How it ended.
    pub status: RunStatus,
    /// What it came to.
    pub verdict: RunVerdict,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// Who wrote the documents.
    pub generator: Generator,
    /// What a reader must know first.
    pub notice: String,
    /// Most it could spend, micro-dollars; none for no limit.
    pub budget: Option<UsdMicros>,
    /// Start, milliseconds since 1970.
    pub started_ms: i64,
    /// Last fact before the dossier, milliseconds since 1970.
    pub ended_ms: i64,
}

/// What was resolved at the start and could change bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSummary {
    /// Digest of the whole plan.
    pub hash: Digest,
    /// The build that made it.
    pub build: String,
    /// Seed of the run; a text, because not every reader of JSON holds 64 bits.
    pub seed: String,
    /// `composer`, or `provider/model`.
    pub model: String,
    /// Whether questions could wait for a person.
    pub ask: bool,
    /// Phases in topological order.
    pub phases: Vec<PhaseId>,
    /// State machines by name, as digests of their text.
    pub machines: BTreeMap<String, Digest>,
}

/// One phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseEntry {
    /// Which phase.
    pub id: PhaseId,
    /// For people.
    pub title: String,
    /// First component of its logical paths, `03-prd`.
    pub path: String,
    /// Its wave: phases of one wave ran in parallel.
    pub wave: u32,
    /// How it ended.
    pub status: PhaseStatus,
    /// Attempts made.
    pub attempts: u32,
    /// Who wrote its documents.
    pub generator: Option<Generator>,
    /// Artifacts of the last attempt.
    pub artifacts: Vec<ArtifactRef>,
    /// Gates of the last attempt.
    pub gates: Vec<GateEntry>,
    /// What went wrong.
    pub problems: Vec<String>,
    /// Why it was tried no further, when its gates failed to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<StopReason>,
    /// Start, milliseconds since 1970.
    pub started_ms: Option<i64>,
    /// End, milliseconds since 1970.
    pub ended_ms: Option<i64>,
}

/// A gate and the evidence behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateEntry {
    /// Which gate.
    pub id: String,
    /// What it said at last.
    pub outcome: GateOutcome,
    /// What it said in each attempt, the first one first.
    pub history: Vec<GateOutcome>,
    /// The evidence pack.
    pub evidence: Digest,
    /// Who measured.
    pub tool: String,
    /// The figures.
    pub measures: Vec<Measure>,
    /// What is left to mend.
    pub findings: Vec<GateFinding>,
    /// Arguments that judge it again.
    pub again: Vec<String>,
}

/// A question and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionEntry {
    /// Its id.
    pub id: String,
    /// The phase that raised it.
    pub phase: PhaseId,
    /// What is asked.
    pub text: String,
    /// Why.
    pub why: String,
    /// Whether work cannot be released without an answer.
    pub blocking: bool,
    /// Most important first, from 1.
    pub rank: u32,
    /// How it stands.
    pub state: QuestionState,
    /// The accepted answer or the assumption.
    pub answer: Option<Text>,
}

/// What a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// The idea as it was handed in.
    Idea,
    /// What a phase made.
    Artifact,
    /// What a gate or a check saw.
    Evidence,
    /// The plan: among the rest, whose approvals count.
    Plan,
    /// What a person signed to let a failed gate pass.
    Approval,
    /// A copy, without what must not leave, of a document that is here by its digest alone.
    Redacted,
}

/// A document of the run; with its text, so that a stranger can read it and hash it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What it is.
    pub kind: PaperKind,
    /// The phase it is of; none for the idea.
    pub phase: Option<PhaseId>,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub digest: Digest,
    /// Media type.
    pub media_type: String,
    /// Size.
    pub bytes: u64,
    /// `composer` or `provider/model`: who wrote the words.
    pub author: Option<String>,
    /// Its bytes as text; absent when they are no text, too large, or not at hand.
    pub text: Option<String>,
}
