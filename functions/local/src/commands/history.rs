//! `history`: the states that each execution of a run went through, in order, and what Step Functions would count of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use ideamine_asl::HistoryEvent;
use ideamine_core::Failure;
use ideamine_cost::MachineUse;
use serde_json::{Value, json};

use super::Common;
use super::run::{run_id, show};
use crate::app::{App, Opened};
use crate::config::Config;
use crate::cost;
use crate::exit::Exit;
use crate::models::ModelChoice;

/// `ideamine history RUN`.
pub(super) async fn history(common: &Common, run: &str) -> Result<Exit, Failure> {
    let run = run_id(run)?;
    let choice = ModelChoice { recorded: None, config: Config::load()?, meter: None };
    let Opened::Owner(app) = App::open_to_read(&common.data_dir, &choice)? else {
        let message = "another process works in this data directory; ask again when it has ended";
        return Err(Failure::input(message));
    };
    let (mut executions, mut all) = (vec![], MachineUse::default());
    for id in app.executions(&run).await? {
        let events = app.history(&id).await?;
        let mut used = MachineUse::default();
        cost::add(&mut used, &events);
        cost::add(&mut all, &events);
        executions.push(json!({
            "execution": id, "transitions": used.transitions, "events": used.events, "threads": entered(&events),
        }));
    }
    app.shutdown().await;
    let told = json!({
        "run_id": run, "transitions": all.transitions, "events": all.events, "events_max": all.events_max,
        "executions": executions,
    });
    show(common, &told, words);
    Ok(Exit::Ok)
}

/// States in order of entering, by thread of control: `""` is the execution's own, `Work[0]` the first iteration of
/// the Map state `Work`. Which of two threads was quicker is not part of it.
fn entered(events: &[HistoryEvent]) -> BTreeMap<String, Vec<String>> {
    let mut threads: HashMap<u64, String> = HashMap::new();
    let mut states: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut ended: HashSet<u64> = HashSet::new();
    for event in events {
        let mut thread = threads.get(&event.previous_event_id).cloned().unwrap_or_default();
        if ended.contains(&event.previous_event_id) {
            // What follows the end of an iteration, be it the next iteration or the Map's own end, is its parent's.
            thread = thread.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
        }
        if let Some(started) = event.details.get("mapIterationStartedEventDetails") {
            let name = started["name"].as_str().unwrap_or_default();
            let parent = if thread.is_empty() { String::new() } else { format!("{thread}/") };
            thread = format!("{parent}{name}[{}]", started["index"]);
        } else if event.kind.starts_with("MapIteration") {
            ended.insert(event.id);
        }
        if let Some(name) = event.details.get("stateEnteredEventDetails").and_then(|d| d["name"].as_str()) {
            states.entry(thread.clone()).or_default().push(name.to_owned());
        }
        threads.insert(event.id, thread);
    }
    states
}

fn words(value: &Value) -> String {
    let [transitions, events, most] =
        ["transitions", "events", "events_max"].map(|field| value[field].as_u64());
    let [transitions, events, most] = [transitions, events, most].map(Option::unwrap_or_default);
    let mut lines = vec![format!(
        "{transitions} state transitions and {events} history events as Step Functions counts them, {most} of them in \
         one execution"
    )];
    for execution in value["executions"].as_array().into_iter().flatten() {
        lines.push(execution["execution"].as_str().unwrap_or_default().to_owned());
        for (thread, states) in execution["threads"].as_object().into_iter().flatten() {
            let states: Vec<&str> =
                states.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let place = if thread.is_empty() { String::new() } else { format!("{thread}: ") };
            lines.push(format!("  {place}{}", states.join(" > ")));
        }
    }
    lines.join("\n")
}
