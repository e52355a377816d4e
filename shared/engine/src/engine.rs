//! The engine's handle: what the rest of the program starts, asks and stops; the `Workflows` port.

use std::fmt;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use ideamine_asl::HistoryEvent;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Clock, Execution, ExecutionStatus, HistoryStep, JobQueue, Random, Workflows};
use ideamine_core::{Env, Failure, Registry};
use ideamine_embedded::{Found, SystemClock, SystemRandom};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::AbortHandle;

use crate::core::{Answer, Command, Core, Effect, Parts, Reply};
use crate::definitions::Definitions;
use crate::dispatch::Dispatcher;
use crate::log::Log;
use crate::outcome::Outcome;
use crate::steps::StepResult;
use crate::{history, steps};

/// Functions called at the same time, unless the options say otherwise.
pub const CALLS_MAX: usize = 256;
/// Requests from outside that wait for the core; above that, callers wait.
pub const REQUESTS_MAX: usize = 4_096;

/// How an engine is opened.
#[derive(Clone)]
pub struct EngineOptions {
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Jitter and task tokens.
    pub random: Arc<dyn Random>,
    /// Functions called at the same time.
    pub calls_max: usize,
}

impl EngineOptions {
    /// The system's clock and randomness.
    ///
    /// # Errors
    /// `Store.Unavailable` when the system gives no random bytes.
    pub fn system() -> Result<Self, Failure> {
        let random = Arc::new(SystemRandom::new()?);
        Ok(Self { clock: Arc::new(SystemClock), random, calls_max: CALLS_MAX })
    }
}

/// Runs executions durably; clones share it. It is the `Workflows` port of one machine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    log: Arc<dyn Log>,
    clock: Arc<dyn Clock>,
    calls_max: usize,
    commands: Sender<Command>,
    requests: Semaphore,
    effects: Mutex<Option<UnboundedReceiver<Vec<Effect>>>>,
    dispatcher: Mutex<Option<AbortHandle>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    /// Takes up everything that the log holds and has not ended. Executions can be started at once, but no
    /// function is called before [`Engine::attach`].
    ///
    /// # Errors
    /// `Data.Corrupt` when an execution cannot be read; `Store.Unavailable`.
    pub fn open(
        log: Arc<dyn Log>,
        definitions: Definitions,
        options: EngineOptions,
    ) -> Result<Self, Failure> {
        // Neither channel needs a bound of its own: requests from outside hold a permit, and everything else
        // belongs to a pending task of a live execution, of which there are at most so many.
        let (commands, received) = channel();
        let (effects, performed) = unbounded_channel();
        let EngineOptions { clock, random, calls_max } = options;
        let core = Core::recover(Parts {
            log: log.clone(),
            definitions,
            clock: clock.clone(),
            random,
            commands: received,
            to_self: commands.clone(),
            effects,
        })?;
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || core.run())
            .map_err(|e| Failure::bug(format!("cannot start the engine thread: {e}")))?;
        let inner = Inner {
            log,
            clock,
            calls_max,
            commands,
            requests: Semaphore::new(REQUESTS_MAX),
            effects: Mutex::new(Some(performed)),
            dispatcher: Mutex::new(None),
            thread: Mutex::new(Some(thread)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Begins to call functions, on the current tokio runtime. The environment usually holds this very engine
    /// as its workflows; [`Engine::shutdown`] unties that knot.
    ///
    /// # Errors
    /// `Internal.Bug` when it was attached before.
    pub fn attach(&self, env: &Env, registry: Registry, queue: Arc<dyn JobQueue>) -> Result<(), Failure> {
        let effects = self.inner.effects.lock().unwrap_or_else(PoisonError::into_inner).take();
        let effects = effects.ok_or_else(|| Failure::bug("the engine was attached twice"))?;
        let dispatcher = Dispatcher {
            env: self.task_env(env),
            registry,
            queue,
            clock: self.inner.clock.clone(),
            calls: Semaphore::new(self.inner.calls_max),
            core: self.inner.commands.clone(),
        };
        let running = Arc::new(dispatcher).run(self.inner.log.clone(), effects);
        let running = tokio::spawn(running).abort_handle();
        *self.inner.dispatcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(())
    }

    /// The environment for functions whose completion this engine records: their facts share its syncs.
    pub fn task_env(&self, env: &Env) -> Env {
        let ledger = self.inner.log.task_ledger().unwrap_or_else(|| env.ledger.clone());
        Env { ledger, ..env.clone() }
    }

    /// Waits for an execution to end, durably.
    ///
    /// # Errors
    /// `Data.NotFound`; `Store.Unavailable` when the engine stops before.
    pub async fn wait(&self, execution: &str) -> Result<Execution, Failure> {
        let id = execution.to_owned();
        self.ask(|reply| Command::Wait { id, reply }).await?;
        let found = self.describe(execution).await?;
        found.ok_or_else(|| Failure::not_found(format!("there is no execution {execution}")))
    }

    /// What happened in an execution, in the records of GetExecutionHistory.
    ///
    /// # Errors
    /// `Data.NotFound`; `Data.Corrupt` when the journal cannot be read.
    pub async fn history(&self, execution: &str) -> Result<Vec<HistoryEvent>, Failure> {
        self.read(execution, history::history).await
    }

    /// The ids of an execution and of all that it started: a parent before its children.
    ///
    /// # Errors
    /// As [`Engine::history`].
    pub async fn executions(&self, execution: &str) -> Result<Vec<String>, Failure> {
        self.read(execution, steps::executions).await
    }

    /// [`Workflows::steps`] with what each call was given and gave.
    ///
    /// # Errors
    /// `Data.NotFound`; `Data.Corrupt` when the journal cannot be read.
    pub async fn results(&self, execution: &str) -> Result<Vec<StepResult>, Failure> {
        self.read(execution, steps::results).await
    }

    /// Waits until the log takes nothing more, and says why. Nothing is called from then on; everything that
    /// has not ended is taken up by the next engine.
    pub async fn stopped(&self) -> Failure {
        self.inner.log.stopped().await
    }

    /// Looks at the clock again: after the machine slept, or in a test.
    pub fn wake(&self) {
        let _ = self.inner.commands.send(Command::Wake);
    }

    /// Stops taking effects: functions under way are broken off, and everything is pending for the next engine.
    /// The log stays open.
    pub async fn shutdown(&self) {
        if let Some(running) = self.inner.dispatcher.lock().unwrap_or_else(PoisonError::into_inner).take() {
            running.abort();
        }
        let _ = self.inner.commands.send(Command::Shutdown);
        let thread = self.inner.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // The core thread ends within one batch; a panic in it was logged.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    /// Reads about an execution from the journal, off the runtime's own threads.
    async fn read<T: Send + 'static>(
        &self,
        execution: &str,
        read: fn(&dyn Log, &Found) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let found = self.inner.log.find(execution).await?;
        let found = found.ok_or_else(|| Failure::not_found(format!("there is no execution {execution}")))?;
        let log = self.inner.log.clone();
        let read = tokio::task::spawn_blocking(move || read(&*log, &found)).await;
        read.unwrap_or_else(|e| Err(Failure::bug(format!("reading the journal broke off: {e}"))))
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Failure> {
        let _room = self.inner.requests.acquire().await;
        let (reply, answer) = oneshot::channel();
        self.inner.commands.send(command(reply)).map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    async fn answer(&self, token: &str, answer: Answer) -> Result<(), Failure> {
        let token = token.to_owned();
        self.ask(|reply| Command::Answer { token, answer, reply }).await
    }
}

#[async_trait]
impl Workflows for Engine {
    async fn start(&self, machine: &str, name: &str, input: Value) -> Result<String, Failure> {
        let (machine, name) = (machine.to_owned(), name.to_owned());
        self.ask(|reply| Command::Start { machine, name, input, reply }).await
    }

    async fn stop(&self, execution: &str, error: &str, cause: &str) -> Result<(), Failure> {
        let (id, error, cause) = (execution.to_owned(), error.to_owned(), cause.to_owned());
        self.ask(|reply| Command::Stop { id, error, cause, reply }).await
    }

    async fn retry_now(&self, execution: &str) -> Result<(), Failure> {
        let id = execution.to_owned();
        self.ask(|reply| Command::RetryNow { id, reply }).await
    }

    async fn describe(&self, execution: &str) -> Result<Option<Execution>, Failure> {
        Ok(self.inner.log.find(execution).await?.map(described))
    }

    async fn task_succeeded(&self, token: &str, output: Value) -> Result<(), Failure> {
        self.answer(token, Answer::Outcome(Outcome::Succeeded(output))).await
    }

    async fn task_failed(&self, token: &str, error: &str, cause: &str) -> Result<(), Failure> {
        let (error, cause) = (error.to_owned(), cause.to_owned());
        self.answer(token, Answer::Outcome(Outcome::Failed { error, cause })).await
    }

    async fn task_heartbeat(&self, token: &str) -> Result<(), Failure> {
        self.answer(token, Answer::Heartbeat).await
    }

    async fn steps(&self, execution: &str) -> Result<Vec<HistoryStep>, Failure> {
        self.read(execution, steps::steps).await
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

fn stopped() -> Failure {
    Failure::new(FailureKind::StoreUnavailable, "the engine was shut down; start again to resume")
}

fn described(found: Found) -> Execution {
    let identity = found.begun.identity;
    let running = Execution {
        id: identity.id,
        status: ExecutionStatus::Running,
        output: None,
        error: None,
        cause: None,
        started_ms: identity.at_ms,
        ended_ms: None,
    };
    let Some(end) = found.ended else { return running };
    let output = (end.status == ExecutionStatus::Succeeded).then(|| end.output.unwrap_or(Value::Null));
    let (error, cause, ended_ms) = (end.error, end.cause, Some(end.at_ms));
    Execution { status: end.status, output, error, cause, ended_ms, ..running }
}
