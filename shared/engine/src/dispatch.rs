//! Does what the core asks for, once it is durable: calls functions and sends jobs, many at a time.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use ideamine_asl::TaskId;
use ideamine_core::ports::{Clock, JobQueue};
use ideamine_core::{Env, Failure, Registry};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::core::{Command, Effect, EndedBy, Number, Work};
use crate::log::Log;
use crate::outcome::Outcome;
use crate::resource;

/// How long after its deadline a function is broken off: the timer of the state always comes first.
const GRACE: Duration = Duration::from_secs(1);
/// A function's time is counted in such pieces, so that time in which the process stood still is one of them at most.
const PIECE: Duration = Duration::from_secs(1);

/// What effects need.
pub(crate) struct Dispatcher {
    pub(crate) env: Env,
    pub(crate) registry: Registry,
    pub(crate) queue: Arc<dyn JobQueue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) calls: Semaphore,
    pub(crate) core: Sender<Command>,
}

impl Dispatcher {
    /// Takes effects until the core is gone or the log takes nothing more; whatever runs then is broken off,
    /// and taken up by the next engine: what it came to could not be kept.
    pub(crate) async fn run(self: Arc<Self>, log: Arc<dyn Log>, effects: UnboundedReceiver<Vec<Effect>>) {
        tokio::select! {
            biased;
            failure = log.stopped() => {
                // Nor may a call that is broken off make room for one that waits.
                self.calls.close();
                let _ = self.core.send(Command::Broken(failure));
            }
            () = self.perform_all(effects) => {}
        }
    }

    async fn perform_all(self: &Arc<Self>, mut effects: UnboundedReceiver<Vec<Effect>>) {
        let mut running = JoinSet::new();
        // Dropped before what runs is: a call that is broken off makes no room for one that waits, however this ends.
        let _closed = CloseOnDrop(&self.calls);
        while let Some(batch) = effects.recv().await {
            while running.try_join_next().is_some() {}
            for effect in batch {
                running.spawn(self.clone().perform(effect));
            }
        }
    }

    async fn perform(self: Arc<Self>, effect: Effect) {
        let Effect { no, task, ended_by, deadline_ms, work } = effect;
        // Told if the function panics: a state must not wait for ever.
        let report = Report { core: self.core.clone(), no, task, told: false };
        match work {
            Work::Invoke { arguments } => match self.invoke(&arguments, deadline_ms).await {
                // Past its deadline a task has timed out already.
                None => report.nothing(),
                Some(Ok(_)) if ended_by == EndedBy::Token => report.nothing(),
                Some(result) => report.tell(Outcome::of_call(result)),
            },
            Work::Send { queue, message } => match self.queue.send(&queue, message).await {
                Ok(()) if ended_by == EndedBy::Token => report.nothing(),
                Ok(()) => {
                    report.tell(Outcome::Succeeded(json!({ "MessageId": format!("{no}-{task}") })));
                }
                Err(failure) => report.tell(Outcome::of_failure(&failure)),
            },
        }
    }

    /// Calls the function; well past its deadline nobody waits for it, so it is broken off. None then, and when
    /// nothing is called any more.
    async fn invoke(&self, arguments: &Value, deadline_ms: Option<i64>) -> Option<Result<Value, Failure>> {
        let name = match resource::function_name(arguments) {
            Ok(name) => name,
            Err(what) => return Some(Err(Failure::input(what))),
        };
        let _call = self.calls.acquire().await.ok()?;
        let call = self.registry.invoke(&self.env, name, resource::payload(arguments).clone());
        let Some(deadline_ms) = deadline_ms else { return Some(call.await) };
        let left = deadline_ms.saturating_sub(self.clock.now_ms()).max(0).unsigned_abs();
        let mut left = Duration::from_millis(left) + GRACE;
        tokio::pin!(call);
        while !left.is_zero() {
            let piece = left.min(PIECE);
            if let Ok(done) = tokio::time::timeout(piece, &mut call).await {
                return Some(done);
            }
            left -= piece;
        }
        None
    }
}

/// Closes a semaphore in the end.
struct CloseOnDrop<'a>(&'a Semaphore);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Tells the core how a task ended, once.
struct Report {
    core: Sender<Command>,
    no: Number,
    task: TaskId,
    told: bool,
}

impl Report {
    fn tell(mut self, outcome: Outcome) {
        self.told = true;
        self.send(outcome);
    }

    fn nothing(mut self) {
        self.told = true;
    }

    fn send(&self, outcome: Outcome) {
        // Without a core the engine is shut down, and the task is pending for the next one.
        let _ = self.core.send(Command::Done { no: self.no, task: self.task, outcome });
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if !self.told && std::thread::panicking() {
            self.send(Outcome::of_failure(&Failure::bug("the function panicked; see the log")));
        }
    }
}
