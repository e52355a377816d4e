//! Finding runs: a context for work that no machine asked for, one run's row, all of them.

use ideamine_core::ports::Item;
use ideamine_core::records::{RunRow, key};
use ideamine_core::{Ctx, Env, Failure, RunId, Tenant};
use ideamine_orchestration::rows;

/// Runs read at once.
const PAGE: usize = 500;

/// A context for work that no machine asked for.
pub(crate) fn context(env: &Env, run: &RunId) -> Ctx {
    Ctx {
        env: env.clone(),
        tenant: Tenant::local(),
        run: run.clone(),
        plan: None,
        step: "control".to_owned(),
    }
}

/// The run's row, or a message that says how to find the right id.
pub(crate) async fn find_run(env: &Env, run: &RunId) -> Result<RunRow, Failure> {
    let ctx = context(env, run);
    rows::find(&ctx, &key::run(&ctx.tenant, run))
        .await?
        .ok_or_else(|| Failure::not_found(format!("there is no run `{run}` here; see `ideamine list`")))
}

/// All runs, newest first.
pub(crate) async fn all_runs(env: &Env) -> Result<Vec<RunRow>, Failure> {
    let tenant = Tenant::local();
    let mut items: Vec<Item> = vec![];
    loop {
        let after = items.last().map(|item| item.key.sk.clone());
        let page = env.records.query(&format!("{tenant}#runs"), "", after.as_deref(), PAGE).await?;
        let more = page.len() == PAGE;
        items.extend(page);
        if !more {
            break;
        }
    }
    let mut runs = Vec::with_capacity(items.len());
    for item in items.into_iter().rev() {
        let run = RunId::new(&item.key.sk).map_err(|e| Failure::corrupt(e.to_string()))?;
        runs.push(find_run(env, &run).await?);
    }
    Ok(runs)
}

/// Every run that has not ended.
pub(crate) async fn open_runs(env: &Env) -> Result<Vec<RunId>, Failure> {
    let open = all_runs(env).await?.into_iter().filter(|row| row.ended_ms.is_none());
    Ok(open.map(|row| row.run_id).collect())
}
