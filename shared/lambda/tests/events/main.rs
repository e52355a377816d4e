//! Every event of `events/` through the function that it is for, as Lambda would deliver it.
//!
//! The events refer to one finished run, frozen in `events/world`: its rows and the documents that the events reach.
//! What is frozen stays readable, so it is recorded anew only when a function's input changes:
//! `UPDATE=1 cargo test -p ideamine-lambda --test events` (it needs a sandbox).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its subject has failed")]

mod cases;
mod functions;
mod record;
mod run;
mod spies;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ideamine_checks::CheckInput;
use ideamine_core::failure::FailureKind;
use ideamine_core::function::Envelope;
use ideamine_core::ports::JobMessage;
use ideamine_orchestration::model_call::ModelCallInput;
use serde_json::Value;

use run::{Outcome, answer};
use world::World;

/// What each folder of `events/` holds.
const CASES: [&str; 3] = ["ordinary", "bad", "boundary"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn event(function: &str, case: &str) -> Value {
    let path = root().join("events").join(function).join(format!("{case}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[tokio::test]
async fn every_function_answers_its_events() {
    if std::env::var_os("UPDATE").is_some() {
        record::all().await;
    }
    let world = World::read().lay().await;
    let mut wrong = vec![];
    let mut used: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for function in functions::names() {
        for case in CASES {
            let spied = world.open().await;
            let outcome = answer(&spied, &function, event(&function, case)).await;
            let expected = match (case, &outcome) {
                ("bad", Outcome::Refused(failure)) => failure.kind == FailureKind::InputInvalid,
                ("bad", Outcome::ComesAgain) | ("ordinary" | "boundary", Outcome::Done) => true,
                _ => false,
            };
            if !expected {
                wrong.push(format!("{function}/{case}: {outcome:?}"));
            }
            used.entry(function.clone()).or_default().extend(spied.seen.ports());
        }
    }
    world.close();
    assert_eq!(wrong, Vec::<String>::new());
    least_privilege(&used);
}

/// Workers are the newest, whoever sent the message: an older run's is frozen, and may lack what is newer.
#[test]
fn messages_of_older_runs_are_read() {
    let text = std::fs::read_to_string(root().join("tests/compat/v1/messages.json")).unwrap();
    let messages: Vec<JobMessage> = serde_json::from_str(&text).unwrap();
    let mut read = BTreeSet::new();
    for JobMessage { function, payload, .. } in messages {
        let Envelope { input, .. } = serde_json::from_value(payload).unwrap();
        match function.as_str() {
            "job-check" => drop(serde_json::from_value::<CheckInput>(input).unwrap()),
            "job-model-call" => drop(serde_json::from_value::<ModelCallInput>(input).unwrap()),
            other => panic!("no message of {other} is known here"),
        }
        read.insert(function);
    }
    let jobs = functions::names().into_iter().filter(|name| name.starts_with("job-"));
    assert_eq!(read, jobs.collect());
}

#[test]
fn template_registries_and_events_name_the_same_functions() {
    let mut functions = functions::names();
    functions.push("api".to_owned());
    functions.sort();
    let table: Value =
        serde_saphyr::from_str(&std::fs::read_to_string(root().join("infra/functions.yaml")).unwrap())
            .unwrap();
    let families = table["families"].as_object().unwrap().values();
    let mut built: Vec<String> =
        families.flat_map(|family| family["functions"].as_object().unwrap().keys().cloned()).collect();
    built.sort();
    assert_eq!(built, functions, "infra/functions.yaml");
    let folders = std::fs::read_dir(root().join("events")).unwrap().map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.path().is_dir());
    let mut shown: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    shown.retain(|name| name != "world");
    shown.sort();
    assert_eq!(shown, functions, "events/");
}

/// What a function's role grants beyond its family's is what its events use: no more, and no less.
fn least_privilege(used: &BTreeMap<String, BTreeSet<&str>>) {
    let table: Value =
        serde_saphyr::from_str(&std::fs::read_to_string(root().join("infra/functions.yaml")).unwrap())
            .unwrap();
    let mut wrong = vec![];
    let policies = |value: &Value| -> BTreeSet<String> {
        let uses = value["uses"].as_array().into_iter().flatten();
        uses.map(|policy| policy.as_str().unwrap().to_owned()).collect()
    };
    for (name, family) in table["families"].as_object().unwrap() {
        for (function, own) in family["functions"].as_object().unwrap() {
            let Some(used) = used.get(function) else { continue };
            let (shared, own) = (policies(family), policies(own));
            let lacking: Vec<_> =
                used.iter().filter(|p| !shared.contains(**p) && !own.contains(**p)).collect();
            if !lacking.is_empty() {
                wrong.push(format!("{function} of {name} uses {lacking:?}, which its role does not grant"));
            }
            let idle: Vec<_> = own.iter().filter(|policy| !used.contains(policy.as_str())).collect();
            if !idle.is_empty() {
                wrong.push(format!("{function} of {name} is granted {idle:?}, which no event uses"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
