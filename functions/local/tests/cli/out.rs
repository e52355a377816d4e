//! `--out`: what a person named stays what it is, and gets what was asked for.

use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

use crate::support::{Desk, pipe};

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
