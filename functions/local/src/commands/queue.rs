//! `queue`: the jobs that wait, those that are dead, and what can be done about them.

use ideamine_core::Failure;
use ideamine_core::records::JobState;
use serde_json::Value;

use super::Common;
use super::data::once;
use super::run::show as tell;
use crate::cli::{QueueArgs, QueueCommand};
use crate::exit::Exit;
use crate::service::Ask;

/// `ideamine queue …`.
pub(super) async fn queue(common: &Common, args: QueueArgs) -> Result<Exit, Failure> {
    match args.command {
        None => {
            let depth = once(common, Ask::Queue).await?;
            tell(common, &depth, table);
        }
        Some(QueueCommand::Peek { kind, limit }) => {
            let mut jobs =
                once(common, Ask::QueueJobs { state: JobState::Waiting, kind: Some(kind) }).await?;
            jobs.as_array_mut().into_iter().for_each(|jobs| jobs.truncate(limit));
            tell(common, &jobs, |jobs| lines(jobs, "nothing waits"));
        }
        Some(QueueCommand::Dead) => {
            let jobs = once(common, Ask::QueueJobs { state: JobState::Dead, kind: None }).await?;
            tell(common, &jobs, |jobs| lines(jobs, "no job is dead"));
        }
        Some(QueueCommand::Redrive { id, all: _ }) => {
            let done = once(common, Ask::QueueRedrive { id }).await?;
            tell(common, &done, redriven);
        }
        Some(QueueCommand::Purge { kind, dead, yes }) => {
            let done = once(common, Ask::QueuePurge { kind, dead, yes }).await?;
            tell(common, &done, |done| format!("removed {}", count(&done["purged"])));
        }
    }
    Ok(Exit::Ok)
}

fn table(depth: &Value) -> String {
    let mut lines = vec!["kind      priority  waiting  working  dead  oldest".to_owned()];
    for queue in depth["queues"].as_array().into_iter().flatten() {
        let [kind, priority] = ["kind", "priority"].map(|field| queue[field].as_str().unwrap_or("-"));
        let [waiting, working, dead] =
            ["waiting", "working", "dead"].map(|field| queue[field].as_u64().unwrap_or(0));
        let oldest = queue["oldest_age_s"].as_u64().map_or_else(|| "-".to_owned(), |age| format!("{age} s"));
        lines.push(format!("{kind:<9} {priority:<9} {waiting:>7}  {working:>7}  {dead:>4}  {oldest}"));
        let tenants = queue["tenants"].as_array().map(Vec::as_slice).unwrap_or_default();
        for tenant in tenants.iter().filter(|_| tenants.len() > 1) {
            let name = tenant["tenant"].as_str().unwrap_or("-");
            let [waiting, oldest] =
                ["waiting", "oldest_age_s"].map(|field| tenant[field].as_u64().unwrap_or(0));
            lines.push(format!("  {name}: {waiting} wait, the oldest for {oldest} s"));
        }
    }
    for breaker in depth["breakers"].as_array().into_iter().flatten() {
        let [model, until, error] =
            ["model", "until", "error"].map(|field| breaker[field].as_str().unwrap_or("-"));
        lines.push(match breaker["state"] == "probing" {
            true => format!("{model} is tried by one call, after {error}; others wait for it"),
            false => format!("{model} is not asked until {until}, after {error}"),
        });
    }
    if depth["served"] == false {
        lines.push(
            "no process works this directory: `ideamine resume RUN` or `ideamine serve` does".to_owned(),
        );
    }
    lines.join("\n")
}

fn lines(jobs: &Value, none: &str) -> String {
    let line = |job: &Value| {
        let text = |field: &str| job[field].as_str().unwrap_or("-").to_owned();
        let [id, kind, priority, function, run, step] =
            ["id", "kind", "priority", "function", "run", "step"].map(text);
        let age = job["age_s"].as_u64().unwrap_or(0);
        let deliveries = job["deliveries"].as_u64().unwrap_or(0);
        let reason = job["reason"].as_str().map_or_else(String::new, |reason| format!("\n  {reason}"));
        format!(
            "{id}  {kind}-{priority}  {function}  run {run}  {step}  {age} s  delivered {deliveries} times{reason}"
        )
    };
    let lines: Vec<String> = jobs.as_array().into_iter().flatten().map(line).collect();
    if lines.is_empty() { none.to_owned() } else { lines.join("\n") }
}

fn redriven(done: &Value) -> String {
    let gone = done["gone"].as_array().map_or(0, Vec::len);
    let besides = if gone == 0 { String::new() } else { format!("; for {gone} nobody waits any more") };
    format!("redriven {}{besides}", count(&done["redriven"]))
}

fn count(ids: &Value) -> String {
    match ids.as_array().map_or(0, Vec::len) {
        1 => "1 job".to_owned(),
        n => format!("{n} jobs"),
    }
}
