//! Finding runs: a context for work that no machine asked for, one run's row, all of them.

use ideamine_core::ports::Item;
use ideamine_core::records::{RemovedRow, RunRow, key};
use ideamine_core::{Ctx, Failure, RunId};
use ideamine_orchestration::rows;

use crate::{Runs, timestamp};

/// Runs read at once.
const PAGE: usize = 500;

impl Runs {
    /// A context for work that no machine asked for.
    pub fn context(&self, run: &RunId) -> Ctx {
        Ctx {
            env: self.env.clone(),
            tenant: self.tenant.clone(),
            run: run.clone(),
            plan: None,
            step: "control".to_owned(),
        }
    }

    /// The run's row.
    ///
    /// # Errors
    /// `Data.NotFound` that says how to find the right id.
    pub async fn find(&self, run: &RunId) -> Result<RunRow, Failure> {
        let ctx = self.context(run);
        if let Some(row) = rows::find(&ctx, &key::run(&self.tenant, run)).await? {
            return Ok(row);
        }
        let removed: Option<RemovedRow> = rows::find(&ctx, &key::removed(&self.tenant, run)).await?;
        Err(Failure::not_found(removed.map_or_else(
            || format!("there is no run `{run}` here; see `ideamine list`"),
            |removed| {
                let (at, head) = (timestamp(removed.removed_ms), removed.head.head);
                format!(
                    "run {run} was removed on {at}; its ledger was sealed with {} rows and the root {}: a dossier of \
                     it verifies with --expect-head {}:{}",
                    head.size, head.root, head.size, head.root
                )
            },
        )))
    }

    /// All runs, newest first.
    ///
    /// # Errors
    /// The store's own.
    pub async fn all(&self) -> Result<Vec<RunRow>, Failure> {
        let mut items: Vec<Item> = vec![];
        loop {
            let after = items.last().map(|item| item.key.sk.clone());
            let page =
                self.env.records.query(&key::runs_pk(&self.tenant), "", after.as_deref(), PAGE).await?;
            let more = page.len() == PAGE;
            items.extend(page);
            if !more {
                break;
            }
        }
        let mut runs = Vec::with_capacity(items.len());
        for item in items.into_iter().rev() {
            let run = RunId::new(&item.key.sk).map_err(|e| Failure::corrupt(e.to_string()))?;
            runs.push(self.find(&run).await?);
        }
        Ok(runs)
    }

    /// Every run that has not ended.
    ///
    /// # Errors
    /// The store's own.
    pub async fn open(&self) -> Result<Vec<RunId>, Failure> {
        let open = self.all().await?.into_iter().filter(|row| row.ended_ms.is_none());
        Ok(open.map(|row| row.run_id).collect())
    }
}
