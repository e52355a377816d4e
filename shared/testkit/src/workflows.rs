//! What everything that runs state machines must do.

use std::sync::Arc;
use std::time::Duration;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Execution, ExecutionStatus, Workflows};
use serde_json::{Value, json};

/// The machine that [`workflows_contract`] starts, to be loaded under the name `contract`: `wait` in its input
/// makes it wait for a token that `test-counting` is given, `fail` makes it fail, `child` makes it start itself.
pub const WORKFLOWS_MACHINE: &str = include_str!("contract.asl.json");

/// What an emulator of Step Functions does otherwise than the service; what hangs on it is left out of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deviation {
    /// A parent fails with its child's error, not with `States.TaskFailed`.
    ChildErrorName,
    /// A token can be answered for a while after its task has ended.
    TokenOutlivesTask,
    /// Histories do not hold the arguments of tasks.
    HistoryWithoutArguments,
}

fn kind<T>(result: &Result<T, Failure>) -> Option<FailureKind> {
    result.as_ref().err().map(|failure| failure.kind)
}

fn input(what: &str, step: &str) -> Value {
    json!({ "what": what, "step": step, "run": "r1" })
}

async fn ended(port: &dyn Workflows, id: &str) -> Execution {
    for _ in 0..2_000 {
        let found = port.describe(id).await.expect("describe").expect("known");
        if found.status != ExecutionStatus::Running {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{id} does not end");
}

/// Starting, idempotency, ends of every kind, tokens, children and the history of steps. `token` yields the
/// token that `test-counting` was last given at a step, once it was called.
///
/// # Panics
/// When the port does otherwise.
pub async fn workflows_contract<T, F>(port: Arc<dyn Workflows>, token: T, deviations: &[Deviation])
where
    T: Fn(&'static str) -> F,
    F: Future<Output = String>,
{
    let exact = |deviation| !deviations.contains(&deviation);
    starting_is_idempotent(&*port).await;
    executions_end_as_they_should(&*port, exact(Deviation::ChildErrorName)).await;
    tokens_are_answered_once(&*port, &token, exact(Deviation::TokenOutlivesTask)).await;
    stopping_ends_what_runs(&*port, &token, exact(Deviation::TokenOutlivesTask)).await;
    steps_are_remembered(&*port, exact(Deviation::HistoryWithoutArguments)).await;
}

async fn starting_is_idempotent(port: &dyn Workflows) {
    let id = port.start("contract", "once", input("call", "once")).await.expect("start");
    assert_eq!(
        port.start("contract", "once", input("call", "once")).await.as_ref(),
        Ok(&id),
        "while it runs"
    );
    let first = ended(port, &id).await;
    assert_eq!(
        port.start("contract", "once", input("call", "once")).await.as_ref(),
        Ok(&id),
        "when it ended"
    );
    assert_eq!(ended(port, &id).await, first, "nothing ran again");
    let other = port.start("contract", "once", input("call", "other")).await;
    assert_eq!(kind(&other), Some(FailureKind::StepConflict), "another input");
    assert_eq!(kind(&port.start("no-such", "x", json!({})).await), Some(FailureKind::InputInvalid));
    assert_eq!(kind(&port.start("contract", "", json!({})).await), Some(FailureKind::InputInvalid));
    assert_eq!(port.describe("contract:never").await, Ok(None));
}

async fn executions_end_as_they_should(port: &dyn Workflows, names_child_errors: bool) {
    let id = port.start("contract", "good", input("call", "good")).await.expect("start");
    let good = ended(port, &id).await;
    assert_eq!((good.status, good.output), (ExecutionStatus::Succeeded, Some(json!({ "echo": "good" }))));
    assert!(good.ended_ms.is_some_and(|end| end >= good.started_ms));
    let id = port.start("contract", "bad", input("fail", "bad")).await.expect("start");
    let bad = ended(port, &id).await;
    assert_eq!(bad.status, ExecutionStatus::Failed);
    assert_eq!(
        (bad.output, bad.error.as_deref(), bad.cause.as_deref()),
        (None, Some("Test.Failed"), Some("as asked"))
    );
    let id = port.start("contract", "parent", input("child", "parent")).await.expect("start");
    assert_eq!(ended(port, &id).await.output, Some(json!({ "child": { "echo": "parent" } })));
    let id = port.start("contract", "sad-parent", input("bad-child", "sad")).await.expect("start");
    let sad = ended(port, &id).await;
    assert_eq!(sad.status, ExecutionStatus::Failed);
    if names_child_errors {
        assert_eq!(sad.error.as_deref(), Some("States.TaskFailed"));
    }
}

async fn tokens_are_answered_once<T, F>(port: &dyn Workflows, token: &T, spends_at_once: bool)
where
    T: Fn(&'static str) -> F,
    F: Future<Output = String>,
{
    let id = port.start("contract", "token", input("wait", "token")).await.expect("start");
    let given = token("token").await;
    port.task_heartbeat(&given).await.expect("heartbeat");
    port.task_succeeded(&given, json!({ "by": "person" })).await.expect("answer");
    if spends_at_once {
        let again = port.task_succeeded(&given, json!({ "by": "another" })).await;
        assert_eq!(kind(&again), Some(FailureKind::NotFound), "spent");
        assert_eq!(kind(&port.task_heartbeat(&given).await), Some(FailureKind::NotFound), "spent");
    }
    assert_eq!(kind(&port.task_failed("unknown", "E", "c").await), Some(FailureKind::NotFound));
    assert_eq!(ended(port, &id).await.output, Some(json!({ "by": "person" })));

    let id = port.start("contract", "token-fails", input("wait", "token-fails")).await.expect("start");
    port.task_failed(&token("token-fails").await, "Budget.Exhausted", "none left").await.expect("answer");
    let failed = ended(port, &id).await;
    assert_eq!(
        (failed.error.as_deref(), failed.cause.as_deref()),
        (Some("Budget.Exhausted"), Some("none left"))
    );
}

async fn stopping_ends_what_runs<T, F>(port: &dyn Workflows, token: &T, spends_at_once: bool)
where
    T: Fn(&'static str) -> F,
    F: Future<Output = String>,
{
    let id = port.start("contract", "stopped", input("wait", "stopped")).await.expect("start");
    let given = token("stopped").await;
    port.stop(&id, "Stop", "by a person").await.expect("stop");
    let stopped = ended(port, &id).await;
    assert_eq!((stopped.status, stopped.error.as_deref()), (ExecutionStatus::Aborted, Some("Stop")));
    port.stop(&id, "Stop", "again").await.expect("stopping what has ended");
    assert_eq!(ended(port, &id).await, stopped, "changes nothing");
    if spends_at_once {
        let late = port.task_succeeded(&given, json!(1)).await;
        assert_eq!(kind(&late), Some(FailureKind::NotFound), "its token");
    }
    assert_eq!(kind(&port.stop("contract:never", "E", "c").await), Some(FailureKind::NotFound));
}

async fn steps_are_remembered(port: &dyn Workflows, keeps_arguments: bool) {
    assert_eq!(kind(&port.steps("contract:never").await), Some(FailureKind::NotFound));
    if !keeps_arguments {
        return;
    }
    let id = port.start("contract", "steps", input("child", "steps")).await.expect("start");
    ended(port, &id).await;
    let steps = port.steps(&id).await.expect("steps");
    let seen: Vec<_> =
        steps.iter().map(|s| (s.state.as_str(), s.function.as_str(), s.step.as_str())).collect();
    assert_eq!(seen, [("First", "test-counting", "steps/first"), ("Call", "test-counting", "steps")]);
    assert_eq!(steps[0].execution, id);
    assert_ne!(steps[1].execution, id, "the child's own");
}
