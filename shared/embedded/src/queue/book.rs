//! The rows of jobs that are not done: what a queue of one machine knows after a restart.
//!
//! The jobs themselves are the engine's: it sends every one again whose token is unanswered. What it does not know is
//! how often a job was delivered, that it is dead, or that a person removed it; the rows say that. They also show the
//! queue of a directory that no process works.

use ideamine_core::ports::{Condition, Key, Records, Write};
use ideamine_core::records::{JobRow, key};
use ideamine_core::{Failure, Tenant};

/// Rows of one read.
const PAGE: usize = 1_000;
/// Most rows that are read.
const ROWS_MAX: usize = 100_000;

/// Every row of a tenant's jobs, by kind and id.
///
/// # Errors
/// `Data.Corrupt` naming a row that cannot be read; the store's own.
pub async fn job_rows(records: &dyn Records, tenant: &Tenant) -> Result<Vec<JobRow>, Failure> {
    let (pk, mut rows, mut after) = (key::queue_pk(tenant), vec![], None::<String>);
    while rows.len() < ROWS_MAX {
        let page = records.query(&pk, "", after.as_deref(), PAGE).await?;
        let last = page.len() < PAGE;
        after = page.last().map(|item| item.key.sk.clone());
        for item in page {
            let row = serde_json::from_value(item.value);
            rows.push(row.map_err(|e| Failure::corrupt(format!("the row {} of a job: {e}", item.key)))?);
        }
        if last {
            break;
        }
    }
    Ok(rows)
}

/// Writes the row of a job. While a process works the directory, that is its queue's matter alone.
///
/// # Errors
/// `Input.Invalid` for a job of no tenant; the store's own.
pub async fn write_job_row(records: &dyn Records, row: &JobRow) -> Result<(), Failure> {
    let value = serde_json::to_value(row).map_err(|e| Failure::bug(e.to_string()))?;
    records.write(vec![Write::Put { key: place(row)?, value, when: Condition::Any }]).await
}

/// Removes the row of a job.
///
/// # Errors
/// As [`write_job_row`].
pub async fn remove_job_row(records: &dyn Records, row: &JobRow) -> Result<(), Failure> {
    records.write(vec![Write::Delete { key: place(row)?, when: Condition::Any }]).await
}

fn place(row: &JobRow) -> Result<Key, Failure> {
    let tenant = Tenant::new(&row.tenant).map_err(|e| Failure::input(format!("tenant: {e}")))?;
    Ok(key::queued(&tenant, &row.kind, &row.id))
}
