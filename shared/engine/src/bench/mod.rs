//! What the engine does on this machine: durable steps a second (here), recovery after a kill, and timers.
//!
//! Steps: many runs of one machine on a store of their own.
//! Included in every step: the interpreter, the events' sync before the next effect, the call through the
//! registry with its digests, one ledger fact, and the projection. Not included: work inside functions
//! (they return at once) and documents in the content-addressed store.

mod figure;
mod machine;
mod probe;
mod recover;
mod step;
mod timers;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ideamine_core::ports::{Events, ExecutionStatus, Progress, Workflows};
use ideamine_core::{Digest, Env, Failure, Registry, RunId, Tenant};
use ideamine_embedded::{Cas, LocalQueue, Owner, Store, StoreOptions, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{Definitions, Engine, EngineOptions, Substitutions};
pub use figure::Figure;
pub use machine::machine;
pub use probe::{disk, load, peak_rss, percentile, sync};
pub use recover::{RecoverOptions, RecoverPart, RecoverReport, recover, recover_part};
pub use step::STEP;
use step::{Step, Times};
pub use timers::{TIMERS_MAX, TimerGroup, TimersOptions, TimersReport, timers};

/// Most steps of a bench machine: its history must stay within an execution's limit.
pub const BENCH_STEPS_MAX: usize = 2_000;

/// What to run.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// Executions altogether.
    pub runs: usize,
    /// Executions under way at a time.
    pub concurrency: usize,
    /// Function calls of each: phase and gate in turn, a Choice after each gate.
    pub steps: usize,
    /// Bytes of text that each call carries.
    pub payload_bytes: usize,
    /// Shortest time of one sync, of the journal and of the bare log alike: what a slower disk would give.
    pub sync_floor: Duration,
    /// An empty or absent directory for the data; left behind.
    pub dir: PathBuf,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchReport {
    /// Executions, all succeeded.
    pub runs: usize,
    /// Executions under way at a time.
    pub concurrency: usize,
    /// Function calls of each.
    pub steps: usize,
    /// Durable steps per second over all runs.
    pub steps_per_s: f64,
    /// From one call of a run to its next, median, milliseconds.
    pub step_p50_ms: f64,
    /// The same, of a hundred the slowest.
    pub step_p99_ms: f64,
    /// From start to end of a run, median, milliseconds.
    pub run_p50_ms: f64,
    /// Processor time of the whole process per step, microseconds.
    pub cpu_us_per_step: f64,
    /// Files of the data directory per run, bytes.
    pub disk_bytes_per_run: u64,
    /// Bytes that the journal's batches took on disk per run; a part of the former.
    pub journal_bytes_per_run: u64,
    /// Most memory that the process held, bytes.
    pub peak_rss_bytes: u64,
    /// Always `fsync`: no effect before its events are synced.
    pub durability: String,
    /// Load average of the last minute.
    pub load_1m: f64,
    /// Floor given to the time of one sync, microseconds; 0 for the disk as it is.
    pub sync_floor_us: u64,
    /// From opening the data directory to the end of the first run, milliseconds.
    pub first_run_ms: f64,
    /// Writing and syncing as many bytes as an average batch, median, microseconds.
    pub fsync_p50_us: f64,
    /// Steps made durable by one sync, on average.
    pub steps_per_sync: f64,
    /// A bare log that syncs one record per run in flight at a time: records per second.
    pub bare_log_per_s: f64,
    /// Steps per second over the bare log's records per second.
    pub ratio_to_bare_log: f64,
    /// What a step includes.
    pub included: Vec<String>,
}

/// Runs the bench on the current tokio runtime.
///
/// # Errors
/// `Input.Invalid` for options out of range; what the store or a run fails with.
pub async fn bench(options: BenchOptions) -> Result<BenchReport, Failure> {
    check(&options)?;
    let BenchOptions { runs, concurrency, steps, payload_bytes, sync_floor, ref dir } = options;
    let opening = Instant::now();
    let store = Store::open(Owner::acquire(dir)?, StoreOptions { sync_floor, ..StoreOptions::default() })?;
    let definitions = Definitions::load([("bench", machine::machine(steps, &[]))], &Substitutions::new())?;
    let engine = Engine::open(Arc::new(store.clone()), definitions, EngineOptions::system()?)?;
    let times = Arc::new(Times::new(runs));
    let registry = Registry::default().with(Step { times: times.clone() });
    engine.attach(&env(&store, &engine)?, registry, Arc::new(LocalQueue::new(&[])))?;

    let before = store.written();
    let (began, cpu_before) = (Instant::now(), probe::cpu());
    let run_ms = drive(&engine, runs, concurrency, payload_bytes, &times).await?;
    let (elapsed, cpu) = (began.elapsed(), probe::cpu().saturating_sub(cpu_before));
    let written = store.written();
    engine.shutdown().await;
    store.close();

    let all = (runs * steps) as f64;
    let syncs = (written.syncs - before.syncs).max(1);
    let bytes = written.bytes - before.bytes;
    let sync = probe::sync(dir, bytes / syncs, sync_floor)?;
    let bare = probe::bare_log(dir, concurrency, bytes / (runs * steps) as u64, sync_floor)?;
    let steps_per_s = all / elapsed.as_secs_f64();
    let step_ms = times.step_ms();
    Ok(BenchReport {
        runs,
        concurrency,
        steps,
        steps_per_s,
        step_p50_ms: probe::percentile(&step_ms, 50),
        step_p99_ms: probe::percentile(&step_ms, 99),
        run_p50_ms: probe::percentile(&run_ms, 50),
        cpu_us_per_step: cpu.as_secs_f64() * 1e6 / all,
        disk_bytes_per_run: probe::disk(dir)? / runs as u64,
        journal_bytes_per_run: bytes / runs as u64,
        peak_rss_bytes: probe::peak_rss(),
        durability: "fsync".to_owned(),
        load_1m: probe::load(),
        sync_floor_us: u64::try_from(sync_floor.as_micros()).unwrap_or(u64::MAX),
        first_run_ms: times.first_end_ms(opening),
        fsync_p50_us: sync,
        steps_per_sync: all / syncs as f64,
        bare_log_per_s: bare,
        ratio_to_bare_log: steps_per_s / bare,
        included: ["interpreter", "registry and digests", "ledger fact", "journal sync", "projection"]
            .map(str::to_owned)
            .to_vec(),
    })
}

fn check(options: &BenchOptions) -> Result<(), Failure> {
    let BenchOptions { runs, concurrency, steps, .. } = *options;
    if runs == 0 || concurrency == 0 || steps == 0 || steps > BENCH_STEPS_MAX {
        let message = format!(
            "bench needs at least one run, one at a time, and 1 to {BENCH_STEPS_MAX} steps; got {runs}, \
             {concurrency} and {steps}"
        );
        return Err(Failure::input(message));
    }
    Ok(())
}

fn env(store: &Store, engine: &Engine) -> Result<Env, Failure> {
    Ok(Env {
        records: Arc::new(store.clone()),
        ledger: Arc::new(store.clone()),
        artifacts: Arc::new(Cas::beside(store)?),
        workflows: Arc::new(engine.clone()),
        events: Arc::new(Unheard),
        clock: Arc::new(SystemClock),
    })
}

/// Keeps so many runs under way until all have ended; how long each took, milliseconds.
async fn drive(
    engine: &Engine,
    runs: usize,
    concurrency: usize,
    payload_bytes: usize,
    times: &Arc<Times>,
) -> Result<Vec<f64>, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut drivers = JoinSet::new();
    for _ in 0..concurrency.min(runs) {
        let (engine, next, times) = (engine.clone(), next.clone(), times.clone());
        drivers.spawn(async move {
            let mut took = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= runs {
                    return Ok(took);
                }
                let began = Instant::now();
                times.begin(number);
                run(&engine, number, &pad(number, payload_bytes)).await?;
                times.end();
                took.push(began.elapsed().as_secs_f64() * 1e3);
            }
        });
    }
    let mut all = Vec::with_capacity(runs);
    while let Some(took) = drivers.join_next().await {
        let took: Result<Vec<f64>, Failure> =
            took.map_err(|e| Failure::bug(format!("a bench driver broke off: {e}")))?;
        all.extend(took?);
    }
    Ok(all)
}

/// Text that no other run has, so that what is on disk is not one text again and again.
pub fn pad(run: usize, bytes: usize) -> String {
    let part = |part: usize| Digest::of(format!("{run} {part}").as_bytes()).to_string();
    let mut pad = String::new();
    for number in 0..bytes.div_ceil(64) {
        pad.push_str(part(number).trim_start_matches("sha256:"));
    }
    pad.truncate(bytes);
    pad
}

async fn run(engine: &Engine, number: usize, pad: &str) -> Result<(), Failure> {
    let name = format!("bench-{number:07}");
    let id = engine.start("bench", &name, json!({ "pad": pad })).await?;
    let ended = engine.wait(&id).await?;
    if ended.status == ExecutionStatus::Succeeded && ended.output == Some(Value::from("done")) {
        return Ok(());
    }
    let (error, cause) = (ended.error.unwrap_or_default(), ended.cause.unwrap_or_default());
    Err(Failure::bug(format!("bench run {name} ended {:?}: {error} {cause}", ended.status)))
}

/// Nobody watches a bench.
struct Unheard;

impl Events for Unheard {
    fn publish(&self, _: &Tenant, _: &RunId, _: Progress) {}
}
