//! The table itself, and what it must hold to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// `infra/functions.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) families: BTreeMap<String, Family>,
    pub(crate) queues: BTreeMap<String, Queue>,
    pub(crate) machines: BTreeMap<String, Vec<String>>,
    pub(crate) children: BTreeMap<String, Vec<String>>,
}

/// One artifact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Family {
    pub(crate) memory_mb: u32,
    pub(crate) timeout_s: u32,
    #[serde(default)]
    pub(crate) uses: Vec<String>,
    pub(crate) functions: BTreeMap<String, Settings>,
}

/// What one function has apart from its family.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) memory_mb: Option<u32>,
    pub(crate) timeout_s: Option<u32>,
    #[serde(default)]
    pub(crate) uses: Vec<String>,
    pub(crate) queue: Option<Fed>,
    pub(crate) reserved: Option<String>,
    pub(crate) environment: Option<Environment>,
}

/// Variables that only some functions have.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) enum Environment {
    /// Where keys and servers of models are.
    ModelCall,
    /// The names of all functions, to refuse a plan that names another.
    FunctionNames,
}

/// The queue that feeds a function.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fed {
    pub(crate) name: String,
    pub(crate) when: Option<String>,
    pub(crate) batch: u32,
    pub(crate) concurrency: String,
}

/// A queue of long work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Queue {
    pub(crate) visibility_s: u32,
}

/// A function with everything resolved.
pub(crate) struct Planned<'a> {
    pub(crate) name: &'a str,
    pub(crate) family: &'a str,
    pub(crate) memory_mb: u32,
    pub(crate) timeout_s: u32,
    pub(crate) uses: Vec<&'a str>,
    pub(crate) own: &'a Settings,
}

impl Table {
    /// Every function, family by family.
    pub(crate) fn functions(&self) -> Vec<Planned<'_>> {
        let mut all = vec![];
        for (family, shared) in &self.families {
            for (name, own) in &shared.functions {
                all.push(Planned {
                    name,
                    family,
                    memory_mb: own.memory_mb.unwrap_or(shared.memory_mb),
                    timeout_s: own.timeout_s.unwrap_or(shared.timeout_s),
                    uses: shared.uses.iter().chain(&own.uses).map(String::as_str).collect(),
                    own,
                });
            }
        }
        all
    }
}

/// Names of functions that a state calls, literally or by a pattern, with the state's time limit in seconds.
fn called(table: &Table) -> Vec<(String, u64)> {
    let mut calls = vec![];
    for (machine, text) in crate::machines::machines() {
        let document: Value = serde_json::from_str(&text).unwrap();
        crate::machines::states(&document, &mut |_, state| {
            let Some(limit) = state["TimeoutSeconds"].as_u64() else { return };
            let arguments = &state["Arguments"];
            if let Some(function) = arguments["MessageBody"]["function"].as_str() {
                calls.push((function.to_owned(), limit));
            }
            if let Some(name) = arguments["FunctionName"].as_str() {
                calls.extend(
                    super::machines::named(name, &machine, table).into_iter().map(|name| (name, limit)),
                );
            }
        });
    }
    calls
}

#[test]
fn a_function_ends_before_the_states_that_call_it() {
    let table = super::table();
    let calls = called(&table);
    for planned in table.functions() {
        let matches = |pattern: &str| super::machines::is_named(pattern, planned.name);
        let limit = calls.iter().filter(|(name, _)| matches(name)).map(|(_, limit)| *limit).min();
        let (name, timeout) = (planned.name, u64::from(planned.timeout_s));
        assert!(
            limit.is_none_or(|limit| timeout < limit),
            "{name} may take {timeout} s, a state waits {limit:?} s"
        );
        if let Some(fed) = &planned.own.queue {
            let hidden = u64::from(table.queues[&fed.name].visibility_s);
            assert!(timeout < hidden, "{name} may take {timeout} s, its message is hidden for {hidden} s");
        }
    }
}

#[test]
fn every_called_function_and_queue_is_there() {
    let table = super::table();
    let functions = table.functions();
    for (name, _) in called(&table) {
        let found = functions.iter().any(|planned| super::machines::is_named(&name, planned.name));
        assert!(found, "a machine calls `{name}`, which is not in infra/functions.yaml");
    }
}

#[test]
fn what_is_dear_is_held_by_one_function_alone() {
    let table = super::table();
    let check = |policy: &str, holders: &[&str]| {
        let found: Vec<_> =
            table.functions().into_iter().filter(|f| f.uses.contains(&policy)).map(|f| f.name).collect();
        assert_eq!(found, holders, "{policy}");
    };
    check("AppendLedger", &["run-seal"]);
    check("CallModels", &["job-model-call"]);
    check("RunJobs", &["job-check"]);
    check("StartRuns", &["api"]);
    check("EndJobs", &["api"]);
    check("ReadHistories", &["run-dossier-content"]);
    check("AnswerTokens", &["api", "job-check", "job-model-call", "run-ask", "run-hold"]);
}
