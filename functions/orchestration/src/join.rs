//! `run-aggregate` and its custom kin: the branches' answers become one, in branch order. `run-keep`: one branch's
//! answer is kept for the branch after it.

use async_trait::async_trait;
use ideamine_authoring::aggregate;
use ideamine_core::artifacts::Coverage;
use ideamine_core::records::{FactBody, FanOutMode, key};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::brief::AttemptRow;
use crate::unstick::Unanswered;
use crate::{rows, unstick};

/// How one branch ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BranchResult {
    /// `ok`, `failed` or `stopped`.
    pub outcome: String,
    /// What it worked on.
    #[serde(default)]
    pub work: Option<Digest>,
    /// Its accepted answer.
    #[serde(default)]
    pub answer: Option<Digest>,
    /// Name of its failure.
    #[serde(default)]
    pub error: Option<String>,
    /// What the failure said.
    #[serde(default)]
    pub cause: Option<String>,
}

/// Input of every aggregating function; results in branch order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which phase.
    pub phase: PhaseId,
    /// Its attempt.
    pub attempt: u32,
    /// One per branch, in branch order.
    pub results: Vec<BranchResult>,
}

/// Output of every aggregating function.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Output {
    /// `ok`, `failed` or `stopped`; `again` where the phase goes on with its next model or a smaller job.
    pub outcome: String,
    /// The one answer.
    pub answer: Option<Digest>,
    /// The work that the agent finishes it for.
    pub work: Option<Digest>,
    /// Name of the failure.
    pub error: Option<String>,
    /// What it said; absent, not null, so that a machine can join it to text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// `run-aggregate`: merge, concat or vote, as the phase says.
pub struct RunAggregate;

#[async_trait]
impl Function for RunAggregate {
    const NAME: &'static str = "run-aggregate";
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let plan = rows::plan(ctx).await?;
        let how = plan.phase(&input.phase).map(|p| p.config.aggregation.clone()).unwrap_or_default();
        join(ctx, input, |answers| aggregate(answers, &how)).await
    }
}

/// `run-aggregate-substance`, a custom aggregation: the answer of which the largest share says something
/// about this idea; the earliest branch on a tie.
pub struct RunAggregateSubstance;

#[async_trait]
impl Function for RunAggregateSubstance {
    const NAME: &'static str = "run-aggregate-substance";
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        join(ctx, input, |answers| {
            let share = |answer: &&Value| Coverage::of(answer).substance_percent();
            let best = answers.iter().rev().max_by_key(share);
            best.cloned().ok_or_else(|| Failure::input("no branch answered"))
        })
        .await
    }
}

/// Joins what succeeded, when not more failed than the phase tolerates; records who failed and what became of it.
async fn join<F>(ctx: &Ctx, input: Input, how: F) -> Result<Output, Failure>
where
    F: FnOnce(&[Value]) -> Result<Value, Failure> + Send,
{
    let plan = rows::plan(ctx).await?;
    let planned = plan.phase(&input.phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
    let fan_out = &planned.config.fan_out;
    for (branch, result) in (0..).zip(&input.results) {
        if result.outcome != "ok" {
            record_failed(ctx, branch, result).await?;
        }
    }
    let tolerated = if fan_out.mode == FanOutMode::Partial { fan_out.tolerate as usize } else { 0 };
    let chosen = match chosen(&input.results, tolerated, fan_out.mode) {
        Ok(chosen) => chosen,
        Err(output) if output.outcome == "failed" => {
            let ordinal = u32::try_from(input.results.len()).unwrap_or(u32::MAX);
            let error = output.error.as_deref().unwrap_or_default();
            // The step is `04-prd/a1/aggregate`, or of a story's try `09-story-loop/a1/ST-1/t2/aggregate`.
            let attempts = ctx.step.strip_suffix("/aggregate").unwrap_or(&ctx.step);
            let attempts = attempts.trim_end_matches(|c: char| c.is_ascii_digit());
            let unanswered = Unanswered { planned, attempts, attempt: input.attempt, error, ordinal };
            let again = unstick::fall_back(ctx, &plan, &unanswered, "run-aggregate").await?;
            let outcome = if again.is_some() { "again".to_owned() } else { output.outcome };
            return Ok(Output { outcome, ..*output });
        }
        Err(output) => return Ok(*output),
    };
    let mut answers = Vec::with_capacity(chosen.len());
    for answer in chosen.iter().filter_map(|result| result.answer) {
        answers.push(ctx.get_json(&answer).await?);
    }
    let answer = ctx.put_json(&how(&answers)?).await?;
    let row = AttemptRow { answer: Some(answer), ..AttemptRow::default() };
    let path = format!("{}/a{}", planned.path(), input.attempt);
    rows::put(ctx, key::attempt(&ctx.tenant, &ctx.run, &path), &row).await?;
    let work = chosen.first().and_then(|result| result.work);
    Ok(Output { outcome: "ok".to_owned(), answer: Some(answer), work, error: None, cause: None })
}

/// Which branches count. In iterative mode only the last does: it has read all before it.
fn chosen(
    results: &[BranchResult],
    tolerated: usize,
    mode: FanOutMode,
) -> Result<Vec<&BranchResult>, Box<Output>> {
    let not = |outcome: &str, by: Option<&BranchResult>| Output {
        outcome: outcome.to_owned(),
        answer: None,
        work: None,
        error: by.and_then(|result| result.error.clone()),
        cause: by.and_then(|result| result.cause.clone()),
    };
    if let Some(stopped) = results.iter().find(|result| result.outcome == "stopped") {
        return Err(Box::new(not("stopped", Some(stopped))));
    }
    let (good, bad): (Vec<_>, Vec<_>) = results.iter().partition(|result| result.outcome == "ok");
    if bad.len() > tolerated || good.is_empty() {
        let failed = not("failed", bad.first().copied());
        let error = failed.error.or_else(|| Some("Answer.Missing".to_owned()));
        return Err(Box::new(Output { error, ..failed }));
    }
    if mode == FanOutMode::Iterative { Ok(good.into_iter().rev().take(1).collect()) } else { Ok(good) }
}

async fn record_failed(ctx: &Ctx, branch: u32, result: &BranchResult) -> Result<(), Failure> {
    let choice = format!("b{branch:02}:{}", result.error.as_deref().unwrap_or("Unknown"));
    let by = "run-aggregate".to_owned();
    let body =
        FactBody::Decision { decision: "branch-left-out".to_owned(), choice, by, subject: result.work };
    ctx.record(branch, body).await
}

/// Input of `run-keep`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepInput {
    /// Which phase.
    pub phase: PhaseId,
    /// Its attempt.
    pub attempt: u32,
    /// Which branch.
    pub branch: u32,
    /// How it ended; one that failed leaves nothing to keep.
    pub result: BranchResult,
}

/// `run-keep`: keeps a branch's answer for the branch after it.
pub struct RunKeep;

#[async_trait]
impl Function for RunKeep {
    const NAME: &'static str = "run-keep";
    type Input = KeepInput;
    type Output = ();

    async fn run(&self, ctx: &Ctx, input: KeepInput) -> Result<(), Failure> {
        if input.result.answer.is_none() {
            return Ok(());
        }
        let plan = rows::plan(ctx).await?;
        let planned = plan.phase(&input.phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
        let path = format!("{}/a{}/b{:02}", planned.path(), input.attempt, input.branch);
        let row = AttemptRow { answer: input.result.answer, ..AttemptRow::default() };
        rows::put(ctx, key::attempt(&ctx.tenant, &ctx.run, &path), &row).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branches(outcomes: &str) -> Vec<BranchResult> {
        let of = |c: char| {
            let (outcome, error) = match c {
                '+' => ("ok", None),
                '-' => ("failed", Some("Model.Refused".to_owned())),
                _ => ("stopped", Some("Control.Stopped".to_owned())),
            };
            let cause = error.as_ref().map(|error| format!("because of {error}"));
            let answer = Some(Digest::of(&[c as u8]));
            BranchResult { outcome: outcome.into(), work: None, answer, error, cause }
        };
        outcomes.chars().map(of).collect()
    }

    #[test]
    fn as_many_may_fail_as_are_tolerated() {
        let check = |outcomes: &str, tolerated, mode, expected: Result<usize, &str>| {
            let results = branches(outcomes);
            let got = chosen(&results, tolerated, mode).map(|c| c.len()).map_err(|o| o.outcome);
            assert_eq!(got, expected.map_err(str::to_owned), "{outcomes}");
        };
        check("+++", 0, FanOutMode::Three, Ok(3));
        check("+-+", 0, FanOutMode::Three, Err("failed"));
        check("+-+", 1, FanOutMode::Partial, Ok(2));
        check("--+", 1, FanOutMode::Partial, Err("failed"));
        check("---", 3, FanOutMode::Partial, Err("failed"));
        check("+s+", 1, FanOutMode::Partial, Err("stopped"));
        check("++", 0, FanOutMode::Iterative, Ok(1));
        check("", 0, FanOutMode::Sequential, Err("failed"));
    }
}
