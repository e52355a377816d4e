//! One call of a function: it ends before the deadline, and a panic is a failure like others.

use std::time::Duration;

use ideamine_aws::Delivery;
use ideamine_core::failure::FailureKind;
use ideamine_core::{Env, Failure, Registry};
use serde_json::Value;
use tokio::task::JoinSet;

/// What is left of an invocation's time for its answer, its progress events and its metrics, milliseconds.
pub(crate) const MARGIN_MS: i64 = 1_500;

/// No moment since 1970 that a Lambda could be given lies before this, milliseconds: September 2001.
pub(crate) const MOMENT_MS_MIN: i64 = 1_000_000_000_000;

/// When the work of an invocation must end, by its own clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    /// Milliseconds since 1970; `None` for a worker without a limit of its own.
    pub(crate) at_ms: Option<i64>,
}

impl Deadline {
    /// What the runtime tells of an invocation: a moment on AWS, and with `cargo lambda` how long it may take.
    pub(crate) fn of(told_ms: i64, env: &Env) -> Self {
        let at_ms = match told_ms < MOMENT_MS_MIN {
            true => env.clock.now_ms().saturating_add(told_ms),
            false => told_ms,
        };
        Self { at_ms: Some(at_ms) }
    }

    /// How long work may still take.
    pub(crate) fn left(self, env: &Env) -> Duration {
        let Some(at_ms) = self.at_ms else { return Duration::MAX };
        let left = at_ms.saturating_sub(MARGIN_MS).saturating_sub(env.clock.now_ms());
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }
}

/// A call under way, in a task of its own; dropped, it is broken off.
pub(crate) struct Call {
    name: String,
    task: JoinSet<Result<Value, Failure>>,
}

impl Call {
    /// Begins to call `name`. With a delivery, the sandbox knows which message to send again.
    pub(crate) fn begin(
        registry: &Registry,
        env: &Env,
        name: &str,
        payload: Value,
        delivery: Option<Delivery>,
    ) -> Self {
        let (env, registry, name) = (env.clone(), registry.clone(), name.to_owned());
        let function = name.clone();
        let work = async move { registry.invoke(&env, &function, payload).await };
        let mut task = JoinSet::new();
        match delivery {
            Some(delivery) => task.spawn(delivery.scope(work)),
            None => task.spawn(work),
        };
        Self { name, task }
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self) -> Result<Value, Failure> {
        match self.task.join_next().await {
            Some(Ok(result)) => result,
            _ => Err(Failure::bug(format!("{} panicked; see the log", self.name))),
        }
    }

    /// Waits for its end, or breaks it off at the deadline: the same call can be made again.
    pub(crate) async fn end_before(mut self, deadline: Deadline, env: &Env) -> Result<Value, Failure> {
        match tokio::time::timeout(deadline.left(env), self.end()).await {
            Ok(result) => result,
            Err(_) => Err(out_of_time(&self.name)),
        }
    }
}

/// The failure of a call that was broken off.
pub(crate) fn out_of_time(name: &str) -> Failure {
    let message = format!("{name} was not done in its time and was broken off; it can be called again");
    Failure::new(FailureKind::StepInProgress, message)
}
