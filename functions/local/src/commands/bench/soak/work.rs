//! The processes of the soak: one works runs until it is killed, one verifies what is there at the end.
//!
//! Each run has its rows, its 26 calls with their facts, a step that closes its books, and the real `run-seal`. Told
//! on standard output, a line each: `ready`, `asked N`, `accepted N`, `ended N`, `again N STEP`, `complete N`,
//! `bad N WHAT`, `removed N`, `peak BYTES`.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ideamine_core::ports::{Condition, ExecutionStatus, Workflows as _, Write};
use ideamine_core::records::{BudgetRow, RemovedRow, RunOptions, RunRow, RunStatus, key};
use ideamine_core::{Ctx, Failure, Function, Registry, RunId};
use ideamine_embedded::{FileSigner, LocalQueue, StoreOptions};
use ideamine_engine::bench::{STEP, machine, pad, peak_rss};
use ideamine_engine::{Definitions, Substitutions};
use ideamine_orchestration::{index, rows, seal::RunSeal};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::{App, Opened};
use crate::check;
use crate::cli::SoakArgs;
use crate::models::ModelChoice;
use crate::retain::{Policy, retain};

/// Most runs under way at a time; above that, starting waits.
const UNDER_WAY_MAX: usize = 1_000;
/// Size at which a segment is closed, bytes: each run is read again when it ends, and a segment is read whole.
const SEGMENT_BYTES: u64 = 2 * 1024 * 1024;
/// Seals read at once.
const PAGE: usize = 500;
/// How often memory is told.
const TELL: Duration = Duration::from_secs(1);
const MACHINE: &str = "soak";
const IDEA: &[u8] = b"# Soak\n\nOne run of many.\n";

/// Takes up what the last process left, then starts runs for as long as it is told, and ends when all have ended.
pub(super) async fn work(args: &SoakArgs, dir: &Path) -> Result<(), Failure> {
    let app = open(args, dir)?;
    let told = Arc::new(Stored::default());
    let mut left = vec![];
    for row in app.runs.all().await? {
        let execution = id(&row.run_id);
        let found = app.engine.describe(&execution).await?;
        match found.map(|found| found.status) {
            Some(ExecutionStatus::Running) => {
                told.add(&row.run_id, app.engine.steps(&execution).await?.into_iter().map(|step| step.step));
                left.push(row.run_id);
            }
            // Its rows were written, and nobody was told that it is there.
            None => left.push(row.run_id),
            Some(_) => {}
        }
    }
    let signer = FileSigner::open(&dir.with_extension("key"), dir)?;
    let registry = Registry::default()
        .with(Step { stored: told })
        .with(Close)
        .with(RunSeal { signer: Arc::new(signer) });
    app.engine.attach(&app.env, registry, Arc::new(LocalQueue::new(&[])))?;
    say("ready");
    let mut under_way = JoinSet::new();
    for run in left {
        let (app, bytes) = (app.clone(), args.payload_bytes);
        under_way.spawn(async move { follow(&app, &run, bytes).await });
    }
    let (began, long) = (Instant::now(), Duration::from_millis(args.for_ms.unwrap_or(0)));
    let mut tick = interval(Duration::from_secs_f64(1.0 / args.rate));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut last_told = Instant::now();
    for number in args.from.unwrap_or(0).. {
        tick.tick().await;
        if began.elapsed() >= long {
            break;
        }
        if last_told.elapsed() >= TELL {
            say(&format!("peak {}", peak_rss()));
            last_told = Instant::now();
        }
        while let Some(end) = under_way.try_join_next() {
            ended(end);
        }
        if under_way.len() >= UNDER_WAY_MAX
            && let Some(end) = under_way.join_next().await
        {
            ended(end);
        }
        let (app, bytes) = (app.clone(), args.payload_bytes);
        under_way.spawn(async move {
            let run = run_id(number)?;
            say(&format!("asked {number}"));
            enter(&app, &run).await?;
            follow(&app, &run, bytes).await
        });
    }
    while let Some(end) = under_way.join_next().await {
        ended(end);
    }
    say(&format!("peak {}", peak_rss()));
    app.shutdown().await;
    Ok(())
}

/// Removes what is old, as `ideamine retain` does.
pub(super) async fn remove(args: &SoakArgs, dir: &Path) -> Result<(), Failure> {
    let Some(keep) = args.keep else { return Ok(()) };
    let policy = Policy { older_than: keep, grace: keep, dry_run: false, segment_bytes: SEGMENT_BYTES };
    let report = retain(|| opened(args, dir), policy).await?;
    say("ready");
    for finding in &report.findings {
        say(&format!("bad {} {finding}", u64::MAX));
    }
    say(&format!("peak {}", peak_rss()));
    Ok(())
}

/// Holds every run that is there against its ledger.
pub(super) async fn verify(args: &SoakArgs, dir: &Path) -> Result<(), Failure> {
    let app = open(args, dir)?;
    say("ready");
    for row in app.runs.all().await? {
        judge(&app, &row.run_id).await?;
    }
    let mut after = None::<String>;
    loop {
        let seals = key::removed(&app.runs.tenant, &run_id(0)?).pk;
        let page = app.env.records.query(&seals, "", after.as_deref(), PAGE).await?;
        for item in &page {
            let seal: RemovedRow = serde_json::from_value(item.value.clone())
                .map_err(|e| Failure::corrupt(format!("the seal {}: {e}", item.key)))?;
            say(&format!("removed {}", number(&seal.run_id)));
        }
        after = page.last().map(|item| item.key.sk.clone());
        if page.len() < PAGE {
            break;
        }
    }
    say(&format!("peak {}", peak_rss()));
    app.shutdown().await;
    Ok(())
}

fn opened(args: &SoakArgs, dir: &Path) -> Result<Opened, Failure> {
    let closing = [Close::NAME, RunSeal::NAME];
    let machines = Definitions::load([(MACHINE, machine(args.steps, &closing))], &Substitutions::new())?;
    let options = StoreOptions { segment_bytes: SEGMENT_BYTES, ..StoreOptions::default() };
    App::open_machines(dir, &ModelChoice::default(), machines, options)
}

fn open(args: &SoakArgs, dir: &Path) -> Result<Arc<App>, Failure> {
    match opened(args, dir)? {
        Opened::Owner(app) => Ok(app),
        Opened::OwnedByAnother { pid } => {
            Err(Failure::input(format!("{} is owned by process {pid:?}", dir.display())))
        }
    }
}

fn run_id(number: u64) -> Result<RunId, Failure> {
    RunId::new(&format!("soak-{number:09}")).map_err(|e| Failure::bug(e.to_string()))
}

fn number(run: &RunId) -> u64 {
    run.as_str().trim_start_matches("soak-").parse().unwrap_or(u64::MAX)
}

fn id(run: &RunId) -> String {
    format!("{MACHINE}:{run}")
}

/// The rows that a run begins with.
async fn enter(app: &App, run: &RunId) -> Result<(), Failure> {
    let tenant = &app.runs.tenant;
    let row = RunRow {
        run_id: run.clone(),
        idea: app.env.artifacts.put(tenant, IDEA.to_vec()).await?,
        idea_media_type: "text/markdown".to_owned(),
        title: "Soak".to_owned(),
        options: RunOptions::default(),
        plan: None,
        execution: Some(id(run)),
        status: RunStatus::Running,
        verdict: None,
        reasons: vec![],
        dossier: None,
        page: None,
        created_ms: app.env.clock.now_ms(),
        ended_ms: None,
    };
    let put = |key, value: Result<Value, serde_json::Error>| {
        let value = value.map_err(|e| Failure::bug(e.to_string()))?;
        Ok::<_, Failure>(Write::Put { key, value, when: Condition::Any })
    };
    let writes = vec![
        put(key::run(tenant, run), serde_json::to_value(&row))?,
        put(key::run_index(tenant, run), Ok(json!({ "run_id": run })))?,
        put(key::budget(tenant, run), serde_json::to_value(BudgetRow::default()))?,
    ];
    app.env.records.write(writes).await
}

/// Starts a run, or finds it started, and waits for its end.
async fn follow(app: &App, run: &RunId, payload_bytes: usize) -> Result<(), Failure> {
    let number = number(run);
    let text = pad(usize::try_from(number).unwrap_or(usize::MAX), payload_bytes);
    let execution = app.engine.start(MACHINE, run.as_str(), json!({ "pad": text })).await?;
    say(&format!("accepted {number}"));
    let end = app.engine.wait(&execution).await?;
    if end.status == ExecutionStatus::Succeeded {
        say(&format!("ended {number}"));
        judge(app, run).await
    } else {
        say(&format!("bad {number} ended {:?}: {}", end.status, end.cause.unwrap_or_default()));
        Ok(())
    }
}

/// `verify RUN`: complete, or the first finding.
async fn judge(app: &App, run: &RunId) -> Result<(), Failure> {
    let number = number(run);
    match check::problems(app, run).await?.first() {
        None => say(&format!("complete {number}")),
        Some(problem) => say(&format!("bad {number} {}", problem.what.replace('\n', " "))),
    }
    Ok(())
}

/// A follower's end; what it failed with is told, and the run is taken up by the next process.
fn ended(end: Result<Result<(), Failure>, tokio::task::JoinError>) {
    match end {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => tracing::error!(%failure, "a run of the soak"),
        Err(error) => tracing::error!(%error, "a follower of the soak broke off"),
    }
}

/// Steps whose result was stored before this process began.
#[derive(Default)]
struct Stored(Mutex<HashSet<(u64, String)>>);

impl Stored {
    fn add(&self, run: &RunId, steps: impl Iterator<Item = String>) {
        let mut stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stored.extend(steps.map(|step| (number(run), step)));
    }

    fn has(&self, run: &RunId, step: &str) -> bool {
        let stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stored.contains(&(number(run), step.to_owned()))
    }
}

/// The function that the runs call.
struct Step {
    stored: Arc<Stored>,
}

#[async_trait]
impl Function for Step {
    const NAME: &'static str = STEP;
    type Input = Value;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, _: Value) -> Result<Value, Failure> {
        if self.stored.has(&ctx.run, &ctx.step) {
            say(&format!("again {} {}", number(&ctx.run), ctx.step));
        }
        Ok(json!({ "outcome": "pass" }))
    }
}

/// Closes a run's books: what must be on its ledger is stored and recorded, its row says that it has ended.
struct Close;

#[async_trait]
impl Function for Close {
    const NAME: &'static str = "run-bench-close";
    type Input = Value;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, _: Value) -> Result<Value, Failure> {
        let index = index::step_index(ctx).await?;
        let steps = ctx.put_json(&index).await?;
        ctx.record(0, index.fact(Self::NAME)?).await?;
        let now_ms = ctx.env.clock.now_ms();
        rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |row: &mut RunRow| {
            row.status = RunStatus::Completed;
            row.ended_ms = row.ended_ms.or(Some(now_ms));
        })
        .await?;
        Ok(json!({ "steps": steps }))
    }
}

/// One line to the parent; without one nobody needs it.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
