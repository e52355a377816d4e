//! Everything that a run wrote down besides its documents, read once.

use ideamine_core::ports::Item;
use ideamine_core::records::{Fact, Plan, RunRow, key};
use ideamine_core::{Ctx, Digest, Failure, RunId};
use ideamine_dossier::Content;
use ideamine_engine::StepResult;
use ideamine_ledger::{LedgerDocument, StepIndex};
use ideamine_orchestration::index;
use serde::de::DeserializeOwned;

use crate::app::App;

/// Rows read at once.
const PAGE: usize = 500;

/// What a run wrote down. What stands in a document that is gone or harmed is absent; the document itself is reported.
pub(super) struct Books {
    /// For reading documents.
    pub ctx: Ctx,
    /// The run's own row.
    pub run: RunRow,
    /// Every row of the run, as it is stored.
    pub items: Vec<Item>,
    /// Its facts, sealed or not.
    pub facts: Vec<Fact>,
    /// What its executions did, or why that cannot be read.
    pub results: Result<Vec<StepResult>, Failure>,
    /// Its ledger.
    pub ledger: LedgerDocument,
    /// What the dossier says, once the run has ended.
    pub content: Option<Content>,
    /// The plan that was sealed.
    pub plan: Option<(Plan, Digest)>,
}

impl Books {
    /// Reads them.
    ///
    /// # Errors
    /// When the run is not known; `Data.Corrupt` when a row cannot be read.
    pub(super) async fn read(app: &App, run: &RunId) -> Result<Self, Failure> {
        let ctx = app.runs.context(run);
        let row = app.runs.find(run).await?;
        let mut ledger = index::sealed(&ctx).await?;
        ledger.index = document(&ctx, ledger.sealed_digest(StepIndex::ARTIFACT)).await;
        let content: Option<Content> = document(&ctx, ledger.sealed_digest(Content::ARTIFACT)).await;
        let hash = content.as_ref().map(|content| content.plan.hash).or(row.plan);
        let plan: Option<Plan> = document(&ctx, hash).await;
        let results = match &row.execution {
            Some(execution) => app.engine.results(execution).await,
            None => Ok(vec![]),
        };
        Ok(Self {
            items: items(&ctx).await?,
            facts: app.env.ledger.facts(&ctx.tenant, run).await?,
            plan: plan.zip(hash),
            run: row,
            results,
            ledger,
            content,
            ctx,
        })
    }

    /// Whether the run has ended, so that all of it must be sealed.
    pub(super) const fn ended(&self) -> bool {
        self.run.ended_ms.is_some()
    }

    /// What the executions did, as far as it can be read.
    pub(super) fn done(&self) -> &[StepResult] {
        self.results.as_deref().unwrap_or_default()
    }
}

/// A typed document; none where it is gone, harmed or of another form.
async fn document<T: DeserializeOwned>(ctx: &Ctx, digest: Option<Digest>) -> Option<T> {
    ctx.get_json(&digest?).await.ok()
}

async fn items(ctx: &Ctx) -> Result<Vec<Item>, Failure> {
    let pk = key::run_pk(&ctx.tenant, &ctx.run);
    let mut items: Vec<Item> = vec![];
    loop {
        let after = items.last().map(|item| item.key.sk.clone());
        let page = ctx.env.records.query(&pk, "", after.as_deref(), PAGE).await?;
        let full = page.len() == PAGE;
        items.extend(page);
        if !full {
            return Ok(items);
        }
    }
}
