//! How soon control takes effect: pause, resume and cancel of runs in flight, and the kill switch over many.
//!
//! The runs are real ones, on the real machines and functions, up to the one that makes paid calls; only the model
//! behind it is made up: it takes a while, and notes when it is asked.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, JobMessage, JobQueue, Model, Request, Usage};
use ideamine_core::records::{Desired, RunOptions, RunRow, RunStatus};
use ideamine_core::{Env, Failure, RunId, Tenant, UsdMicros};
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_embedded::{Cas, FileSigner, LocalQueue, Owner, Store, StoreOptions, SystemClock, SystemRandom};
use ideamine_engine::bench::{Figure, load};
use ideamine_engine::{Definitions, Engine, EngineOptions, Workers};
use ideamine_orchestration::model_call::ModelCall;
use ideamine_runs::build::phase_files;
use ideamine_runs::{Resume, Runs, Start, Throw};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::definitions;
use crate::registry::{QUEUES, registry};
use crate::watched::Watched;

/// How long the model takes.
const ANSWER: Duration = Duration::from_millis(500);
/// Paid calls at once.
const CALLS: usize = 64;
/// Runs that are paused, resumed and cancelled.
const STEERED: usize = 8;
/// How long after the switch nothing more may be asked.
const QUIET: Duration = Duration::from_secs(5);
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(600);
const LOOK: Duration = Duration::from_millis(10);
/// Targets.
const STEERED_S: f64 = 2.0;
const LAST_CALL_S: f64 = 1.0;

/// What was measured; seconds.
#[derive(Serialize)]
pub(super) struct Report {
    /// Runs in flight at the switch, each with a paid call under way or waiting for its turn.
    runs: usize,
    /// Paid calls under way at a time, and how long each takes.
    calls_at_once: usize,
    call_s: f64,
    /// From asking to the run's rest, its next paid call, its end: the slowest of so many runs.
    steered: usize,
    paused_s: Figure,
    resumed_s: Figure,
    cancelled_s: Figure,
    /// Paid calls that began before the switch was thrown, and after.
    calls_before: usize,
    calls_after: usize,
    /// From asking for the switch to the start of the last paid call; negative when it was before.
    last_call_s: Figure,
    /// From asking for the switch to the end of the last run.
    all_ended_s: f64,
    load_1m: f64,
    holds: bool,
}

/// Runs the bench in an empty folder.
///
/// # Errors
/// The stores' own; `Model.Timeout` when runs do not get as far as a paid call.
pub(super) async fn control(runs: usize, dir: &Path) -> Result<Report, Failure> {
    let steered = steer(&dir.join("steered")).await?;
    let world = World::open(&dir.join("switched"), false).await?;
    let mut ids = Vec::with_capacity(runs);
    for number in 0..runs {
        ids.push(world.start(number).await?);
    }
    // No call is answered before every run has one under way or waits for its turn; then they go on for a while.
    world.until("every run to want a paid call", || world.queue.sent.load(Ordering::Acquire) >= runs).await?;
    world.model.open.send_replace(true);
    sleep(ANSWER * 3).await;
    let asked = Instant::now();
    world.runs.throw_kill_switch(&Throw { engaged: true, why: "bench".to_owned() }).await?;
    let mut all_ended_s = None;
    while all_ended_s.is_none() && asked.elapsed() < PATIENCE {
        sleep(LOOK).await;
        all_ended_s = world.ended(&ids).await?.then(|| asked.elapsed().as_secs_f64());
    }
    sleep(QUIET.saturating_sub(asked.elapsed())).await;
    let calls = world.model.all();
    world.close().await;
    let last = calls.iter().max().ok_or_else(|| Failure::bug("no paid call was made"))?;
    let last_call_s = match last.checked_duration_since(asked) {
        Some(after) => after.as_secs_f64(),
        None => -asked.duration_since(*last).as_secs_f64(),
    };
    let calls_before = calls.iter().filter(|at| **at < asked).count();
    let [paused_s, resumed_s, cancelled_s] = steered.map(|slowest| Figure::new(slowest, STEERED_S));
    let last_call_s = Figure::new(last_call_s, LAST_CALL_S);
    Ok(Report {
        runs,
        calls_at_once: CALLS,
        call_s: ANSWER.as_secs_f64(),
        steered: STEERED,
        paused_s,
        resumed_s,
        cancelled_s,
        calls_before,
        calls_after: calls.len() - calls_before,
        last_call_s,
        all_ended_s: all_ended_s.unwrap_or(f64::INFINITY),
        load_1m: load(),
        holds: [paused_s, resumed_s, cancelled_s, last_call_s].iter().all(|figure| figure.holds),
    })
}

/// Pauses, resumes and cancels runs, each while a paid call of it is under way; the slowest of each, seconds.
async fn steer(dir: &Path) -> Result<[f64; 3], Failure> {
    let world = World::open(dir, true).await?;
    let mut slowest = [0.0_f64; 3];
    let mut took = |which: usize, asked: Instant| {
        slowest[which] = slowest[which].max(asked.elapsed().as_secs_f64());
    };
    for number in 0..STEERED {
        let begun = Instant::now();
        let run = world.start(number).await?;
        world.calls_after(begun).await?;
        let asked = Instant::now();
        world.runs.want(&run, Desired::Pause).await?;
        world.row(&run, |row| row.status == RunStatus::Paused).await?;
        took(0, asked);
        let asked = Instant::now();
        world.runs.resume(&run, &Resume::default()).await?;
        world.calls_after(asked).await?;
        took(1, asked);
        let asked = Instant::now();
        world.runs.want(&run, Desired::Cancel).await?;
        world.row(&run, |row| row.ended_ms.is_some()).await?;
        took(2, asked);
    }
    world.close().await;
    Ok(slowest)
}

/// A data directory, its engine, its functions and the model.
struct World {
    store: Store,
    engine: Engine,
    runs: Runs,
    queue: Arc<Counted>,
    model: Arc<Slow>,
    random: SystemRandom,
    workers: Workers,
}

impl World {
    async fn open(dir: &Path, answers: bool) -> Result<Self, Failure> {
        let owner = Owner::acquire(dir)?;
        let signer = FileSigner::open(&dir.with_extension("key"), dir)?;
        let store = Store::open(owner, StoreOptions::default())?;
        let machines =
            Definitions::load(definitions::MACHINES.iter().copied(), &definitions::substitutions())?;
        let engine = Engine::open(Arc::new(store.clone()), machines, EngineOptions::system()?)?;
        let env = Env {
            records: Arc::new(store.clone()),
            ledger: Arc::new(store.clone()),
            artifacts: Arc::new(Cas::beside(&store)?),
            workflows: Arc::new(engine.clone()),
            events: Arc::new(Watched::default()),
            clock: Arc::new(SystemClock),
        };
        let model = Arc::new(Slow::new(answers));
        let call = ModelCall::new(Arc::<Slow>::clone(&model), "bench");
        let registry = registry(
            Arc::new(signer),
            Arc::new(Bubblewrap::from_env()),
            call,
            ideamine_exfil::Registry::new(),
        );
        let inner = LocalQueue::open(QUEUES, env.records.clone(), &Tenant::local()).await?;
        let inner = Arc::new(inner);
        let limits = [("model", CALLS), ("sandbox", 1)];
        let workers = Workers::start(&engine, &env, &registry, &inner, &limits)?;
        let queue = Arc::new(Counted { inner, sent: AtomicUsize::new(0) });
        engine.attach(&env, registry, Arc::<Counted>::clone(&queue))?;
        let (runs, random) = (Runs { env, tenant: Tenant::local() }, SystemRandom::new()?);
        Ok(Self { store, engine, runs, queue, model, random, workers })
    }

    /// Starts a run of an idea of its own: no answer serves two of them.
    async fn start(&self, number: usize) -> Result<RunId, Failure> {
        let run = ideamine_runs::new_run_id(self.runs.env.clock.now_ms(), &self.random)?;
        let options =
            RunOptions { model: "bench/slow".to_owned(), seed: number as u64, ..RunOptions::default() };
        let start = Start {
            run: run.clone(),
            idea: format!("# Shed {number}\n\nNeighbours lend each other tools from shed {number}.\n"),
            media_type: "text/markdown".to_owned(),
            title: format!("Shed {number}"),
            options,
            phases: phase_files(vec![])?,
            approvers: vec![],
            policy: None,
            replies: vec![],
        };
        self.runs.start(start).await?;
        Ok(run)
    }

    /// Waits for a paid call that begins after this.
    async fn calls_after(&self, then: Instant) -> Result<(), Failure> {
        self.until("a paid call", || self.model.all().last().is_some_and(|at| *at > then)).await
    }

    async fn until(&self, what: &str, is: impl Fn() -> bool) -> Result<(), Failure> {
        let began = Instant::now();
        while !is() {
            if began.elapsed() > PATIENCE {
                let message = format!("waited {} s for {what}", PATIENCE.as_secs());
                return Err(Failure::new(FailureKind::ModelTimeout, message));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    async fn row(&self, run: &RunId, is: impl Fn(&RunRow) -> bool) -> Result<(), Failure> {
        let began = Instant::now();
        while !is(&self.runs.find(run).await?) {
            if began.elapsed() > PATIENCE {
                let message = format!("waited {} s for run {run}", PATIENCE.as_secs());
                return Err(Failure::new(FailureKind::ModelTimeout, message));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    async fn ended(&self, ids: &[RunId]) -> Result<bool, Failure> {
        for run in ids.iter().rev() {
            if self.runs.find(run).await?.ended_ms.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn close(self) {
        self.workers.stop();
        self.engine.shutdown().await;
        self.store.close();
    }
}

/// The queue, counted.
struct Counted {
    inner: Arc<LocalQueue>,
    sent: AtomicUsize,
}

#[async_trait]
impl JobQueue for Counted {
    async fn send(&self, queue: &str, message: JobMessage) -> Result<(), Failure> {
        self.inner.send(queue, message).await?;
        self.sent.fetch_add(usize::from(queue.starts_with("model")), Ordering::AcqRel);
        Ok(())
    }
}

/// A model that takes its time, answers nothing of use, and notes when it is asked.
struct Slow {
    calls: Mutex<Vec<Instant>>,
    /// Closed, no call is answered.
    open: watch::Sender<bool>,
}

impl Slow {
    fn new(open: bool) -> Self {
        Self { calls: Mutex::default(), open: watch::Sender::new(open) }
    }

    fn all(&self) -> Vec<Instant> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Model for Slow {
    async fn call(&self, _: &Request) -> Result<Answer, Failure> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        // The sender lives as long as the model.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
        sleep(ANSWER).await;
        let usage = Usage { tokens_in: Some(1_000), tokens_out: Some(100) };
        Ok(Answer { text: "{}".to_owned(), usage })
    }
    fn ceiling(&self, _: &Request) -> Option<UsdMicros> {
        Some(UsdMicros(1_000))
    }
    fn tokens(&self, _: &Request) -> u64 {
        2_000
    }
    fn price(&self, _: &str, _: &Usage) -> Option<UsdMicros> {
        Some(UsdMicros(500))
    }
}
