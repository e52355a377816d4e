//! A disk that is full, a byte that another hand changed, files that are nobody else's: the data directory as it
//! is found outside of a laboratory.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Desk, Done, artifacts};

/// Blocks of 512 bytes that no file may exceed: less than a new journal takes.
const LIMIT: u32 = 1_000;
/// Bytes of the projection that are flipped, one at a time.
const FLIPS: usize = 8;

const IDEA: &str = "Neighbours lend each other tools. Each tool has an owner and a due date.";

#[test]
fn a_disk_without_room_for_a_journal_begins_no_run() {
    let desk = Desk::new();
    let idea = desk.file("idea.md", IDEA);
    let command = desk.command(["run", idea.to_str().unwrap(), "--until", "intake", "--json"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -f {LIMIT}; exec \"$0\" \"$@\"")]);
    limited.arg(command.get_program()).args(command.get_args()).current_dir(desk.path("."));
    limited.env("IDEAMINE_CONFIG_DIR", desk.path("user"));
    let done = Done::from(limited.output().unwrap()).exits(1);
    assert_eq!(done.json()["error"], "Store.Unavailable");
    for says in ["cannot write the segment", "data/journal", "File too large", "make room"] {
        assert!(done.stderr.contains(says), "{says}: {}", done.stderr);
    }
    assert_eq!(desk.run(["list", "--json"]).exits(0).json().as_array().unwrap().len(), 0);
    desk.work(&idea, &["--until", "intake"]);
}

#[test]
fn a_document_without_room_interrupts_the_run_and_with_room_it_comes_to_the_same_end() {
    let quiet = Desk::new();
    let expected = artifacts(&quiet.work(&quiet.file("idea.md", IDEA), &["--until", "prd"]));
    // Its folder, which it shares with no other document: a file there stops even a privileged user.
    let folder = |digest: &str| {
        let folder = format!("data/cas/local/{}", digest.strip_prefix("sha256:").unwrap().get(..2).unwrap());
        (std::fs::read_dir(quiet.path(&folder)).unwrap().count() == 1).then_some(folder)
    };
    let folders = expected.iter().filter_map(|(artifact, digest)| Some((artifact, folder(digest)?)));
    let folders: Vec<_> = folders.collect();
    for (artifact, folder) in [folders.first().unwrap(), folders.last().unwrap()] {
        let desk = Desk::new();
        let idea = desk.file("idea.md", IDEA);
        let way = desk.file(folder, "");
        let done = desk.run(["run", idea.to_str().unwrap(), "--until", "prd", "--json"]).exits(130);
        let told = done.json();
        let run = told["run_id"].as_str().unwrap();
        assert_eq!(told["error"], "Store.Unavailable");
        for says in ["cannot store", way.to_str().unwrap(), &format!("ideamine resume {run}")] {
            assert!(done.stderr.contains(says), "{artifact}, {says}: {}", done.stderr);
        }

        let listed = desk.run(["list", "--json"]).exits(0).json();
        assert_eq!((&listed[0]["status"], &listed[0]["interrupted"]), (&"running".into(), &true.into()));
        let words = desk.run(["list"]).exits(0).stdout;
        assert!(words.contains("interrupted") && !words.contains("running"), "{words}");
        assert!(desk.run(["show", run]).exits(0).stdout.contains("interrupted"));

        let still = desk.run(["resume", run]).exits(130);
        assert!(still.stderr.contains(&format!("ideamine resume {run}")), "{}", still.stderr);
        let served = desk.run(["serve", "--listen", "127.0.0.1:0"]).exits(1);
        assert!(served.stderr.contains("cannot store"), "{}", served.stderr);

        std::fs::remove_file(way).unwrap();
        let ended = desk.run(["resume", run, "--json"]).exits(0).json();
        assert_eq!(artifacts(&ended), expected, "{artifact}");
        desk.run(["verify", run]).exits(0);
        let listed = desk.run(["list", "--json"]).exits(0).json();
        assert_eq!((&listed[0]["status"], &listed[0]["interrupted"]), (&"completed".into(), &false.into()));
    }
}

#[test]
fn a_flipped_byte_of_the_record_tables_is_harmless_or_named_and_doctor_mends_it() {
    let desk = Desk::new();
    desk.work(&desk.file("idea.md", IDEA), &["--until", "ideation"]);
    let listed = desk.run(["list", "--json"]).exits(0).stdout;
    let path = desk.path("data/projection.redb");
    let sound = std::fs::read(&path).unwrap();
    let used: Vec<usize> = (0..sound.len()).filter(|at| sound[*at] != 0).collect();
    let mut named = 0;
    for at in used.iter().copied().step_by(used.len() / FLIPS) {
        let mut harmed = sound.clone();
        harmed[at] ^= 0x10;
        std::fs::write(&path, harmed).unwrap();
        let done = desk.run(["list", "--json"]);
        if done.code == 0 {
            assert_eq!(done.stdout, listed, "byte {at}");
            continue;
        }
        assert_eq!(done.code, 1, "byte {at}: {}", done.stderr);
        assert!(done.stderr.contains("doctor --rebuild"), "byte {at}: {}", done.stderr);
        let found = desk.run(["doctor", "--json"]);
        assert_eq!(found.json()["data_dir"]["ok"], false, "byte {at}");
        let mended = desk.run(["doctor", "--rebuild", "--json"]);
        assert_eq!(mended.json()["data_dir"]["ok"], true, "byte {at}: {}", mended.stdout);
        assert_eq!(desk.run(["list", "--json"]).exits(0).stdout, listed, "byte {at}");
        named += 1;
    }
    assert!(named > 0);
}

#[test]
fn a_harmed_document_is_named_by_doctor() {
    let desk = Desk::new();
    desk.work(&desk.file("idea.md", IDEA), &["--until", "intake"]);
    let document = files(&desk.path("data/cas")).pop().unwrap();
    std::fs::write(&document, "other bytes").unwrap();
    let found = desk.run(["doctor", "--json"]).exits(3).json();
    let what = found["data_dir"]["what"].as_str().unwrap();
    assert!(what.contains(document.file_name().unwrap().to_str().unwrap()), "{what}");
}

#[test]
fn doctor_says_that_it_did_not_check_a_directory_that_another_process_uses() {
    let desk = Desk::new();
    desk.work(&desk.file("idea.md", IDEA), &["--until", "intake"]);
    let lock = std::fs::File::open(desk.path("data/owner.lock")).unwrap();
    lock.lock().unwrap();
    let found = desk.run(["doctor", "--json"]).json();
    assert_eq!(found["data_dir"]["ok"], serde_json::Value::Null);
    let what = found["data_dir"]["what"].as_str().unwrap();
    assert!(what.contains("was not checked") && what.contains("is using it"), "{what}");
    let said = desk.run(["doctor"]).stdout;
    assert!(!said.contains("ok   data directory") && said.contains("?    data directory"), "{said}");
    lock.unlock().unwrap();
    assert_eq!(desk.run(["doctor", "--json"]).json()["data_dir"]["ok"], true);
}

#[test]
fn what_a_run_refers_to_and_is_gone_or_altered_is_named_by_doctor() {
    let desk = Desk::new();
    let run = desk.work(&desk.file("idea.md", IDEA), &["--until", "intake"]);
    let id = run["run_id"].as_str().unwrap();
    let sound = desk.run(["doctor", "--json"]).json();
    assert!(
        sound["data_dir"]["what"].as_str().unwrap().contains("1 run is what its ledger says"),
        "{sound:#}"
    );
    let digest = &artifacts(&run)["intake/brief.json"]["sha256:".len()..];
    let document = desk.path("data/cas/local").join(&digest[..2]).join(&digest[2..]);
    let page = desk.path(run["dossier"]["html"].as_str().unwrap());
    for (path, named) in [(&document, digest), (&page, "dossier.html")] {
        let before = std::fs::read(path).unwrap();
        if path == &page { std::fs::write(path, "other") } else { std::fs::remove_file(path) }.unwrap();
        let found = desk.run(["doctor", "--json"]).exits(3).json();
        let what = found["data_dir"]["what"].as_str().unwrap();
        assert!(what.contains(named) && what.contains(id), "{what}");
        std::fs::write(path, before).unwrap();
    }
    let found = desk.run(["doctor", "--json"]).json();
    assert_eq!(found["data_dir"]["ok"], true, "{found:#}");
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn everything_in_the_data_directory_is_its_owners_alone() {
    let desk = Desk::new();
    let script =
        format!("scripted:{}", crate::support::root().join("tests/cassettes/released.jsonl").display());
    desk.work(&crate::support::idea(), &["--until", "intake", "--model", &script]);
    let data = desk.path("data");
    let all = files(&data);
    let below = all.iter().flat_map(|file| file.ancestors().take_while(|path| path.starts_with(&data)));
    for path in below {
        let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    for kind in ["cas/", "journal/", "dossiers/", "scripts/", "projection.redb"] {
        assert!(all.iter().any(|file| file.strip_prefix(&data).unwrap().starts_with(kind)), "{kind}");
    }
}

#[test]
fn a_file_where_the_data_directory_should_be_is_refused_by_every_command() {
    let desk = Desk::new();
    let idea = desk.file("idea.md", IDEA);
    desk.file("data", "not a directory");
    for args in
        [&["run", idea.to_str().unwrap()][..], &["list"], &["doctor"], &["doctor", "--rebuild"], &["serve"]]
    {
        let done = desk.run(args).exits(2);
        assert!(done.stderr.contains("data") && done.stderr.contains("file"), "{args:?}: {}", done.stderr);
    }
    assert_eq!(std::fs::read_to_string(desk.path("data")).unwrap(), "not a directory");
}
