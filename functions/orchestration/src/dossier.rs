//! `run-dossier-content` and `run-dossier`: what the dossier says is bound to the ledger, then both become one file.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::records::{Fact, GuardRow, PhaseRow, QuestionRow, RunRow, RunStatus, key};
use ideamine_core::{Ctx, Digest, Failure, Function};
use ideamine_dossier::{Content, Dossier, Sources, missing};
use ideamine_ledger::StepIndex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{guarded, index, judge, rows};

/// Rounds of loading documents: evidence names evidence, and nothing is nested deeper.
const LOAD_ROUNDS: usize = 4;

/// Input of `run-dossier-content`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentInput {
    /// How the run will end.
    pub status: RunStatus,
}

/// Output of `run-dossier-content`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ContentOutput {
    /// The [`Content`].
    pub content: Digest,
    /// The [`StepIndex`].
    pub steps: Digest,
}

/// `run-dossier-content`: everything the dossier says besides the ledger, and what must be on the ledger; the
/// digests of both become facts, so that the next seal covers them.
pub struct RunDossierContent;

#[async_trait]
impl Function for RunDossierContent {
    const NAME: &'static str = "run-dossier-content";
    type Input = ContentInput;
    type Output = ContentOutput;

    async fn run(&self, ctx: &Ctx, input: ContentInput) -> Result<ContentOutput, Failure> {
        let index = index::step_index(ctx).await?;
        let content = content(ctx, input.status).await?;
        let output =
            ContentOutput { content: ctx.put_json(&content).await?, steps: ctx.put_json(&index).await? };
        ctx.record(0, content.fact(Self::NAME)?).await?;
        ctx.record(1, index.fact(Self::NAME)?).await?;
        Ok(output)
    }
}

async fn content(ctx: &Ctx, status: RunStatus) -> Result<Content, Failure> {
    let plan_digest = ctx.plan_digest()?;
    let plan = rows::plan(ctx).await?;
    let run: RunRow = rows::get(ctx, &key::run(&ctx.tenant, &ctx.run)).await?;
    let run = RunRow { status, ..run };
    let phases: Vec<PhaseRow> = rows::phases(ctx).await?;
    let questions: Vec<QuestionRow> = rows::all(ctx, "question#").await?;
    let facts = ctx.env.ledger.facts(&ctx.tenant, &ctx.run).await?;
    let guards = guarded::all(ctx).await?;
    let documents = documents(ctx, &run, &phases, &guards, &facts).await?;
    Ok(Content::build(&Sources {
        tenant: &ctx.tenant,
        run: &run,
        plan: (&plan, plan_digest),
        phases: &phases,
        questions: &questions,
        guards: &guards,
        generator: judge::generator(&plan, &phases),
        facts: &facts,
        step: &ctx.step,
        documents: &documents,
    }))
}

/// Loads what the content shows; what is not there is listed by its digest alone.
async fn documents(
    ctx: &Ctx,
    run: &RunRow,
    phases: &[PhaseRow],
    guards: &[GuardRow],
    facts: &[Fact],
) -> Result<BTreeMap<Digest, Vec<u8>>, Failure> {
    let mut loaded = BTreeMap::new();
    for _ in 0..LOAD_ROUNDS {
        let mut found = false;
        for digest in missing(run, phases, guards, facts, &loaded) {
            match ctx.get(&digest).await {
                Ok(bytes) => {
                    loaded.insert(digest, bytes);
                    found = true;
                }
                Err(failure) if failure.kind == FailureKind::NotFound => {}
                Err(failure) => return Err(failure),
            }
        }
        if !found {
            break;
        }
    }
    Ok(loaded)
}

/// Input of `run-dossier`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DossierInput {
    /// The [`Content`].
    pub content: Digest,
    /// The [`StepIndex`].
    pub steps: Digest,
}

/// Output of `run-dossier`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DossierOutput {
    /// `dossier.json`.
    pub dossier: Digest,
    /// `dossier.html`.
    pub page: Digest,
}

/// `run-dossier`: joins the content with the sealed ledger that holds its digest, and renders the page: later builds
/// render another one, so that only a stored page can be told from an altered one.
pub struct RunDossier;

#[async_trait]
impl Function for RunDossier {
    const NAME: &'static str = "run-dossier";
    // It only copies what is sealed; a fact of its own would lie beyond the head that the dossier states.
    const WRITES_TASK_FACT: bool = false;
    type Input = DossierInput;
    type Output = DossierOutput;

    async fn run(&self, ctx: &Ctx, input: DossierInput) -> Result<DossierOutput, Failure> {
        let content: Content = ctx.get_json(&input.content).await?;
        let mut ledger = index::ledger_document(ctx).await?;
        ledger.index = Some(ctx.get_json::<StepIndex>(&input.steps).await?);
        let whole = Dossier::new(content, ledger);
        let page = ideamine_dossier::render(&whole).map_err(|e| Failure::bug(e.to_string()))?;
        let output = DossierOutput {
            dossier: ctx.put(whole.to_bytes()?).await?,
            page: ctx.put(page.into_bytes()).await?,
        };
        rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
            (run.dossier, run.page) = (Some(output.dossier), Some(output.page));
        })
        .await?;
        Ok(output)
    }
}
