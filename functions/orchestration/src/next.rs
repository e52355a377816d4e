//! `run-next`, `run-control`, `run-pause`, `run-hold`: what is wanted of the run, what is ready, and where it waits.

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Progress;
use ideamine_core::records::{
    ControlRow, Desired, FactBody, GuardAt, KILL_SWITCH, PhaseStatus, RunRow, RunStatus, key,
};
use ideamine_core::references::{Reference, References};
use ideamine_core::{Ctx, Failure, Function, PhaseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::guarded::{self, Spoken};
use crate::rows;

/// A function without input.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What the mothership does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Go {
    /// Work the phases that are ready.
    Work,
    /// Wait for a person.
    Pause,
    /// Seal and end.
    Cancel,
    /// Nothing is left to work.
    Done,
}

/// A phase that can be worked now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ready {
    /// Which.
    pub id: PhaseId,
    /// First component of its logical paths.
    pub path: String,
}

/// Input of `run-next`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NextInput {
    /// What guards said of the idea; given once, before the first phase.
    #[serde(default)]
    pub guards: Vec<Spoken>,
}

/// Output of `run-next`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NextOutput {
    /// What to do.
    pub go: Go,
    /// Phases that can be worked now, in plan order.
    pub phases: Vec<Ready>,
}

/// `run-next`: the phases whose dependencies have been worked; they are independent of each other.
pub struct RunNext;

#[async_trait]
impl Function for RunNext {
    const NAME: &'static str = "run-next";
    const WRITES_TASK_FACT: bool = false;
    type Input = NextInput;
    type Output = NextOutput;

    async fn run(&self, ctx: &Ctx, input: NextInput) -> Result<NextOutput, Failure> {
        guarded::follow(ctx, Self::NAME, GuardAt::Pre, None, input.guards).await?;
        let go = wanted(ctx).await?;
        if go != Go::Work {
            return Ok(NextOutput { go, phases: vec![] });
        }
        let plan = rows::plan(ctx).await?;
        let worked = rows::phases(ctx).await?;
        let is = |id: &PhaseId, open: bool| {
            worked.iter().any(|row| {
                row.id == *id && open == matches!(row.status, PhaseStatus::Pending | PhaseStatus::Running)
            })
        };
        let ready = plan.phases.iter().filter(|planned| {
            is(&planned.config.id, true) && planned.config.depends_on.iter().all(|before| is(before, false))
        });
        let phases: Vec<Ready> =
            ready.map(|planned| Ready { id: planned.config.id.clone(), path: planned.path() }).collect();
        let go = if phases.is_empty() { Go::Done } else { Go::Work };
        Ok(NextOutput { go, phases })
    }
}

/// Output of `run-control`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ControlOutput {
    /// `work`, `pause` or `cancel`.
    pub go: Go,
}

/// `run-control`: asked before every attempt and after every wait, by a consistent read.
pub struct RunControl;

#[async_trait]
impl Function for RunControl {
    const NAME: &'static str = "run-control";
    const WRITES_TASK_FACT: bool = false;
    type Input = Nothing;
    type Output = ControlOutput;

    async fn run(&self, ctx: &Ctx, _: Nothing) -> Result<ControlOutput, Failure> {
        Ok(ControlOutput { go: wanted(ctx).await? })
    }
}

/// What a person, the budget or the kill switch wants; a wish other than going on is a decision on the ledger.
pub(crate) async fn wanted(ctx: &Ctx) -> Result<Go, Failure> {
    let control = rows::wanted(ctx).await?;
    let (go, choice) = match control.desired {
        Desired::Run => return Ok(Go::Work),
        Desired::Pause => (Go::Pause, "pause"),
        Desired::Cancel => (Go::Cancel, "cancel"),
    };
    // The switch ends a run before its row says so, and a person may ask for the same meanwhile: two wishes, one number.
    let path = match control.by.as_str() {
        KILL_SWITCH => format!("control/{KILL_SWITCH}"),
        _ => format!("control/{:06}", control.epoch),
    };
    let body = FactBody::Decision {
        decision: "control".to_owned(),
        choice: choice.to_owned(),
        by: control.by,
        subject: None,
    };
    ctx.record_at(&path, 0, body).await?;
    Ok(go)
}

/// Input of `run-pause`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseInput {
    /// Who wants it: `policy:budget`.
    pub by: String,
}

/// `run-pause`: asks the run to wait before its next phase, attempt or paid call, unless a person wants something else.
pub struct RunPause;

#[async_trait]
impl Function for RunPause {
    const NAME: &'static str = "run-pause";
    type Input = PauseInput;
    type Output = ();

    async fn run(&self, ctx: &Ctx, input: PauseInput) -> Result<(), Failure> {
        rows::update(ctx, &key::control(&ctx.tenant, &ctx.run), |control: &mut ControlRow| {
            control.want(Desired::Pause, &input.by);
        })
        .await
        .map(|_| ())
    }
}

/// Input of `run-hold`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldInput {
    /// The task token to answer when the run goes on.
    pub token: String,
}

/// Where an execution waits. The token is a capability: stored once, never shown.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldRow {
    /// The waiting step.
    pub step: String,
    /// The task token.
    pub token: String,
}

impl References for HoldRow {
    fn references(&self) -> Vec<Reference> {
        let Self { step: _, token: _ } = self;
        vec![]
    }
}

/// `run-hold`: keeps the token of a waiting execution and shows the run as paused.
pub struct RunHold;

/// A resume that came before the token was kept has not seen it: the wish is looked at once more.
async fn go_on_if_wanted(ctx: &Ctx, row: &HoldRow) -> Result<(), Failure> {
    if rows::wanted(ctx).await?.desired == Desired::Pause {
        return Ok(());
    }
    rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| run.status = RunStatus::Running)
        .await?;
    rows::delete(ctx, key::hold(&ctx.tenant, &ctx.run, &row.step)).await?;
    wake(ctx, &row.token).await
}

/// Answers a waiting token with nothing. One that is spent was answered by somebody else, or before a crash.
///
/// # Errors
/// The workflows' own, but `Data.NotFound`.
pub async fn wake(ctx: &Ctx, token: &str) -> Result<(), Failure> {
    match ctx.env.workflows.task_succeeded(token, serde_json::json!({})).await {
        Err(failure) if failure.kind == FailureKind::NotFound => Ok(()),
        other => other,
    }
}

#[async_trait]
impl Function for RunHold {
    const NAME: &'static str = "run-hold";
    const WRITES_TASK_FACT: bool = false;
    type Input = HoldInput;
    type Output = ();

    async fn run(&self, ctx: &Ctx, input: HoldInput) -> Result<(), Failure> {
        let row = HoldRow { step: ctx.step.clone(), token: input.token };
        rows::put(ctx, key::hold(&ctx.tenant, &ctx.run, &ctx.step), &row).await?;
        rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
            run.status = RunStatus::Paused
        })
        .await?;
        let progress = Progress::Run { status: "paused".to_owned(), verdict: None };
        ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
        go_on_if_wanted(ctx, &row).await
    }
}
