//! The machines in `statemachines/`: they parse, name only failures that exist, and keep the house rules.

use std::collections::BTreeSet;

use ideamine_asl::Machine;
use ideamine_core::failure::FailureKind;
use serde_json::Value;

use crate::workspace::{files, root};

pub(crate) fn machines() -> Vec<(String, String)> {
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().replace(".asl.json", "");
        (name, std::fs::read_to_string(path).unwrap())
    };
    files(&root().join("statemachines"), ".asl.json").into_iter().map(read).collect()
}

/// Calls `visit` with every state of a machine, those inside Maps and Parallels included.
pub(crate) fn states(machine: &Value, visit: &mut impl FnMut(&str, &Value)) {
    for (name, state) in machine["States"].as_object().unwrap() {
        visit(name, state);
        if state["ItemProcessor"].is_object() {
            states(&state["ItemProcessor"], visit);
        }
        for branch in state["Branches"].as_array().into_iter().flatten() {
            states(branch, visit);
        }
    }
}

fn errors(state: &Value) -> Vec<String> {
    let rules = ["Retry", "Catch"].iter().filter_map(|field| state[*field].as_array()).flatten();
    rules
        .flat_map(|rule| rule["ErrorEquals"].as_array().cloned().unwrap_or_default())
        .map(|e| e.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_machines_parse() {
    let names: Vec<String> = machines()
        .into_iter()
        .map(|(name, text)| {
            Machine::parse(&text.replace("${", "$ {")).unwrap_or_else(|e| panic!("{name}: {e}"));
            name
        })
        .collect();
    assert_eq!(names, ["author", "compose", "phase", "qav", "run", "story"]);
}

#[test]
fn the_house_lint_finds_nothing() {
    let mut found = vec![];
    for (machine, text) in machines() {
        let findings = ideamine_asl::lint(&text, &ideamine_asl::Known::default());
        found.extend(
            findings
                .into_iter()
                .map(|f| format!("{machine}:{}: {:?} {} [{}]", f.line, f.state, f.message, f.rule)),
        );
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn machines_match_only_failures_that_exist() {
    let known: BTreeSet<&str> = FailureKind::ALL.iter().map(|kind| kind.name()).collect();
    for (machine, text) in machines() {
        states(&serde_json::from_str(&text).unwrap(), &mut |name, state| {
            for error in errors(state) {
                let aws =
                    ["States.", "Lambda.", "StepFunctions."].iter().any(|start| error.starts_with(start));
                assert!(aws || known.contains(error.as_str()), "{machine}/{name} matches unknown `{error}`");
            }
        });
    }
}

#[test]
fn what_can_succeed_again_is_retried_and_nothing_else() {
    let again: BTreeSet<&str> =
        FailureKind::ALL.iter().filter(|kind| kind.can_succeed_again()).map(|kind| kind.name()).collect();
    let mut retried = BTreeSet::new();
    for (machine, text) in machines() {
        states(&serde_json::from_str(&text).unwrap(), &mut |name, state| {
            for rule in state["Retry"].as_array().into_iter().flatten() {
                for error in rule["ErrorEquals"].as_array().unwrap().iter().map(|e| e.as_str().unwrap()) {
                    // Starting a child can be throttled under any name; what the child came to is data in its output.
                    let child = state["Resource"].as_str().is_some_and(|r| r.contains("startExecution"));
                    let aws = error.starts_with("Lambda.") || (child && error == "States.ALL");
                    assert!(
                        aws || again.contains(error),
                        "{machine}/{name} retries `{error}`, which cannot succeed again"
                    );
                    retried.insert(error.to_owned());
                }
            }
        });
    }
    let never: Vec<_> = again.iter().filter(|name| !retried.contains(**name)).collect();
    assert_eq!(never, Vec::<&&str>::new(), "failures that can succeed again and no machine retries");
}

#[test]
fn every_task_is_bounded_retried_and_caught() {
    for (machine, text) in machines() {
        states(&serde_json::from_str(&text).unwrap(), &mut |name, state| {
            if state["Type"] != "Task" {
                return;
            }
            for field in ["TimeoutSeconds", "Retry", "Catch"] {
                assert!(!state[field].is_null(), "{machine}/{name} has no {field}");
            }
        });
    }
}
