//! Which runs go, and why the others stay.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ideamine_core::ports::{ExecutionStatus, Workflows as _};
use ideamine_core::records::{RemovedRow, RunRow};
use ideamine_core::{Digest, Failure, RunId};

use crate::app::App;
use crate::check;

/// What was chosen.
pub(super) struct Choice {
    /// Of each run that goes, what stays of it.
    pub seals: Vec<RemovedRow>,
    /// How many runs stay, by why.
    pub kept: BTreeMap<&'static str, usize>,
    /// What `verify` says of each run that stays: nothing, unless it is under way or was harmed before.
    pub said: BTreeMap<RunId, Vec<String>>,
    /// Documents that `verify` reads of the runs that stay.
    pub reached: BTreeSet<Digest>,
}

impl Choice {
    /// Looks at every run as `verify` does.
    pub(super) async fn make(app: &App, older_than: Duration, now_ms: i64) -> Result<Self, Failure> {
        let rows = app.runs.all().await?;
        let forked: BTreeSet<&RunId> = rows
            .iter()
            .filter(|row| row.ended_ms.is_none())
            .filter_map(|row| row.options.fork.as_ref().map(|fork| &fork.run))
            .collect();
        let mut choice =
            Self { seals: vec![], kept: BTreeMap::new(), said: BTreeMap::new(), reached: BTreeSet::new() };
        let age_ms = i64::try_from(older_than.as_millis()).unwrap_or(i64::MAX);
        let since_ms = now_ms.saturating_sub(age_ms);
        for row in &rows {
            let young = match row.ended_ms {
                None => Some("not ended"),
                Some(ended_ms) if ended_ms > since_ms => Some("too young"),
                Some(_) if forked.contains(&row.run_id) => Some("a run that has not ended goes on from it"),
                Some(_) => None,
            };
            let why = match young {
                Some(why) => Err(why),
                None => seal(app, row, now_ms).await?,
            };
            match why {
                Ok(seal) => choice.seals.push(seal),
                Err(why) => {
                    *choice.kept.entry(why).or_default() += 1;
                    let (reached, problems) = check::reached(app, &row.run_id).await?;
                    choice.reached.extend(reached);
                    choice.said.insert(row.run_id.clone(), problems);
                }
            }
        }
        Ok(choice)
    }
}

/// What stays of a run, or why all of it must.
async fn seal(app: &App, row: &RunRow, now_ms: i64) -> Result<Result<RemovedRow, &'static str>, Failure> {
    let execution = match &row.execution {
        Some(execution) => app.engine.describe(execution).await?,
        None => None,
    };
    if execution.is_some_and(|execution| execution.status == ExecutionStatus::Running) {
        return Ok(Err("its execution has not ended"));
    }
    let head = app.env.ledger.heads(&app.runs.tenant, &row.run_id).await?.pop();
    let Some((head, ended_ms)) = head.zip(row.ended_ms) else {
        return Ok(Err("not sealed"));
    };
    if !check::problems(app, &row.run_id).await?.is_empty() {
        return Ok(Err("not complete: see `ideamine verify RUN`"));
    }
    Ok(Ok(RemovedRow {
        run_id: row.run_id.clone(),
        head,
        dossier: row.dossier,
        verdict: row.verdict,
        created_ms: row.created_ms,
        ended_ms,
        removed_ms: now_ms,
    }))
}
