//! A run that goes on from another one's state pays only for what is asked anew, and is a run like any other.

use serde_json::{Value, json};

use crate::control::{asked, until};
use crate::support::{Desk, artifacts, idea, script};

/// The paths of a run's model calls.
fn calls(desk: &Desk, run: &str) -> Vec<String> {
    let found = desk.run(["checkpoints", run, "--json"]).exits(0).json();
    let found = found["checkpoints"].as_array().unwrap().iter();
    let called = found.filter(|step| step["function"] == "job-model-call");
    called.map(|step| step["step"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_fork_asks_anew_from_a_state_and_pays_for_nothing_else() {
    let desk = Desk::new();
    let model = script("released.jsonl");
    let run = desk.work(&idea(), &["--model", &model, "--until", "prd", "--seed", "3"]);
    let id = run["run_id"].as_str().unwrap();
    let all = calls(&desk, id);
    assert_eq!(all.len() as u64, run["usage"]["model_calls"].as_u64().unwrap());

    let check = |from: &str, paid: usize| {
        let fork = desk.run(["resume", id, "--from", from, "--json"]).exits(0).json();
        assert_eq!(fork["usage"]["model_calls"], json!(paid), "from {from}: {}", fork["usage"]);
        assert_eq!(fork["usage"]["cache_hits"], json!(all.len() - paid), "from {from}");
        assert_eq!((&fork["seed"], &fork["forked_from"]["run"]), (&json!(3), &json!(id)));
        assert_eq!(artifacts(&fork), artifacts(&run), "the same answers make the same artifacts");
        let forked = fork["run_id"].as_str().unwrap();
        desk.run(["verify", forked]).exits(0);
        let replay = desk.run(["replay", forked, "--verify", "--json"]).exits(0).json();
        assert_eq!(replay["identical"], true);
    };
    let call = all.iter().find(|call| call.contains("-ideation/")).unwrap();
    check(call, 1);
    let prefix = call.split('/').next().unwrap();
    check("ideation", all.iter().filter(|call| call.starts_with(prefix)).count());

    let other = desk.run(["resume", id, "--from", "prd", "--model", "composer", "--json"]).exits(0).json();
    assert_eq!((&other["model"], &other["usage"]["model_calls"]), (&json!("composer"), &json!(0)));
    assert_ne!(artifacts(&other), artifacts(&run));
}

#[test]
fn a_fork_gives_the_answers_of_people_again() {
    let desk = Desk::new();
    let mut first = desk.spawn(["run", idea().to_str().unwrap(), "--ask", "--until", "intake"]);
    until("a question", || desk.path("data/control.sock").exists() && asked(&desk).is_some());
    let (run, question) = asked(&desk).unwrap();
    desk.run(["answer", &run, &question, "Only the association."]).exits(0);
    until("the next question", || asked(&desk).is_some_and(|(_, next)| next != question));
    desk.run(["cancel", &run]).exits(0);
    first.wait().unwrap();

    let mut child = desk.spawn(["resume", &run, "--from", "intake"]);
    until("the fork's question", || {
        desk.path("data/control.sock").exists() && asked(&desk).is_some_and(|(asking, _)| asking != run)
    });
    let (fork, next) = asked(&desk).unwrap();
    assert_ne!(next, question, "what was answered is not asked again");
    let shown = desk.run(["show", &fork, "--json"]).exits(0).json();
    let of = |shown: &Value| {
        shown["questions"].as_array().unwrap().iter().find(|q| q["id"] == question.as_str()).cloned()
    };
    assert_eq!(of(&shown).unwrap()["answer"]["text"], "Only the association.");
    desk.run(["cancel", &fork]).exits(0);
    child.wait().unwrap();
    desk.run(["verify", &fork]).exits(0);
}

#[test]
fn a_state_that_is_not_there_is_refused_with_the_way_to_those_that_are() {
    let desk = Desk::new();
    let run = desk.work(&idea(), &["--until", "intake"]);
    let id = run["run_id"].as_str().unwrap();
    let check = |args: &[&str], says: &str| {
        let refused = desk.run([&["resume", id], args].concat()).exits(2);
        assert!(refused.stderr.contains(says), "{says}: {}", refused.stderr);
    };
    check(&["--from", "prd"], "ideamine checkpoints");
    check(&["--from", ""], "ideamine checkpoints");
    check(&["--from", "intake", "--grant", "intake"], "cannot be used with");
    check(&["--model", "composer"], "--from");
    check(&["--from", "intake", "--model", "nobody"], "model");
    assert_eq!(desk.run(["list", "--json"]).exits(0).json().as_array().unwrap().len(), 1);
}
