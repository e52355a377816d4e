//! `run-verdict`, `run-close`, `run-reconcile`: what the run came to, and its last row.

use async_trait::async_trait;
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::ports::Progress;
use ideamine_core::records::{
    BY_GUARD, ControlRow, Desired, FactBody, Generator, GuardAt, GuardRow, PhaseRow, PhaseStatus, Plan,
    QuestionRow, QuestionState, RunRow, RunStatus, RunVerdict, key,
};
use ideamine_core::{Ctx, Failure, Function};
use ideamine_guarding::reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cause::told;
use crate::guarded::Spoken;
use crate::judge::generator;
use crate::model_call::settle_open_calls;
use crate::{guarded, rows};

/// The gate without which nothing is released.
pub const RELEASE_GATE: &str = "release-readiness";

/// Input of the closing functions: the error that ended the run early, or nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Name of the failure, empty for none.
    pub error: String,
    /// What it said, as the machine has it.
    #[serde(default)]
    pub cause: String,
    /// What guards said of the whole work; for `run-verdict`.
    #[serde(default)]
    pub guards: Vec<Spoken>,
}

impl Input {
    fn told(&self) -> Option<String> {
        (!self.error.is_empty()).then(|| told(Some(&self.error), Some(&self.cause)))
    }
}

/// Output of the closing functions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// How the run ends.
    pub status: RunStatus,
    /// What it came to.
    pub verdict: RunVerdict,
}

/// `run-verdict`: released only when every gate let it through, release readiness among them, and a model or a
/// person, not rules alone, wrote the documents.
pub struct RunVerdictFunction;

#[async_trait]
impl Function for RunVerdictFunction {
    const NAME: &'static str = "run-verdict";
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let plan = rows::plan(ctx).await?;
        let told = input.told();
        guarded::follow(ctx, Self::NAME, GuardAt::Post, None, input.guards).await?;
        let wanted = rows::wanted(ctx).await?;
        let guarded = wanted.by == BY_GUARD;
        let cancelled = wanted.desired == Desired::Cancel && !guarded;
        // What was cut off and never taken up again is booked now: after this nothing more is spent.
        settle_open_calls(ctx).await?;
        skip_pending(ctx).await?;
        let seen = Seen {
            phases: rows::phases(ctx).await?,
            questions: rows::all(ctx, "question#").await?,
            guards: guarded::all(ctx).await?,
            guarded,
            cancelled,
            error: told,
        };
        let (status, verdict, reasons) = decide(&plan, &seen);
        rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
            run.verdict = Some(verdict);
            run.reasons.clone_from(&reasons);
        })
        .await?;
        let choice = serde_json::to_value(verdict).ok().and_then(|v| v.as_str().map(str::to_owned));
        let body = FactBody::Decision {
            decision: "verdict".to_owned(),
            choice: choice.unwrap_or_default(),
            by: Self::NAME.to_owned(),
            subject: ctx.plan,
        };
        ctx.record(0, body).await?;
        Ok(Output { status, verdict })
    }
}

/// Phases that the run never came to are shown as skipped.
async fn skip_pending(ctx: &Ctx) -> Result<(), Failure> {
    for row in rows::phases(ctx).await? {
        if matches!(row.status, PhaseStatus::Pending | PhaseStatus::Running) {
            let key = key::phase(&ctx.tenant, &ctx.run, row.order, &row.id);
            rows::update(ctx, &key, |row: &mut PhaseRow| row.status = PhaseStatus::Skipped).await?;
        }
    }
    Ok(())
}

struct Seen {
    phases: Vec<PhaseRow>,
    questions: Vec<QuestionRow>,
    guards: Vec<GuardRow>,
    /// Whether a guard ended it.
    guarded: bool,
    cancelled: bool,
    error: Option<String>,
}

fn decide(plan: &Plan, seen: &Seen) -> (RunStatus, RunVerdict, Vec<String>) {
    if seen.cancelled {
        return (RunStatus::Cancelled, RunVerdict::Stopped, vec!["cancelled by a person".to_owned()]);
    }
    if seen.guarded {
        let said = seen.guards.iter().flat_map(|row| row.said.iter().map(move |said| (row, said)));
        let blocked = said.filter(|(_, said)| said.outcome.stops());
        let reasons = blocked.map(|(row, said)| match &row.phase {
            Some(phase) => format!("phase {phase}: {}", reason(said)),
            None => reason(said),
        });
        return (RunStatus::Failed, RunVerdict::Stopped, reasons.collect());
    }
    let broken = seen.phases.iter().filter(|row| !row.problems.is_empty());
    let mut reasons: Vec<String> = broken
        .flat_map(|row| row.problems.iter().map(|problem| format!("phase {}: {problem}", row.id)))
        .collect();
    if let Some(error) = &seen.error {
        reasons.push(format!("ended by {error}"));
        return (RunStatus::Failed, RunVerdict::Stopped, reasons);
    }
    reasons.extend(against(plan, seen));
    let verdict = if reasons.is_empty() { RunVerdict::Released } else { RunVerdict::Held };
    (RunStatus::Completed, verdict, reasons)
}

/// What stands against release, most telling first.
fn against(plan: &Plan, seen: &Seen) -> Vec<String> {
    let mut reasons = vec![];
    if generator(plan, &seen.phases) != Generator::Model {
        reasons.push("composed by rules: a skeleton, no model or person has worked it out".to_owned());
    }
    for row in &seen.phases {
        for gate in row.gates.iter().filter(|gate| gate.outcome == GateOutcome::Fail) {
            reasons
                .push(format!("gate {} failed in phase {} after {} attempts", gate.id, row.id, row.attempts));
        }
    }
    let gates = || seen.phases.iter().flat_map(|row| &row.gates);
    if !gates().any(|gate| gate.id == RELEASE_GATE) {
        reasons.push(format!("gate {RELEASE_GATE} was not reached"));
    }
    let open = seen
        .questions
        .iter()
        .filter(|q| q.blocking && matches!(q.state, QuestionState::Open | QuestionState::Asked));
    let review = seen.guards.iter().flat_map(|row| &row.said).filter(|said| !said.review.is_empty());
    reasons.extend(
        review.map(|said| format!("guard {} asks for a review: {}", said.id, said.review.join(", "))),
    );
    match open.count() {
        0 => {}
        n => reasons.push(format!("{n} blocking questions are open")),
    }
    reasons
}

/// `run-close`: the run's last row.
pub struct RunClose;

#[async_trait]
impl Function for RunClose {
    const NAME: &'static str = "run-close";
    const WRITES_TASK_FACT: bool = false;
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let control = rows::wanted(ctx).await?;
        let run: RunRow = rows::get(ctx, &key::run(&ctx.tenant, &ctx.run)).await?;
        let status = match (run.verdict, control.desired, input.error.is_empty()) {
            // It is sealed and in the dossier: a cancel that comes now changes nothing any more.
            (Some(RunVerdict::Released | RunVerdict::Held), _, true) => RunStatus::Completed,
            (_, Desired::Cancel, _) if control.by == BY_GUARD => RunStatus::Failed,
            (_, Desired::Cancel, _) => RunStatus::Cancelled,
            (_, _, true) => RunStatus::Completed,
            (_, _, false) => RunStatus::Failed,
        };
        close(ctx, status, None).await
    }
}

/// `run-reconcile`: an execution that ended in any other way than through `run-close` must not leave its run open.
pub struct RunReconcile;

#[async_trait]
impl Function for RunReconcile {
    const NAME: &'static str = "run-reconcile";
    const WRITES_TASK_FACT: bool = false;
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let run: RunRow = rows::get(ctx, &key::run(&ctx.tenant, &ctx.run)).await?;
        let mut status = RunStatus::Failed;
        if run.ended_ms.is_none() {
            let by = fence(ctx).await?;
            if by != Self::NAME && by != BY_GUARD {
                status = RunStatus::Cancelled;
            }
        }
        // Who was asking a model cannot settle any more: its row is taken, and the fence lets it not ask again.
        settle_open_calls(ctx).await?;
        let ended =
            format!("the run's execution ended with {}", told(Some(&input.error), Some(&input.cause)));
        close(ctx, status, Some(ended)).await
    }
}

/// What such an execution leaves behind, children and messages of a queue, begins nothing more that costs money.
/// Returns who ended the run: whoever had cancelled it, or this function.
async fn fence(ctx: &Ctx) -> Result<String, Failure> {
    let wanted = rows::wanted(ctx).await?;
    let by = match wanted.desired {
        Desired::Cancel => wanted.by,
        Desired::Run | Desired::Pause => RunReconcile::NAME.to_owned(),
    };
    rows::update(ctx, &key::control(&ctx.tenant, &ctx.run), |control: &mut ControlRow| control.end(&by))
        .await?;
    Ok(by)
}

async fn close(ctx: &Ctx, status: RunStatus, reason: Option<String>) -> Result<Output, Failure> {
    let now = ctx.env.clock.now_ms();
    let run = rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
        if run.ended_ms.is_some() {
            return;
        }
        run.status = status;
        run.ended_ms = Some(now);
        if status != RunStatus::Completed || run.verdict.is_none() {
            run.verdict = Some(RunVerdict::Stopped);
        }
        run.reasons.extend(reason.clone());
    })
    .await?;
    let verdict = run.verdict.unwrap_or(RunVerdict::Stopped);
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let progress = Progress::Run {
        status: word(serde_json::to_value(run.status)),
        verdict: Some(word(serde_json::to_value(verdict))),
    };
    ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
    Ok(Output { status: run.status, verdict })
}
