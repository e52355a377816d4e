//! `job-check`: runs one check over an application and stores what it saw.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_authoring::brief::{APP, available};
use ideamine_authoring::rows;
use ideamine_core::artifacts::{Evidence, GateOutcome};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Jobs, Progress};
use ideamine_core::records::{CheckKind, Plan, PlannedPhase};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId, seed};
use ideamine_guarding::{Ask, Policies, guard};
use ideamine_policy::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::{Source, Unusable, is_its_own_fault};
use crate::meter::Metered;
use crate::own_tests::Proof;
use crate::verdict::Verdict;
use crate::{command, compile, held_out, own_tests, start};

/// Longest time of one job of a check, seconds, whatever the phase allows: a check of a few jobs must end within
/// the state's own time limit.
const JOB_S_MAX: u32 = 240;

/// Input of `job-check`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInput {
    /// Whose application: for whoever watches.
    pub phase: PhaseId,
    /// Its attempt, from 1.
    pub attempt: u32,
    /// Which check.
    pub check: CheckKind,
    /// The application, a stored `Document<App>`; absent, the one that the phase or a phase before it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Digest>,
    /// The story that was coded last. Of `own-tests` only what it needs by itself is tried then, where the plan has the
    /// whole proven after the stories.
    #[serde(default)]
    pub story: Option<String>,
    /// Its interface, an OpenAPI document, where the application is given; `held-out` of a service needs it.
    #[serde(default)]
    pub openapi: Option<Digest>,
    /// Longest time of one job, seconds.
    pub timeout_s: u32,
}

/// Output of `job-check`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckOutput {
    /// The stored [`Evidence`].
    pub evidence: Digest,
    /// What came out.
    pub outcome: GateOutcome,
}

/// `job-check`: the one function that lets generated code run.
pub struct Check {
    /// The sandbox.
    jobs: Arc<dyn Jobs>,
    /// What runs may do, by their own policies.
    policies: Policies,
}

#[async_trait]
impl Function for Check {
    const NAME: &'static str = "job-check";
    type Input = CheckInput;
    type Output = CheckOutput;

    async fn run(&self, ctx: &Ctx, input: CheckInput) -> Result<CheckOutput, Failure> {
        let input = found(ctx, input).await?;
        self.guard(ctx, &input).await?;
        let proof = proof(ctx, &input).await?;
        let mut verdict = match self.verdict(ctx, &input, proof).await {
            Ok(verdict) => verdict,
            Err(Unusable::Finding { place, message }) => Verdict::failed("app-unusable", &place, &message),
            Err(Unusable::Failure(failure)) if failure.kind == FailureKind::SandboxMissing => {
                Verdict::failed("sandbox-missing", "app.json", &failure.message)
            }
            Err(Unusable::Failure(failure)) => return Err(failure),
        };
        let name = match input.check {
            CheckKind::OwnTests => proof.name(),
            other => other.name(),
        };
        let openapi = input.openapi.filter(|_| input.check == CheckKind::HeldOut);
        let inputs = [("app.json", input.app), ("openapi.json", openapi)];
        let mut inputs: Vec<(String, Digest)> =
            inputs.into_iter().filter_map(|(name, digest)| Some((name.to_owned(), digest?))).collect();
        for served in std::mem::take(&mut verdict.served) {
            inputs.push((served.name, ctx.put(served.content.into_bytes()).await?));
        }
        let evidence: Evidence = verdict.evidence(name, inputs);
        let note = format!("{name}: {}, {} findings", word(evidence.outcome), evidence.findings.len());
        let (phase, function) = (input.phase.to_string(), Self::NAME.to_owned());
        ctx.env.events.publish(&ctx.tenant, &ctx.run, Progress::Work { phase, function, note });
        Ok(CheckOutput { outcome: evidence.outcome, evidence: ctx.put_json(&evidence).await? })
    }
}

impl Check {
    /// Over this sandbox.
    pub fn new(jobs: Arc<dyn Jobs>) -> Self {
        Self { jobs, policies: Policies::default() }
    }

    /// Asks the run's policy before anything is run.
    async fn guard(&self, ctx: &Ctx, input: &CheckInput) -> Result<(), Failure> {
        let plan = rows::plan(ctx).await?;
        let action = Kind::ToolCall {
            tool: "sandbox-job".to_owned(),
            argv: vec![input.check.name().to_owned()],
            sandboxed: true,
            network: false,
            timeout_s: input.timeout_s.clamp(1, JOB_S_MAX),
        };
        let (function, phase) = (Self::NAME, Some(&input.phase));
        let ask = Ask { function, phase, action, subject: app(input)?, ordinal: 0 };
        let decided = async { Ok(vec![self.policies.decide(ctx, &plan, ask).await?]) };
        guard(ctx, &input.phase, app(input)?, decided).await
    }

    async fn verdict(&self, ctx: &Ctx, input: &CheckInput, proof: Proof) -> Result<Verdict, Unusable> {
        let source = Source::load(ctx, &app(input)?).await?;
        let wall_ms = 1_000 * u64::from(input.timeout_s.clamp(1, JOB_S_MAX));
        let jobs = Metered::open(self.jobs.as_ref(), ctx, input.phase.clone()).await?;
        let jobs: &dyn Jobs = &jobs;
        let verdict = match input.check {
            CheckKind::Compile => compile::check(jobs, &source, wall_ms).await,
            CheckKind::Start if !source.app.kind.is_service() => command::start(jobs, &source, wall_ms).await,
            CheckKind::Start => start::check(jobs, &source, wall_ms).await,
            CheckKind::OwnTests => own_tests::check(jobs, &source, proof, stream(ctx).await?, wall_ms).await,
            CheckKind::HeldOut if !source.app.kind.is_service() => {
                command::held_out(jobs, &source, stream(ctx).await?, wall_ms).await
            }
            CheckKind::HeldOut => {
                let stream = stream(ctx).await?;
                let Some(openapi) = &input.openapi else {
                    let message = "there is no openapi.json: the interface to check is not described";
                    return Ok(Verdict::failed("interface-missing", "openapi.json", message));
                };
                let document = ctx.get_json(openapi).await?;
                held_out::check(jobs, &source, &document, stream, wall_ms).await
            }
        };
        verdict.map_err(|failure| match is_its_own_fault(&failure) {
            true => Unusable::Finding { place: "app.json".to_owned(), message: failure.message },
            false => Unusable::Failure(failure),
        })
    }
}

/// The application, which is found before anything is done.
fn app(input: &CheckInput) -> Result<Digest, Failure> {
    input.app.ok_or_else(|| Failure::bug("no application was found"))
}

/// The check with the application that it is to look at, and its interface.
async fn found(ctx: &Ctx, mut input: CheckInput) -> Result<CheckInput, Failure> {
    if input.app.is_none() {
        let plan = rows::plan(ctx).await?;
        let planned = plan.phase(&input.phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
        let available = available(ctx, &plan, planned).await?;
        let digest = |name: &str| available.get(name).map(|artifact| artifact.digest);
        let (check, phase) = (input.check.name(), &input.phase);
        let missing = || {
            Failure::not_found(format!(
                "check `{check}` of phase `{phase}` needs {APP}, which no phase before made"
            ))
        };
        input.app = Some(digest(APP).ok_or_else(missing)?);
        input.openapi = digest("openapi.json");
    }
    Ok(input)
}

/// How much is proven of the tests of a story's code: a phase of the plan that has the stories' work proves the whole.
async fn proof(ctx: &Ctx, input: &CheckInput) -> Result<Proof, Failure> {
    if input.check != CheckKind::OwnTests || input.story.is_none() {
        return Ok(Proof::Whole);
    }
    let plan: Plan = ctx.get_json(&ctx.plan_digest()?).await?;
    let mut after = vec![&input.phase];
    // Phases stand in the plan in an order in which each comes after those that it depends on.
    for planned in &plan.phases {
        if planned.config.depends_on.iter().any(|id| after.contains(&id)) {
            after.push(&planned.config.id);
        }
    }
    let proven = |planned: &PlannedPhase| {
        after.contains(&&planned.config.id) && planned.config.checks.contains(&CheckKind::OwnTests)
    };
    Ok(if plan.phases.iter().any(proven) { Proof::Story } else { Proof::Whole })
}

/// What is drawn from: another attempt draws otherwise, so that code cannot be fitted to it. The seed alone is often 0 and
/// the path known; the plan's digest, of the idea, the build and all that was configured, is shown to no agent and no job.
async fn stream(ctx: &Ctx) -> Result<[u8; 32], Failure> {
    let digest = ctx.plan_digest()?;
    let plan: Plan = ctx.get_json(&digest).await?;
    Ok(seed::stream(plan.seed, &format!("{digest}/{}", ctx.step)))
}

const fn word(outcome: GateOutcome) -> &'static str {
    match outcome {
        GateOutcome::Pass => "pass",
        GateOutcome::Waived => "waived",
        GateOutcome::Concerns => "concerns",
        GateOutcome::Fail => "fail",
    }
}
