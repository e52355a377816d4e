//! `run-open`, `run-phase-close`, `run-phase-stop`: a phase's row from its first to its last state.

use async_trait::async_trait;
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::ports::Progress;
use ideamine_core::records::{Aggregation, CheckKind, FanOutMode, GuardAt, PhaseRow, PhaseStatus};
use ideamine_core::{Ctx, Failure, Function, PhaseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cause::told;
use crate::guarded::{self, Spoken};
use crate::next::{self, Go};
use crate::plan::GUARDS_OF_PHASES;
use crate::rows;

/// Input of the functions that work on one phase.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseInput {
    /// Which phase.
    pub phase: PhaseId,
}

/// What the machine needs to know of a phase's configuration.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OpenOutput {
    /// `work`, `pause` or `cancel`: what is wanted of the run before the phase's first attempt.
    pub go: Go,
    /// Function of its agent.
    pub agent: String,
    /// Machine that does a piece of its agent's work: `author`, or `compose` where rules answer.
    pub author: &'static str,
    /// Function that joins its branches.
    pub aggregate: String,
    /// Indexes of its branches.
    pub branches: Vec<usize>,
    /// Branches at once; 0 for all.
    pub concurrency: u32,
    /// Whether a branch reads the one before.
    pub iterative: bool,
    /// Whether it works stories.
    pub stories: bool,
    /// Sandboxed checks.
    pub checks: Vec<CheckKind>,
    /// Gates.
    pub gates: Vec<String>,
    /// Guards at what it leaves.
    pub guards: Vec<String>,
    /// Rounds of question and answer.
    pub rounds: u32,
    /// Deadline of one call or check, seconds.
    pub timeout_s: u32,
}

/// `run-open`: marks the phase as running and tells the machine its shape, and what is wanted of the run.
pub struct RunOpen;

#[async_trait]
impl Function for RunOpen {
    const NAME: &'static str = "run-open";
    const WRITES_TASK_FACT: bool = false;
    type Input = PhaseInput;
    type Output = OpenOutput;

    async fn run(&self, ctx: &Ctx, input: PhaseInput) -> Result<OpenOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let key = rows::phase_key(ctx, &plan, &input.phase)?;
        let now = ctx.env.clock.now_ms();
        rows::update(ctx, &key, |row: &mut PhaseRow| {
            row.status = PhaseStatus::Running;
            row.started_ms = row.started_ms.or(Some(now));
        })
        .await?;
        publish(ctx, &input.phase, PhaseStatus::Running, 1);
        let config = &plan.phase(&input.phase).ok_or_else(|| Failure::bug("the row was there"))?.config;
        let aggregate = match &config.aggregation {
            Aggregation::Custom(function) => function.clone(),
            _ => "run-aggregate".to_owned(),
        };
        Ok(OpenOutput {
            go: next::wanted(ctx).await?,
            agent: format!("agent-{}", config.agent),
            author: if plan.composes() { "compose" } else { "author" },
            aggregate,
            branches: (0..config.branch_count()).collect(),
            concurrency: config.fan_out.mode.max_concurrency(),
            iterative: config.fan_out.mode == FanOutMode::Iterative,
            stories: config.stories,
            checks: config.checks.clone(),
            gates: config.gates.clone(),
            guards: guards(&config.guards),
            rounds: config.questions.rounds,
            timeout_s: config.timeout_s,
        })
    }
}

/// The guards of every phase, and those that its file names, each once.
fn guards(named: &[String]) -> Vec<String> {
    let mut guards: Vec<String> = GUARDS_OF_PHASES.map(str::to_owned).to_vec();
    guards.extend(named.iter().filter(|name| !GUARDS_OF_PHASES.contains(&name.as_str())).cloned());
    guards
}

/// Tells watchers how a phase stands.
pub(crate) fn publish(ctx: &Ctx, phase: &PhaseId, status: PhaseStatus, attempt: u32) {
    let status =
        serde_json::to_value(status).ok().and_then(|s| s.as_str().map(str::to_owned)).unwrap_or_default();
    let progress = Progress::Phase { phase: phase.to_string(), status, attempt };
    ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
}

/// Input of `run-phase-close`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseInput {
    /// Which phase.
    pub phase: PhaseId,
    /// `ok`.
    pub outcome: String,
    /// What guards said of what it leaves.
    #[serde(default)]
    pub guards: Vec<Spoken>,
}

/// Output of `run-phase-close`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CloseOutput {
    /// How the phase stands now.
    pub status: PhaseStatus,
    /// `ok`, or `failed` where a guard ended the run.
    pub outcome: &'static str,
    /// Which guard and why; empty when it is `ok`.
    pub cause: String,
}

/// Output of `run-phase-stop`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClosedOutput {
    /// How the phase stands now.
    pub status: PhaseStatus,
}

/// `run-phase-close`: the phase was worked; its gates' outcomes decide how it stands.
pub struct RunPhaseClose;

#[async_trait]
impl Function for RunPhaseClose {
    const NAME: &'static str = "run-phase-close";
    type Input = CloseInput;
    type Output = CloseOutput;

    async fn run(&self, ctx: &Ctx, input: CloseInput) -> Result<CloseOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let key = rows::phase_key(ctx, &plan, &input.phase)?;
        let (at, phase) = (GuardAt::Phase, Some(input.phase.clone()));
        let blocked = guarded::follow(ctx, Self::NAME, at, phase, input.guards).await?;
        let now = ctx.env.clock.now_ms();
        let row = rows::update(ctx, &key, |row: &mut PhaseRow| {
            if let Some(why) = blocked.as_ref().filter(|why| !row.problems.contains(why)) {
                row.problems.push(why.clone());
            }
            row.status = status(row);
            row.ended_ms = Some(now);
        })
        .await?;
        publish(ctx, &input.phase, row.status, row.attempts);
        let outcome = if blocked.is_some() { "failed" } else { "ok" };
        Ok(CloseOutput { status: row.status, outcome, cause: blocked.unwrap_or_default() })
    }
}

fn status(row: &PhaseRow) -> PhaseStatus {
    let worst = row.gates.iter().map(|gate| gate.outcome).max().unwrap_or(GateOutcome::Pass);
    match worst {
        _ if !row.problems.is_empty() => PhaseStatus::Failed,
        GateOutcome::Pass | GateOutcome::Waived => PhaseStatus::Passed,
        GateOutcome::Concerns => PhaseStatus::Concerns,
        GateOutcome::Fail => PhaseStatus::Failed,
    }
}

/// Input of `run-phase-stop`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopInput {
    /// Which phase.
    pub phase: PhaseId,
    /// `stopped` (by a cancel) or `failed`.
    pub outcome: String,
    /// Name of the failure.
    pub error: String,
    /// What it said, as the machine has it.
    #[serde(default)]
    pub cause: String,
}

/// `run-phase-stop`: the phase was not worked to its end; says why in its row.
pub struct RunPhaseStop;

#[async_trait]
impl Function for RunPhaseStop {
    const NAME: &'static str = "run-phase-stop";
    type Input = StopInput;
    type Output = ClosedOutput;

    async fn run(&self, ctx: &Ctx, input: StopInput) -> Result<ClosedOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let key = rows::phase_key(ctx, &plan, &input.phase)?;
        let stopped = input.outcome == "stopped";
        let status = if stopped { PhaseStatus::Skipped } else { PhaseStatus::Failed };
        let now = ctx.env.clock.now_ms();
        rows::update(ctx, &key, |row: &mut PhaseRow| {
            row.status = status;
            row.ended_ms = Some(now);
            if status == PhaseStatus::Failed {
                row.problems =
                    vec![format!("could not be worked: {}", told(Some(&input.error), Some(&input.cause)))];
            }
        })
        .await?;
        publish(ctx, &input.phase, status, 0);
        Ok(ClosedOutput { status })
    }
}
