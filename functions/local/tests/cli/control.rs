//! Pause, cancel and a second process on the same directory.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Desk, idea};

const WAIT: Duration = Duration::from_secs(60);

/// Waits until `holds`, or says what was waited for.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < WAIT, "waited for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_paused_run_goes_on_where_it_waited() {
    let desk = Desk::new();
    let child = desk.spawn(["run", idea().to_str().unwrap(), "--until", "architecture"]);
    until("the owner's socket", || desk.path("data/control.sock").exists());
    until("a run", || desk.run(["list", "--json"]).json().as_array().is_some_and(|runs| !runs.is_empty()));
    let run = desk.newest();
    desk.run(["pause", &run]).exits(0);
    let code = child.wait_with_output().unwrap().status.code();
    if code == Some(0) {
        // It had ended before the wish was seen; there is nothing to resume.
        return;
    }
    assert_eq!(code, Some(4));
    assert_eq!(desk.run(["show", &run, "--json"]).exits(0).json()["status"], "paused");
    desk.run(["resume", &run]).exits(0);
    let shown = desk.run(["show", &run, "--json"]).exits(0).json();
    assert_eq!(shown["status"], "completed");
    desk.run(["verify", &run]).exits(0);
}

#[test]
fn a_cancelled_run_is_sealed_and_has_a_dossier() {
    let desk = Desk::new();
    let child = desk.spawn(["run", idea().to_str().unwrap()]);
    until("a run", || {
        desk.path("data/control.sock").exists()
            && desk.run(["list", "--json"]).json().as_array().is_some_and(|runs| !runs.is_empty())
    });
    let run = desk.newest();
    desk.run(["cancel", &run]).exits(0);
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(4), "{}", String::from_utf8_lossy(&done.stderr));
    let shown = desk.run(["show", &run, "--json"]).exits(0).json();
    assert_eq!((&shown["status"], &shown["verdict"]), (&"cancelled".into(), &"stopped".into()));
    desk.run(["verify", &run]).exits(0);
    desk.run(["verify", shown["dossier"]["json"].as_str().unwrap()]).exits(0);
}

#[test]
fn the_kill_switch_ends_what_runs_and_lets_nothing_start() {
    let desk = Desk::new();
    assert_eq!(desk.run(["kill-switch", "--json"]).exits(0).json()["engaged"], false);
    let child = desk.spawn(["run", idea().to_str().unwrap(), "--ask", "--until", "intake"]);
    until("the owner's socket", || desk.path("data/control.sock").exists());
    until("a question", || asked(&desk).is_some());
    let run = desk.newest();
    desk.run(["kill-switch", "--engage", ""]).exits(2);
    let thrown = desk.run(["kill-switch", "--engage", "bill doubled", "--json"]).exits(0).json();
    assert_eq!((&thrown["epoch"], &thrown["ended"]), (&1.into(), &serde_json::json!([run])));
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(4));
    let shown = desk.run(["show", &run, "--json"]).exits(0).json();
    assert_eq!((&shown["status"], &shown["verdict"]), (&"cancelled".into(), &"stopped".into()));
    let ledger = desk.run(["ledger", "export", &run]).exits(0).stdout;
    assert!(ledger.contains("\"by\":\"kill-switch\""), "the decision is on the ledger");
    desk.run(["verify", &run]).exits(0);
    let refused = desk.run(["run", idea().to_str().unwrap(), "--until", "intake"]).exits(4);
    assert!(refused.stderr.contains("bill doubled"), "{}", refused.stderr);
    desk.run(["kill-switch", "--release"]).exits(0);
    desk.run(["run", idea().to_str().unwrap(), "--until", "intake"]).exits(0);
}

#[test]
fn a_second_process_works_through_the_owner() {
    let desk = Desk::new();
    let first = desk.spawn(["run", idea().to_str().unwrap(), "--until", "architecture", "--json"]);
    until("the owner's socket", || desk.path("data/control.sock").exists());
    let second =
        desk.run(["run", idea().to_str().unwrap(), "--until", "architecture", "--json"]).exits(0).json();
    assert_eq!(second["status"], "completed");
    assert!(first.wait_with_output().unwrap().status.success());
    assert_eq!(desk.run(["list", "--json"]).json().as_array().unwrap().len(), 2);
}

/// Lets a process wait, or go on.
fn signal(name: &str, process: u32) {
    let kill = Command::new("kill").args([name, &process.to_string()]).status().unwrap();
    assert!(kill.success());
}

#[test]
fn an_owner_that_is_stopped_is_named_and_nobody_waits_for_ever() {
    let desk = Desk::new();
    let idea = idea();
    let child = desk.spawn(["run", idea.to_str().unwrap(), "--ask", "--until", "intake"]);
    until("the owner's socket", || desk.path("data/control.sock").exists());
    until("a question", || asked(&desk).is_some());
    let (run, _) = asked(&desk).unwrap();
    signal("-STOP", child.id());
    let commands = [&["list"][..], &["verify", &run], &["run", idea.to_str().unwrap()], &["watch", &run]];
    let waiting: Vec<_> = commands.iter().map(|args| desk.spawn(*args)).collect();
    let start = Instant::now();
    let done: Vec<_> = waiting.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    signal("-CONT", child.id());
    assert!(start.elapsed() < WAIT);
    for (args, done) in commands.iter().zip(done) {
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success(), "{args:?}");
        for says in [format!("process {}", child.id()), format!("kill -CONT {}", child.id())] {
            assert!(told.contains(&says), "{args:?}, {says}: {told}");
        }
    }
    desk.run(["cancel", &run]).exits(0);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(4));
}

/// The run and the question that waits for a person, if one does.
pub(crate) fn asked(desk: &Desk) -> Option<(String, String)> {
    let runs = desk.run(["list", "--json"]).json();
    let run = runs[0]["run_id"].as_str()?.to_owned();
    let shown = desk.run(["show", &run, "--json"]).json();
    let question = shown["questions"].as_array()?.iter().find(|question| question["state"] == "asked")?;
    Some((run, question["id"].as_str()?.to_owned()))
}

#[test]
fn a_person_answers_and_a_cancel_ends_the_asking() {
    let desk = Desk::new();
    let child = desk.spawn(["run", idea().to_str().unwrap(), "--ask", "--until", "intake"]);
    until("the owner's socket", || desk.path("data/control.sock").exists());
    until("a question", || asked(&desk).is_some());
    let (run, question) = asked(&desk).unwrap();
    let live = desk.run(["show", &run, "--json"]).exits(0).json();
    assert_eq!((&live["status"], &live["verdict"]), (&"running".into(), &serde_json::Value::Null));
    assert_eq!(live["pause_requested"], false);
    let later = live["questions"].as_array().unwrap().iter().find(|found| found["state"] == "open");
    if let Some(later) = later {
        let told = desk.run(["answer", &run, later["id"].as_str().unwrap(), "Yes."]).exits(0).stdout;
        assert!(told.contains("nobody waited"), "{told}");
    }
    desk.run(["answer", &run, &question, "Only the association."]).exits(0);
    until("the next question", || asked(&desk).is_some_and(|(_, next)| next != question));
    desk.run(["cancel", &run]).exits(0);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(4));
    let shown = desk.run(["show", &run, "--json"]).exits(0).json();
    let answered =
        shown["questions"].as_array().unwrap().iter().find(|found| found["id"] == question.as_str()).unwrap();
    assert_eq!(
        (&answered["state"], &answered["answer"]["origin"]["kind"]),
        (&"answered".into(), &"person".into())
    );
    assert_eq!(shown["status"], "cancelled");
    let late = desk.run(["answer", &run, &question, "Too late."]).exits(2);
    assert!(late.stderr.contains("has ended"), "{}", late.stderr);
    desk.run(["verify", &run]).exits(0);
}

#[test]
fn a_signed_decision_lets_a_failed_gate_pass_once() {
    let desk = Desk::new();
    let key = desk.path("approver.key");
    let told = desk.run(["trust", "--new-key", desk.path("another.key").to_str().unwrap()]).exits(0).stdout;
    let file = desk.path("user/config.json");
    assert!(told.contains(file.to_str().unwrap()) && told.contains(r#"{"approvers":[""#), "{told}");
    let other = desk.file("user/config.toml", "approvers = []");
    let config = desk.run(["config", "--json"]).exits(0);
    assert_eq!(config.json()["config_file"], file.to_str().unwrap());
    assert!(config.stderr.contains(other.to_str().unwrap()), "{}", config.stderr);
    let made = desk.run(["trust", "--new-key", key.to_str().unwrap(), "--json"]).exits(0).json();
    desk.file("user/config.json", serde_json::json!({ "approvers": [made["public_key"]] }).to_string());
    let idea =
        desk.file("idea.md", "Neighbours lend each other tools. Each tool has an owner and a due date.");
    let mut child = desk.spawn(["run", idea.to_str().unwrap(), "--ask", "--until", "critique"]);
    until("the run to wait for a decision", || {
        if desk.path("data/control.sock").exists()
            && let Some((run, question)) = asked(&desk)
        {
            desk.run(["answer", &run, &question, "It is decided."]);
        }
        child.try_wait().unwrap().is_some()
    });
    assert_eq!(child.wait().unwrap().code(), Some(4), "it waits for a decision on the failed gate");
    let run = desk.newest();
    let stranger = desk.path("stranger.key");
    desk.run(["trust", "--new-key", stranger.to_str().unwrap()]).exits(0);
    let refused = desk.run(["approve", &run, "critique", "--key", stranger.to_str().unwrap()]);
    assert!(refused.code == 2 && refused.stderr.contains("approvers"), "{}", refused.stderr);
    desk.run(["approve", &run, "critique", "--key", key.to_str().unwrap()]).exits(0);
    let ended = desk.run(["resume", &run, "--json"]).exits(0).json();
    assert_eq!(crate::support::gates(&ended)["critique"], "waived");
    desk.run(["verify", &run]).exits(0);
    let dossier = ended["dossier"]["json"].as_str().unwrap();
    desk.run(["verify", dossier]).exits(0);
    let text = std::fs::read_to_string(desk.path(dossier)).unwrap();
    assert!(text.contains("\"approval:critique\""), "what was signed is in the dossier");
    std::fs::write(
        desk.path(dossier),
        text.replacen("\\\"gate\\\":\\\"critique\\\"", "\\\"gate\\\":\\\"Critique\\\"", 1),
    )
    .unwrap();
    assert!(desk.run(["verify", dossier]).exits(3).stdout.contains("approval: "));
    desk.run(["approve", &run, "critique", "--key", key.to_str().unwrap()]).exits(2);
}
