//! Pause, cancel and a second process on the same directory.

use std::time::{Duration, Instant};

use crate::support::{Desk, idea};

const WAIT: Duration = Duration::from_secs(60);

/// Waits until `holds`, or says what was waited for.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
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

#[test]
fn a_person_answers_and_a_cancel_ends_the_asking() {
    let desk = Desk::new();
    let child = desk.spawn(["run", idea().to_str().unwrap(), "--ask", "--until", "intake"]);
    let asked = |desk: &Desk| {
        let runs = desk.run(["list", "--json"]).json();
        let run = runs[0]["run_id"].as_str()?.to_owned();
        let shown = desk.run(["show", &run, "--json"]).json();
        let question = shown["questions"].as_array()?.iter().find(|question| question["state"] == "asked")?;
        Some((run, question["id"].as_str()?.to_owned()))
    };
    until("the owner's socket", || desk.path("data/control.sock").exists());
    until("a question", || asked(&desk).is_some());
    let (run, question) = asked(&desk).unwrap();
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
    desk.run(["verify", &run]).exits(0);
}
