//! `verify` as a stranger uses it: whose key it is, what was altered, and files that were taken out of the run.

use crate::support::{Desk, Done};

const IDEA: &str = "Neighbours lend each other tools. Each tool has an owner and a due date.";

/// A short run, and the path of its dossier.
fn worked() -> (Desk, String, String) {
    let desk = Desk::new();
    let run = desk.work(&desk.file("idea.md", IDEA), &["--until", "prd"]);
    let dossier = desk.path(run["dossier"]["json"].as_str().unwrap());
    (desk, run["run_id"].as_str().unwrap().to_owned(), dossier.to_str().unwrap().to_owned())
}

#[test]
fn a_signature_that_does_not_hold_is_told_from_a_key_that_is_not_trusted() {
    let (desk, _, dossier) = worked();
    let other = desk.path("stranger");
    let stranger = |args: &[&str]| -> Done {
        let mut command = desk.command([&["verify", dossier.as_str()], args].concat());
        command.env("IDEAMINE_CONFIG_DIR", &other).output().unwrap().into()
    };
    let verdict = desk.run(["verify", &dossier, "--json"]).exits(0).json();
    let key = verdict["signer"].as_str().unwrap().to_owned();
    assert_eq!((&verdict["signature"], &verdict["signed"]), (&"valid".into(), &true.into()));
    assert!(desk.run(["verify", &dossier]).exits(0).stdout.contains(&format!("trusted key {key}")));

    let told = stranger(&[]).exits(0).stdout;
    assert!(told.contains(&format!("untrusted key {key} (add --trust {key}")), "{told}");
    assert!(stranger(&["--trust", &key]).exits(0).stdout.contains("yes, by the trusted key"));
    let told = stranger(&["--trust", &"0".repeat(64)]).exits(3).stdout;
    assert!(told.contains("untrusted key") && !told.contains("signature invalid"), "{told}");

    let text = std::fs::read_to_string(&dossier).unwrap();
    let heads = text.find("\"heads\":[").unwrap();
    let at = heads + text[heads..].find("\"value\":\"").unwrap() + "\"value\":\"".len();
    let digit = if text[at..].starts_with('0') { "1" } else { "0" };
    std::fs::write(&dossier, format!("{}{digit}{}", &text[..at], &text[at + 1..])).unwrap();
    let told = stranger(&[]).exits(3).stdout;
    assert!(told.contains("signature invalid") && !told.contains("untrusted"), "{told}");
}

#[test]
fn files_that_were_taken_out_are_held_against_the_ledger() {
    let (desk, run, dossier) = worked();
    let digest = desk.run(["artifact", &run, "prd.json", "--json"]).exits(0).json()["digest"].clone();
    for name in ["prd.json", digest.as_str().unwrap()] {
        let out = desk.file(&format!("out/{name}"), "");
        desk.run(["artifact", &run, "prd.json", "--out", out.to_str().unwrap()]).exits(0);
    }
    desk.file("out/notes.txt", "a file of one's own");
    let folder = desk.path("out");
    let folder = folder.to_str().unwrap();
    let exported = desk.path("ledger.jsonl");
    desk.run(["ledger", "export", &run, "--out", exported.to_str().unwrap()]).exits(0);
    let whats = [run.as_str(), &dossier, exported.to_str().unwrap()];
    for what in whats {
        desk.run(["verify", what, "--artifacts", folder]).exits(0);
    }
    for name in ["prd.json", digest.as_str().unwrap()] {
        let path = desk.path("out").join(name);
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, "{}").unwrap();
        for what in whats {
            let told = desk.run(["verify", what, "--artifacts", folder]).exits(3).stdout;
            assert!(told.contains(name), "{told}");
        }
        std::fs::write(&path, before).unwrap();
    }
}

#[test]
fn a_harmed_document_is_named_and_counted() {
    let (desk, run, _) = worked();
    let held = desk.run(["verify", &run, "--json"]).exits(0).json();
    assert!(held["objects"]["read"].as_u64().unwrap() > 20, "{held:#}");
    let digest = desk.run(["artifact", &run, "brief.json", "--json"]).exits(0).json()["digest"].clone();
    let hex = digest.as_str().unwrap().trim_start_matches("sha256:").to_owned();
    std::fs::write(desk.path("data/cas/local").join(&hex[..2]).join(&hex[2..]), "{}").unwrap();
    let found = desk.run(["verify", &run, "--json"]).exits(3).json();
    let problems = found["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{found:#}");
    let what = problems[0]["what"].as_str().unwrap();
    assert!(what.contains("brief.json") && what.contains(&hex), "{what}");
    assert_eq!((&problems[0]["kind"], &problems[0]["phase"]), (&"artifact".into(), &"intake".into()));
}

#[test]
fn a_run_that_has_not_ended_is_verified_as_far_as_it_is_sealed() {
    let (idea, model) = (crate::support::idea(), crate::support::script("released.jsonl"));
    let args = ["run", idea.to_str().unwrap(), "--model", &model, "--json", "--until", "prd", "--budget-usd"];
    for (budget, sealed) in [("0.000001", false), ("0.75", true)] {
        let desk = Desk::new();
        let run = desk.run([&args[..], &[budget]].concat()).exits(4).json()["run_id"].clone();
        let run = run.as_str().unwrap();
        let verdict = desk.run(["verify", run, "--json"]).exits(3).json();
        assert_eq!((&verdict["intact"], &verdict["complete"]), (&true.into(), &false.into()), "{verdict:#}");
        assert_eq!(verdict["problems"].as_array().unwrap().len(), 1, "{verdict:#}");
        assert_eq!(verdict["problems"][0]["kind"], "not-ended");
        assert_eq!(verdict["signed"], sealed, "{verdict:#}");
        let told = desk.run(["verify", run]).exits(3).stdout;
        assert!(told.contains("not ended yet") && !told.contains("NO"), "{told}");
        assert_eq!(desk.run(["doctor", "--json"]).json()["data_dir"]["ok"], true);
        let digest = desk.run(["artifact", run, "brief.json", "--json"]);
        if sealed {
            let digest =
                digest.exits(0).json()["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
            let path = desk.path("data/cas/local").join(&digest[..2]).join(&digest[2..]);
            let before = std::fs::read(&path).unwrap();
            std::fs::write(&path, "{}").unwrap();
            let found = desk.run(["verify", run, "--json"]).exits(3).json();
            assert_eq!((&found["intact"], &found["signed"]), (&false.into(), &false.into()), "{found:#}");
            std::fs::write(&path, before).unwrap();
        }
        desk.run(["resume", run, "--budget-usd", "50"]).exits(0);
        desk.run(["verify", run]).exits(0);
    }
}
