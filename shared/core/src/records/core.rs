//! Run, phase and control rows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ports::Priority;
use crate::{Digest, PhaseId, RunId, UsdMicros};

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Recorded, not started.
    Pending,
    /// Under way.
    Running,
    /// Waits: for a person, or for money.
    Paused,
    /// All phases were worked.
    Completed,
    /// Ended by an error or a blocked guard.
    Failed,
    /// Ended by a person.
    Cancelled,
}

/// What the run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunVerdict {
    /// Every gate let it through.
    Released,
    /// Completed, but something stands against release; the reasons say what.
    Held,
    /// Not completed.
    Stopped,
}

/// Who wrote the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Generator {
    /// Rules alone, from the person's own words.
    Composer,
    /// A language model.
    Model,
    /// Some by rules, some by a model.
    Mixed,
}

/// How a phase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseStatus {
    /// Not begun.
    Pending,
    /// Under way.
    Running,
    /// Worked, every gate passed or was waived.
    Passed,
    /// Worked, and a gate has concerns.
    Concerns,
    /// A gate failed to the end, or the phase could not be worked.
    Failed,
    /// Left out on request, or because the run stopped before.
    Skipped,
}

/// Why work that did not pass was tried no further. Each is an end without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// An attempt left the very same as the one before.
    Unchanged,
    /// Attempts go in a circle.
    Cycle,
    /// Attempts differ, and none is better.
    NoProgress,
    /// As many attempts as are allowed.
    AttemptsUsedUp,
    /// As much cost as is allowed.
    CostUsedUp,
}

impl StopReason {
    /// Its name, as rows and the ledger have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Cycle => "cycle",
            Self::NoProgress => "no-progress",
            Self::AttemptsUsedUp => "attempts-used-up",
            Self::CostUsedUp => "cost-used-up",
        }
    }
}

/// Where a run goes on from another one's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// The other run.
    pub run: RunId,
    /// The logical path (`04-prd`, `04-prd/a1/b01`) whose model calls are made anew; see [`super::Plan::ask_anew`].
    pub from: String,
}

/// What a person chose when the run was started. Whatever may change bytes is also in the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOptions {
    /// `composer`, or `provider/model`.
    pub model: String,
    /// Seed of the run.
    pub seed: u64,
    /// Most it may spend, micro-dollars; `None` for no limit.
    pub budget: Option<UsdMicros>,
    /// Most tokens it may use, read and written; `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_tokens: Option<u64>,
    /// Most minutes its sandboxed jobs may take; `None` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_minutes: Option<u32>,
    /// Last phase to work, with what it depends on.
    pub until: Option<PhaseId>,
    /// Whether questions may wait for a person.
    pub ask: bool,
    /// How urgent its jobs are.
    #[serde(default, skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// Whose work it takes over, if it is a fork.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<Fork>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRow {
    /// Its id.
    pub run_id: RunId,
    /// The idea's bytes in the store.
    pub idea: Digest,
    /// `text/markdown`, `text/plain` or `application/json`.
    pub idea_media_type: String,
    /// First words of the idea, for lists.
    pub title: String,
    /// What was chosen.
    pub options: RunOptions,
    /// The resolved plan, once there is one.
    pub plan: Option<Digest>,
    /// The execution of the mothership, once it runs.
    pub execution: Option<String>,
    /// How it stands.
    pub status: RunStatus,
    /// What it came to.
    pub verdict: Option<RunVerdict>,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// The dossier's JSON, once written.
    pub dossier: Option<Digest>,
    /// The dossier's page, as the build that ended the run rendered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Digest>,
    /// Start, milliseconds since 1970.
    pub created_ms: i64,
    /// End, milliseconds since 1970.
    pub ended_ms: Option<i64>,
}

/// An artifact as others refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArtifactRef {
    /// Name inside the run, unique per phase: `prd.json`, `app/server.py`.
    pub name: String,
    /// Its bytes.
    pub digest: Digest,
    /// Media type.
    pub media_type: String,
    /// Size.
    pub bytes: u64,
}

/// A gate's outcome as others refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateRef {
    /// Which gate.
    pub id: String,
    /// What it said.
    pub outcome: crate::artifacts::GateOutcome,
    /// The evidence pack.
    pub evidence: Digest,
}

/// One phase of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseRow {
    /// Which phase.
    pub id: PhaseId,
    /// Place in the plan.
    pub order: u32,
    /// How it stands.
    pub status: PhaseStatus,
    /// Attempts made.
    pub attempts: u32,
    /// Artifacts of the last attempt, in the order the agent lists them.
    pub artifacts: Vec<ArtifactRef>,
    /// Gate outcomes of the last attempt.
    pub gates: Vec<GateRef>,
    /// Who wrote them.
    pub generator: Option<Generator>,
    /// What went wrong, one sentence each.
    pub problems: Vec<String>,
    /// Why it was tried no further, when its gates failed to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<StopReason>,
    /// Start, milliseconds since 1970.
    pub started_ms: Option<i64>,
    /// End, milliseconds since 1970.
    pub ended_ms: Option<i64>,
}

/// What is wanted of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Desired {
    /// Go on.
    Run,
    /// Wait before the next phase, attempt or paid call.
    Pause,
    /// Seal what is there and end.
    Cancel,
}

/// The control row. Its epoch grows with every change, so that an old wish is told from a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRow {
    /// Counts changes.
    pub epoch: u64,
    /// What is wanted.
    pub desired: Desired,
    /// Why: `person`, `budget`, `kill-switch`.
    pub by: String,
    /// The kill switch's epoch when the run started: a later one ends the run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub armed: u64,
}

/// [`ControlRow::by`] of a run that the kill switch ended.
pub const KILL_SWITCH: &str = "kill-switch";

impl ControlRow {
    /// Changes what is wanted, unless it is wanted already or the run is to end anyway.
    pub fn want(&mut self, desired: Desired, by: &str) {
        if self.desired != desired && self.desired != Desired::Cancel {
            self.epoch += 1;
            self.desired = desired;
            by.clone_into(&mut self.by);
        }
    }

    /// [`ControlRow::want`] its end.
    pub fn end(&mut self, by: &str) {
        self.want(Desired::Cancel, by);
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(epoch: &u64) -> bool {
    *epoch == 0
}

/// A tenant's kill switch. Throwing it begins a new epoch, and every run of an older one makes no paid call any more and
/// ends; so nothing has to be reached for it to hold. While it is engaged no run starts. Without a row it was never
/// thrown: epoch 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchRow {
    /// How often it was thrown.
    pub epoch: u64,
    /// Whether it is thrown now.
    pub engaged: bool,
    /// Why, in the words of whoever threw it.
    pub why: String,
    /// Last change, milliseconds since 1970.
    pub at_ms: i64,
}
