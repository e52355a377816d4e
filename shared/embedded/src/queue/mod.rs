//! The job queue of one process: by priority with ageing, fair to tenants, within limits; see [`board`] for the order
//! and the bound that follows from it.
//!
//! A worker has a job for [`LEASE`] and says each [`HEARTBEAT`] that it goes on. A job of which nothing is heard is
//! given to another; the delivery before is over then, and whatever is said with its receipt is refused. After
//! [`DELIVERIES_MAX`] deliveries a job is dead: it is kept, with the reason, until a person lets it go on or removes it.
//!
//! The engine sends every job again whose token is unanswered when a process ended. With [`LocalQueue::open`] the rest
//! outlives the process too: deliveries, dead jobs and removed ones (see [`book`]).

mod board;
mod book;
mod limits;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Clock, JobMessage, JobQueue, JobSource, Priority, QueueDepth, Receipt, Received, Records,
};
use ideamine_core::records::{JobRow, JobState, key};
use ideamine_core::{Failure, RunId, Tenant};
use serde::Serialize;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::clock::SystemClock;
use board::{Again, Board, Epoch, Job};
pub use board::{DELIVERIES_MAX, LINE_JOBS_MAX, allowance};
pub use book::{job_rows, remove_job_row, write_job_row};
pub use limits::{Bound, Limits, PER_MINUTE_MAX};

/// How often a worker says that it goes on.
pub const HEARTBEAT: Duration = Duration::from_secs(20);
/// How long a worker of which nothing is heard keeps its job. Whoever waits for work takes a lost job up at once, so
/// within this time after the last heartbeat.
pub const LEASE: Duration = Duration::from_secs(50);
/// How long [`JobSource::receive`] waits for a job.
const RECEIVE_WAIT: Duration = Duration::from_secs(20);

/// [`LocalQueue::now`] when it was made: as far back as a job's age is known. A week.
const BEGAN: u64 = 7 * 24 * 60 * 60 * 1_000;

/// Why a job whose worker is lost is given to another.
const LOST: &str = "nothing was heard of its worker any more";
/// Why a job is dead whose last delivery ended with its process.
const ENDED: &str = "the process that worked it ended before it did";

/// Queues by kind, fixed when it is made: a job for a kind that nobody serves is refused, not kept for ever.
pub struct LocalQueue {
    kinds: BTreeMap<String, Kind>,
    records: Option<Arc<dyn Records>>,
    clock: Arc<dyn Clock>,
    began: Instant,
    /// What earlier processes knew of jobs that are not dead, until they are sent again.
    known: Mutex<HashMap<String, JobRow>>,
    /// Places in the lines.
    places: Mutex<HashMap<Line, Arc<Semaphore>>>,
    unnamed: std::sync::atomic::AtomicU64,
}

type Line = (String, Priority, String);

#[derive(Default)]
struct Kind {
    board: Mutex<Board>,
    changed: Notify,
    /// Places that jobs hold in their lines.
    held: Mutex<HashMap<String, OwnedSemaphorePermit>>,
}

/// A job that a worker has.
#[derive(Debug)]
pub struct Taken {
    /// What to do.
    pub message: JobMessage,
    /// Names this delivery.
    pub receipt: Receipt,
    /// How often it was delivered, this time included.
    pub deliveries: u32,
    /// How long it waited.
    pub waited: Duration,
}

/// A job as a person sees it: without its token and its payload.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Its row.
    #[serde(flatten)]
    pub row: JobRow,
    /// For how long it has waited, or been worked, seconds.
    pub age_s: u64,
    /// Events that its worker published, while it is worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<u64>,
}

/// Which dead jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// The one of this id.
    One(String),
}

impl LocalQueue {
    /// Queues of these kinds (`model`, `sandbox`) that nothing outlives.
    pub fn new(kinds: &[&str]) -> Self {
        let kinds = kinds.iter().map(|kind| ((*kind).to_owned(), Kind::default())).collect();
        Self {
            kinds,
            records: None,
            clock: Arc::new(SystemClock),
            began: Instant::now(),
            known: Mutex::default(),
            places: Mutex::default(),
            unnamed: std::sync::atomic::AtomicU64::new(0),
        }
    }

    /// Queues that keep rows of their jobs, and know what `tenant`'s rows say.
    ///
    /// # Errors
    /// As [`job_rows`].
    pub async fn open(kinds: &[&str], records: Arc<dyn Records>, tenant: &Tenant) -> Result<Self, Failure> {
        let queue = Self { records: Some(records.clone()), ..Self::new(kinds) };
        for row in job_rows(&*records, tenant).await? {
            match (row.state, queue.kinds.get(&row.kind)) {
                (JobState::Dead, Some(kind)) => locked(&kind.board).lay_aside(row),
                _ => drop(locked(&queue.known).insert(row.id.clone(), row)),
            }
        }
        Ok(queue)
    }

    /// Limits of a kind, besides how many jobs its workers take at once.
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown kind.
    pub fn limit(&self, kind: &str, limits: Limits) -> Result<(), Failure> {
        locked(&self.kind(kind)?.board).limit(limits);
        Ok(())
    }

    /// At most so many jobs of a kind are worked at once.
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown kind.
    pub fn at_once(&self, kind: &str, most: usize) -> Result<(), Failure> {
        locked(&self.kind(kind)?.board).at_once(most);
        Ok(())
    }

    /// The kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }

    /// The next job of a kind; waits for one. Any number of workers may wait.
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown kind; what the store says when the delivery cannot be kept: the job waits again.
    pub async fn take(&self, kind: &str) -> Result<Taken, Failure> {
        let of = self.kind(kind)?;
        loop {
            let mut changed = std::pin::pin!(of.changed.notified());
            changed.as_mut().enable();
            match self.next(of).await? {
                Ok(taken) => return Ok(taken),
                Err(at) => self.wait(changed, at).await,
            }
        }
    }

    async fn wait(&self, changed: impl Future<Output = ()>, at: Option<u64>) {
        let Some(at) = at else { return changed.await };
        tokio::select! {
            () = changed => {}
            () = sleep_until(self.began + Duration::from_millis(at.saturating_sub(BEGAN))) => {}
        }
    }

    /// The next job if there is one, or when to look again. Not to be broken off: the job would be lost for a while.
    async fn next(&self, of: &Kind) -> Result<Result<Taken, Option<u64>>, Failure> {
        let (again, next) = {
            let (mut board, now) = (locked(&of.board), self.now());
            let again = board.expire(now, LOST);
            (again, board.take(now, now + millis(LEASE)))
        };
        for again in &again {
            self.told(of, again).await;
        }
        let job = match next {
            Ok(job) => job,
            Err(at) => return Ok(Err(at)),
        };
        locked(&of.held).remove(&job.row.id);
        if let Err(failure) = self.keep_row(&job.row).await {
            locked(&of.board).give_back(&job.row.id, job.epoch, &failure.message);
            return Err(failure);
        }
        let waited = Duration::from_millis(self.now().saturating_sub(job.sent));
        let handle = format!("{}.{}", job.row.id, job.epoch);
        let receipt = Receipt { queue: job.row.priority.queue(&job.row.kind), handle };
        Ok(Ok(Taken { message: job.message, receipt, deliveries: job.row.deliveries, waited }))
    }

    /// A worker says that its job goes on, and how many events it has published so far.
    ///
    /// # Errors
    /// `Data.NotFound` when the delivery is over.
    pub fn heartbeat(&self, receipt: &Receipt, progress: u64) -> Result<(), Failure> {
        self.prolong(receipt, LEASE, Some(progress))
    }

    fn prolong(&self, receipt: &Receipt, hidden: Duration, progress: Option<u64>) -> Result<(), Failure> {
        let (of, id, epoch) = self.delivery(receipt)?;
        let until = self.now() + millis(hidden);
        let kept = locked(&of.board).keep(id, epoch, until, progress);
        // Who waits for this lease's end waits for another moment now.
        of.changed.notify_waiters();
        if kept { Ok(()) } else { Err(over()) }
    }

    /// Removes a job for whose answer nobody waits.
    ///
    /// # Errors
    /// The store's own.
    pub async fn forget(&self, id: &str) -> Result<(), Failure> {
        for of in self.kinds.values() {
            let row = locked(&of.board).forget(id);
            if let Some(row) = row {
                locked(&of.held).remove(id);
                self.drop_row(&row).await?;
            }
        }
        Ok(())
    }

    /// The tokens of jobs that wait, or are dead: ids and tokens, for whoever says that they are still to be answered.
    pub fn held_tokens(&self) -> Vec<(String, String)> {
        let mut held = vec![];
        for of in self.kinds.values() {
            let board = locked(&of.board);
            let dead = board.dead().filter_map(|(_, job)| job);
            held.extend(
                board.waiting().chain(dead).map(|job| (job.row.id.clone(), job.message.token.clone())),
            );
        }
        held.retain(|(_, token)| !token.is_empty());
        held
    }

    /// Jobs in one state: those that wait in the order of priority, tenant and age.
    pub fn jobs(&self, state: JobState) -> Vec<Shown> {
        let (now, mut shown) = (self.now(), vec![]);
        let age = |at: u64| now.saturating_sub(at) / 1_000;
        for of in self.kinds.values() {
            let board = locked(&of.board);
            match state {
                JobState::Waiting => shown.extend(board.waiting().map(|job| Shown {
                    row: job.row.clone(),
                    age_s: age(job.sent),
                    progress: None,
                })),
                JobState::Working => shown.extend(board.leases().map(|lease| Shown {
                    row: lease.job.row.clone(),
                    age_s: age(lease.since),
                    progress: Some(lease.progress),
                })),
                JobState::Dead => shown.extend(board.dead().map(|(row, _)| Shown {
                    row: row.clone(),
                    age_s: age_s(self.clock.now_ms(), row.sent_ms),
                    progress: None,
                })),
                JobState::Purged => {}
            }
        }
        shown
    }

    /// The limits of a kind.
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown kind.
    pub fn limits(&self, kind: &str) -> Result<Limits, Failure> {
        Ok(locked(&self.kind(kind)?.board).limits().clone())
    }

    /// Lets dead jobs be delivered again, as often as new ones: each with whether anybody waits for it.
    ///
    /// # Errors
    /// `Data.NotFound` for an id that no dead job has; the store's own.
    pub async fn redrive(&self, which: &Which) -> Result<Vec<(JobRow, bool)>, Failure> {
        let mut all = vec![];
        for of in self.kinds.values() {
            let ids: Vec<String> = locked(&of.board).dead().map(|(row, _)| row.id.clone()).collect();
            let wanted = |id: &String| *which == Which::All || *which == Which::One(id.clone());
            for id in ids.into_iter().filter(wanted) {
                let redriven = locked(&of.board).redrive(&id, self.now());
                let Some((row, awaited)) = redriven else { continue };
                if awaited {
                    self.keep_row(&row).await?
                } else {
                    self.drop_row(&row).await?
                }
                all.push((row, awaited));
            }
            of.changed.notify_waiters();
        }
        match which {
            Which::One(id) if all.is_empty() => {
                Err(Failure::not_found(format!("no dead job has the id `{id}`")))
            }
            _ => Ok(all),
        }
    }

    /// Removes the jobs of a kind that wait, or its dead ones: their rows, and what was sent, whose tokens the caller
    /// answers with [`purged`].
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown kind; the store's own.
    pub async fn purge(&self, kind: &str, dead: bool) -> Result<Vec<(JobRow, Option<JobMessage>)>, Failure> {
        let of = self.kind(kind)?;
        let removed = locked(&of.board).purge(dead);
        for (row, _) in &removed {
            locked(&of.held).remove(&row.id);
            self.drop_row(row).await?;
        }
        Ok(removed)
    }

    /// Says in the rows that the jobs that are worked are given back, their deliveries uncounted: for a process that ends
    /// in order.
    ///
    /// # Errors
    /// The store's own.
    pub async fn give_all_back(&self) -> Result<(), Failure> {
        for of in self.kinds.values() {
            let rows: Vec<JobRow> = locked(&of.board).leases().map(|lease| lease.job.row.clone()).collect();
            for row in rows {
                let deliveries = row.deliveries.saturating_sub(1);
                self.keep_row(&JobRow { deliveries, state: JobState::Waiting, ..row }).await?;
            }
        }
        Ok(())
    }

    /// Removes rows of jobs that nobody sent again in this process: nobody waits for them any more. To be called once
    /// the engine had time to send what it has.
    ///
    /// # Errors
    /// The store's own.
    pub async fn forget_unsent(&self) -> Result<(), Failure> {
        let unsent: Vec<JobRow> = std::mem::take(&mut *locked(&self.known)).into_values().collect();
        for row in unsent {
            self.drop_row(&row).await?;
        }
        Ok(())
    }

    fn now(&self) -> u64 {
        BEGAN + millis(self.began.elapsed())
    }

    fn kind(&self, kind: &str) -> Result<&Kind, Failure> {
        self.kinds.get(kind).ok_or_else(|| {
            let known: Vec<_> = self.kinds().collect();
            Failure::input(format!("there is no queue `{kind}`; there are: {}", known.join(", ")))
        })
    }

    fn delivery<'a>(&self, receipt: &'a Receipt) -> Result<(&Kind, &'a str, Epoch), Failure> {
        let parts = receipt.handle.rsplit_once('.').and_then(|(id, epoch)| Some((id, epoch.parse().ok()?)));
        let (id, epoch) = parts.ok_or_else(over)?;
        Ok((self.kind(Priority::of_queue(&receipt.queue).0)?, id, epoch))
    }

    /// What became of a job that a worker had.
    async fn told(&self, of: &Kind, again: &Again) {
        let row = again.row();
        let (job, function, reason) = (&row.id, &row.function, &row.reason);
        match again {
            Again::Waiting(_) => tracing::warn!(job, function, reason, "a job waits again"),
            Again::Dead(_) => {
                tracing::error!(job, function, reason, "a job is dead; see `ideamine queue dead`")
            }
        }
        of.changed.notify_waiters();
        if let Err(failure) = self.keep_row(row).await {
            tracing::warn!(job, %failure, "a job's row could not be written; its deliveries may be counted anew");
        }
    }

    async fn keep_row(&self, row: &JobRow) -> Result<(), Failure> {
        match self.records_of(row) {
            Some(records) => write_job_row(&**records, row).await,
            None => Ok(()),
        }
    }

    async fn drop_row(&self, row: &JobRow) -> Result<(), Failure> {
        match self.records_of(row) {
            Some(records) => remove_job_row(&**records, row).await,
            None => Ok(()),
        }
    }

    /// Where the row is kept: nowhere for a job without a tenant, or one that nobody waits for and nobody sends again.
    fn records_of(&self, row: &JobRow) -> Option<&Arc<dyn Records>> {
        self.records.as_ref().filter(|_| Tenant::new(&row.tenant).is_ok() && !row.id.starts_with(UNNAMED))
    }

    /// The model that the job's run calls, where models have limits.
    async fn model(&self, of: &Kind, row: &JobRow) -> Result<Option<String>, Failure> {
        let limited = !locked(&of.board).limits().models.is_empty();
        let (true, Some(records)) = (limited, &self.records) else { return Ok(None) };
        let (Ok(tenant), Ok(run)) = (Tenant::new(&row.tenant), RunId::new(&row.run)) else { return Ok(None) };
        let item = records.get(&key::run(&tenant, &run)).await?;
        Ok(item.and_then(|item| item.value["options"]["model"].as_str().map(str::to_owned)))
    }
}

/// The ids of jobs without a token begin with this.
const UNNAMED: char = 'u';

#[async_trait]
impl JobQueue for LocalQueue {
    /// Waits for a place when [`LINE_JOBS_MAX`] jobs of this tenant and priority wait. A job that a person removed is
    /// refused with `Job.Purged`.
    async fn send(&self, queue: &str, message: JobMessage) -> Result<(), Failure> {
        let (kind, priority) = Priority::of_queue(queue);
        let of = self.kind(kind)?;
        let mut row = JobRow::new(kind, priority, &message, self.clock.now_ms());
        if message.token.is_empty() {
            let number = self.unnamed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            row.id = format!("{UNNAMED}{number}");
        }
        if let Some(known) = locked(&self.known).remove(&row.id) {
            row.sent_ms = known.sent_ms;
            row.deliveries = known.deliveries;
            row.reason = known.reason;
            row.state = match known.state {
                JobState::Purged => JobState::Purged,
                // Each time the process ended before the job did.
                _ if known.deliveries >= DELIVERIES_MAX => JobState::Dead,
                _ => JobState::Waiting,
            };
        }
        if row.state == JobState::Purged {
            self.drop_row(&row).await?;
            return Err(purged());
        }
        let model = self.model(of, &row).await?;
        let place = {
            let line = (kind.to_owned(), priority, row.tenant.clone());
            let mut places = locked(&self.places);
            places.entry(line).or_insert_with(|| Arc::new(Semaphore::new(LINE_JOBS_MAX))).clone()
        };
        // Never closed.
        let place = place.acquire_owned().await.map_err(|e| Failure::bug(e.to_string()))?;
        if row.state == JobState::Dead {
            ENDED.clone_into(&mut row.reason);
            self.told(of, &Again::Dead(row.clone())).await;
            locked(&of.board).lay_aside(row.clone());
        }
        let dead = locked(&of.board).dead().any(|(dead, _)| dead.id == row.id);
        if !dead {
            self.keep_row(&row).await?;
        }
        // One that an earlier process had is as old as it is; time that the clock was set ahead by counts up to a bound.
        let age = u64::try_from(self.clock.now_ms().saturating_sub(row.sent_ms)).unwrap_or(0).min(BEGAN);
        let job = Job { sent: self.now().saturating_sub(age), row, message, model, epoch: 0 };
        {
            let mut board = locked(&of.board);
            // The same job sent twice is one job.
            if dead || !board.holds(&job.row.id) {
                locked(&of.held).insert(job.row.id.clone(), place);
                board.push(job);
            }
        }
        of.changed.notify_waiters();
        Ok(())
    }
}

#[async_trait]
impl JobSource for LocalQueue {
    async fn receive(&self, kind: &str, most: usize) -> Result<Vec<Received>, Failure> {
        let (of, until) = (self.kind(kind)?, Instant::now() + RECEIVE_WAIT);
        let mut all = vec![];
        loop {
            let mut changed = std::pin::pin!(of.changed.notified());
            changed.as_mut().enable();
            match self.next(of).await? {
                Ok(Taken { message, receipt, deliveries, .. }) => {
                    all.push(Received { message: Ok(message), receipt, deliveries });
                    if all.len() >= most {
                        return Ok(all);
                    }
                }
                Err(at) if all.is_empty() => {
                    if timeout_at(until, self.wait(changed, at)).await.is_err() {
                        return Ok(all);
                    }
                }
                Err(_) => return Ok(all),
            }
        }
    }

    async fn keep(&self, receipt: &Receipt, hidden: Duration) -> Result<(), Failure> {
        self.prolong(receipt, hidden, None)
    }

    async fn give_back(&self, receipt: &Receipt) -> Result<(), Failure> {
        let (of, id, epoch) = self.delivery(receipt)?;
        let again = locked(&of.board).give_back(id, epoch, "its worker gave it back");
        self.told(of, &again.ok_or_else(over)?).await;
        Ok(())
    }

    async fn done(&self, receipt: &Receipt) -> Result<(), Failure> {
        let (of, id, epoch) = self.delivery(receipt)?;
        let job = locked(&of.board).done(id, epoch).ok_or_else(over)?;
        of.changed.notify_waiters();
        self.drop_row(&job.row).await
    }

    async fn depth(&self, kind: &str) -> Result<Vec<QueueDepth>, Failure> {
        let board = locked(&self.kind(kind)?.board);
        let count = |rows: &mut dyn Iterator<Item = &JobRow>, priority| {
            rows.filter(|row| row.priority == priority).count() as u64
        };
        let depth = |priority| QueueDepth {
            kind: kind.to_owned(),
            priority,
            waiting: count(&mut board.waiting().map(|job| &job.row), priority),
            working: count(&mut board.leases().map(|lease| &lease.job.row), priority),
            dead: count(&mut board.dead().map(|(row, _)| row), priority),
        };
        Ok(Priority::ALL.map(depth).to_vec())
    }
}

impl std::fmt::Debug for LocalQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalQueue")
    }
}

/// What a job that a person removed comes to.
pub fn purged() -> Failure {
    Failure::new(FailureKind::JobPurged, "a person removed this job from its queue")
}

/// Seconds between two moments in milliseconds since 1970; none when the clock went back.
pub fn age_s(now_ms: i64, since_ms: i64) -> u64 {
    u64::try_from(now_ms.saturating_sub(since_ms)).unwrap_or(0) / 1_000
}

fn over() -> Failure {
    Failure::not_found("this delivery is over: the job is done, or another worker has it")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
