//! `--remote`: commands on the runs of an API. A server on this machine has the same routes as a deployed one.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::Value;

use crate::serve::Server;
use crate::support::{Desk, Done, artifacts, idea};

const TOKEN: &str = "eyJ-a-token-that-nobody-may-read";

/// Runs a command with `--remote` on this API.
fn ask(desk: &Desk, url: &str, args: &[&str]) -> Done {
    let mut command = desk.command(args);
    command.arg("--remote").env("IDEAMINE_API_URL", url).env("IDEAMINE_API_TOKEN", TOKEN);
    let done: Done = command.output().unwrap().into();
    assert!(!format!("{}{}", done.stdout, done.stderr).contains(TOKEN), "{}", done.stderr);
    done
}

/// Names of a document's fields, without the lists' lengths.
fn fields(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(name, value)| fields(value).into_iter().map(move |field| format!("{name}/{field}")))
            .chain(map.keys().cloned())
            .collect(),
        Value::Array(items) => items.first().map(fields).unwrap_or_default(),
        _ => vec![],
    }
}

#[test]
fn commands_say_of_an_apis_runs_what_they_say_of_a_directorys() {
    let (there, here) = (Desk::new(), Desk::new());
    let server = Server::start(&there);
    let url = format!("http://{}", server.address);
    let remote = |args: &[&str]| ask(&here, &url, args).exits(0);
    let run = remote(&["run", idea().to_str().unwrap(), "--until", "critique", "--json"]).json();
    assert!(!here.path("data").exists(), "nothing is kept on this machine");
    let near = Desk::new().work(&idea(), &["--until", "critique"]);
    assert_eq!(artifacts(&run), artifacts(&near));
    assert_eq!((&run["verdict"], &run["plan_hash"]), (&near["verdict"], &near["plan_hash"]));
    assert_eq!(fields(&run), fields(&near));

    let id = run["run_id"].as_str().unwrap();
    assert_eq!(remote(&["list", "--json"]).json()[0]["run_id"], id);
    assert_eq!(remote(&["show", id, "--json"]).json()["phases"], run["phases"]);
    let watched = remote(&["watch", id]);
    assert!(watched.stdout.contains(&format!("ideamine verify {id}")), "{}", watched.stdout);
    let brief = remote(&["artifact", id, "intake/brief.json"]).stdout;
    assert_eq!(brief, there.run(["artifact", id, "intake/brief.json"]).exits(0).stdout);
    let dossier = here.path("dossier.json");
    remote(&["dossier", id, "--out", dossier.to_str().unwrap()]);
    here.run(["verify", dossier.to_str().unwrap()]).exits(0);
    let rows = here.path("ledger.jsonl");
    remote(&["ledger", "export", id, "--out", rows.to_str().unwrap()]);
    here.run(["verify", rows.to_str().unwrap()]).exits(0);
    assert_eq!(remote(&["verify", id, "--json"]).json()["intact"], true);
    assert_eq!(remote(&["kill-switch", "--json"]).json()["engaged"], false);

    let says = |args: &[&str], code: i32, what: &str| {
        let refused = ask(&here, &url, args).exits(code);
        assert!(refused.stderr.contains(what), "{args:?}: {}", refused.stderr);
    };
    says(&["show", "01J0000000"], 2, "there is no run `01J0000000`");
    says(&["pause", id], 2, "has ended");
    says(&["artifact", id, "no/such.json"], 2, "has no artifact");
    says(&["history", id], 2, "about this machine");
    says(&["run", "no.md"], 2, "no.md");
    says(&["run", idea().to_str().unwrap(), "--phases", "x"], 2, "--phases");
    says(&["run", idea().to_str().unwrap(), "--model", "scripted:x"], 2, "--model");
    assert_eq!(server.terminate(), Some(0));
}

/// An API that answers every request in this way; its address.
fn answering(status: &str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/stage", listener.local_addr().unwrap());
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn an_api_that_does_not_answer_says_what_to_do() {
    let desk = Desk::new();
    let check = |url: &str, code: i32, says: &[&str]| {
        let done = ask(&desk, url, &["list"]).exits(code);
        for part in says {
            assert!(done.stderr.contains(part), "{part}: {}", done.stderr);
        }
    };
    let gateway = r#"{"message":"…"}"#;
    check(&answering("401 Unauthorized", gateway), 2, &["401", "IDEAMINE_API_TOKEN", "expired"]);
    check(&answering("403 Forbidden", gateway), 2, &["403", "runs:read"]);
    check(&answering("404 Not Found", gateway), 2, &["404", "IDEAMINE_API_URL"]);
    check(&answering("429 Too Many Requests", gateway), 1, &["429", "try again"]);
    check(&answering("502 Bad Gateway", "<html>"), 1, &["502", "log"]);
    check(&answering("302 Found", ""), 2, &["302", "IDEAMINE_API_URL"]);
    check(&answering("200 OK", "<html>"), 1, &["not JSON"]);
    let problem = r#"{"title":"Data.NotFound","status":404,"detail":"there is no run"}"#;
    check(&answering("404 Not Found", problem), 2, &["there is no run"]);
    check("http://127.0.0.1:9", 1, &["cannot be reached", "IDEAMINE_API_URL"]);
    for unsafe_address in ["http://api.example.com", "ftp://127.0.0.1", "https://me@api.example.com", "x"] {
        check(unsafe_address, 2, &["IDEAMINE_API_URL is", "https://"]);
    }
    let unset = desk.run(["list", "--remote"]).exits(2);
    assert!(unset.stderr.contains("set IDEAMINE_API_URL"), "{}", unset.stderr);
}
