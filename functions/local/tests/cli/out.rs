//! `--out`: what a person named stays what it is, and gets what was asked for.

use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

use crate::support::{Desk, pipe, script};

#[test]
fn links_are_followed_pipes_written_into_and_files_keep_their_mode() {
    let desk = Desk::new();
    let idea =
        desk.file("idea.md", "Neighbours lend each other tools. Each tool has an owner and a due date.");
    let run = desk.work(&idea, &["--until", "intake"]);
    let id = run["run_id"].as_str().unwrap();
    let brief = desk.run(["artifact", id, "brief.json"]).exits(0).stdout;
    let commands = [&["artifact", id, "brief.json"][..], &["dossier", id], &["ledger", "export", id]];
    for command in commands {
        let expected = desk.run(command).exits(0).stdout;
        let out = |name: &str| {
            let out = desk.path(name);
            desk.run([command, &["--out", out.to_str().unwrap()]].concat()).exits(0);
            std::fs::symlink_metadata(out).unwrap()
        };
        let target = desk.file("target", "before");
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
        let _ = symlink("target", desk.path("link"));
        assert!(out("link").is_symlink());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), expected);
        assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
        let way = desk.path("pipe");
        if !way.exists() {
            pipe(&way);
        }
        let reader = std::thread::spawn({
            let way = way.clone();
            move || std::fs::read_to_string(way).unwrap()
        });
        assert!(out("pipe").file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), expected);
    }
    assert!(!brief.is_empty());
    let refused = desk.run(["artifact", id, "brief.json", "--out", "."]).exits(2).stderr;
    assert!(refused.contains("a folder"), "{refused}");
}

#[test]
fn under_json_one_document_says_what_was_written() {
    let desk = Desk::new();
    let run = desk.work(&desk.file("idea.md", "Neighbours lend each other tools."), &["--until", "intake"]);
    let id = run["run_id"].as_str().unwrap();
    for command in [&["dossier", id][..], &["ledger", "export", id], &["artifact", id, "brief.json"]] {
        let told = desk.run([command, &["--out", "out", "--json"]].concat()).exits(0).json();
        assert_eq!((&told["out"], &told["base64"]), (&"out".into(), &serde_json::Value::Null), "{told:#}");
        assert_eq!(told["bytes"], std::fs::metadata(desk.path("out")).unwrap().len(), "{told:#}");
    }
    let wrong = desk.run(["list", "--colour", "--json"]).exits(2);
    assert_eq!(wrong.json()["error"], "Input.Invalid");
    assert!(wrong.json()["message"].as_str().unwrap().contains("--colour"), "{}", wrong.stdout);
    assert!(desk.run(["list", "--colour"]).exits(2).stdout.is_empty());
    assert!(desk.run(["--help", "--json"]).exits(0).stdout.contains("Usage"));
}

#[test]
fn the_application_is_taken_out_into_an_empty_folder_alone() {
    let desk = Desk::new();
    let run = desk.work(&crate::support::idea(), &["--until", "build", "--model", &script("released.jsonl")]);
    let id = run["run_id"].as_str().unwrap();
    let app = |out: &str| desk.run(["artifact", id, "app", "--out", out]);
    assert!(desk.run(["artifact", id, "app"]).exits(2).stderr.contains("--out FOLDER"));
    app("app").exits(0);
    let made = run["phases"].as_array().unwrap().iter().find(|phase| phase["id"] == "build").unwrap();
    let names =
        made["artifacts"].as_array().unwrap().iter().map(|artifact| artifact["name"].as_str().unwrap());
    let files: Vec<&str> = names.filter(|name| name.starts_with("app/")).collect();
    assert!(files.len() > 5);
    for name in files {
        let expected = desk.run(["artifact", id, name]).exits(0).stdout;
        assert_eq!(std::fs::read_to_string(desk.path(name)).unwrap(), expected, "{name}");
    }
    assert!(app("app").exits(2).stderr.contains("not empty"));
    std::fs::create_dir(desk.path("empty")).unwrap();
    symlink("empty", desk.path("to-empty")).unwrap();
    assert!(app("to-empty").exits(2).stderr.contains("new or empty"));
    assert!(std::fs::read_dir(desk.path("empty")).unwrap().next().is_none());
    app("empty").exits(0);
}
