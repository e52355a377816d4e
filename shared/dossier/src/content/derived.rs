//! Sections that are derived: what follows by rule from the stated ones and the ledger.

use ideamine_core::artifacts::{GateOutcome, Priority, RequirementKind, Severity};
use ideamine_core::{Digest, Text};
use ideamine_ledger::Usage;
use serde::{Deserialize, Serialize};

/// Something that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionEntry {
    /// Where: the logical path.
    pub path: String,
    /// What was decided: `verdict`, `loop`, `question`, `aggregate`, `control`.
    pub decision: String,
    /// The choice.
    pub choice: String,
    /// Who: a function, `person` or `policy`.
    pub by: String,
    /// What it was about.
    pub subject: Option<Digest>,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
}

/// How it stands with a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestState {
    /// A test: it ran and passed. A requirement: its criteria are covered by tests that passed, and requests that the
    /// code has never seen agree.
    Passed,
    /// A requirement of which a part is shown: tests cover some of its criteria, or all while nothing else agrees.
    Partly,
    /// A requirement for which something passed that does not speak of any of its criteria.
    NotShown,
    /// A test that passes whether the application does anything or not.
    Idle,
    /// There is one, and no run shows that it passes (a manual one, or no sandbox).
    NotRun,
    /// There is none.
    NoTest,
    /// It ran and failed.
    Failed,
}

/// One test or case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestEntry {
    /// `TC-1`, or a test's full name.
    pub id: String,
    /// How it stands.
    pub state: TestState,
}

/// What speaks for a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Nothing that ran and passed.
    None,
    /// The application's own tests alone: whoever wrote the code wrote them.
    OwnTests,
    /// Requests that the code has never seen, alone.
    HeldOut,
    /// Both.
    Both,
}

/// One acceptance criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionEntry {
    /// What must be seen.
    pub then: Text,
    /// Tests and cases that passed and speak of it; none when nothing shows it.
    pub tests: Vec<String>,
}

/// From one need to the requirements that serve it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedRow {
    /// `N-1`.
    pub id: String,
    /// What is needed; a quote names the bytes of the idea.
    pub statement: Text,
    /// Requirements that serve it.
    pub requirements: Vec<String>,
}

/// From one requirement in both directions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixRow {
    /// `FR-1`.
    pub id: String,
    /// What kind.
    pub kind: RequirementKind,
    /// How much it matters.
    pub priority: Priority,
    /// What must hold.
    pub statement: Text,
    /// Needs that it serves.
    pub needs: Vec<String>,
    /// Components that carry it.
    pub components: Vec<String>,
    /// Stories that implement it.
    pub stories: Vec<String>,
    /// Files that serve it.
    pub files: Vec<String>,
    /// Tests that show it.
    pub tests: Vec<TestEntry>,
    /// Gates that looked at a document which states or serves it, with their last outcome.
    pub gates: Vec<(String, GateOutcome)>,
    /// What speaks for it; absent in dossiers by older rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceKind>,
    /// Its acceptance criteria, each with the tests that cover it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<CriterionEntry>,
    /// How it stands.
    pub state: TestState,
}

/// What hangs loose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrphanKind {
    /// No requirement serves this need.
    NeedWithoutRequirement,
    /// This requirement serves no need (a constraint may stand alone).
    RequirementWithoutNeed,
    /// No story implements this requirement.
    RequirementWithoutStory,
    /// No file serves this requirement.
    RequirementWithoutCode,
    /// No test shows this requirement.
    RequirementWithoutTest,
    /// This story implements no known requirement.
    StoryWithoutRequirement,
    /// This file serves no requirement.
    FileWithoutRequirement,
    /// This test shows no known requirement.
    TestWithoutRequirement,
}

/// Something without its counterpart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orphan {
    /// What is missing.
    pub kind: OrphanKind,
    /// To what.
    pub id: String,
}

/// From the idea to the gate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// Needs, in the order of the brief.
    pub needs: Vec<NeedRow>,
    /// Requirements, in the order of the PRD.
    pub rows: Vec<MatrixRow>,
    /// What hangs loose, in both directions.
    pub orphans: Vec<Orphan>,
}

/// What one model cost in one phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostLine {
    /// The phase; `run` outside all phases.
    pub phase: String,
    /// `provider/model`.
    pub model: String,
    /// Calls, tokens and money.
    pub usage: Usage,
}

/// What the run cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// Per phase and model.
    pub lines: Vec<CostLine>,
    /// In all.
    pub total: Usage,
}

/// One phase in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    /// Which phase.
    pub phase: String,
    /// Start, milliseconds since 1970.
    pub started_ms: i64,
    /// End, milliseconds since 1970.
    pub ended_ms: i64,
    /// Its attempts.
    pub attempts: Vec<Attempt>,
}

/// One attempt in time, by the facts it left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// First fact, milliseconds since 1970.
    pub started_ms: i64,
    /// Last fact, milliseconds since 1970.
    pub ended_ms: i64,
}

/// Under which licence a generated file stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLicence {
    /// The phase that made it last.
    pub phase: String,
    /// Its name.
    pub name: String,
    /// What its `SPDX-License-Identifier` says; none when it says nothing.
    pub licence: Option<String>,
}

/// Something that may still go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskEntry {
    /// The document or list it stands in, `critique.json`.
    pub source: String,
    /// Its id there, or its place.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What may go wrong.
    pub statement: Text,
    /// What is done about it; none when nothing is.
    pub mitigation: Option<Text>,
}
