//! Many persisted timers: what one costs in memory, whether they fire in order, and how late.
//!
//! Each timer is an execution that waits until a moment and ends. A fifth of them each: fire while nothing else
//! happens; are due at once because the clock was set ahead; fire after the clock was set back; were due while no
//! engine was there; fire after that. A timer has fired when its end is durable.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::ports::{Clock, Ledger, Workflows};
use ideamine_embedded::{Begun, Entry, Found, Owner, Store, StoreOptions, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::task::JoinSet;

use super::figure::Figure;
use super::probe;
use crate::log::{Done, Log, Visit};
use crate::{Definitions, Engine, EngineOptions, LIVE_EXECUTIONS_MAX, Substitutions};

/// Most timers: each is an execution under way.
pub const TIMERS_MAX: usize = LIVE_EXECUTIONS_MAX;

const MACHINE: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "Wait", "States": {"Wait":
    {"Type": "Wait", "Timestamp": "{% $fromMillis($states.input.at) %}", "Output": "", "End": true}}}"#;
const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Timers that are due one after another are due over so long.
const WINDOW_MS: i64 = 5_000;
/// Before the first of them.
const LEAD_MS: i64 = 1_000;
/// Started at a time.
const STARTERS: usize = 64;
/// Longest time for a group to fire.
const PATIENCE: Duration = Duration::from_secs(120);
/// Targets: lateness of 99 of 100 timers, one after another and all at once; memory of a timer when there are many
/// over memory of one when there are half as many.
const LATE_MS: f64 = 1_000.0;
const LATE_AT_ONCE_MS: f64 = 5_000.0;
const GROWTH: f64 = 1.25;

/// What to run.
#[derive(Debug, Clone)]
pub struct TimersOptions {
    /// Timers, 5 to [`TIMERS_MAX`].
    pub timers: usize,
    /// An empty or absent directory for the data; left behind.
    pub dir: PathBuf,
}

/// Timers that were due in one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerGroup {
    /// In which.
    pub due: String,
    /// How many.
    pub timers: usize,
    /// From when the clock first said so to the durable end, median, milliseconds.
    pub late_p50_ms: f64,
    /// The same, of a hundred the latest.
    pub late_p99_ms: Figure,
    /// Fired before their moment.
    pub early: Figure,
    /// Fired after one that was due later.
    pub out_of_order: Figure,
    /// Never fired.
    pub lost: Figure,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimersReport {
    /// Timers.
    pub timers: usize,
    /// Timers made durable per second.
    pub started_per_s: f64,
    /// Memory of the process per timer, bytes.
    pub bytes_per_timer: u64,
    /// Memory per timer of all over memory per timer of the first half: 1 is in proportion.
    pub growth: Figure,
    /// Opening the directory again with the timers that are left, seconds.
    pub reopened_s: f64,
    /// How they fired.
    pub groups: Vec<TimerGroup>,
    /// Most memory that the process held, bytes.
    pub peak_rss_bytes: u64,
    /// Load average of the last minute.
    pub load_1m: f64,
    /// Whether every figure is within its target.
    pub holds: bool,
}

/// Runs the bench on the current tokio runtime.
///
/// # Errors
/// `Input.Invalid` for a number out of range; what the store fails with.
pub async fn timers(options: TimersOptions) -> Result<TimersReport, Failure> {
    let TimersOptions { timers, dir } = options;
    if !(5..=TIMERS_MAX).contains(&timers) {
        return Err(Failure::input(format!("expected 5 to {TIMERS_MAX} timers, got {timers}")));
    }
    let clock = Arc::new(Shifted::default());
    // Far enough ahead that none is due before all are started.
    let base_ms = clock.now_ms() + DAY_MS;
    let plan = Plan::new(timers, base_ms);
    let fired = Arc::new(Fired::new(timers));
    let world = World::open(&dir, &clock, &fired)?;

    let (began, empty) = (Instant::now(), probe::rss());
    let half = timers / 2;
    world.start(&plan, 0..half).await?;
    let first_half = probe::rss().saturating_sub(empty);
    world.start(&plan, half..timers).await?;
    let all = probe::rss().saturating_sub(empty);
    let started_per_s = timers as f64 / began.elapsed().as_secs_f64();
    let per_timer = all as f64 / timers as f64;
    let growth = per_timer / (first_half as f64 / half as f64).max(1.0);

    let mut groups = Vec::new();
    // Nobody tells the engine that the clock was set: it looks by itself.
    let mut said = clock.set(base_ms);
    groups.push(plan.watch(Way::Live, said, &fired).await?);
    // The clock is set ahead, beyond all of the next group.
    said = clock.set(base_ms + HOUR_MS);
    groups.push(plan.watch(Way::Ahead, said, &fired).await?);
    // The clock is set back: the moments of the next group come when that much time has passed.
    clock.set(base_ms - HOUR_MS);
    groups.push(plan.watch(Way::Back, said, &fired).await?);
    // Nobody is there while the next group becomes due.
    world.close().await;
    let reopened = Instant::now();
    said = clock.set(base_ms + 3 * HOUR_MS);
    let world = World::open(&dir, &clock, &fired)?;
    let reopened_s = reopened.elapsed().as_secs_f64();
    groups.push(plan.watch(Way::Absent, said, &fired).await?);
    groups.push(plan.watch(Way::Later, said, &fired).await?);
    world.close().await;

    let growth = Figure::new(growth, GROWTH);
    let good = |group: &TimerGroup| {
        [group.late_p99_ms, group.early, group.out_of_order, group.lost].iter().all(|figure| figure.holds)
    };
    Ok(TimersReport {
        timers,
        started_per_s,
        bytes_per_timer: all / timers as u64,
        growth,
        reopened_s,
        holds: growth.holds && groups.iter().all(good),
        groups,
        peak_rss_bytes: probe::peak_rss(),
        load_1m: probe::load(),
    })
}

/// How a group becomes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Live,
    Ahead,
    Back,
    Absent,
    Later,
}

impl Way {
    const ALL: [Self; 5] = [Self::Live, Self::Ahead, Self::Back, Self::Absent, Self::Later];

    const fn says(self) -> &'static str {
        match self {
            Self::Live => "one after another",
            Self::Ahead => "at once, the clock was set ahead",
            Self::Back => "one after another, the clock was set back",
            Self::Absent => "at once, after a restart",
            Self::Later => "one after another, after a restart",
        }
    }

    /// The first moment and how long until the last, milliseconds after the base.
    const fn span(self) -> (i64, i64) {
        match self {
            Self::Live => (LEAD_MS, WINDOW_MS),
            Self::Ahead => (2 * LEAD_MS + WINDOW_MS + HOUR_MS / 4, HOUR_MS / 2),
            // Time in which the groups before were waited for passes too.
            Self::Back => (HOUR_MS + 4 * LEAD_MS, WINDOW_MS),
            Self::Absent => (2 * HOUR_MS, HOUR_MS / 2),
            Self::Later => (3 * HOUR_MS + 4 * LEAD_MS, WINDOW_MS),
        }
    }
}

/// When each timer is due.
struct Plan {
    due_ms: Vec<i64>,
}

impl Plan {
    /// Groups by number; within a group the moments are spread evenly, and started in no order.
    fn new(timers: usize, base_ms: i64) -> Self {
        let share = timers.div_ceil(Way::ALL.len());
        let due = |number: usize| {
            let (from, span) = Way::ALL[Self::way(number)].span();
            // A step without a common divisor goes through every place once.
            let place = (number / Way::ALL.len()).wrapping_mul(7_919) % share;
            base_ms + from + span * place as i64 / share as i64
        };
        Self { due_ms: (0..timers).map(due).collect() }
    }

    const fn way(number: usize) -> usize {
        number % Way::ALL.len()
    }

    /// Waits until a group has fired, and judges it. `said` is when the clock said what.
    async fn watch(&self, way: Way, said: Said, fired: &Fired) -> Result<TimerGroup, Failure> {
        let index = Way::ALL.iter().position(|other| *other == way).unwrap_or(0);
        let expected = (0..self.due_ms.len()).filter(|number| Self::way(*number) == index).count();
        let began = Instant::now();
        while fired.count(index) < expected && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let ends = fired.of(index);
        let (mut late_ms, mut early, mut out_of_order, mut latest) = (Vec::new(), 0, 0, i64::MIN);
        for (number, at) in &ends {
            let due_ms = self.due_ms[*number];
            out_of_order += usize::from(due_ms < latest);
            latest = latest.max(due_ms);
            let ahead_ms = (due_ms - said.wall_ms).max(0);
            let since_ms = at.saturating_duration_since(said.at).as_secs_f64() * 1e3;
            let late = since_ms - ahead_ms as f64;
            // The clock counts whole milliseconds.
            early += usize::from(late < -1.0);
            late_ms.push(late.max(0.0));
        }
        let most = if matches!(way, Way::Ahead | Way::Absent) { LATE_AT_ONCE_MS } else { LATE_MS };
        Ok(TimerGroup {
            due: way.says().to_owned(),
            timers: expected,
            late_p50_ms: probe::percentile(&late_ms, 50),
            late_p99_ms: Figure::new(probe::percentile(&late_ms, 99), most),
            early: Figure::none(early),
            out_of_order: Figure::none(out_of_order),
            lost: Figure::none(expected.saturating_sub(ends.len())),
        })
    }
}

/// What the clock said at a moment.
#[derive(Clone, Copy)]
struct Said {
    wall_ms: i64,
    at: Instant,
}

/// The system's clock, set ahead or back.
#[derive(Default)]
struct Shifted {
    by_ms: AtomicI64,
}

impl Shifted {
    fn set(&self, wall_ms: i64) -> Said {
        self.by_ms.store(wall_ms - SystemClock.now_ms(), Ordering::Release);
        Said { wall_ms, at: Instant::now() }
    }
}

impl Clock for Shifted {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.by_ms.load(Ordering::Acquire)
    }
}

/// An engine on a watched log.
struct World {
    store: Store,
    engine: Engine,
}

impl World {
    fn open(dir: &std::path::Path, clock: &Arc<Shifted>, fired: &Arc<Fired>) -> Result<Self, Failure> {
        let store = Store::open(Owner::acquire(dir)?, StoreOptions::default())?;
        let definitions = Definitions::load([("timer", MACHINE)], &Substitutions::new())?;
        let options = EngineOptions { clock: clock.clone(), ..EngineOptions::system()? };
        let log = Arc::new(Watched { store: store.clone(), fired: fired.clone() });
        let engine = Engine::open(log, definitions, options)?;
        Ok(Self { store, engine })
    }

    async fn start(&self, plan: &Plan, numbers: std::ops::Range<usize>) -> Result<(), Failure> {
        let next = Arc::new(AtomicUsize::new(numbers.start));
        let due_ms: Arc<[i64]> = plan.due_ms.as_slice().into();
        let mut starters = JoinSet::new();
        for _ in 0..STARTERS {
            let (engine, next, due_ms, end) =
                (self.engine.clone(), next.clone(), due_ms.clone(), numbers.end);
            starters.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        return Ok::<(), Failure>(());
                    }
                    engine.start("timer", &format!("t{number}"), json!({ "at": due_ms[number] })).await?;
                }
            });
        }
        while let Some(started) = starters.join_next().await {
            started.map_err(|e| Failure::bug(format!("a starter broke off: {e}")))??;
        }
        Ok(())
    }

    async fn close(self) {
        self.engine.shutdown().await;
        self.store.close();
    }
}

/// What has fired, in the order in which it was appended, and when that was durable.
struct Fired {
    /// By group: timer and moment.
    groups: Mutex<Vec<Vec<(usize, Instant)>>>,
}

impl Fired {
    fn new(timers: usize) -> Self {
        // Room from the beginning: what is measured is the engine's memory.
        let of = || Vec::with_capacity(timers.div_ceil(Way::ALL.len()));
        Self { groups: Mutex::new(Way::ALL.iter().map(|_| of()).collect()) }
    }

    fn note(&self, numbers: &[usize]) {
        let now = Instant::now();
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        for number in numbers {
            groups[Plan::way(*number)].push((*number, now));
        }
    }

    fn count(&self, group: usize) -> usize {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)[group].len()
    }

    fn of(&self, group: usize) -> Vec<(usize, Instant)> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)[group].clone()
    }
}

/// The store's log, watched for ends.
struct Watched {
    store: Store,
    fired: Arc<Fired>,
}

#[async_trait]
impl Log for Watched {
    fn append(&self, entries: Vec<Entry>, done: Done) {
        let ended = |entry: &Entry| match entry {
            Entry::Events { id, end: Some(_), .. } => id.strip_prefix("timer:t")?.parse().ok(),
            _ => None,
        };
        let ended: Vec<usize> = entries.iter().filter_map(ended).collect();
        let fired = self.fired.clone();
        let done: Done = Box::new(move |result| {
            if result.is_ok() {
                fired.note(&ended);
            }
            done(result);
        });
        Log::append(&self.store, entries, done);
    }
    fn find_now(&self, id: &str) -> Result<Option<Found>, Failure> {
        Log::find_now(&self.store, id)
    }
    async fn find(&self, id: &str) -> Result<Option<Found>, Failure> {
        Log::find(&self.store, id).await
    }
    fn live(&self) -> Result<Vec<Begun>, Failure> {
        Log::live(&self.store)
    }
    fn definition(&self, digest: &str) -> Result<Option<String>, Failure> {
        Log::definition(&self.store, digest)
    }
    fn last_number(&self) -> Result<u64, Failure> {
        Log::last_number(&self.store)
    }
    fn scan(&self, from: u64, visit: Visit<'_>) -> Result<(), Failure> {
        Log::scan(&self.store, from, visit)
    }
    async fn stopped(&self) -> Failure {
        Log::stopped(&self.store).await
    }
    fn task_ledger(&self) -> Option<Arc<dyn Ledger>> {
        Log::task_ledger(&self.store)
    }
}
