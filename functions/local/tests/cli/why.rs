//! What went wrong while a run went on is told: what failed by its name, and in its own words.

use serde_json::Value;

use crate::support::{Desk, idea, root, sandbox};

/// The recorded answers, changed line by line.
fn recorded(desk: &Desk, change: impl Fn(Value) -> Option<Value>) -> String {
    let text = std::fs::read_to_string(root().join("tests/cassettes/released.jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).filter_map(change);
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    format!("scripted:{}", desk.file("answers.jsonl", lines).display())
}

/// What stands in a phase's row.
fn phase<'a>(run: &'a Value, id: &str) -> &'a Value {
    run["phases"].as_array().unwrap().iter().find(|phase| phase["id"] == id).unwrap()
}

#[test]
fn a_model_that_fails_is_quoted_in_the_phase_and_shown() {
    let desk = Desk::new();
    let script =
        recorded(&desk, |line| (!line["label"].as_str().unwrap().starts_with("prd/")).then_some(line));
    let run = desk
        .run(["run", idea().to_str().unwrap(), "--model", &script, "--until", "prd", "--json"])
        .exits(1)
        .json();
    let problems = phase(&run, "prd")["problems"].to_string();
    for words in ["Model.NotRecorded: ", "prd/a1/b00/r0"] {
        assert!(problems.contains(words), "{problems}");
    }
    let shown = desk.run(["show", run["run_id"].as_str().unwrap()]).exits(0).stdout;
    assert!(shown.contains("prd/a1/b00/r0"), "{shown}");
}

#[test]
fn a_tree_that_cannot_be_laid_out_is_refused_when_it_is_answered() {
    let desk = Desk::new();
    let script = recorded(&desk, |mut line| {
        if line["label"] == "build/a1/b00/r0" {
            let evil = serde_json::json!({ "path": "app/__init__.py/evil.py", "content": "" });
            line["json"]["files"].as_array_mut().unwrap().push(evil);
        }
        Some(line)
    });
    let run = desk
        .run(["run", idea().to_str().unwrap(), "--model", &script, "--until", "build", "--json"])
        .exits(1)
        .json();
    let problems = phase(&run, "build")["problems"].to_string();
    // The repair that it is asked for is not recorded.
    assert!(problems.contains("build/a1/b00/r1"), "{problems}");
}

#[test]
fn tests_that_test_nothing_go_back_to_their_author_and_show_nothing() {
    if !sandbox() {
        return;
    }
    let desk = Desk::new();
    let nothing = "import unittest\n\nimport app.server\n\n\nclass T(unittest.TestCase):\n    def test_server(self):\n        self.assertTrue(app.server)\n";
    let script = recorded(&desk, |mut line| {
        let label = line["label"].as_str().unwrap().to_owned();
        if label == "build/a1/b00/r0" || label == "story-loop/ST-1/a1/r0" {
            let files = line["json"]["files"].as_array_mut().unwrap().iter_mut();
            let tests = files.filter(|file| file["path"].as_str().unwrap().starts_with("tests/test_"));
            tests.for_each(|file| file["content"] = nothing.into());
        }
        let other = label.starts_with("story-loop/ST-") && !label.starts_with("story-loop/ST-1/");
        (!other).then_some(line)
    });
    let run = desk.work(&idea(), &["--model", &script, "--until", "story-loop"]);
    assert_eq!(run["verdict"], "held", "{run:#}");
    let problems = phase(&run, "story-loop")["problems"].to_string();
    assert!(problems.contains("story-loop/ST-1/a2/r0"), "its author is asked again: {problems}");
    let file = std::fs::read_to_string(desk.path(run["dossier"]["json"].as_str().unwrap())).unwrap();
    let dossier: Value = serde_json::from_str(&file).unwrap();
    let rows = dossier["content"]["matrix"]["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["evidence"] == "none"), "{rows:#?}");
}
