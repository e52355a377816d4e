//! A model that is down: it is left alone until it is back, and the run waits for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::control::until;
use crate::support::{Desk, idea};

/// A phase whose four branches ask at once.
const SURVEY: &str = "id: survey
title: Survey
agent: generic
fan_out: { mode: '4', branches: [{ role: a, instruction: a }, { role: b, instruction: b }, { role: c, instruction: c }, { role: d, instruction: d }] }
output: survey.json
schema: { type: object, required: [rivals], additionalProperties: false, properties: { rivals: { type: array, items: { type: string } } } }
prompt: List who does something like this already.
";

/// From a wish to the end of the process that runs it: two seconds are promised, the rest is for a machine that is busy.
const WISH_MAX: Duration = Duration::from_secs(5);
/// For how long after the first request nobody is served.
const OUTAGE: Duration = Duration::from_secs(5);

/// A local server that says this, and its address.
fn serve(says: impl Fn() -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/", listener.local_addr().unwrap());
    let says = Arc::new(says);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let says = says.clone();
            std::thread::spawn(move || answer(stream.unwrap(), &*says));
        }
    });
    url
}

/// Reads a request to its end before it answers.
fn answer(mut stream: TcpStream, says: &dyn Fn() -> String) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    stream.write_all(says().as_bytes()).unwrap();
}

/// A server that is overloaded for a while, and how often it was asked then.
fn server() -> (String, Arc<AtomicU32>) {
    let (first, turned_away) = (OnceLock::new(), Arc::new(AtomicU32::new(0)));
    let counted = turned_away.clone();
    let url = serve(move || {
        if first.get_or_init(Instant::now).elapsed() < OUTAGE {
            counted.fetch_add(1, Ordering::SeqCst);
            return "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                .to_owned();
        }
        let said = json!({ "rivals": ["a shed"] }).to_string();
        let frames = [
            json!({ "choices": [{ "index": 0, "delta": { "role": "assistant", "content": said } }] }),
            json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }),
            json!({ "choices": [], "usage": { "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 } }),
        ];
        let frames: String = frames.iter().map(|frame| format!("data: {frame}\n\n")).collect();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        format!("{head}{frames}data: [DONE]\n\n")
    });
    (url, turned_away)
}

#[test]
fn a_run_waits_out_an_outage_and_does_not_hammer() {
    let desk = Desk::new();
    desk.file("more/survey.yaml", SURVEY);
    let (url, turned_away) = server();
    let idea = idea();
    let args = [
        "run",
        idea.to_str().unwrap(),
        "--model",
        "local/m",
        "--phases",
        "more",
        "--until",
        "survey",
        "--json",
    ];
    let mut command = desk.command(args);
    let child = command
        .env("IDEAMINE_LOCAL_URL", url)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let queue = || desk.run(["queue", "--json"]).exits(0).json();
    until("an open breaker", || {
        desk.path("data/control.sock").exists() && queue()["breakers"][0]["model"] == "local/m"
    });
    let shown = desk.run(["queue"]).exits(0).stdout;
    assert!(shown.contains("local/m is not asked until") && shown.contains("Model.Unavailable"), "{shown}");
    let done = child.wait_with_output().unwrap();
    let run: serde_json::Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&done.stderr)));
    assert_eq!((&run["status"], &run["usage"]["model_calls"]), (&json!("completed"), &json!(4)), "{run:#}");
    assert_eq!(run["usage"]["uncertain_calls"], 0);
    // Six calls of three tries open it at most (five, and one that began before), and one or two probes follow.
    let asked = turned_away.load(Ordering::SeqCst);
    assert!((10..=30).contains(&asked), "asked {asked} times in vain");
    assert_eq!(queue()["breakers"], json!([]), "it is closed again");
    let id = run["run_id"].as_str().unwrap();
    desk.run(["verify", id]).exits(0);
    let replayed = desk.run(["replay", id, "--verify", "--json"]).exits(0).json();
    assert_eq!(replayed["identical"], true, "{replayed:#}");
}

/// A run whose model is down, spawned.
fn spawn(desk: &Desk, url: &str) -> std::process::Child {
    desk.file("more/survey.yaml", SURVEY);
    let idea = idea();
    let args = ["run", idea.to_str().unwrap(), "--model", "local/m", "--phases", "more", "--until", "survey"];
    let mut command = desk.command(args);
    command.env("IDEAMINE_LOCAL_URL", url).stderr(std::process::Stdio::piped()).spawn().unwrap()
}

#[test]
fn who_waits_to_be_tried_again_is_paused_and_cancelled_at_once() {
    // What is asked for in vain waits inside the call, and for longer than a minute in the machine.
    for (after_s, wish, status) in [
        (50, "pause", "paused"),
        (50, "cancel", "cancelled"),
        (900, "pause", "paused"),
        (900, "cancel", "cancelled"),
    ] {
        let asked = Arc::new(AtomicU32::new(0));
        let counted = asked.clone();
        let url = serve(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            format!(
                "HTTP/1.1 429 Too Many Requests\r\nretry-after: {after_s}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
        });
        let desk = Desk::new();
        let child = spawn(&desk, &url);
        until("a refusal", || asked.load(Ordering::SeqCst) > 0 && desk.path("data/control.sock").exists());
        // Longer than a first delay can be on average.
        std::thread::sleep(Duration::from_secs(3));
        let run = desk.newest();
        let wished = Instant::now();
        desk.run([wish, &run]).exits(0);
        let done = child.wait_with_output().unwrap();
        let took = wished.elapsed();
        assert_eq!(done.status.code(), Some(4), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(desk.run(["show", &run, "--json"]).exits(0).json()["status"], status);
        println!("{wish} while a model asks for {after_s} s: {took:?}");
        assert!(took < WISH_MAX, "{wish} while a model asks for {after_s} s took {took:?}");
    }
}
