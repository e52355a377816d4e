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

/// A sandboxed check of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// Every source file compiles.
    Compile,
    /// It starts and serves its health and its page.
    Start,
    /// Its own tests pass, and can fail.
    OwnTests,
    /// It does what its interface says, for requests it has never seen.
    HeldOut,
}

impl CheckKind {
    /// Its name, as a phase file says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compile => "compile",
            Self::Start => "start",
            Self::OwnTests => "own-tests",
            Self::HeldOut => "held-out",
        }
    }
}

/// Whether and how far a phase may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionPolicy {
    /// Rounds of question, answer and validation; 0 asks nothing.
    #[serde(default)]
    #[schemars(range(max = Self::ROUNDS_MAX))]
    pub rounds: u32,
    /// Most questions taken up per round.
    #[serde(default = "QuestionPolicy::default_per_round")]
    #[schemars(range(min = 1, max = Self::PER_ROUND_MAX))]
    pub per_round: u32,
}

impl QuestionPolicy {
    /// Most rounds.
    pub const ROUNDS_MAX: u32 = 10;
    /// Most questions per round.
    pub const PER_ROUND_MAX: u32 = 40;

    const fn default_per_round() -> u32 {
        8
    }
}

impl Default for QuestionPolicy {
    fn default() -> Self {
        Self { rounds: 0, per_round: Self::default_per_round() }
    }
}

/// What a phase may use, however often it is worked. Zero or absent is no limit of its own; the run's cap holds beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Model tokens, read and written together. A call that could pass what is left is not made, and the run waits.
    #[serde(default)]
    #[schemars(range(max = Self::AMOUNT_MAX))]
    pub tokens: u64,
    /// Minutes of sandboxed jobs. A job that could pass what is left is not run: its check has no result, and the phase
    /// fails.
    #[serde(default)]
    #[schemars(range(max = Self::TIME_MAX))]
    pub tools_minutes: u32,
    /// Hours of accelerators. Nothing in this build uses one, so nothing is counted against it.
    #[serde(default)]
    #[schemars(range(max = Self::TIME_MAX))]
    pub gpu_hours: u32,
    /// Micro-dollars of model calls. A call that could pass what is left is not made, and the run waits. Calls of a
    /// model without a known price are not counted.
    #[serde(default)]
    #[schemars(range(max = Self::AMOUNT_MAX))]
    pub usd_micros: u64,
    /// The phase's share of what is left in the run when the phase first uses something: percent of every resource that
    /// the run limits. A ceiling, not set aside: what the phase does not use stays for others.
    #[serde(default, skip_serializing_if = "is_no_share")]
    #[schemars(range(max = Self::PERCENT_MAX))]
    pub run_percent: u8,
    /// The share that one story, over all its tries, has of what is left in the phase when the story first uses something.
    #[serde(default, skip_serializing_if = "is_no_share")]
    #[schemars(range(max = Self::PERCENT_MAX))]
    pub story_percent: u8,
    /// The same of one branch of the fan-out, over all attempts.
    #[serde(default, skip_serializing_if = "is_no_share")]
    #[schemars(range(max = Self::PERCENT_MAX))]
    pub branch_percent: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_no_share(percent: &u8) -> bool {
    *percent == 0
}

impl Limits {
    /// A share that is all there is.
    pub const PERCENT_MAX: u8 = 100;
    /// Most tokens, and most micro-dollars: sums of them stay exact in JSON.
    pub const AMOUNT_MAX: u64 = 1_000_000_000_000;
    /// Most minutes, and most hours.
    pub const TIME_MAX: u32 = 1_000_000;
}

/// One phase, as its file says. Adding a phase is adding a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseConfig {
    /// Unique id; also the file's stem.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_-]{1,64}$"))]
    pub id: PhaseId,
    /// For people; one line.
    #[schemars(length(min = 1, max = Self::TITLE_CHARS_MAX))]
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
    /// Sandboxed checks, run before the gates.
    #[serde(default)]
    pub checks: Vec<CheckKind>,
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
    #[schemars(range(min = 1, max = Self::TIMEOUT_S_MAX))]
    pub timeout_s: u32,
    /// Repair rounds when an answer does not fit its schema.
    #[serde(default = "PhaseConfig::default_retries")]
    #[schemars(range(max = Self::RETRIES_MAX))]
    pub retries: u32,
    /// How to go on when attempts get nowhere or an author has no answer, in this order: `smaller-job` (the same model, a third of the findings at a
    /// time) or another model, `provider/model`. A run without a model has no use for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = Self::FALLBACK_MAX))]
    pub fallback: Vec<String>,
    /// Name of the artifact that the agent writes: a plain file name, of this phase alone.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,58}\.json$"))]
    pub output: String,
    /// JSON Schema of the output, for `generic`; the typed agents bring their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// What the model is told; a minijinja template.
    pub prompt: String,
}

impl PhaseConfig {
    /// Longest title, characters.
    pub const TITLE_CHARS_MAX: usize = 120;
    /// Longest deadline, seconds: the states that wait for a call or a check wait no longer.
    pub const TIMEOUT_S_MAX: u32 = 900;
    /// Most repair rounds: the machine makes no more.
    pub const RETRIES_MAX: u32 = 5;
    /// Most ways to go on: there are no attempts for more.
    pub const FALLBACK_MAX: usize = 4;
    /// In [`PhaseConfig::fallback`]: the same model, a third of the findings at a time.
    pub const SMALLER_JOB: &str = "smaller-job";
    /// Longest name of an artifact that an agent writes, bytes.
    pub const OUTPUT_BYTES_MAX: usize = 64;

    /// Whether this can be the name of the artifact that an agent writes: a plain name that ends in `.json`.
    pub fn is_output(name: &str) -> bool {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let begins = name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
        let ends = name.strip_suffix(".json").is_some_and(|stem| !stem.is_empty());
        begins && ends && name.len() <= Self::OUTPUT_BYTES_MAX && name.bytes().all(plain)
    }

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
    /// The runtime policy: a bundle in the store, which decides every call. Absent in plans of builds without guards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// Guards before the first phase, at the idea.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Guards after the last phase, at the whole work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// In a fork, the logical path at and below which no earlier answer is taken: what a person wants asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_anew: Option<String>,
}

impl Plan {
    /// Whether a model call at this step must not be answered by what was stored before.
    pub fn asks_anew(&self, step: &str) -> bool {
        self.ask_anew.as_deref().is_some_and(|path| is_at_or_below(step, path))
    }
    /// A phase by id.
    pub fn phase(&self, id: &PhaseId) -> Option<&PlannedPhase> {
        self.phases.iter().find(|p| p.config.id == *id)
    }
    /// The model that is none: rules write the documents.
    pub const COMPOSER: &str = "composer";
    /// Whether rules alone answer in the place of this model.
    pub fn is_composer(model: &str) -> bool {
        model == Self::COMPOSER
    }
    /// Whether rules alone write the documents.
    pub fn composes(&self) -> bool {
        Self::is_composer(&self.model)
    }
}

/// Whether a logical path is this one or lies below it: `04-prd/a1/b00` is below `04-prd`, `04-prd-2` is not.
pub fn is_at_or_below(step: &str, path: &str) -> bool {
    step.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_holds_what_lies_below_it_and_no_neighbour() {
        let check = |step, path, below| assert_eq!(is_at_or_below(step, path), below, "{step} below {path}");
        check("04-prd/a1/b00/call-0", "04-prd", true);
        check("04-prd/a1/b00/call-0", "04-prd/a1/b00/call-0", true);
        check("04-prd/a1/b00/call-0", "04-prd/a2", false);
        check("04-prd-2/a1", "04-prd", false);
        check("04-prd/a10/b00", "04-prd/a1", false);
        check("04-prd", "04-prd/a1", false);
    }
}
