//! What a run's executions used, read from their histories.

use ideamine_asl::HistoryEvent;
use ideamine_core::{Failure, RunId};
use ideamine_cost::{MachineUse, ModelUse, Profile};
use serde_json::Value;

use crate::app::App;

/// The counts of a meter, joined by those of the run's histories and its costs.
///
/// # Errors
/// As the histories' own.
pub(crate) async fn profile(
    app: &App,
    run: &RunId,
    counted: Profile,
    model: ModelUse,
) -> Result<Profile, Failure> {
    let mut profile = Profile { model, ..counted };
    for execution in app.executions(run).await? {
        let events = app.history(&execution).await?;
        let machine = execution.split(':').next().unwrap_or_default().to_owned();
        add(profile.machines.entry(machine).or_default(), &events);
        for scheduled in events.iter().filter_map(|e| e.details.get("taskScheduledEventDetails")) {
            let resource = scheduled["resource"].as_str().unwrap_or_default();
            profile.callbacks += u64::from(resource.ends_with(".waitForTaskToken"));
            if let Some(queue) = queue(scheduled) {
                *profile.messages.entry(queue).or_default() += 1;
            }
        }
    }
    Ok(profile)
}

/// Adds what one execution used.
pub(crate) fn add(machine: &mut MachineUse, events: &[HistoryEvent]) {
    let count = |wanted: &dyn Fn(&str) -> bool| events.iter().filter(|e| wanted(&e.kind)).count() as u64;
    let entered = count(&|kind| kind.ends_with("StateEntered"));
    let retried =
        count(&|kind| kind == "TaskScheduled").saturating_sub(count(&|kind| kind == "TaskStateEntered"));
    machine.executions += 1;
    machine.transitions += entered + retried;
    machine.events += events.len() as u64;
    machine.events_max = machine.events_max.max(events.len() as u64);
}

/// The last part of the URL that a message was sent to.
fn queue(scheduled: &Value) -> Option<String> {
    let parameters: Value = serde_json::from_str(scheduled["parameters"].as_str()?).ok()?;
    let url = parameters["QueueUrl"].as_str()?;
    Some(url.rsplit('/').next().unwrap_or(url).to_owned())
}
