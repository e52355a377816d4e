//! Which job comes next: the whole of one kind's queue as data. Without a clock of its own; times are milliseconds
//! since any moment.
//!
//! **Ageing.** A job is due at the moment it was sent, plus an [`allowance`] for its priority. The priority whose
//! oldest job is due first is served. So urgency is a head start, not a privilege: after its allowance a job of low
//! priority is overtaken by nothing that is sent later.
//!
//! **Fairness.** Within a priority the tenant that was served the longest ago comes next, with its oldest job.
//!
//! **The bound.** A job of priority p that is sent at t begins at the latest at
//!
//! ```text
//! t + allowance(p) + ceil(N * D / W) * T
//! ```
//!
//! where, from t on, at most N tenants have jobs, D jobs wait at t + allowance(p), itself among them (at most
//! [`LINE_JOBS_MAX`] in each of 3 N lines; one that is delivered again counts again), W are worked at once and each
//! takes at most T. For after t + allowance(p) each turn either takes one
//! of those D jobs, or one of a tenant whose turn it is while one of those D waits for its own: N turns take at least
//! one of them. Limits for models or per minute lengthen T and W accordingly.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ideamine_core::ports::{JobMessage, Priority};
use ideamine_core::records::{JobRow, JobState};

use super::limits::{Bound, Limit, Limits};

/// Most jobs that wait in one line, that is, of one tenant with one priority; above that, senders wait.
pub const LINE_JOBS_MAX: usize = 1_024;
/// How often a job is delivered before it is laid aside.
pub const DELIVERIES_MAX: u32 = 5;
/// Tenants whose last turn is remembered while nothing of theirs waits.
const TURNS_MAX: usize = 4_096;

/// How much later than a job of high priority, sent at the same moment, one of this priority is due; milliseconds.
pub const fn allowance(priority: Priority) -> u64 {
    match priority {
        Priority::High => 0,
        Priority::Normal => 60_000,
        Priority::Low => 300_000,
    }
}

/// A job that is not done.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) row: JobRow,
    pub(super) message: JobMessage,
    /// The model that it calls, where one has limits.
    pub(super) model: Option<String>,
    /// When it was sent.
    pub(super) sent: u64,
    /// Names its delivery while a worker has it: no other one of this process was ever named so.
    pub(super) epoch: Epoch,
}

/// Names one delivery. Not how often the job was delivered: that begins anew when a person lets a dead job go on, and a
/// worker from before could be taken for the one that has it then.
pub(super) type Epoch = u64;

impl Job {
    fn due(&self) -> u64 {
        self.sent + allowance(self.row.priority)
    }
}

/// A job that a worker has.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) job: Job,
    /// Until when, unless more is heard.
    pub(super) until: u64,
    pub(super) since: u64,
    /// What the worker told last: how many events its job published.
    pub(super) progress: u64,
}

/// What became of a job that was given back or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Again {
    /// It waits again.
    Waiting(JobRow),
    /// It was delivered often enough.
    Dead(JobRow),
}

impl Again {
    pub(super) const fn row(&self) -> &JobRow {
        match self {
            Self::Waiting(row) | Self::Dead(row) => row,
        }
    }
}

type Line = (Priority, String);

/// One kind's queue.
#[derive(Debug, Clone, Default)]
pub(super) struct Board {
    lines: BTreeMap<Line, VecDeque<Job>>,
    /// When each line was served last, counted in turns.
    turns: HashMap<Line, u64>,
    turn: u64,
    leases: BTreeMap<String, Lease>,
    dead: BTreeMap<String, (JobRow, Option<Job>)>,
    limits: Limits,
    /// What is in use of the kind's limit, and of each model's.
    used: HashMap<Option<String>, Limit>,
}

impl Board {
    pub(super) fn limit(&mut self, limits: Limits) {
        let at_once = limits.all.at_once.or(self.limits.all.at_once);
        self.used.clear();
        self.limits = Limits { all: Bound { at_once, ..limits.all }, ..limits };
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// At most so many leases at once.
    pub(super) fn at_once(&mut self, most: usize) {
        self.limits.all.at_once = Some(most.max(1));
    }

    /// A job that was sent, or sent again.
    pub(super) fn push(&mut self, job: Job) {
        if let Some((_, place)) = self.dead.get_mut(&job.row.id) {
            *place = Some(job);
            return;
        }
        let line = self.lines.entry((job.row.priority, job.row.tenant.clone())).or_default();
        // One that comes back is as old as it was.
        let at = line.partition_point(|other| other.sent <= job.sent);
        line.insert(at, job);
    }

    /// A dead job of an earlier process.
    pub(super) fn lay_aside(&mut self, row: JobRow) {
        self.dead.insert(row.id.clone(), (row, None));
    }

    /// Leases the next job until `until`; or says when to look again, if that is known.
    pub(super) fn take(&mut self, now: u64, until: u64) -> Result<Job, Option<u64>> {
        let mut later: Option<u64> = self.leases.values().map(|lease| lease.until).min();
        let mut see = |free: Result<(), Option<u64>>| match free {
            Ok(()) => true,
            Err(at) => {
                later = later.into_iter().chain(at).min();
                false
            }
        };
        let leases = &self.leases;
        let working = |model: Option<&str>| {
            leases.values().filter(|lease| model.is_none() || lease.job.model.as_deref() == model).count()
        };
        let (limits, used) = (&self.limits, &mut self.used);
        let mut room = |model: Option<&str>| {
            let Some(limit) = limits.of(model) else { return Ok(()) };
            used.entry(model.map(str::to_owned)).or_default().room(limit, working(model), now)
        };
        if !see(room(None)) {
            return Err(later);
        }
        // Of each line the first job that may begin now.
        let mut first: Vec<(u64, &Line, usize)> = vec![];
        for (line, jobs) in &self.lines {
            let mut known: HashMap<Option<&str>, bool> = HashMap::new();
            let at = jobs.iter().position(|job| {
                let model = job.model.as_deref();
                *known.entry(model).or_insert_with(|| model.is_none() || see(room(model)))
            });
            if let Some(at) = at {
                first.push((jobs[at].due(), line, at));
            }
        }
        let Some(served) =
            first.iter().min_by_key(|(due, (priority, _), _)| (*due, *priority)).map(|f| f.1.0)
        else {
            return Err(later);
        };
        let lines = first.into_iter().filter(|(_, (priority, _), _)| *priority == served);
        let turns = &self.turns;
        let next = lines.min_by_key(|(due, line, _)| (turns.get(*line).copied().unwrap_or(0), *due));
        let Some((line, at)) = next.map(|(_, line, at)| (line.clone(), at)) else { return Err(later) };
        Ok(self.lease(&line, at, now, until))
    }

    fn lease(&mut self, line: &Line, at: usize, now: u64, until: u64) -> Job {
        self.turn += 1;
        if self.turns.len() >= TURNS_MAX
            && let Some(oldest) =
                self.turns.iter().min_by_key(|(_, turn)| **turn).map(|(line, _)| line.clone())
        {
            self.turns.remove(&oldest);
        }
        self.turns.insert(line.clone(), self.turn);
        let jobs = self.lines.get_mut(line);
        let mut job = jobs.and_then(|jobs| jobs.remove(at)).unwrap_or_else(|| unreachable!("found above"));
        self.lines.retain(|_, jobs| !jobs.is_empty());
        for model in [None, job.model.clone()] {
            if model.is_none() || self.limits.of(model.as_deref()).is_some() {
                self.used.entry(model).or_default().began(now);
            }
        }
        job.row.deliveries += 1;
        job.epoch = self.turn;
        job.row.state = JobState::Working;
        self.leases.insert(job.row.id.clone(), Lease { job: job.clone(), until, since: now, progress: 0 });
        job
    }

    /// The lease of this very delivery, if it is not over.
    fn holder(&self, id: &str, epoch: Epoch) -> Option<&Lease> {
        self.leases.get(id).filter(|lease| lease.job.epoch == epoch)
    }

    /// Prolongs a lease; false when the delivery is over.
    pub(super) fn keep(&mut self, id: &str, epoch: Epoch, until: u64, progress: Option<u64>) -> bool {
        if self.holder(id, epoch).is_none() {
            return false;
        }
        if let Some(lease) = self.leases.get_mut(id) {
            lease.until = until;
            lease.progress = progress.unwrap_or(lease.progress);
        }
        true
    }

    /// Ends a job; `None` when the delivery is over.
    pub(super) fn done(&mut self, id: &str, epoch: Epoch) -> Option<Job> {
        self.holder(id, epoch)?;
        self.leases.remove(id).map(|lease| lease.job)
    }

    /// Gives a job back; `None` when the delivery is over.
    pub(super) fn give_back(&mut self, id: &str, epoch: Epoch, why: &str) -> Option<Again> {
        let job = self.done(id, epoch)?;
        Some(self.again(job, why))
    }

    /// Takes back what nothing was heard of.
    pub(super) fn expire(&mut self, now: u64, why: &str) -> Vec<Again> {
        let lost: Vec<String> =
            self.leases.iter().filter(|(_, lease)| lease.until <= now).map(|(id, _)| id.clone()).collect();
        let jobs: Vec<Job> =
            lost.iter().filter_map(|id| self.leases.remove(id)).map(|lease| lease.job).collect();
        jobs.into_iter().map(|job| self.again(job, why)).collect()
    }

    fn again(&mut self, mut job: Job, why: &str) -> Again {
        why.clone_into(&mut job.row.reason);
        if job.row.deliveries < DELIVERIES_MAX {
            job.row.state = JobState::Waiting;
            let row = job.row.clone();
            self.push(job);
            return Again::Waiting(row);
        }
        job.row.state = JobState::Dead;
        let row = job.row.clone();
        self.dead.insert(row.id.clone(), (row.clone(), Some(job)));
        Again::Dead(row)
    }

    /// Lets a dead job wait again, with all its deliveries: its row, or `None` with the row when nobody sent it in this
    /// process, so that nobody waits for it.
    pub(super) fn redrive(&mut self, id: &str, now: u64) -> Option<(JobRow, bool)> {
        let (mut row, job) = self.dead.remove(id)?;
        row.state = JobState::Waiting;
        row.deliveries = 0;
        let Some(mut job) = job else { return Some((row, false)) };
        job.row = row.clone();
        job.sent = now;
        self.push(job);
        Some((row, true))
    }

    /// Removes what waits, or what is dead.
    pub(super) fn purge(&mut self, dead: bool) -> Vec<(JobRow, Option<JobMessage>)> {
        if dead {
            let all = std::mem::take(&mut self.dead).into_values();
            return all.map(|(row, job)| (row, job.map(|job| job.message))).collect();
        }
        let all = std::mem::take(&mut self.lines).into_values().flatten();
        all.map(|job| (job.row, Some(job.message))).collect()
    }

    /// Forgets a job for whose answer nobody waits any more.
    pub(super) fn forget(&mut self, id: &str) -> Option<JobRow> {
        if let Some((row, _)) = self.dead.remove(id) {
            return Some(row);
        }
        let line = self.lines.values_mut().find(|jobs| jobs.iter().any(|job| job.row.id == id))?;
        let at = line.iter().position(|job| job.row.id == id)?;
        let job = line.remove(at);
        self.lines.retain(|_, jobs| !jobs.is_empty());
        job.map(|job| job.row)
    }

    /// Jobs that wait, each line in its order.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Job> {
        self.lines.values().flatten()
    }

    pub(super) fn leases(&self) -> impl Iterator<Item = &Lease> {
        self.leases.values()
    }

    /// Dead jobs, with what was sent if it was in this process.
    pub(super) fn dead(&self) -> impl Iterator<Item = (&JobRow, Option<&Job>)> {
        self.dead.values().map(|(row, job)| (row, job.as_ref()))
    }

    /// Whether a job of this name is here in any state.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.leases.contains_key(id)
            || self.dead.contains_key(id)
            || self.waiting().any(|job| job.row.id == id)
    }
}

#[cfg(test)]
mod explore;
#[cfg(test)]
mod tests;
