//! `--remote`: commands on the runs of an API. A server on this machine has the same routes as a deployed one.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use ideamine_core::Digest;
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

/// Answers each request by its path, and tells of every one whether it came with a token.
fn api_and_store(
    answers: impl Fn(&str, &str) -> String + Send + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (here, asked) = (url.clone(), Arc::new(Mutex::new(vec![])));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let token = if request.contains(TOKEN) { " with the token" } else { "" };
            seen.lock().unwrap().push(format!("{path}{token}"));
            let _ = stream.write_all(answers(&here, path).as_bytes());
        }
    });
    (url, asked)
}

fn http(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn a_document_elsewhere_is_fetched_once_without_the_token_and_checked() {
    let desk = Desk::new();
    let digest = Digest::of(b"a large document");
    let told = move |name: &str| {
        format!(r#"{{"name":"{name}","digest":"{digest}","media_type":"text/plain","bytes":16}}"#)
    };
    let away = move |to: &str| http(&format!("303 See Other\r\nlocation: {to}"), &told("a.txt"));
    let answers = move |here: &str, path: &str| match path.rsplit('/').next().unwrap() {
        "good" => away(&format!("{here}/bucket/object?signed=secret")),
        "changed" => away(&format!("{here}/bucket/other?signed=secret")),
        "gone" => away(&format!("{here}/bucket/gone?signed=secret")),
        "onward" => away(&format!("{here}/bucket/onward?signed=secret")),
        "clear" => away("http://store.example/bucket/object?signed=secret"),
        "file" => away("file:///etc/hostname?signed=secret"),
        "object?signed=secret" => http("200 OK", "a large document"),
        "other?signed=secret" => http("200 OK", "a large Document"),
        "onward?signed=secret" => {
            http(&format!("302 Found\r\nlocation: {here}/bucket/object?signed=secret"), "")
        }
        _ => http("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>"),
    };
    let (url, asked) = api_and_store(answers);
    let get = |name: &str, code: i32| {
        asked.lock().unwrap().clear();
        let done = ask(&desk, &url, &["artifact", "r1", name]).exits(code);
        assert!(!format!("{}{}", done.stdout, done.stderr).contains("secret"), "{}", done.stderr);
        done
    };
    assert_eq!(get("good", 0).stdout, "a large document");
    assert_eq!(
        *asked.lock().unwrap(),
        ["/v1/runs/r1/artifacts/good with the token", "/bucket/object?signed=secret"]
    );
    for (name, code, says) in [
        ("changed", 1, "other bytes"),
        ("gone", 1, "403"),
        ("onward", 1, "302"),
        ("clear", 1, "not an address like its own"),
        ("file", 1, "not an address like its own"),
    ] {
        let refused = get(name, code);
        assert!(refused.stderr.contains(says), "{name}: {}", refused.stderr);
        let asked = asked.lock().unwrap();
        assert!(!asked.iter().any(|path| path.starts_with("/bucket/object")), "{name}: {asked:?}");
        assert!(asked.iter().all(|path| path.starts_with("/bucket") != path.contains("token")), "{asked:?}");
    }
    let shown = ask(&desk, &url, &["artifact", "r1", "good", "--json"]).exits(0).json();
    let fields = (&shown["name"], &shown["bytes"], &shown["digest"]);
    assert_eq!(fields, (&"a.txt".into(), &16.into(), &digest.to_string().into()));
}
