//! Ideas of very different kinds go through all thirteen phases, differ where they should, and verify.

use serde_json::Value;

use crate::support::{Desk, artifacts, idea, sandbox};

const PHASES: [&str; 13] = [
    "intake",
    "ideation",
    "critique",
    "prd",
    "architecture",
    "bizdev",
    "build",
    "security",
    "story-loop",
    "qa",
    "aesthetic",
    "release",
    "beta",
];

const HARDWARE: &str = "# Soil probe\n\nA solar-powered probe that gardeners push into a bed. It measures moisture and temperature \
every hour and blinks a light when the bed is too dry. It must survive rain and frost for two years. No app in the first version.\n";

const BACK_OFFICE: &str = "Our accountants copy invoices from e-mails into a spreadsheet by hand. We need an internal tool where each \
invoice is recorded with supplier, amount, due date and status. A manager must approve every invoice above 5,000 EUR. Paid invoices must \
be kept for ten years. It has to work with our accounting system.\n";

const JOKE: &str = "A toaster that apologises when it burns the toast.\nAnd means it.\n";

#[track_caller]
fn completes(desk: &Desk, run: &Value) {
    let ids: Vec<&str> =
        run["phases"].as_array().unwrap().iter().map(|phase| phase["id"].as_str().unwrap()).collect();
    assert_eq!(ids, PHASES);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(run["verdict"], "held");
    assert_eq!(run["generator"], "composer");
    assert!(run["questions"].as_array().unwrap().len() >= 3, "a composed run asks");
    let id = run["run_id"].as_str().unwrap();
    let verdict = desk.run(["verify", id, "--json"]).exits(0).json();
    assert_eq!(
        (&verdict["intact"], &verdict["complete"], &verdict["signed"]),
        (&true.into(), &true.into(), &true.into())
    );
    let dossier = run["dossier"]["json"].as_str().unwrap();
    desk.run(["verify", dossier]).exits(0);
}

#[test]
fn the_example_idea_is_worked_verified_and_replayed() {
    if !sandbox() {
        return;
    }
    let desk = Desk::new();
    let first = desk.work(&idea(), &[]);
    completes(&desk, &first);
    let id = first["run_id"].as_str().unwrap();
    let replay = desk.run(["replay", id, "--verify", "--json"]).exits(0).json();
    assert_eq!((&replay["identical"], &replay["phases"]), (&true.into(), &13.into()));
    let second = desk.work(&idea(), &[]);
    assert_eq!(artifacts(&first), artifacts(&second), "the same idea and seed give the same bytes");
    assert_eq!(first["plan_hash"], second["plan_hash"]);
}

#[test]
fn very_different_ideas_differ_where_they_should() {
    if !sandbox() {
        return;
    }
    let desk = Desk::new();
    let mut seen = vec![];
    for (name, text) in [("probe.md", HARDWARE), ("invoices.txt", BACK_OFFICE), ("joke.txt", JOKE)] {
        let run = desk.work(&desk.file(name, text), &[]);
        completes(&desk, &run);
        let id = run["run_id"].as_str().unwrap();
        let architecture = desk.run(["artifact", id, "architecture.json"]).exits(0).json();
        seen.push((artifacts(&run), architecture["body"]["entities"].as_array().unwrap().len()));
    }
    for document in ["intake/brief.json", "prd/prd.json", "architecture/architecture.json"] {
        let digests: std::collections::BTreeSet<_> = seen.iter().map(|(all, _)| &all[document]).collect();
        assert_eq!(digests.len(), 3, "{document} is the same for different ideas");
    }
    assert!(seen[1].1 >= 1, "the back-office tool keeps records");
    assert!(seen[2].1 <= seen[1].1, "the joke keeps no more records than the tool");
}

#[test]
fn a_json_brief_and_standard_input_are_ideas_too() {
    let desk = Desk::new();
    let brief = desk.file(
        "brief.json",
        r#"{"title": "Tool shed", "idea": "Neighbours lend each other tools.", "users": ["neighbour"]}"#,
    );
    let run = desk.work(&brief, &["--until", "prd"]);
    assert_eq!((run["idea"].as_str(), run["phases"].as_array().unwrap().len()), (Some("Tool shed"), 4));
    let done =
        desk.run_with_input(&["run", "-", "--until", "intake", "--json"], b"Share a lawn mower.").exits(0);
    assert_eq!(done.json()["status"], "completed");
}
