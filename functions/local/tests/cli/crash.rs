//! `kill -9` at any moment: the run goes on, ends with the same artifacts, and no stored answer is asked for twice.
//!
//! `IDEAMINE_KILLS` sets how many runs are killed (2 by default); moments are drawn from a fixed seed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::{Desk, artifacts, root, sandbox};

/// Most restarts of one run: it must end long before.
const RESTARTS_MAX: usize = 40;

fn kills() -> usize {
    std::env::var("IDEAMINE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// A small generator, so that a failing moment can be repeated.
struct Moments(u64);

impl Moments {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn script() -> String {
    format!("scripted:{}", root().join("tests/cassettes/released.jsonl").display())
}

fn calls(desk: &Desk) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    for label in std::fs::read_to_string(desk.path("calls.log")).unwrap_or_default().lines() {
        *calls.entry(label.to_owned()).or_default() += 1;
    }
    calls
}

#[test]
fn a_killed_run_ends_as_if_nothing_had_happened() {
    if !sandbox() {
        return;
    }
    let (idea, model) = (crate::support::idea(), script());
    let quiet = Desk::new();
    let start = std::time::Instant::now();
    let expected = artifacts(&quiet.work(&idea, &["--model", &model]));
    let whole_ms = u64::try_from(start.elapsed().as_millis()).unwrap().max(200);
    let mut moments = Moments(20_261_122);
    for kill in 0..kills() {
        let desk = Desk::new();
        let log = desk.path("calls.log");
        let mut command = desk.command(["run", idea.to_str().unwrap(), "--model", &model, "--json"]);
        let mut child = command
            .env("IDEAMINE_SCRIPTED_LOG", &log)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let moment = moments.below(whole_ms);
        std::thread::sleep(Duration::from_millis(moment));
        child.kill().unwrap();
        child.wait().unwrap();
        let listed = desk.run(["list", "--json"]).exits(0).json();
        if listed.as_array().unwrap().is_empty() {
            continue;
        }
        let run = desk.newest();
        let ended = resume(&desk, &run, &mut moments, whole_ms);
        assert_eq!(artifacts(&ended), expected, "kill {kill} at {moment} ms changed an artifact");
        assert_eq!(ended["verdict"], "released", "kill {kill} at {moment} ms");
        desk.run(["verify", &run]).exits(0);
        let uncertain = ended["usage"]["uncertain_calls"].as_u64().unwrap();
        let again: usize = calls(&desk).values().map(|n| n - 1).sum();
        assert!(
            again as u64 <= uncertain,
            "kill {kill} at {moment} ms: {again} calls repeated, {uncertain} were cut off"
        );
    }
}

/// Resumes, killing once more on the way, until the run has ended.
fn resume(desk: &Desk, run: &str, moments: &mut Moments, whole_ms: u64) -> serde_json::Value {
    let log = desk.path("calls.log");
    let mut child = desk.command(["resume", run]);
    let mut child = child
        .env("IDEAMINE_SCRIPTED_LOG", &log)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(moments.below(whole_ms)));
    let _ = child.kill();
    child.wait().unwrap();
    for _ in 0..RESTARTS_MAX {
        let mut command = desk.command(["resume", run, "--json"]);
        let done: crate::support::Done = command.env("IDEAMINE_SCRIPTED_LOG", &log).output().unwrap().into();
        let ended = done.exits(0).json();
        if ended["status"] == "completed" {
            return ended;
        }
    }
    panic!("run {run} did not end");
}
