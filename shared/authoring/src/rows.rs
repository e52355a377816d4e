//! Reading and changing typed rows: get, insert once, update under a version.

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Key, Write};
use ideamine_core::records::{ControlRow, Desired, KILL_SWITCH, PhaseRow, Plan, SwitchRow, key};
use ideamine_core::{Ctx, Failure, PhaseId};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How often an update is tried again when another writer was first.
const UPDATE_TRIES: u32 = 8;
/// Rows read at once.
const PAGE: usize = 200;

fn parse<T: DeserializeOwned>(key: &Key, value: serde_json::Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|e| Failure::corrupt(format!("row {} {}: {e}", key.pk, key.sk)))
}

fn json<T: Serialize>(row: &T) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(row).map_err(|e| Failure::bug(format!("a row is not JSON: {e}")))
}

/// One row, if it is there.
pub async fn find<T: DeserializeOwned>(ctx: &Ctx, key: &Key) -> Result<Option<T>, Failure> {
    match ctx.env.records.get(key).await? {
        Some(item) => parse(key, item.value).map(Some),
        None => Ok(None),
    }
}

/// One row that must be there.
pub async fn get<T: DeserializeOwned>(ctx: &Ctx, key: &Key) -> Result<T, Failure> {
    find(ctx, key).await?.ok_or_else(|| missing(key))
}

fn missing(key: &Key) -> Failure {
    Failure::not_found(format!("row {} {} is not there", key.pk, key.sk))
}

/// Writes a row whatever was there.
pub async fn put<T: Serialize + Sync>(ctx: &Ctx, key: Key, row: &T) -> Result<(), Failure> {
    ctx.env.records.write(vec![Write::Put { key, value: json(row)?, when: Condition::Any }]).await
}

/// Removes a row if it is there.
pub async fn delete(ctx: &Ctx, key: Key) -> Result<(), Failure> {
    ctx.env.records.write(vec![Write::Delete { key, when: Condition::Any }]).await
}

/// Changes a row under its version, trying again when another writer was first.
pub async fn update<T, F>(ctx: &Ctx, key: &Key, mut change: F) -> Result<T, Failure>
where
    T: Serialize + DeserializeOwned + Sync + Send,
    F: FnMut(&mut T) + Send,
{
    for _ in 0..UPDATE_TRIES {
        let item = ctx.env.records.get(key).await?;
        let item = item.ok_or_else(|| missing(key))?;
        let mut row: T = parse(key, item.value)?;
        change(&mut row);
        let when = Condition::Version(item.version);
        match ctx.env.records.write(vec![Write::Put { key: key.clone(), value: json(&row)?, when }]).await {
            Err(failure) if failure.kind == FailureKind::StoreConflict => {}
            Err(failure) => return Err(failure),
            Ok(()) => return Ok(row),
        }
    }
    let message = format!("row {} {} changed {UPDATE_TRIES} times under this writer", key.pk, key.sk);
    Err(Failure::new(FailureKind::StoreConflict, message))
}

/// Every row of the run whose sort key begins with `prefix`, in order.
pub async fn all<T: DeserializeOwned>(ctx: &Ctx, prefix: &str) -> Result<Vec<T>, Failure> {
    let pk = key::run_pk(&ctx.tenant, &ctx.run);
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = ctx.env.records.query(&pk, prefix, after.as_deref(), PAGE).await?;
        let last = page.last().map(|item| item.key.sk.clone());
        let full = page.len() == PAGE;
        for item in page {
            rows.push(parse(&item.key, item.value)?);
        }
        match last {
            Some(last) if full => after = Some(last),
            _ => return Ok(rows),
        }
    }
}

/// What is wanted of the run: what its own row says, or its end when the kill switch was thrown after it started.
pub async fn wanted(ctx: &Ctx) -> Result<ControlRow, Failure> {
    wanted_at(ctx).await.map(|(control, _)| control)
}

/// [`wanted`], and the version of the run's own row: any later wish for the run is another version.
pub async fn wanted_at(ctx: &Ctx) -> Result<(ControlRow, u64), Failure> {
    let key = key::control(&ctx.tenant, &ctx.run);
    let item = ctx.env.records.get(&key).await?.ok_or_else(|| missing(&key))?;
    let mut control: ControlRow = parse(&key, item.value)?;
    if control.desired != Desired::Cancel {
        let switch: Option<SwitchRow> = find(ctx, &key::kill_switch(&ctx.tenant)).await?;
        if switch.is_some_and(|switch| switch.epoch > control.armed) {
            control.end(KILL_SWITCH);
        }
    }
    Ok((control, item.version))
}

/// The plan of this run.
pub async fn plan(ctx: &Ctx) -> Result<Plan, Failure> {
    ctx.get_json(&ctx.plan_digest()?).await
}

/// A phase of the plan with its row's key.
pub fn phase_key(ctx: &Ctx, plan: &Plan, phase: &PhaseId) -> Result<Key, Failure> {
    let planned =
        plan.phase(phase).ok_or_else(|| Failure::input(format!("phase `{phase}` is not in the plan")))?;
    Ok(key::phase(&ctx.tenant, &ctx.run, planned.order, phase))
}

/// Every phase row, in plan order.
pub async fn phases(ctx: &Ctx) -> Result<Vec<PhaseRow>, Failure> {
    all(ctx, "phase#").await
}
