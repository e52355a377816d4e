//! The one key schema, the same for DynamoDB and redb. Every partition begins with the tenant.

use crate::ports::Key;
use crate::{PhaseId, RunId, Tenant};

/// Partition of everything about one run.
pub fn run_pk(tenant: &Tenant, run: &RunId) -> String {
    format!("{tenant}#run#{run}")
}

fn in_run(tenant: &Tenant, run: &RunId, sk: String) -> Key {
    Key { pk: run_pk(tenant, run), sk }
}

/// The run itself.
pub fn run(tenant: &Tenant, run: &RunId) -> Key {
    in_run(tenant, run, "run".to_owned())
}
/// Partition of the list of runs.
pub fn runs_pk(tenant: &Tenant) -> String {
    format!("{tenant}#runs")
}
/// An entry of the list of runs; run ids sort by creation.
pub fn run_index(tenant: &Tenant, run: &RunId) -> Key {
    Key { pk: runs_pk(tenant), sk: run.to_string() }
}
/// What a person wants of the run.
pub fn control(tenant: &Tenant, run: &RunId) -> Key {
    in_run(tenant, run, "control".to_owned())
}
/// Where a paused execution waits: its task token, by the waiting step.
pub fn hold(tenant: &Tenant, run: &RunId, step: &str) -> Key {
    in_run(tenant, run, format!("hold#{step}"))
}
/// What an attempt came to: its answer and what the gates found; `path` is `03-prd/a1`.
pub fn attempt(tenant: &Tenant, run: &RunId, path: &str) -> Key {
    in_run(tenant, run, format!("attempt#{path}"))
}
/// A person's decision on a gate of a phase.
pub fn approval(tenant: &Tenant, run: &RunId, phase: &PhaseId, gate: &str) -> Key {
    in_run(tenant, run, format!("approval#{phase}#{gate}"))
}
/// The tenant's kill switch.
pub fn kill_switch(tenant: &Tenant) -> Key {
    Key { pk: format!("{tenant}#switch"), sk: "switch".to_owned() }
}
/// Partition of the models' circuit breakers: those that calls failed of.
pub fn breakers_pk(tenant: &Tenant) -> String {
    format!("{tenant}#breakers")
}
/// The circuit breaker of a model, `provider/model`.
pub fn breaker(tenant: &Tenant, model: &str) -> Key {
    Key { pk: breakers_pk(tenant), sk: model.to_owned() }
}
/// What the run may spend and has spent.
pub fn budget(tenant: &Tenant, run: &RunId) -> Key {
    in_run(tenant, run, "budget".to_owned())
}
/// What guards said at one step.
pub fn guard(tenant: &Tenant, run: &RunId, step: &str) -> Key {
    in_run(tenant, run, format!("guard#{step}"))
}
/// One phase; `order` is its place in the plan.
pub fn phase(tenant: &Tenant, run: &RunId, order: u32, phase: &PhaseId) -> Key {
    in_run(tenant, run, format!("phase#{order:02}-{phase}"))
}
/// One model call, by the step that asked.
pub fn call(tenant: &Tenant, run: &RunId, step: &str) -> Key {
    in_run(tenant, run, format!("call#{step}"))
}
/// Who works a step that a queue feeds, or what it came to.
pub fn step(tenant: &Tenant, run: &RunId, step: &str) -> Key {
    in_run(tenant, run, format!("step#{step}"))
}
/// One question.
pub fn question(tenant: &Tenant, run: &RunId, id: &str) -> Key {
    in_run(tenant, run, format!("question#{id}"))
}
/// What a fork's person answered before to one question.
pub fn reply(tenant: &Tenant, run: &RunId, id: &str) -> Key {
    in_run(tenant, run, format!("reply#{id}"))
}
/// One knowledge item.
pub fn knowledge(tenant: &Tenant, run: &RunId, id: &str) -> Key {
    in_run(tenant, run, format!("knowledge#{id}"))
}
/// Partition of a run's progress events, in order of time. One of its own: what a function tells watchers is no right
/// to change the run's rows.
pub fn events_pk(tenant: &Tenant, run: &RunId) -> String {
    format!("{tenant}#events#{run}")
}

/// One progress event: when, which one of the process that published it, and which process.
pub fn event(tenant: &Tenant, run: &RunId, at_ms: i64, number: u64, process: u16) -> Key {
    Key { pk: events_pk(tenant, run), sk: format!("{at_ms:013}-{number:06}-{process:04x}") }
}
/// Partition of the sandboxed jobs that were handed over and have not ended well.
pub fn jobs_pk(tenant: &Tenant) -> String {
    format!("{tenant}#jobs")
}
/// Partition of the jobs that wait, are worked or are dead in the queue of one machine.
pub fn queue_pk(tenant: &Tenant) -> String {
    format!("{tenant}#queue")
}
/// One job of a queue, by its kind of work.
pub fn queued(tenant: &Tenant, kind: &str, id: &str) -> Key {
    Key { pk: queue_pk(tenant), sk: format!("{kind}#{id}") }
}
/// What stays of a run that was removed: its seal.
pub fn removed(tenant: &Tenant, run: &RunId) -> Key {
    Key { pk: format!("{tenant}#removed"), sk: run.to_string() }
}
/// What one removal of runs came to, by when it was.
pub fn retention(tenant: &Tenant, at_ms: i64) -> Key {
    Key { pk: format!("{tenant}#retention"), sk: format!("{at_ms:013}") }
}
/// The stored answer to a request, by everything that decides it.
pub fn replay(tenant: &Tenant, request: &crate::Digest) -> Key {
    Key { pk: format!("{tenant}#replay"), sk: request.hex() }
}
