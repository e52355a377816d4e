//! Phase configurations and the plan they resolve to.
//!
//! Everything that may change bytes is in the [`Plan`]; its canonical digest is the run's plan hash.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Digest, PhaseId};

/// How a phase's branches run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FanOutMode {
    /// One after the other.
    #[default]
    Sequential,
    /// At most two at once.
    #[serde(rename = "2")]
    Two,
    /// At most three at once.
    #[serde(rename = "3")]
    Three,
    /// At most four at once.
    #[serde(rename = "4")]
    Four,
    /// All at once, each to its own deadline; up to `tolerate` may fail.
    Partial,
    /// One after the other, each reading the one before.
    Iterative,
}

impl FanOutMode {
    /// Branches at once; 0 is no limit, as in a Map state.
    pub const fn max_concurrency(self) -> u32 {
        match self {
            Self::Sequential | Self::Iterative => 1,
            Self::Two => 2,
            Self::Three => 3,
            Self::Four => 4,
            Self::Partial => 0,
        }
    }
}

/// One branch: the same work from a named point of view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// `desirability`, `feasibility`, `cost`, …
    pub role: String,
    /// What this role looks for; a template's value.
    pub instruction: String,
}

/// How a phase is split.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FanOut {
    /// How the branches run.
    #[serde(default)]
    pub mode: FanOutMode,
    /// The branches; none is one branch without a role.
    #[serde(default)]
    pub branches: Vec<Branch>,
    /// How many may fail (mode `partial`; 0 elsewhere).
    #[serde(default)]
    pub tolerate: u32,
}

/// How the branches' answers become one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Field by field: lists are joined without repeats, the first text with substance wins.
    #[default]
    Merge,
    /// Field by field: lists are joined, texts are put one below the other.
    Concat,
    /// The answer given most often; the earliest branch on a tie.
    Vote,
    /// A registered function decides; its name begins with `run-aggregate-`.
    Custom(String),
}

/// Whether and how far a phase may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionPolicy {
    /// Rounds of question, answer and validation; 0 asks nothing.
    #[serde(default)]
    pub rounds: u32,
    /// Most questions taken up per round.
    #[serde(default = "QuestionPolicy::default_per_round")]
    pub per_round: u32,
}

impl QuestionPolicy {
    const fn default_per_round() -> u32 {
        8
    }
}

impl Default for QuestionPolicy {
    fn default() -> Self {
        Self { rounds: 0, per_round: Self::default_per_round() }
    }
}

/// What a phase may use. Zero or absent is no limit of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Model tokens, read and written together.
    #[serde(default)]
    pub tokens: u64,
    /// Minutes of sandboxed tools.
    #[serde(default)]
    pub tools_minutes: u32,
    /// Hours of accelerators.
    #[serde(default)]
    pub gpu_hours: u32,
    /// Micro-dollars.
    #[serde(default)]
    pub usd_micros: u64,
}

/// One phase, as its file says. Adding a phase is adding a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseConfig {
    /// Unique id; also the file's stem.
    pub id: PhaseId,
    /// For people.
    pub title: String,
    /// Phases that must have been worked before.
    #[serde(default)]
    pub depends_on: Vec<PhaseId>,
    /// The agent: `prd` is the function `agent-prd`; `generic` serves any phase.
    pub agent: String,
    /// Artifacts of earlier phases that the agent reads, by name.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// How the work is split.
    #[serde(default)]
    pub fan_out: FanOut,
    /// How answers become one.
    #[serde(default)]
    pub aggregation: Aggregation,
    /// Whether and how far it may ask.
    #[serde(default)]
    pub questions: QuestionPolicy,
    /// Whether the phase ends by working each story of its `stories.json` in turn.
    #[serde(default)]
    pub stories: bool,
    /// Sandboxed checks, run before the gates: `compile`, `start`, `own-tests`, `held-out`.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Guards, by name.
    #[serde(default)]
    pub guards: Vec<String>,
    /// Gates, by name.
    #[serde(default)]
    pub gates: Vec<String>,
    /// What it may use.
    #[serde(default)]
    pub budget: Limits,
    /// Deadline of one model call or check, seconds.
    #[serde(default = "PhaseConfig::default_timeout_s")]
    pub timeout_s: u32,
    /// Repair rounds when an answer does not fit its schema.
    #[serde(default = "PhaseConfig::default_retries")]
    pub retries: u32,
    /// Name of the artifact that the agent writes.
    pub output: String,
    /// JSON Schema of the output, for `generic`; the typed agents bring their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// What the model is told; a minijinja template.
    pub prompt: String,
}

impl PhaseConfig {
    const fn default_timeout_s() -> u32 {
        300
    }
    const fn default_retries() -> u32 {
        2
    }
    /// The branches to run: those named, or one without a role.
    pub fn branch_count(&self) -> usize {
        self.fan_out.branches.len().max(1)
    }
}

/// A phase in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedPhase {
    /// Place in the topological order, from 0.
    pub order: u32,
    /// Its wave: phases of one wave run in parallel.
    pub wave: u32,
    /// Its resolved configuration.
    pub config: PhaseConfig,
}

impl PlannedPhase {
    /// First component of every logical path in this phase, `03-prd`.
    pub fn path(&self) -> String {
        format!("{:02}-{}", self.order + 1, self.config.id)
    }
}

/// Everything that may change bytes, resolved once at the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this form.
    pub version: u32,
    /// The build that made it: crate version and a digest of machines and prompts.
    pub build: String,
    /// The idea's bytes.
    pub idea: Digest,
    /// `text/markdown`, `text/plain` or `application/json`.
    pub idea_media_type: String,
    /// Seed of the run.
    pub seed: u64,
    /// `composer`, or `provider/model`.
    pub model: String,
    /// Whether questions may wait for a person.
    pub ask: bool,
    /// Phases in topological order.
    pub phases: Vec<PlannedPhase>,
    /// State machines by name, as digests of their text.
    pub machines: BTreeMap<String, Digest>,
    /// Public keys (hex) whose approvals count.
    pub approvers: Vec<String>,
}

impl Plan {
    /// A phase by id.
    pub fn phase(&self, id: &PhaseId) -> Option<&PlannedPhase> {
        self.phases.iter().find(|p| p.config.id == *id)
    }
    /// Whether rules alone write the documents.
    pub fn composes(&self) -> bool {
        self.model == "composer"
    }
}
