//! What Batch tells of a job, and what becomes of the message that waits for it.

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Item, JobMessage, Key, Write};
use ideamine_core::records::key::jobs_pk;
use ideamine_core::{Failure, RunId, Tenant};
use serde::Deserialize;

use super::BatchJobs;
use super::job::{Away, parse_batch_name, run_part};
use super::submit::reason;

/// Most jobs of a run looked at in one page.
const PAGE: usize = 100;

/// A job that ended, and who waits for it.
#[derive(Clone, PartialEq)]
pub struct Finished {
    /// Whose job it was.
    pub tenant: Tenant,
    /// Which run's.
    pub run: RunId,
    /// The queue that the message came from: send it there again.
    pub queue: String,
    /// The message that waits. It holds a task token.
    pub message: JobMessage,
    /// Whether there is a result; if not, the step submits the job again, or fails.
    pub succeeded: bool,
}

/// An event `Batch Job State Change`, as far as it is looked at.
#[derive(Deserialize)]
struct Event {
    source: String,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    job_name: String,
    job_id: String,
    status: String,
    status_reason: Option<String>,
    container: Option<Container>,
}

#[derive(Deserialize)]
struct Container {
    reason: Option<String>,
}

impl BatchJobs {
    /// Takes an event `Batch Job State Change` (the whole event): reads and checks what the job left. `None` when the
    /// job has not ended, is not ours, or nobody waits for it any more. The same event again says the same again.
    ///
    /// # Errors
    /// `Input.Invalid` for another event; `Store.Unavailable`.
    pub async fn finished(&self, event: &serde_json::Value) -> Result<Option<Finished>, Failure> {
        let other = |why: String| Failure::input(format!("not an event of Batch about a job: {why}"));
        let Event { source, detail } = Event::deserialize(event).map_err(|e| other(e.to_string()))?;
        if source != "aws.batch" {
            return Err(other(format!("its source is `{source}`")));
        }
        let Some((tenant, id, attempt)) = parse_batch_name(&detail.job_name) else { return Ok(None) };
        if !matches!(detail.status.as_str(), "SUCCEEDED" | "FAILED") {
            return Ok(None);
        }
        let key = Key { pk: jobs_pk(&tenant), sk: id.clone() };
        let Some(Item { value, version, .. }) = self.records.get(&key).await? else { return Ok(None) };
        let away: Away = serde_json::from_value(value)
            .map_err(|e| Failure::corrupt(format!("the row of job {id}: {e}")))?;
        // An earlier attempt has nothing more to say.
        if away.attempt != attempt || away.batch_id.as_ref().is_some_and(|id| *id != detail.job_id) {
            return Ok(None);
        }
        let succeeded = match self.result(&away.job(&tenant)).await {
            Ok(result) => result.is_some(),
            // The step says so itself.
            Err(failure) if failure.kind == FailureKind::DataCorrupt => true,
            Err(failure) => return Err(failure),
        };
        if !succeeded && away.failed.is_none() {
            let container = detail.container.as_ref().and_then(|container| container.reason.as_deref());
            let reason = reason(&detail.status, [detail.status_reason.as_deref(), container]);
            let failed = Away { failed: Some(reason), ..away.clone() };
            // If somebody else wrote the row, the step looks for itself.
            self.write(&away.job(&tenant), &failed, Condition::Version(version)).await?;
        }
        Ok(Some(Finished { tenant, run: away.run, queue: away.queue, message: away.message, succeeded }))
    }

    /// Ends all jobs of a run, and forgets who waits for them; returns how many there were.
    ///
    /// # Errors
    /// `Store.Unavailable`, `Config.Invalid`.
    pub async fn cancel(&self, tenant: &Tenant, run: &RunId) -> Result<usize, Failure> {
        let (pk, prefix) = (jobs_pk(tenant), run_part(run));
        let (mut cancelled, mut after) = (0, None::<String>);
        loop {
            let page = self.records.query(&pk, &prefix, after.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(cancelled) };
            after = Some(last.key.sk.clone());
            for Item { key, value, .. } in page {
                let Ok(away) = serde_json::from_value::<Away>(value) else { continue };
                if away.run != *run {
                    continue;
                }
                if let Some(batch_id) = &away.batch_id {
                    self.terminate(batch_id, "its run was ended").await?;
                }
                self.records.write(vec![Write::Delete { key, when: Condition::Any }]).await?;
                cancelled += 1;
            }
        }
    }
}
