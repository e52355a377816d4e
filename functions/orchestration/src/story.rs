//! `run-story-judge` and `run-story-settle`: one story's code goes into the tree, and its tests decide. Where they
//! could not be run, the code goes there without them.

use async_trait::async_trait;
use ideamine_authoring::{Finished, rung};
use ideamine_core::artifacts::{Document, Evidence, GateOutcome, StoryResult};
use ideamine_core::digest::canonical;
use ideamine_core::ports::Progress;
use ideamine_core::records::{ArtifactRef, FactBody, PhaseRow, Plan, key};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::brief::{self, APP, AttemptRow};
use crate::judge::Follow;
use crate::unstick::{Next, Tried};
use crate::{rows, unstick};

/// Input of `run-story-settle`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleInput {
    /// Which phase.
    pub phase: PhaseId,
    /// Which story.
    pub story: String,
    /// The [`Finished`] document.
    pub finished: Digest,
}

/// Output of `run-story-settle`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettleOutput {
    /// The application with the story's changes.
    pub app: Digest,
}

/// `run-story-settle`: the story's artifacts replace those of the same name among the phase's.
pub struct RunStorySettle;

#[async_trait]
impl Function for RunStorySettle {
    const NAME: &'static str = "run-story-settle";
    type Input = SettleInput;
    type Output = SettleOutput;

    async fn run(&self, ctx: &Ctx, input: SettleInput) -> Result<SettleOutput, Failure> {
        let finished: Finished = ctx.get_json(&input.finished).await?;
        let app =
            finished.artifacts.iter().find(|artifact| artifact.name == APP).map(|artifact| artifact.digest);
        let app = app.ok_or_else(|| Failure::bug(format!("story {} came without {APP}", input.story)))?;
        settle(ctx, &rows::plan(ctx).await?, &input.phase, &finished.artifacts).await?;
        Ok(SettleOutput { app })
    }
}

async fn settle(ctx: &Ctx, plan: &Plan, phase: &PhaseId, artifacts: &[ArtifactRef]) -> Result<(), Failure> {
    let key = rows::phase_key(ctx, plan, phase)?;
    rows::update(ctx, &key, |row: &mut PhaseRow| replace(&mut row.artifacts, artifacts)).await.map(|_| ())
}

/// The story's result says that its tests passed: the one document that its author could not finish.
async fn pass(
    ctx: &Ctx,
    input: &JudgeInput,
    author: String,
    artifacts: &mut [ArtifactRef],
) -> Result<(), Failure> {
    let name = StoryResult::artifact(&input.story);
    let result = artifacts.iter_mut().find(|artifact| artifact.name == name);
    let result = result.ok_or_else(|| Failure::bug(format!("story {} came without {name}", input.story)))?;
    let mut document: Document<StoryResult> = ctx.get_json(&result.digest).await?;
    document.body.passed = true;
    let bytes = canonical(&document)?;
    let (draft, size) = (result.digest, bytes.len() as u64);
    (result.digest, result.bytes) = (ctx.put(bytes).await?, size);
    let body = FactBody::Artifact {
        name,
        digest: result.digest,
        media_type: result.media_type.clone(),
        bytes: size,
        producer: RunStoryJudge::NAME.to_owned(),
        author,
        inputs: vec![draft, input.evidence],
        traces: document.body.traces(),
    };
    ctx.record(0, body).await
}

/// Puts `new` in the place of artifacts of the same name, or at the end.
fn replace(artifacts: &mut Vec<ArtifactRef>, new: &[ArtifactRef]) {
    for artifact in new {
        match artifacts.iter_mut().find(|old| old.name == artifact.name) {
            Some(old) => old.clone_from(artifact),
            None => artifacts.push(artifact.clone()),
        }
    }
}

/// Input of `run-story-judge`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgeInput {
    /// Which phase.
    pub phase: PhaseId,
    /// Which story.
    pub story: String,
    /// Its try, from 1.
    pub attempt: u32,
    /// The answer that was tested.
    pub answer: Digest,
    /// What came of it: the [`Finished`] document.
    pub finished: Digest,
    /// Evidence of its tests.
    pub evidence: Digest,
    /// What they said.
    pub outcome: GateOutcome,
}

/// Output of `run-story-judge`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JudgeOutput {
    /// What follows.
    pub next: Follow,
    /// Whether the tests passed.
    pub passed: bool,
}

/// `run-story-judge`: the story's code goes into the tree with what its tests said; failed tests go back to the
/// author, as long as that gets anywhere.
pub struct RunStoryJudge;

#[async_trait]
impl Function for RunStoryJudge {
    const NAME: &'static str = "run-story-judge";
    type Input = JudgeInput;
    type Output = JudgeOutput;

    async fn run(&self, ctx: &Ctx, input: JudgeInput) -> Result<JudgeOutput, Failure> {
        let evidence: Evidence = ctx.get_json(&input.evidence).await?;
        // The step is `09-story-loop/a1/ST-1/t2/judge`: tries lie beside it.
        let tries =
            ctx.step.strip_suffix("/judge").and_then(|path| path.rsplit_once("/t")).map(|(base, _)| base);
        let tries = tries.ok_or_else(|| Failure::input(format!("`{}` is not a story's step", ctx.step)))?;
        let path = |attempt: u32| format!("{tries}/t{attempt}");
        let plan = rows::plan(ctx).await?;
        let planned = plan.phase(&input.phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
        let passed = input.outcome < GateOutcome::Fail;
        let shortfall = unstick::shortfall(&evidence.measures);
        let next = if passed {
            Next::CLOSE
        } else {
            let mut tried = unstick::before(ctx, input.attempt, path).await?;
            tried.push(Tried::Judged(unstick::attempt(vec![input.answer], &evidence.findings, shortfall)));
            unstick::next(&tried, input.attempt, &unstick::ladder(&planned.config, false))
        };
        let row = AttemptRow {
            answer: Some(input.answer),
            findings: Some(ctx.put_json(&evidence.findings).await?),
            artifacts: vec![],
            shortfall,
            rung: next.rung,
            failed: false,
        };
        rows::put(ctx, key::attempt(&ctx.tenant, &ctx.run, &path(input.attempt)), &row).await?;
        let note = format!("{}: tests {}", input.story, if passed { "passed" } else { "failed" });
        let progress =
            Progress::Work { phase: input.phase.to_string(), function: "job-check".to_owned(), note };
        ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
        let finished: Finished = ctx.get_json(&input.finished).await?;
        let mut artifacts = finished.artifacts;
        if passed {
            let before = brief::attempt(ctx, &path(input.attempt.saturating_sub(1))).await?;
            let author = rung::model(&plan.model, &planned.config, before.map_or(0, |attempt| attempt.rung));
            pass(ctx, &input, author, &mut artifacts).await?;
        }
        settle(ctx, &plan, &input.phase, &artifacts).await?;
        next.record(ctx, input.phase.as_str(), Self::NAME).await?;
        Ok(JudgeOutput { next: next.follow, passed })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ideamine_core::records::Generator;
    use ideamine_core::{Origin, Text};
    use serde_json::json;

    use super::*;
    use crate::world::{World, ctx};

    /// Judges a passed try of a story in a phase that falls back on `a/b`, which the try before has done or not; the
    /// author that the ledger names.
    async fn author(attempt: u32, rung: u32) -> String {
        let world = World::new();
        let mut ctx = ctx(&world, &format!("01-code/a1/ST-1/t{attempt}/judge"));
        let config = json!({ "id": "code", "title": "t", "agent": "story", "output": "code.json", "prompt": "p",
            "fallback": ["a/b"] });
        let plan = json!({
            "version": 1, "build": "b", "idea": Digest::of(b"i"), "idea_media_type": "text/plain", "seed": 0,
            "model": "own/model", "ask": false, "machines": {}, "approvers": [],
            "phases": [{ "order": 0, "wave": 0, "config": config }],
        });
        ctx.plan = Some(ctx.put_json(&plan).await.unwrap());
        let phase = PhaseId::new("code").unwrap();
        let row = json!({ "id": "code", "order": 0, "status": "running", "attempts": 1, "artifacts": [], "gates": [],
            "generator": null, "problems": [], "started_ms": 1, "ended_ms": null });
        world.put_row(key::phase(&ctx.tenant, &ctx.run, 0, &phase), row);
        let before = AttemptRow { rung, ..AttemptRow::default() };
        let path = format!("01-code/a1/ST-1/t{}", attempt - 1);
        rows::put(&ctx, key::attempt(&ctx.tenant, &ctx.run, &path), &before).await.unwrap();

        let result = StoryResult {
            story: "ST-1".to_owned(),
            summary: Text { text: "done".to_owned(), origin: Origin::Model },
            implements: vec![],
            files: BTreeMap::new(),
            removed: vec![],
            tests: BTreeMap::new(),
            passed: false,
        };
        let draft = Document::wrap("story", Generator::Model, result).unwrap();
        let artifact = ArtifactRef {
            name: StoryResult::artifact("ST-1"),
            digest: ctx.put_json(&draft).await.unwrap(),
            media_type: "application/json".to_owned(),
            bytes: 1,
        };
        let finished = Finished {
            artifacts: vec![artifact],
            questions: vec![],
            traces: vec![],
            generator: Generator::Model,
        };
        let evidence = json!({ "what": "check:own-tests", "tool": "t", "outcome": "pass", "measures": [],
            "findings": [], "inputs": [], "raw": "", "again": [] });
        let input = JudgeInput {
            phase,
            story: "ST-1".to_owned(),
            attempt,
            answer: ctx.put_json(&json!({})).await.unwrap(),
            finished: ctx.put_json(&finished).await.unwrap(),
            evidence: ctx.put_json(&evidence).await.unwrap(),
            outcome: GateOutcome::Pass,
        };
        assert!(RunStoryJudge.run(&ctx, input).await.unwrap().passed);
        let facts = world.facts();
        let author = facts.into_iter().find_map(|fact| match fact.body {
            FactBody::Artifact { author, .. } => Some(author),
            _ => None,
        });
        author.unwrap()
    }

    #[tokio::test]
    async fn a_passed_story_is_by_the_model_of_its_try() {
        assert_eq!(author(1, 0).await, "own/model");
        assert_eq!(author(2, 0).await, "own/model");
        assert_eq!(author(2, 1).await, "a/b");
    }
}
