//! `run-gate-inputs` and `run-judge`: what gates may see, and what follows from what they say.
//!
//! A check that was planned and left no evidence fails its phase, gate or not: nobody has looked.

use async_trait::async_trait;
use ideamine_core::artifacts::{Evidence, GateFinding, GateInputs, GateOutcome, QuestionSummary, Unchecked};
use ideamine_core::ports::Progress;
use ideamine_core::records::{CheckKind, FactBody, GateRef, Generator, PhaseRow, Plan, QuestionRow, key};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::brief::{self, AttemptRow};
use crate::cause::told;
use crate::unstick::{Next, Tried};
use crate::{open, rows, unstick};

/// Input of `run-gate-inputs`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewInput {
    /// Which phase.
    pub phase: PhaseId,
    /// Its attempt.
    pub attempt: u32,
    /// Evidence of its checks.
    pub checks: Vec<Digest>,
    /// Checks that failed to run.
    pub unchecked: Vec<Lost>,
}

/// A check that failed to run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// Which check.
    pub check: String,
    /// Name of the failure.
    pub error: String,
    /// What it said.
    pub cause: String,
}

/// Output of `run-gate-inputs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ViewOutput {
    /// The [`GateInputs`].
    pub inputs: Digest,
}

/// `run-gate-inputs`: fixes what the phase's gates may look at, so that they can be run again anywhere.
pub struct RunGateInputs;

#[async_trait]
impl Function for RunGateInputs {
    const NAME: &'static str = "run-gate-inputs";
    type Input = ViewInput;
    type Output = ViewOutput;

    async fn run(&self, ctx: &Ctx, input: ViewInput) -> Result<ViewOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let planned = plan.phase(&input.phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
        let available = brief::available(ctx, &plan, planned).await?;
        let before = brief::ancestors(&plan, &input.phase);
        let worked: Vec<PhaseRow> = rows::phases(ctx).await?;
        let earlier: Vec<&PhaseRow> = worked.iter().filter(|row| before.contains(&row.id)).collect();
        let inputs = GateInputs {
            phase: input.phase.clone(),
            attempt: input.attempt,
            artifacts: available.into_values().collect(),
            unchecked: self::unchecked(ctx, &planned.config.checks, &input).await?,
            checks: input.checks,
            gates: earlier.iter().flat_map(|row| row.gates.clone()).collect(),
            phases: earlier.iter().map(|row| (row.id.clone(), row.status)).collect(),
            questions: questions(ctx, &before, &input.phase).await?,
            generator: generator(&plan, &worked),
        };
        Ok(ViewOutput { inputs: ctx.put_json(&inputs).await? })
    }
}

/// Planned checks without evidence, whatever the machine knows of them.
async fn unchecked(ctx: &Ctx, planned: &[CheckKind], input: &ViewInput) -> Result<Vec<Unchecked>, Failure> {
    let mut seen = Vec::with_capacity(input.checks.len());
    for digest in &input.checks {
        seen.push(ctx.get_json::<Evidence>(digest).await?.what);
    }
    let names = planned.iter().map(|check| check.name());
    let open = names.filter(|check| !seen.iter().any(|what| *what == format!("check:{check}")));
    let reason = |check: &str| {
        let lost = input.unchecked.iter().find(|lost| lost.check == check);
        lost.map_or_else(|| "it was not run".to_owned(), |lost| told(Some(&lost.error), Some(&lost.cause)))
    };
    Ok(open.map(|check| Unchecked { check: check.to_owned(), reason: reason(check) }).collect())
}

/// Questions of this phase and of those before it; parallel phases must not see each other's.
async fn questions(ctx: &Ctx, before: &[PhaseId], phase: &PhaseId) -> Result<Vec<QuestionSummary>, Failure> {
    let rows: Vec<QuestionRow> = rows::all(ctx, "question#").await?;
    let seen = rows.into_iter().filter(|row| row.phase == *phase || before.contains(&row.phase));
    Ok(seen
        .map(|row| QuestionSummary { id: row.id, phase: row.phase, blocking: row.blocking, state: row.state })
        .collect())
}

/// Who wrote the documents so far.
pub fn generator(plan: &Plan, worked: &[PhaseRow]) -> Generator {
    let by = |kind: Generator| worked.iter().any(|row| row.generator == Some(kind));
    let planned = if plan.composes() { Generator::Composer } else { Generator::Model };
    match (by(Generator::Composer), by(Generator::Model), by(Generator::Mixed)) {
        (_, _, true) | (true, true, _) => Generator::Mixed,
        (true, false, _) => Generator::Composer,
        (false, true, _) => Generator::Model,
        (false, false, false) => planned,
    }
}

/// What one gate said; without an outcome it could not judge.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spoken {
    /// Which gate.
    #[serde(default)]
    pub id: Option<String>,
    /// What it said.
    #[serde(default)]
    pub outcome: Option<GateOutcome>,
    /// Its evidence.
    #[serde(default)]
    pub evidence: Option<Digest>,
    /// What to mend.
    #[serde(default)]
    pub findings: Option<Digest>,
    /// Why it could not judge: the name of the failure.
    #[serde(default)]
    pub error: Option<String>,
    /// What the failure said.
    #[serde(default)]
    pub cause: Option<String>,
}

/// A story that could not be worked.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct LostStory {
    /// Which story.
    pub story: String,
    /// Name of the failure.
    #[serde(default)]
    pub error: Option<String>,
    /// What it said.
    #[serde(default)]
    pub cause: Option<String>,
}

/// Input of `run-judge`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgeInput {
    /// Which phase.
    pub phase: PhaseId,
    /// Its attempt.
    pub attempt: u32,
    /// The [`GateInputs`] that the gates saw.
    pub inputs: Digest,
    /// Stories of this attempt that could not be worked.
    pub stories: Vec<LostStory>,
    /// One per gate, in the order of the configuration.
    pub gates: Vec<Spoken>,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// The agent mends what was found.
    Again,
    /// A person may sign that it goes on all the same; only in a run that may wait for people.
    Appeal,
    /// The outcome stands.
    Close,
}

/// Output of `run-judge`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JudgeOutput {
    /// What follows.
    pub next: Follow,
    /// The worst outcome.
    pub outcome: GateOutcome,
}

/// `run-judge`: a failed gate goes back with its findings, at most four times, as long as that gets anywhere; to the phase's
/// next model when it does not.
pub struct RunJudge;

#[async_trait]
impl Function for RunJudge {
    const NAME: &'static str = "run-judge";
    type Input = JudgeInput;
    type Output = JudgeOutput;

    async fn run(&self, ctx: &Ctx, input: JudgeInput) -> Result<JudgeOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let planned = plan.phase(&input.phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
        let path = planned.path();
        let seen: GateInputs = ctx.get_json(&input.inputs).await?;
        let (gates, unjudged) = sort(&input.gates);
        let problems: Vec<String> = seen
            .unchecked
            .iter()
            .map(lost_check)
            .chain(input.stories.iter().map(lost_story))
            .chain(unjudged)
            .collect();
        let key = rows::phase_key(ctx, &plan, &input.phase)?;
        let row: PhaseRow = rows::get(ctx, &key).await?;
        let artifacts: Vec<Digest> = row.artifacts.iter().map(|artifact| artifact.digest).collect();
        let mut found = Found { findings: findings(ctx, &input.gates).await?, shortfall: 0 };
        let outcome = worst(&gates, &problems);
        let next = if outcome == GateOutcome::Fail && problems.is_empty() {
            found.shortfall = shortfall(ctx, &gates).await?;
            let mut tried = unstick::before(ctx, input.attempt, |n| format!("{path}/a{n}")).await?;
            tried.push(Tried::Judged(unstick::attempt(artifacts.clone(), &found.findings, found.shortfall)));
            let heard = plan.ask && !plan.approvers.is_empty();
            unstick::next(&tried, input.attempt, &unstick::ladder(&planned.config, heard))
        } else {
            Next::CLOSE
        };
        let row = rows::update(ctx, &key, |row: &mut PhaseRow| {
            row.gates.clone_from(&gates);
            row.problems.clone_from(&problems);
            row.stopped = next.stopped();
        })
        .await?;
        for gate in &gates {
            publish(ctx, &input.phase, gate);
        }
        keep(ctx, &format!("{path}/a{}", input.attempt), &found, artifacts, next.rung).await?;
        if next.follow == Follow::Again {
            open::publish(ctx, &input.phase, row.status, input.attempt + 1);
        }
        let choice = match next.follow {
            Follow::Again => "again",
            Follow::Appeal => "appeal",
            Follow::Close => "stands",
        };
        let by = Self::NAME.to_owned();
        let body =
            FactBody::Decision { decision: "loop".to_owned(), choice: choice.to_owned(), by, subject: None };
        ctx.record(0, body).await?;
        next.record(ctx, input.phase.as_str(), Self::NAME).await?;
        Ok(JudgeOutput { next: next.follow, outcome })
    }
}

fn lost_check(lost: &Unchecked) -> String {
    format!("the check {} has no result: {}", lost.check, lost.reason)
}

fn lost_story(lost: &LostStory) -> String {
    format!(
        "story {} could not be worked: {}",
        lost.story,
        told(lost.error.as_deref(), lost.cause.as_deref())
    )
}

/// What gates said, and which could not judge.
fn sort(spoken: &[Spoken]) -> (Vec<GateRef>, Vec<String>) {
    let mut gates = vec![];
    let mut problems = vec![];
    for gate in spoken {
        match (&gate.id, gate.outcome, gate.evidence) {
            (Some(id), Some(outcome), Some(evidence)) => {
                gates.push(GateRef { id: id.clone(), outcome, evidence })
            }
            _ => {
                let name = gate.id.as_deref().unwrap_or("of this phase");
                let why = told(gate.error.as_deref(), gate.cause.as_deref());
                problems.push(format!("the gate {name} could not judge: {why}"));
            }
        }
    }
    (gates, problems)
}

fn worst(gates: &[GateRef], problems: &[String]) -> GateOutcome {
    if !problems.is_empty() {
        return GateOutcome::Fail;
    }
    gates.iter().map(|gate| gate.outcome).max().unwrap_or(GateOutcome::Pass)
}

fn publish(ctx: &Ctx, phase: &PhaseId, gate: &GateRef) {
    let outcome = format!("{:?}", gate.outcome).to_lowercase();
    let progress = Progress::Gate { phase: phase.to_string(), gate: gate.id.clone(), outcome };
    ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
}

/// What the gates of one attempt found.
struct Found {
    findings: Vec<GateFinding>,
    /// Of an attempt that can be mended.
    shortfall: u64,
}

async fn findings(ctx: &Ctx, spoken: &[Spoken]) -> Result<Vec<GateFinding>, Failure> {
    let mut findings = vec![];
    for digest in spoken.iter().filter_map(|gate| gate.findings) {
        findings.extend(ctx.get_json::<Vec<GateFinding>>(&digest).await?);
    }
    Ok(findings)
}

async fn shortfall(ctx: &Ctx, gates: &[GateRef]) -> Result<u64, Failure> {
    let mut all = 0;
    for gate in gates {
        all += unstick::shortfall(&ctx.get_json::<Evidence>(&gate.evidence).await?.measures);
    }
    Ok(all)
}

/// Keeps what the next attempt needs: the answer, all findings, what the artifacts were, and who goes on.
async fn keep(
    ctx: &Ctx,
    path: &str,
    found: &Found,
    artifacts: Vec<Digest>,
    rung: u32,
) -> Result<(), Failure> {
    let answer = brief::attempt(ctx, path).await?.and_then(|row| row.answer);
    let findings = Some(ctx.put_json(&found.findings).await?);
    let row = AttemptRow { answer, findings, artifacts, shortfall: found.shortfall, rung, failed: false };
    rows::put(ctx, key::attempt(&ctx.tenant, &ctx.run, path), &row).await
}
