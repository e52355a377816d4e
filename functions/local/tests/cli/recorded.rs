//! Recorded model answers through the real call path: a good run is released; a planted defect fails its gate,
//! is repaired and passes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Desk, artifacts, attempts, gates, idea, root, sandbox, script};

#[test]
fn a_run_on_good_answers_is_released() {
    if !sandbox() {
        return;
    }
    let desk = Desk::new();
    let run = desk.work(&idea(), &["--model", &script("released.jsonl"), "--require-release"]);
    assert_eq!((&run["verdict"], &run["generator"]), (&"released".into(), &"model".into()), "{run:#}");
    assert_eq!(run["reasons"].as_array().unwrap().len(), 0);
    assert!(
        gates(&run).values().all(|outcome| outcome == "pass" || outcome == "concerns"),
        "{:?}",
        gates(&run)
    );
    assert!(run["usage"]["model_calls"].as_u64().unwrap() >= 13);
    assert!(run["usage"]["usd"].as_f64().unwrap() > 0.0, "recorded calls have a price");
    assert_eq!(run["usage"]["usd_recorded"], run["usage"]["usd"], "nothing was spent now");
    let id = run["run_id"].as_str().unwrap();
    desk.run(["verify", id]).exits(0);
    assert_eq!(states(&desk, id), recorded_states(), "`cost profile` is to be recorded anew");
    let replay = desk.run(["replay", id, "--verify", "--json"]).exits(0).json();
    assert_eq!(replay["identical"], true);
    let again = desk.work(&idea(), &["--model", &script("released.jsonl")]);
    assert_eq!(artifacts(&again), artifacts(&run));
    assert_eq!(again["usage"]["model_calls"], 0, "every answer is stored already");
    assert_eq!(again["usage"]["cache_hits"], run["usage"]["model_calls"]);
}

/// Executions and states entered by a run, by machine.
fn states(desk: &Desk, run: &str) -> BTreeMap<String, (u64, u64)> {
    let history = desk.run(["history", run, "--json"]).exits(0).json();
    let mut states: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let sum = |field: &str| -> u64 {
        let executions = history["executions"].as_array().unwrap().iter();
        executions.map(|execution| execution[field].as_u64().unwrap()).sum()
    };
    assert_eq!(
        json!([sum("transitions"), sum("events")]),
        json!([history["transitions"], history["events"]])
    );
    assert!(sum("transitions") > 0 && history["events_max"].as_u64() < Some(5_000), "{history}");
    for execution in history["executions"].as_array().unwrap() {
        let machine = execution["execution"].as_str().unwrap().split(':').next().unwrap();
        let threads = execution["threads"].as_object().unwrap().values();
        let entered: usize = threads.map(|thread| thread.as_array().unwrap().len()).sum();
        let counted = states.entry(machine.to_owned()).or_default();
        *counted = (counted.0 + 1, counted.1 + entered as u64);
    }
    states
}

/// The same of the profile that `cost model` prices.
fn recorded_states() -> BTreeMap<String, (u64, u64)> {
    let text = std::fs::read_to_string(root().join("functions/local/src/cost/recorded.json")).unwrap();
    let profile: Value = serde_json::from_str(&text).unwrap();
    let machines = profile["machines"].as_object().unwrap().iter();
    let count = |used: &Value, what: &str| used[what].as_u64().unwrap();
    machines
        .map(|(name, used)| (name.clone(), (count(used, "executions"), count(used, "transitions"))))
        .collect()
}

#[test]
fn a_planted_defect_fails_its_gate_is_repaired_and_passes() {
    if !sandbox() {
        return;
    }
    let desk = Desk::new();
    let run = desk.work(&idea(), &["--model", &script("defect.jsonl")]);
    assert_eq!(run["verdict"], "released", "{run:#}");
    let repaired: Vec<_> = attempts(&run).into_iter().filter(|(_, n)| *n > 1).collect();
    assert!(!repaired.is_empty() && repaired.iter().all(|(_, n)| *n <= 5), "{repaired:?}");
    let id = run["run_id"].as_str().unwrap();
    let dossier = std::fs::read_to_string(desk.path(run["dossier"]["json"].as_str().unwrap())).unwrap();
    assert!(
        dossier.contains("\"history\":[\"fail\",\"pass\"]"),
        "the dossier shows that the gate failed first"
    );
    desk.run(["verify", id]).exits(0);
}

#[test]
fn a_budget_that_is_used_up_pauses_the_run_and_more_money_goes_on() {
    let desk = Desk::new();
    let (model, idea) = (script("released.jsonl"), idea());
    let args = [
        "run",
        idea.to_str().unwrap(),
        "--model",
        &model,
        "--until",
        "prd",
        "--budget-usd",
        "0.02",
        "--json",
    ];
    let stopped = desk.run(args).exits(4).json();
    assert_eq!((&stopped["status"], &stopped["verdict"]), (&"paused".into(), &"stopped".into()));
    assert!(stopped["usage"]["usd"].as_f64().unwrap() <= 0.02, "{}", stopped["usage"]);
    let run = stopped["run_id"].as_str().unwrap();
    let ended = desk.run(["resume", run, "--budget-usd", "50", "--json"]).exits(0).json();
    assert_eq!((&ended["status"], &ended["verdict"]), (&"completed".into(), &"held".into()), "{ended:#}");
    assert!(gates(&ended).values().all(|outcome| outcome == "pass"), "{ended:#}");
    desk.run(["verify", run]).exits(0);
}

#[test]
fn an_altered_script_is_refused_and_the_right_one_goes_on() {
    let desk = Desk::new();
    let (model, idea) = (script("released.jsonl"), idea());
    let args = ["--model", &model, "--until", "ideation"];
    let paused = [&["run", idea.to_str().unwrap(), "--json", "--budget-usd", "0.000001"][..], &args].concat();
    let run = desk.run(paused).exits(4).json()["run_id"].as_str().unwrap().to_owned();
    let kept = std::fs::read_dir(desk.path("data/scripts")).unwrap().next().unwrap().unwrap().path();
    let right = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, format!("{right}\n")).unwrap();
    let resume = || desk.run(["resume", &run, "--budget-usd", "50", "--json"]);
    let refused = resume();
    assert!(refused.code != 0, "{}", refused.stdout);
    for says in ["Data.Corrupt", kept.to_str().unwrap(), kept.file_stem().unwrap().to_str().unwrap()] {
        let told = format!("{}{}", refused.stdout, refused.stderr);
        assert!(told.contains(says), "{says}: {told}");
    }
    std::fs::write(&kept, right).unwrap();
    let ended = resume().exits(0).json();
    assert!(gates(&ended).values().all(|outcome| outcome == "pass"), "{ended:#}");
    desk.run(["verify", &run]).exits(0);
}

#[test]
fn a_run_that_was_cut_off_is_compared_up_to_there() {
    let desk = Desk::new();
    let (model, idea) = (script("released.jsonl"), idea());
    let args = [
        "run",
        idea.to_str().unwrap(),
        "--model",
        &model,
        "--until",
        "prd",
        "--budget-usd",
        "0.58",
        "--json",
    ];
    let run = desk.run(args).exits(4).json()["run_id"].as_str().unwrap().to_owned();
    desk.run(["cancel", &run]).exits(0);
    let shown = desk.run(["show", &run, "--json"]).exits(0).json();
    assert_eq!(shown["status"], "cancelled");
    let (done, left): (Vec<_>, Vec<_>) = shown["phases"]
        .as_array()
        .unwrap()
        .iter()
        .partition(|phase| ["passed", "concerns", "failed"].contains(&phase["status"].as_str().unwrap()));
    assert!(!done.is_empty() && !left.is_empty(), "{shown:#}");
    let replay = desk.run(["replay", &run, "--verify", "--json"]).exits(0).json();
    assert_eq!((&replay["identical"], &replay["phases"]), (&true.into(), &done.len().into()), "{replay:#}");
    let left: Vec<_> = left.iter().map(|phase| phase["id"].clone()).collect();
    assert_eq!(replay["cut_off"], serde_json::Value::from(left));
    let told = desk.run(["replay", &run, "--verify"]).exits(0).stdout;
    assert!(told.contains("stopped") && told.contains("prd"), "{told}");
}
