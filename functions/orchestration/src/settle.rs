//! `run-settle`: what a phase made goes into the records.

use std::collections::BTreeSet;

use async_trait::async_trait;
use ideamine_authoring::Finished;
use ideamine_core::artifacts::{Document, OpenQuestion, Stories};
use ideamine_core::records::{ArtifactRef, PhaseRow, QuestionRow, QuestionState, key};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::BRANCHES_MAX;
use crate::rows;

/// Most stories of one phase: they run in one inline Map.
pub const STORIES_MAX: usize = BRANCHES_MAX;

/// Input of `run-settle`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which phase.
    pub phase: PhaseId,
    /// Its attempt.
    pub attempt: u32,
    /// The [`Finished`] document.
    pub finished: Digest,
}

/// Output of `run-settle`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// Stories to code, in order.
    pub stories: Vec<String>,
    /// Questions that the documents leave open.
    pub questions: usize,
}

/// `run-settle`.
pub struct RunSettle;

#[async_trait]
impl Function for RunSettle {
    const NAME: &'static str = "run-settle";
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let plan = rows::plan(ctx).await?;
        let key = rows::phase_key(ctx, &plan, &input.phase)?;
        let finished: Finished = ctx.get_json(&input.finished).await?;
        rows::update(ctx, &key, |row: &mut PhaseRow| {
            row.attempts = input.attempt;
            row.artifacts.clone_from(&finished.artifacts);
            row.generator = Some(finished.generator);
        })
        .await?;
        raise(ctx, &input.phase, &finished.questions).await?;
        let stories = stories(ctx, &finished.artifacts).await?;
        Ok(Output { stories, questions: finished.questions.len() })
    }
}

/// Ids of the stories that are to be coded.
async fn stories(ctx: &Ctx, artifacts: &[ArtifactRef]) -> Result<Vec<String>, Failure> {
    let Some(artifact) = artifacts.iter().find(|artifact| artifact.name == "stories.json") else {
        return Ok(vec![]);
    };
    let stories: Document<Stories> = ctx.get_json(&artifact.digest).await?;
    let coded: Vec<String> = stories.body.stories.into_iter().filter(|s| s.coded).map(|s| s.id).collect();
    if coded.len() > STORIES_MAX {
        return Err(Failure::input(format!(
            "{} stories are to be coded, at most {STORIES_MAX}",
            coded.len()
        )));
    }
    Ok(coded)
}

/// Writes the questions of a phase; those that are no longer raised and still open go.
pub(crate) async fn raise(ctx: &Ctx, phase: &PhaseId, questions: &[OpenQuestion]) -> Result<(), Failure> {
    let old: Vec<QuestionRow> = rows::all(ctx, &format!("question#{phase}-")).await?;
    let gone = old.iter().filter(|row| {
        row.phase == *phase
            && row.state == QuestionState::Open
            && !questions.iter().any(|q| q.text == row.text)
    });
    for row in gone {
        rows::delete(ctx, key::question(&ctx.tenant, &ctx.run, &row.id)).await?;
    }
    let mut known: BTreeSet<String> = old.iter().map(|row| row.text.clone()).collect();
    let mut next =
        old.iter().filter_map(|row| row.id.rsplit('Q').next()?.parse::<u32>().ok()).max().unwrap_or(0);
    for (rank, question) in (1..).zip(questions) {
        // Branches may raise the same question.
        if !known.insert(question.text.clone()) {
            continue;
        }
        next += 1;
        let row = QuestionRow {
            id: format!("{phase}-Q{next}"),
            phase: phase.clone(),
            text: question.text.clone(),
            why: question.why.clone(),
            blocking: question.blocking,
            rank,
            state: QuestionState::Open,
            answer: None,
            token: None,
        };
        rows::put(ctx, key::question(&ctx.tenant, &ctx.run, &row.id), &row).await?;
    }
    Ok(())
}
