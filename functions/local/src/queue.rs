//! The job queue as a person looks at it and mends it: what waits, what is worked, what is dead.
//!
//! The process that works the directory is asked where there is one; otherwise the rows that the last one left say
//! what waits. Neither tokens nor payloads are shown: a job is known by its run, its step and its id.

use std::collections::BTreeMap;

use ideamine_core::ports::{Priority, Workflows as _};
use ideamine_core::records::{JobRow, JobState};
use ideamine_core::{Failure, Tenant};
use ideamine_embedded::{LocalQueue, Shown, Which, age_s, job_rows, purged, write_job_row};
use serde_json::{Value, json};

use crate::app::App;
use crate::registry::QUEUES;

impl App {
    /// How much lies in each queue, what is worked, and which models are not asked: `{served, queues, working, breakers}`.
    ///
    /// # Errors
    /// The store's own.
    pub(crate) async fn queue_depth(&self) -> Result<Value, Failure> {
        let [waiting, working, dead] = [
            self.jobs(JobState::Waiting).await?,
            self.jobs(JobState::Working).await?,
            self.jobs(JobState::Dead).await?,
        ];
        let of = |jobs: &[Shown], kind: &str, priority| {
            jobs.iter().filter(|job| job.row.kind == kind && job.row.priority == priority).count()
        };
        let queues: Vec<Value> = QUEUES
            .iter()
            .flat_map(|kind| Priority::ALL.map(|priority| (*kind, priority)))
            .map(|(kind, priority)| {
                let mut tenants: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
                for job in waiting.iter().filter(|job| job.row.kind == kind && job.row.priority == priority) {
                    let (number, oldest) = tenants.entry(&job.row.tenant).or_default();
                    *number += 1;
                    *oldest = job.age_s.max(*oldest);
                }
                json!({
                    "kind": kind, "priority": priority,
                    "waiting": of(&waiting, kind, priority), "working": of(&working, kind, priority),
                    "dead": of(&dead, kind, priority),
                    "oldest_age_s": tenants.values().map(|(_, oldest)| oldest).max(),
                    "tenants": tenants.iter().map(|(tenant, (waiting, oldest))| {
                        json!({ "tenant": tenant, "waiting": waiting, "oldest_age_s": oldest })
                    }).collect::<Vec<_>>(),
                })
            })
            .collect();
        Ok(json!({ "served": self.queue().is_some(), "queues": queues, "working": working,
            "breakers": self.runs.breakers().await? }))
    }

    /// Jobs in one state, of one kind or of all; those that wait the longest first.
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown kind; the store's own.
    pub(crate) async fn queue_jobs(&self, state: JobState, kind: Option<&str>) -> Result<Value, Failure> {
        kind.map_or(Ok(()), known)?;
        let mut jobs = self.jobs(state).await?;
        jobs.retain(|job| kind.is_none_or(|kind| job.row.kind == kind));
        jobs.sort_by_key(|job| std::cmp::Reverse(job.age_s));
        serde_json::to_value(jobs).map_err(|e| Failure::bug(e.to_string()))
    }

    /// Lets dead jobs be delivered again: `{redriven, gone}`, ids of those that are and of those for which nobody waits
    /// any more.
    ///
    /// # Errors
    /// `Data.NotFound` for an id that no dead job has; the store's own.
    pub(crate) async fn queue_redrive(&self, id: Option<&str>) -> Result<Value, Failure> {
        let which = id.map_or(Which::All, |id| Which::One(id.to_owned()));
        let done = match self.queue() {
            Some(queue) => queue.redrive(&which).await?,
            None => self.redrive_rows(&which).await?,
        };
        let ids = |awaited: bool| {
            done.iter().filter(|(_, is)| *is == awaited).map(|(row, _)| row.id.as_str()).collect::<Vec<_>>()
        };
        Ok(json!({ "redriven": ids(true), "gone": ids(false) }))
    }

    /// Removes the jobs of a kind that wait, or its dead ones; whoever waits for them is told `Job.Purged`. Without
    /// `yes` nothing is removed.
    ///
    /// # Errors
    /// `Input.Invalid` without `yes`, saying how many there are, and for an unknown kind; the store's own.
    pub(crate) async fn queue_purge(&self, kind: &str, dead: bool, yes: bool) -> Result<Value, Failure> {
        known(kind)?;
        let state = if dead { JobState::Dead } else { JobState::Waiting };
        if !yes {
            let jobs = self.jobs(state).await?.into_iter().filter(|job| job.row.kind == kind).count();
            let what = if dead { "dead jobs" } else { "jobs that wait" };
            return Err(Failure::input(format!(
                "this would remove {jobs} {what} of the kind {kind}, and fail the steps that wait for them; to do so, \
                 repeat it with --yes"
            )));
        }
        let removed = match self.queue() {
            Some(queue) => self.purge_served(&queue, kind, dead).await?,
            None => self.purge_rows(kind, state).await?,
        };
        Ok(json!({ "purged": removed.iter().map(|row| row.id.as_str()).collect::<Vec<_>>() }))
    }

    async fn purge_served(&self, queue: &LocalQueue, kind: &str, dead: bool) -> Result<Vec<JobRow>, Failure> {
        let (failure, mut rows) = (purged(), vec![]);
        let cause = json!({ "errorMessage": failure.message, "errorType": failure.kind.name() }).to_string();
        for (row, message) in queue.purge(kind, dead).await? {
            if let Some(message) = message.filter(|message| !message.token.is_empty()) {
                // Nobody may be waiting any more.
                let _ = self.engine.task_failed(&message.token, failure.kind.name(), &cause).await;
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// As the rows say when no process works the directory: the next one acts on them.
    async fn purge_rows(&self, kind: &str, state: JobState) -> Result<Vec<JobRow>, Failure> {
        let mut removed = vec![];
        for job in self.jobs(state).await?.into_iter().filter(|job| job.row.kind == kind) {
            let row = JobRow { state: JobState::Purged, ..job.row };
            write_job_row(&*self.env.records, &row).await?;
            removed.push(row);
        }
        Ok(removed)
    }

    async fn redrive_rows(&self, which: &Which) -> Result<Vec<(JobRow, bool)>, Failure> {
        let mut done = vec![];
        for job in self.jobs(JobState::Dead).await? {
            if *which == Which::All || *which == Which::One(job.row.id.clone()) {
                let row = JobRow { state: JobState::Waiting, deliveries: 0, ..job.row };
                write_job_row(&*self.env.records, &row).await?;
                done.push((row, true));
            }
        }
        match which {
            Which::One(id) if done.is_empty() => {
                Err(Failure::not_found(format!("no dead job has the id `{id}`")))
            }
            _ => Ok(done),
        }
    }

    /// Jobs in one state. Without a process that works the directory, what was worked waits.
    async fn jobs(&self, state: JobState) -> Result<Vec<Shown>, Failure> {
        if let Some(queue) = self.queue() {
            return Ok(queue.jobs(state));
        }
        let now = self.env.clock.now_ms();
        let stands =
            |row: &JobRow| if row.state == JobState::Working { JobState::Waiting } else { row.state };
        let rows = job_rows(&*self.env.records, &Tenant::local()).await?.into_iter();
        let rows = rows.filter(|row| stands(row) == state);
        Ok(rows.map(|row| Shown { age_s: age_s(now, row.sent_ms), row, progress: None }).collect())
    }
}

fn known(kind: &str) -> Result<(), Failure> {
    if QUEUES.contains(&kind) {
        return Ok(());
    }
    Err(Failure::input(format!("there is no kind of work `{kind}`; there are: {}", QUEUES.join(", "))))
}
