//! Retention: what goes is what was asked for, what stays is whole, and a removed run's seal still proves its dossier.

use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::support::{Desk, idea, script};

fn removed(report: &Value, runs: u64) {
    assert_eq!(report["removed"]["runs"], runs, "{report}");
    assert_eq!((&report["live_and_removed"], &report["verified_and_removed"]), (&json!(0), &json!(0)));
}

#[test]
fn an_old_run_goes_and_its_fork_stays_whole() {
    let desk = Desk::new();
    let run = desk.work(&idea(), &["--model", &script("released.jsonl"), "--until", "ideation"]);
    let (id, between) = (run["run_id"].as_str().unwrap(), Instant::now());
    let kept = desk.path("kept.json");
    desk.run([Path::new("dossier"), Path::new(id), Path::new("--out"), &kept]).exits(0);
    let fork = desk.run(["resume", id, "--from", "ideation", "--json"]).exits(0).json();
    let fork = fork["run_id"].as_str().unwrap();

    assert!(desk.run(["retain"]).exits(2).stderr.contains("--older-than"));
    let old = format!("{}ms", between.elapsed().as_millis());
    removed(&desk.run(["retain", "--older-than", &old, "--dry-run", "--json"]).exits(0).json(), 1);
    desk.run(["verify", id]).exits(0);

    let old = format!("{}ms", between.elapsed().as_millis());
    let report = desk.run(["retain", "--older-than", &old, "--json"]).exits(0).json();
    removed(&report, 1);
    assert_eq!(report["verified_after"], 1);
    let [before, after] = [0, 1].map(|at| report["journal_bytes"][at].as_u64().unwrap());
    assert!(after < before, "{report}");
    desk.run(["verify", fork]).exits(0);
    let replay = desk.run(["replay", fork, "--verify", "--json"]).exits(0).json();
    assert_eq!(replay["identical"], true);
    desk.run(["doctor"]).exits(0);
    let runs = desk.run(["list", "--json"]).exits(0).json();
    assert_eq!(runs.as_array().unwrap().len(), 1);

    // The dossier that somebody kept is shown to be the one by what stays of the run.
    let told = desk.run(["verify", id]).stderr;
    let head = told.split("--expect-head ").nth(1).unwrap().split_whitespace().next().unwrap();
    desk.run(["verify", kept.to_str().unwrap(), "--expect-head", head]).exits(0);
    let proof = desk.path("data").join(report["proof"][0].as_str().unwrap());
    let lists: Value = serde_json::from_slice(&std::fs::read(proof).unwrap()).unwrap();
    assert_eq!(lists["runs"], json!([id]));
}

#[test]
fn a_soak_with_kills_of_runs_and_of_removals_loses_nothing() {
    let desk = Desk::new();
    let args = ["--minutes", "0.1", "--kill-every", "2s", "--keep", "1s", "--rate", "6", "--steps", "4"];
    let report = desk.run(["bench", "soak", "--json"].into_iter().chain(args)).exits(0).json();
    assert_eq!(report["holds"], true, "{report}");
    let count = |field: &str| report[field].as_u64().unwrap();
    assert!(count("kills") > 0 && count("removed") > 0, "{report}");
    assert_eq!(count("removed") + count("verified_complete"), count("runs"), "{report}");
}
