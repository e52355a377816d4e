//! The application of one data directory: ports, functions, engine and workers, wired together.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ideamine_asl::HistoryEvent;
use ideamine_core::ports::{Random, Signer};
use ideamine_core::records::{ControlRow, Desired, key};
use ideamine_core::{Env, Failure, Registry, RunId, Tenant};
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_embedded::{
    Cas, FileSigner, LocalQueue, Owner, Ownership, Store, StoreOptions, SystemClock, SystemRandom,
};
use ideamine_engine::{Definitions, Engine, EngineOptions, Workers};
use ideamine_orchestration::model_call::ModelCall;
use ideamine_orchestration::rows;
use ideamine_runs::Runs;
use serde_json::json;

use crate::config::{self, AtOnce, Config};
use crate::definitions;
use crate::models::{self, ModelChoice, ModelTable};
use crate::registry::{QUEUES, registry};
use crate::secrets;
use crate::watched::Watched;

/// Who made a run wait whose process ended, as its control row says.
const INTERRUPTED: &str = "policy:interrupted";

/// Model calls at once, unless configured.
const MODEL_CALLS: usize = 8;
/// Sandboxed jobs at once, unless configured.
const SANDBOX_JOBS: usize = 2;

/// The owner's socket in its data directory.
pub(crate) const CONTROL_SOCKET: &str = "control.sock";

/// Everything of one data directory.
pub(crate) struct App {
    /// The ports.
    pub env: Env,
    /// The runs behind them.
    pub runs: Runs,
    /// Where it all lies.
    pub data_dir: PathBuf,
    /// Configuration.
    pub config: Config,
    /// Progress for followers.
    pub watched: Arc<Watched>,
    /// Executions and their histories.
    pub engine: Engine,
    random: Arc<dyn Random>,
    store: Store,
    /// While functions are called: the workers of the queues, the functions, and the queues.
    workers: Mutex<Option<(Workers, Registry, Arc<LocalQueue>)>>,
}

/// Which of the runs that have not ended go on when a directory is opened.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All: a server does.
    All,
    /// This one: the others wait for their own `resume`, because going on may cost money.
    Only(Option<RunId>),
}

/// Whose the directory is.
pub(crate) enum Opened {
    /// This process's.
    Owner(Arc<App>),
    /// Another one's.
    OwnedByAnother {
        /// Its process id, if it could be read.
        pid: Option<u32>,
    },
}

impl App {
    /// Opens the directory to work: runs that have not ended go on, or wait, as `keep` says.
    ///
    /// # Errors
    /// What is wrong with the directory, the key or the configuration, and where.
    pub(crate) async fn open(data_dir: &Path, choice: &ModelChoice, keep: &Keep) -> Result<Opened, Failure> {
        let opened = Self::open_to_read(data_dir, choice)?;
        if let Opened::Owner(app) = &opened {
            let signer = FileSigner::open(&config::key_file()?, data_dir)?;
            app.work(Arc::new(signer), choice, keep).await?;
        }
        Ok(opened)
    }

    /// Opens the directory without calling any function.
    ///
    /// # Errors
    /// As [`App::open`].
    pub(crate) fn open_to_read(data_dir: &Path, choice: &ModelChoice) -> Result<Opened, Failure> {
        let machines =
            Definitions::load(definitions::MACHINES.iter().copied(), &definitions::substitutions())?;
        Self::open_machines(data_dir, choice, machines, StoreOptions::default())
    }

    /// As [`App::open_to_read`], with other machines than those of this build.
    ///
    /// # Errors
    /// As [`App::open`].
    pub(crate) fn open_machines(
        data_dir: &Path,
        choice: &ModelChoice,
        machines: Definitions,
        options: StoreOptions,
    ) -> Result<Opened, Failure> {
        let owner = match Owner::try_acquire(data_dir)? {
            Ownership::Mine(owner) => owner,
            Ownership::Other { pid } => return Ok(Opened::OwnedByAnother { pid }),
        };
        let store = Store::open(owner, options)?;
        let cas = Arc::new(Cas::beside(&store)?);
        let engine = Engine::open(Arc::new(store.clone()), machines, EngineOptions::system()?)?;
        let watched = Arc::new(Watched::default());
        let plain = Env {
            records: Arc::new(store.clone()),
            ledger: Arc::new(store.clone()),
            artifacts: cas,
            workflows: Arc::new(engine.clone()),
            events: Arc::<Watched>::clone(&watched),
            clock: Arc::new(SystemClock),
        };
        let env = choice.meter.as_ref().map_or_else(|| plain.clone(), |meter| meter.env(plain.clone()));
        Ok(Opened::Owner(Arc::new(Self {
            runs: Runs { env: env.clone(), tenant: Tenant::local() },
            env,
            data_dir: data_dir.to_owned(),
            config: choice.config.clone(),
            watched,
            engine,
            random: Arc::new(SystemRandom::new()?),
            store,
            workers: Mutex::default(),
        })))
    }

    /// Begins to call functions, and takes care of every run that has not ended.
    ///
    /// # Errors
    /// As [`App::open`].
    pub(crate) async fn work(
        self: &Arc<Self>,
        signer: Arc<dyn Signer>,
        choice: &ModelChoice,
        keep: &Keep,
    ) -> Result<(), Failure> {
        let signer = match &choice.meter {
            Some(meter) => meter.signer(signer),
            None => signer,
        };
        let models = Arc::new(ModelTable::new(&self.data_dir, choice)?);
        // A call in flight under another name than this process's was cut off.
        let owner = format!("{:016x}", self.random.next_u64());
        let secrets = secrets::read("secrets:", self.config.secrets.as_deref())?;
        let known = secrets::registry(&secrets);
        let call = ModelCall::new(models, owner).spread_by(Arc::clone(&self.random)).keeping(secrets);
        let registry = registry(signer, Arc::new(Bubblewrap::from_env()), call, known);
        let registry = match &choice.meter {
            Some(meter) => meter.registry(registry),
            None => registry,
        };
        // Its rows are this machine's own: on AWS the queue is SQS, so they are not counted in a profile.
        let records = Arc::new(self.store.clone());
        let queue = LocalQueue::open(QUEUES, records, &Tenant::local()).await?;
        let queue = Arc::new(queue);
        for kind in QUEUES {
            queue.limit(kind, self.config.limits_of(kind))?;
        }
        let limits = [
            ("model", self.config.model_calls.map_or(MODEL_CALLS, AtOnce::get)),
            ("sandbox", self.config.sandbox_jobs.map_or(SANDBOX_JOBS, AtOnce::get)),
        ];
        let workers = Workers::start(&self.engine, &self.env, &registry, &queue, &limits)?;
        *self.workers.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((workers, registry.clone(), queue.clone()));
        let open = self.runs.open().await?;
        for run in &open {
            let goes_on = *keep == Keep::All || *keep == Keep::Only(Some(run.clone()));
            // Going on with other answers than were chosen would be another run; `resume` says what is harmed.
            if !goes_on || self.check_script(run).await.is_err() {
                self.let_wait(run).await?;
            }
        }
        self.engine.attach(&self.env, registry, queue)?;
        for run in open {
            self.take_care(run);
        }
        Ok(())
    }

    /// Holds that a run's script, if it has one, is kept as it was.
    ///
    /// # Errors
    /// `Data.Corrupt` or `Model.Config` naming the file; `Data.NotFound` for the run.
    pub(crate) async fn check_script(&self, run: &RunId) -> Result<(), Failure> {
        models::check_script(&self.data_dir, &self.runs.find(run).await?.options.model)
    }

    /// A run that another process left: it waits for its own `resume`, unless it waits or ends anyway.
    async fn let_wait(&self, run: &RunId) -> Result<(), Failure> {
        let ctx = self.runs.context(run);
        rows::update(&ctx, &key::control(&ctx.tenant, run), |control: &mut ControlRow| {
            control.want(Desired::Pause, INTERRUPTED);
        })
        .await
        .map(|_| ())
    }

    /// Whether a run waits for nothing but somebody who follows it.
    ///
    /// # Errors
    /// `Data.NotFound`; those of the store.
    pub(crate) async fn is_left(&self, run: &RunId) -> Result<bool, Failure> {
        let (row, _) = rows::wanted_at(&self.runs.context(run)).await?;
        Ok(row.desired == Desired::Pause && row.by == INTERRUPTED)
    }

    /// Closes the run's row when its execution ends in any other way than through `run-close`.
    pub(crate) fn take_care(self: &Arc<Self>, run: RunId) {
        let app = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(execution) = app.engine.wait(&format!("run:{run}")).await else { return };
            let open = app.runs.find(&run).await.is_ok_and(|row| row.ended_ms.is_none());
            if open && let Err(failure) = app.reconcile(&run, execution.error, execution.cause).await {
                tracing::error!(run.id = %run, error = failure.kind.name(), "a run could not be closed");
            }
        });
    }

    async fn reconcile(
        &self,
        run: &RunId,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<(), Failure> {
        let registry =
            self.workers.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, r, _)| r.clone());
        let Some(registry) = registry else { return Ok(()) };
        let ended = json!({ "error": error.unwrap_or_else(|| "no error name".to_owned()), "cause": cause.unwrap_or_default() });
        // What it had recorded is sealed as far as it came.
        for (function, step, input) in
            [("run-reconcile", "run/reconcile", ended), ("run-seal", "run/seal-end", json!({}))]
        {
            let payload = json!({ "tenant": Tenant::local(), "run": run, "step": step, "input": input });
            registry.invoke(&self.env, function, payload).await?;
        }
        Ok(())
    }

    /// A run's executions: the run's own, then its children's.
    ///
    /// # Errors
    /// `Data.NotFound` when it never began.
    pub(crate) async fn executions(&self, run: &RunId) -> Result<Vec<String>, Failure> {
        self.engine.executions(&format!("run:{run}")).await
    }

    /// What happened in one execution.
    ///
    /// # Errors
    /// `Data.NotFound`.
    pub(crate) async fn history(&self, execution: &str) -> Result<Vec<HistoryEvent>, Failure> {
        self.engine.history(execution).await
    }

    /// The queue, while this process works the directory.
    pub(crate) fn queue(&self) -> Option<Arc<LocalQueue>> {
        let working = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        working.as_ref().map(|(_, _, queue)| queue.clone())
    }

    /// An id that sorts after all before it.
    pub(crate) fn new_run_id(&self) -> Result<RunId, Failure> {
        ideamine_runs::new_run_id(self.env.clock.now_ms(), self.random.as_ref())
    }

    /// Where everything but the documents is kept.
    pub(crate) const fn store(&self) -> &Store {
        &self.store
    }

    /// Waits until nothing can be written into the directory any more, and says why.
    pub(crate) async fn stopped(&self) -> Failure {
        self.engine.stopped().await
    }

    /// Fails when nothing can be written into the directory any more.
    ///
    /// # Errors
    /// Why.
    pub(crate) fn check_open(&self) -> Result<(), Failure> {
        self.store.check_open()
    }

    /// Stops taking effects; everything in flight is pending for the next owner.
    pub(crate) async fn shutdown(&self) {
        let working = self.workers.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((workers, _, _)) = &working {
            workers.stop();
        }
        self.engine.shutdown().await;
        if let Some((_, _, queue)) = working
            && let Err(failure) = queue.give_all_back().await
        {
            tracing::warn!(%failure, "jobs that were worked count this delivery");
        }
        self.store.close();
        let _ = std::fs::remove_file(self.data_dir.join(CONTROL_SOCKET));
    }
}
