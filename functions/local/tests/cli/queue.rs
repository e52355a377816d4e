//! The job queue as a person sees and mends it, and how urgent a run is.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Desk, artifacts, idea, root};

/// The queue's figures for model calls of normal priority.
fn model(desk: &Desk) -> Value {
    let depth = desk.run(["queue", "--json"]).exits(0).json();
    let queues = depth["queues"].as_array().unwrap();
    assert_eq!(queues.len(), 6, "{depth}");
    let queue = queues.iter().find(|queue| queue["kind"] == "model" && queue["priority"] == "normal");
    json!({ "served": depth["served"], "waiting": queue.unwrap()["waiting"] })
}

#[test]
fn an_urgent_run_makes_the_same_documents() {
    let desk = Desk::new();
    let normal = desk.work(&idea(), &["--until", "prd"]);
    let urgent = desk.work(&idea(), &["--until", "prd", "--priority", "high"]);
    assert_eq!(artifacts(&urgent), artifacts(&normal));
    assert_eq!(urgent["plan_hash"], normal["plan_hash"]);
    assert_eq!((&normal["priority"], &urgent["priority"]), (&"normal".into(), &"high".into()));
    let run = urgent["run_id"].as_str().unwrap();
    assert_eq!(desk.run(["show", run, "--json"]).exits(0).json()["priority"], "high");
    desk.run(["verify", run]).exits(0);
    let refused = desk.run(["run", idea().to_str().unwrap(), "--priority", "urgent"]).exits(2);
    assert!(refused.stderr.contains("high, normal, low"), "{}", refused.stderr);
}

#[test]
fn an_empty_queue_says_so_and_what_is_not_there_is_named() {
    let desk = Desk::new();
    assert_eq!(model(&desk), json!({ "served": false, "waiting": 0 }));
    assert!(desk.run(["queue", "peek", "model"]).exits(0).stdout.contains("nothing waits"));
    assert_eq!(desk.run(["queue", "dead", "--json"]).exits(0).json(), json!([]));
    assert_eq!(desk.run(["queue", "redrive", "--all", "--json"]).exits(0).json()["redriven"], json!([]));
    let check = |args: &[&str], says: &str| {
        let refused = desk.run(args).exits(2);
        assert!(refused.stderr.contains(says), "{args:?}: {}", refused.stderr);
    };
    check(&["queue", "peek", "mail"], "model, sandbox");
    check(&["queue", "purge", "mail", "--yes"], "model, sandbox");
    check(&["queue", "purge", "model"], "--yes");
    check(&["queue", "redrive", "0123"], "0123");
    check(&["queue", "redrive"], "<ID>");
    check(&["queue", "dead", "--remote"], "--remote");
}

#[test]
fn what_waits_is_seen_while_a_process_works_it_and_after_and_can_be_removed() {
    let desk = Desk::new();
    // One call in a minute: the second waits.
    desk.file("user/config.json", r#"{"limits": {"model": {"per_minute": 1}}}"#);
    let model_name = format!("scripted:{}", root().join("tests/cassettes/released.jsonl").display());
    let idea = idea();
    let args = ["run", idea.to_str().unwrap(), "--model", &model_name, "--until", "ideation"];
    let mut child = desk.spawn(args);
    let start = Instant::now();
    while model(&desk)["waiting"] == 0 || !desk.path("data/control.sock").exists() {
        assert!(start.elapsed() < Duration::from_secs(45), "no job waited");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(model(&desk)["served"], true);
    let (run, peeked) = (desk.newest(), desk.run(["queue", "peek", "model", "--json"]).exits(0));
    let jobs = peeked.json();
    let job = &jobs[0];
    assert_eq!((&job["run"], &job["function"]), (&run.as_str().into(), &"job-model-call".into()));
    assert!(job["token"].is_null() && job["payload"].is_null(), "{job}");

    child.kill().unwrap();
    child.wait().unwrap();
    let left = model(&desk);
    assert!(left["served"] == false && left["waiting"].as_u64() > Some(0), "{left}");
    let refused = desk.run(["queue", "purge", "model"]).exits(2);
    assert!(refused.stderr.contains("would remove"), "{}", refused.stderr);
    let purged = desk.run(["queue", "purge", "model", "--yes", "--json"]).exits(0).json();
    assert!(purged["purged"].as_array().unwrap().contains(&job["id"]), "{purged}");
    assert_eq!(model(&desk)["waiting"], 0);

    // The state that waited is told, and the run goes its way to an end.
    std::fs::remove_file(desk.path("user/config.json")).unwrap();
    let ended = desk.run(["resume", &run, "--json"]).json();
    assert!(["failed", "completed"].contains(&ended["status"].as_str().unwrap()), "{ended}");
    let history = desk.run(["history", &run, "--json"]).exits(0).json();
    let executions = history["executions"].as_array().unwrap();
    let ended = |execution: &Value| {
        execution["threads"][""].as_array().unwrap().iter().rev().take(2).cloned().collect()
    };
    let told: Vec<Vec<Value>> =
        executions.iter().map(ended).filter(|last: &Vec<Value>| last[0] == "Failed").collect();
    assert_eq!(told, [["Failed", "Call"]], "{history}");
    assert_eq!(model(&desk)["waiting"], 0);
}
