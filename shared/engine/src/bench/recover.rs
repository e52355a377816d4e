//! What a kill costs: many runs in flight, the process killed, and how soon the next one has them all going.
//!
//! The work is done by processes of its own (the program starts itself), so that the kill is a real one and the
//! times count from the start of a process. Each tells on its standard output how far it is; see [`RecoverPart`].

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{ExecutionStatus, Workflows};
use ideamine_core::{Ctx, Failure, Function, Registry};
use ideamine_embedded::{LocalQueue, Owner, Store, StoreOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::figure::Figure;
use super::{env, machine, probe, step};
use crate::log::Log;
use crate::{Definitions, Engine, EngineOptions, Substitutions, steps};

/// How often a first run on an empty directory is measured; the median counts.
const FIRSTS: usize = 5;
/// Each target.
const FIRST_STEP_S: f64 = 1.0;
const ALL_RESUMED_S: f64 = 3.0;
const FIRST_RUN_S: f64 = 0.2;
const PEAK_MB: f64 = 80.0;

/// What a process of this bench does, in a directory that it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoverPart {
    /// Starts all runs and works them until it is killed: `started`, then `half PEAK_BYTES`.
    Work,
    /// Takes up what was left and ends it: `first`, `all`, then `ended NOT_SUCCEEDED PEAK_BYTES`. What it called
    /// goes into the file `called`.
    Resume,
    /// One run in an empty directory: `ended`.
    First,
}

/// What to run, in the parent and in its children alike.
#[derive(Debug, Clone)]
pub struct RecoverOptions {
    /// Runs in flight.
    pub runs: usize,
    /// Function calls of each.
    pub steps: usize,
    /// Bytes of text that each call carries.
    pub payload_bytes: usize,
    /// An empty or absent directory for the data; left behind.
    pub dir: PathBuf,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecoverReport {
    /// Runs, all acknowledged before the kill.
    pub runs: usize,
    /// Function calls of each.
    pub steps: usize,
    /// Runs that had not ended when the process was killed.
    pub in_flight_at_kill: usize,
    /// Steps whose result was stored by then.
    pub stored_at_kill: usize,
    /// From the start of the next process to the first step it works, seconds.
    pub first_step_s: Figure,
    /// From there to when every run has worked a step or ended, seconds.
    pub all_resumed_s: Figure,
    /// From there to the end of the last run, seconds.
    pub all_ended_s: f64,
    /// Acknowledged runs that did not succeed with every step.
    pub lost: Figure,
    /// Steps whose result was stored and that were worked again.
    pub ran_again: Figure,
    /// From the start of a process on an empty directory to the end of its first run, median, seconds.
    pub first_run_s: Figure,
    /// Most memory of the process that was killed, all runs in flight, megabytes of a million bytes.
    pub peak_mb: Figure,
    /// The same of the one that took them up.
    pub peak_resumed_mb: Figure,
    /// Writing and syncing as many bytes as one run's step, median, microseconds.
    pub fsync_p50_us: f64,
    /// Load average of the last minute.
    pub load_1m: f64,
    /// Whether every figure is within its target.
    pub holds: bool,
}

/// Measures. `child` is the command that makes this program call [`recover_part`].
///
/// # Errors
/// `Store.Unavailable` when a process cannot be started, or ended before it should.
pub fn recover(
    options: &RecoverOptions,
    child: impl Fn(RecoverPart, &Path) -> Command,
) -> Result<RecoverReport, Failure> {
    let RecoverOptions { runs, steps, ref dir, .. } = *options;
    let killed = dir.join("killed");
    let mut worker = Part::spawn(child(RecoverPart::Work, &killed))?;
    worker.until("started")?;
    let (_, peak_work) = worker.until("half")?;
    worker.kill()?;
    // Looked at in a copy, so that the next process finds what the killed one left and nothing else.
    let seen = dir.join("seen");
    copy(&killed, &seen).map_err(|e| failed(dir, &e))?;
    let before = Left::read(&seen)?;

    let mut resumed = Part::spawn(child(RecoverPart::Resume, &killed))?;
    let (first_step_s, _) = resumed.until("first")?;
    let (all_resumed_s, _) = resumed.until("all")?;
    let (all_ended_s, told) = resumed.until("ended")?;
    resumed.wait()?;
    let not_succeeded = told.first().copied().unwrap_or(u64::MAX);
    let called = fs::read_to_string(killed.join("called")).map_err(|e| failed(dir, &e))?;
    let ran_again = called.lines().filter(|step| before.stored.contains(*step)).count();
    let after = Left::read(&killed)?;
    let missing = (runs * steps).saturating_sub(after.stored.len());

    let mut firsts = Vec::with_capacity(FIRSTS);
    for number in 0..FIRSTS {
        let mut first = Part::spawn(child(RecoverPart::First, &dir.join(format!("first-{number}"))))?;
        firsts.push(first.until("ended")?.0);
        first.wait()?;
    }
    let peak_mb =
        |bytes: Option<&u64>| Figure::new(bytes.map_or(f64::INFINITY, |b| *b as f64 / 1e6), PEAK_MB);
    let lost = usize::try_from(not_succeeded).unwrap_or(usize::MAX).max(missing);
    let mut report = RecoverReport {
        runs,
        steps,
        in_flight_at_kill: runs - before.ended,
        stored_at_kill: before.stored.len(),
        first_step_s: Figure::new(first_step_s, FIRST_STEP_S),
        all_resumed_s: Figure::new(all_resumed_s, ALL_RESUMED_S),
        all_ended_s,
        lost: Figure::none(lost),
        ran_again: Figure::none(ran_again),
        first_run_s: Figure::new(probe::percentile(&firsts, 50), FIRST_RUN_S),
        peak_mb: peak_mb(peak_work.first()),
        peak_resumed_mb: peak_mb(told.get(1)),
        fsync_p50_us: probe::sync(dir, 1_024, Duration::ZERO)?,
        load_1m: probe::load(),
        holds: false,
    };
    let times = [report.first_step_s, report.all_resumed_s, report.first_run_s];
    let others = [report.lost, report.ran_again, report.peak_mb, report.peak_resumed_mb];
    report.holds = times.iter().chain(&others).all(|figure| figure.holds);
    Ok(report)
}

/// Does what a process of this bench does.
///
/// # Errors
/// What the store or a run fails with.
pub async fn recover_part(part: RecoverPart, options: &RecoverOptions) -> Result<(), Failure> {
    let RecoverOptions { runs, steps, payload_bytes, ref dir } = *options;
    let runs = if part == RecoverPart::First { 1 } else { runs };
    let heard = Arc::new(Heard::new(part, runs, steps));
    let store = Store::open(Owner::acquire(dir)?, StoreOptions::default())?;
    let definitions = Definitions::load([("bench", machine::machine(steps, &[]))], &Substitutions::new())?;
    let options = EngineOptions { calls_max: runs, ..EngineOptions::system()? };
    let engine = Engine::open(Arc::new(store.clone()), definitions, options)?;
    let registry = Registry::default().with(Told { heard: heard.clone() });
    engine.attach(&env(&store, &engine)?, registry, Arc::new(LocalQueue::new(&[])))?;

    let pad = "x".repeat(payload_bytes);
    let mut ends = JoinSet::new();
    let started = Arc::new(AtomicUsize::new(0));
    for number in 0..runs {
        let (engine, heard, started) = (engine.clone(), heard.clone(), started.clone());
        let input = json!({ "pad": pad });
        ends.spawn(async move {
            let id = format!("bench:{}", name(number));
            if part != RecoverPart::Resume {
                engine.start("bench", &name(number), input).await?;
                if started.fetch_add(1, Ordering::Relaxed) + 1 == runs {
                    heard.all_started();
                }
            }
            let ended = engine.wait(&id).await?;
            heard.resumed(number);
            let good =
                ended.status == ExecutionStatus::Succeeded && ended.output == Some(Value::from("done"));
            Ok::<bool, Failure>(good)
        });
    }
    let mut bad = 0;
    while let Some(end) = ends.join_next().await {
        // A run that is not there was lost.
        bad += usize::from(!matches!(end, Ok(Ok(true))));
    }
    if part == RecoverPart::Work {
        // Ended before it was killed: the parent says so.
        return Ok(());
    }
    let called = heard.called.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
    fs::write(dir.join("called"), called).map_err(|e| failed(dir, &e))?;
    say(&format!("ended {bad} {}", probe::peak_rss()));
    engine.shutdown().await;
    store.close();
    Ok(())
}

fn name(number: usize) -> String {
    format!("bench-{number:07}")
}

/// What a child has seen of its runs.
struct Heard {
    part: RecoverPart,
    half: usize,
    calls: AtomicUsize,
    started: AtomicUsize,
    /// Runs that were seen, and how many are still to be.
    seen: Mutex<(Vec<bool>, usize)>,
    called: Mutex<Vec<String>>,
}

impl Heard {
    fn new(part: RecoverPart, runs: usize, steps: usize) -> Self {
        Self {
            part,
            half: (runs * steps).div_ceil(2),
            calls: AtomicUsize::new(0),
            started: AtomicUsize::new(0),
            seen: Mutex::new((vec![false; runs], runs)),
            called: Mutex::default(),
        }
    }

    fn all_started(&self) {
        self.started.store(1, Ordering::Release);
        if self.part == RecoverPart::Work {
            say("started");
            self.maybe_half(self.calls.load(Ordering::Acquire));
        }
    }

    /// Half of all calls were made while every run was acknowledged.
    fn maybe_half(&self, calls: usize) {
        let due = calls >= self.half
            && self.started.compare_exchange(1, 2, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if due && self.part == RecoverPart::Work {
            say(&format!("half {}", probe::peak_rss()));
        }
    }

    fn call(&self, run: usize, step: String) {
        let calls = self.calls.fetch_add(1, Ordering::AcqRel) + 1;
        if self.part == RecoverPart::Work {
            return self.maybe_half(calls);
        }
        if calls == 1 && self.part == RecoverPart::Resume {
            say("first");
        }
        self.called.lock().unwrap_or_else(PoisonError::into_inner).push(step);
        self.resumed(run);
    }

    /// A run worked a step, or ended.
    fn resumed(&self, run: usize) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (runs, left) = &mut *seen;
        let Some(seen) = runs.get_mut(run).filter(|seen| !**seen) else { return };
        *seen = true;
        *left -= 1;
        if *left == 0 && self.part == RecoverPart::Resume {
            if self.calls.load(Ordering::Acquire) == 0 {
                // Nothing was left to work.
                say("first");
            }
            say("all");
        }
    }
}

/// The function that the runs call: it says that all is well, and is heard.
struct Told {
    heard: Arc<Heard>,
}

#[async_trait]
impl Function for Told {
    const NAME: &'static str = step::STEP;
    type Input = Value;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, _: Value) -> Result<Value, Failure> {
        let number = ctx.run.as_str().trim_start_matches("bench-").parse().unwrap_or(usize::MAX);
        self.heard.call(number, format!("bench:{} {}", ctx.run, ctx.step));
        Ok(json!({ "outcome": "pass" }))
    }
}

/// What a directory holds of the runs.
struct Left {
    /// Steps with a result, as `EXECUTION STEP`.
    stored: BTreeSet<String>,
    ended: usize,
}

impl Left {
    fn read(dir: &Path) -> Result<Self, Failure> {
        let store = Store::open(Owner::acquire(dir)?, StoreOptions::default())?;
        let all = steps::all(&store as &dyn Log)?;
        store.close();
        let ended = all.iter().filter(|(ended, _)| *ended).count();
        let stored = all.into_iter().flat_map(|(_, steps)| steps);
        Ok(Self { stored: stored.map(|step| format!("{} {}", step.execution, step.step)).collect(), ended })
    }
}

/// A process of this bench.
struct Part {
    process: Child,
    lines: BufReader<ChildStdout>,
    began: Instant,
}

impl Part {
    fn spawn(mut command: Command) -> Result<Self, Failure> {
        let began = Instant::now();
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut process = spawned.map_err(|e| {
            Failure::new(FailureKind::StoreUnavailable, format!("cannot start {command:?}: {e}"))
        })?;
        let lines = process.stdout.take().ok_or_else(|| Failure::bug("a child without standard output"))?;
        Ok(Self { process, lines: BufReader::new(lines), began })
    }

    /// Waits for the process to say this; seconds since its start, and the numbers that it said with it.
    fn until(&mut self, word: &str) -> Result<(f64, Vec<u64>), Failure> {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.lines.read_line(&mut line);
            if !matches!(read, Ok(1..)) {
                let message = format!("a process of the bench ended before it said `{word}`");
                return Err(Failure::new(FailureKind::StoreUnavailable, message));
            }
            let mut words = line.split_whitespace();
            if words.next() == Some(word) {
                let seconds = self.began.elapsed().as_secs_f64();
                return Ok((seconds, words.filter_map(|number| number.parse().ok()).collect()));
            }
        }
    }

    fn kill(&mut self) -> Result<(), Failure> {
        let killed = self.process.kill().and_then(|()| self.process.wait());
        killed.map(drop).map_err(|e| Failure::bug(format!("cannot kill a child: {e}")))
    }

    fn wait(&mut self) -> Result<(), Failure> {
        let ended = self.process.wait().map_err(|e| Failure::bug(format!("cannot wait for a child: {e}")))?;
        if ended.success() {
            return Ok(());
        }
        Err(Failure::new(FailureKind::StoreUnavailable, format!("a process of the bench ended with {ended}")))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Whatever failed, no process stays behind; one that has ended is not there to be killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One line to the parent; without one nobody needs it.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Copies the files of a directory.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()? {
            kind if kind.is_dir() => copy(&entry.path(), &to)?,
            kind if kind.is_file() => drop(fs::copy(entry.path(), to)?),
            _ => {}
        }
    }
    Ok(())
}

fn failed(dir: &Path, error: &io::Error) -> Failure {
    Failure::new(FailureKind::StoreUnavailable, format!("cannot measure in {}: {error}", dir.display()))
}
