//! Attempts that get nowhere: another model goes on if the phase names one, and else it ends with a reason.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::support::{Desk, idea, root};

/// Answers of all attempts at ideation: as recorded, but the chosen concept serves no need, however often it is asked.
/// `vary` is what the words of each attempt differ by.
fn stuck(desk: &Desk, vary: impl Fn(u32) -> String) -> String {
    let mut lines = String::new();
    for mut line in recorded() {
        let label = line["label"].as_str().unwrap().to_owned();
        let Some(branch) = label.strip_prefix("ideation/a1/") else {
            lines.push_str(&format!("{line}\n"));
            continue;
        };
        if branch.starts_with("b00") {
            line["json"]["concepts"][0]["serves"] = json!([]);
        }
        let words = line["json"]["rationale"].as_str().unwrap().to_owned();
        for attempt in 1..=5 {
            line["label"] = format!("ideation/a{attempt}/{branch}").into();
            line["json"]["rationale"] = format!("{words} {}", vary(attempt)).into();
            lines.push_str(&format!("{line}\n"));
        }
    }
    format!("scripted:{}", desk.file("answers.jsonl", lines).display())
}

fn recorded() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("tests/cassettes/released.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The ideation phase with these models to fall back on.
fn falling_back(desk: &Desk, models: &str) {
    let text = std::fs::read_to_string(root().join("statemachines/phases/ideation.yaml")).unwrap();
    desk.file("more/ideation.yaml", format!("fallback: {models}\n{text}"));
}

fn ideation(run: &Value) -> &Value {
    run["phases"].as_array().unwrap().iter().find(|phase| phase["id"] == "ideation").unwrap()
}

/// Decisions on the ledger of the ideation phase, `attempt:decision:choice`.
fn decisions(desk: &Desk, run: &Value) -> Vec<String> {
    desk.run(["ledger", "export", run["run_id"].as_str().unwrap(), "--out", "ledger.jsonl"]).exits(0);
    let text = std::fs::read_to_string(desk.path("ledger.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter_map(|row| {
        let fact = &row["fact"];
        let attempt = fact["path"].as_str()?.strip_prefix("02-ideation/")?.strip_suffix("/judge")?.to_owned();
        let body = Some(&fact["body"]).filter(|body| body["kind"] == "decision")?;
        Some(format!("{attempt}:{}:{}", body["decision"].as_str()?, body["choice"].as_str()?))
    })
    .collect()
}

/// A local model that answers ideation as recorded, on a port of its own, for as long as the test lasts.
fn good_model() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap()));
        }
    });
    url
}

fn answer(mut stream: TcpStream) {
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
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let roles = ["desirability", "feasibility", "cost"];
    let branch = roles.iter().position(|role| body.contains(&format!("point of view is `{role}`"))).unwrap();
    let label = format!("ideation/a1/b{branch:02}/r0");
    let said =
        recorded().into_iter().find(|line| line["label"] == label.as_str()).unwrap()["json"].to_string();
    let frames = [
        json!({ "choices": [{ "index": 0, "delta": { "role": "assistant", "content": said } }] }),
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }),
        json!({ "choices": [], "usage": { "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 } }),
    ];
    let mut text =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".to_owned();
    frames.iter().for_each(|frame| text.push_str(&format!("data: {frame}\n\n")));
    text.push_str("data: [DONE]\n\n");
    stream.write_all(text.as_bytes()).unwrap();
}

#[test]
fn work_that_gets_nowhere_ends_with_its_reason() {
    let check = |vary: &dyn Fn(u32) -> String, attempts: u64, reason: &str| {
        let desk = Desk::new();
        let run = desk.work(&idea(), &["--model", &stuck(&desk, vary), "--until", "ideation"]);
        let phase = ideation(&run);
        assert_eq!(
            (&phase["status"], phase["attempts"].as_u64()),
            (&json!("failed"), Some(attempts)),
            "{phase:#}"
        );
        assert_eq!(phase["stopped"], reason);
        let last = format!("a{attempts}");
        let said = decisions(&desk, &run);
        let said: Vec<&str> = said.iter().filter_map(|d| d.strip_prefix(&format!("{last}:"))).collect();
        assert_eq!(said, ["loop:stands", &format!("unstick:{reason}")]);
        let id = run["run_id"].as_str().unwrap();
        assert!(desk.run(["show", id]).exits(0).stdout.contains(reason));
        let dossier = std::fs::read_to_string(desk.path(run["dossier"]["json"].as_str().unwrap())).unwrap();
        let dossier: Value = serde_json::from_str(&dossier).unwrap();
        assert_eq!(dossier["content"]["phases"][1]["stopped"], reason);
        let page = std::fs::read_to_string(desk.path(run["dossier"]["html"].as_str().unwrap())).unwrap();
        assert!(page.contains(reason), "the page says why");
    };
    check(&|attempt| format!("In words number {attempt}."), 5, "attempts-used-up");
    check(&|_| String::new(), 2, "unchanged");
    check(&|attempt| format!("In words {}.", attempt % 2), 4, "cycle");
}

#[test]
fn a_smaller_job_is_tried_where_a_model_writes() {
    let desk = Desk::new();
    falling_back(&desk, "[smaller-job]");
    let script = stuck(&desk, |_| String::new());
    let run = desk.work(&idea(), &["--model", &script, "--until", "ideation", "--phases", "more"]);
    let expected = [
        "a1:loop:again",
        "a2:loop:again",
        "a2:unstick:unchanged",
        "a2:rung:smaller-job",
        "a3:loop:stands",
        "a3:unstick:unchanged",
    ];
    assert_eq!(decisions(&desk, &run), expected);
    let composed = desk.work(&idea(), &["--until", "ideation", "--phases", "more"]);
    assert!(
        !decisions(&desk, &composed).iter().any(|decision| decision.contains(":rung:")),
        "rules have no fallback"
    );
}

#[cfg(feature = "providers")]
#[test]
fn the_next_model_goes_on_where_the_first_got_nowhere_and_the_ledger_says_so() {
    let desk = Desk::new();
    falling_back(&desk, "[local/mender]");
    let script = stuck(&desk, |attempt| format!("In words number {attempt}."));
    let args = [
        "run",
        idea().to_str().unwrap(),
        "--model",
        &script,
        "--until",
        "ideation",
        "--phases",
        "more",
        "--json",
    ]
    .map(str::to_owned);
    let refused = desk.run(&args).exits(2);
    assert!(refused.stderr.contains("ideation.yaml: fallback"), "{}", refused.stderr);
    let mut command = desk.command(&args);
    let done = command.env("IDEAMINE_LOCAL_URL", good_model()).output().unwrap();
    let run: Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&done.stderr)));
    let phase = ideation(&run);
    assert_eq!((&phase["status"], &phase["attempts"]), (&json!("passed"), &json!(4)), "{phase:#}");
    assert_eq!(phase["stopped"], Value::Null);
    let expected = [
        "a1:loop:again",
        "a2:loop:again",
        "a3:loop:again",
        "a3:unstick:no-progress",
        "a3:rung:local/mender",
        "a4:loop:stands",
    ];
    assert_eq!(decisions(&desk, &run), expected);
    let ledger = std::fs::read_to_string(desk.path("ledger.jsonl")).unwrap();
    let rows = ledger.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["fact"].clone());
    let authors: Vec<Value> = rows
        .filter(|fact| fact["body"]["kind"] == "artifact" && fact["body"]["name"] == "concepts.json")
        .map(|fact| fact["body"]["author"].clone())
        .collect();
    assert_eq!(authors.last(), Some(&json!("local/mender")), "{authors:?}");
    assert_eq!(authors.len(), 4);
    let id = run["run_id"].as_str().unwrap();
    desk.run(["verify", id]).exits(0);
    let replayed = desk.run(["replay", id, "--verify", "--json"]).exits(0).json();
    assert_eq!(replayed["identical"], true, "{replayed:#}");
}

/// The first model's answers never fit; `rung` and who was left out stand in the ledger, and the phase is worked.
#[cfg(feature = "providers")]
#[test]
fn the_next_model_answers_where_the_first_has_no_answer_that_fits() {
    let desk = Desk::new();
    falling_back(&desk, "[smaller-job, local/mender]");
    let mut lines = String::new();
    for mut line in recorded() {
        if line["label"] == "ideation/a1/b01/r0" {
            line["json"] = json!({ "nothing": "of what was asked" });
            for round in 0..3 {
                line["label"] = format!("ideation/a1/b01/r{round}").into();
                lines.push_str(&format!("{line}\n"));
            }
        } else {
            lines.push_str(&format!("{line}\n"));
        }
    }
    let script = format!("scripted:{}", desk.file("answers.jsonl", lines).display());
    let idea = idea();
    let args = [
        "run",
        idea.to_str().unwrap(),
        "--model",
        &script,
        "--until",
        "ideation",
        "--phases",
        "more",
        "--json",
    ];
    let done = desk.command(args).env("IDEAMINE_LOCAL_URL", good_model()).output().unwrap();
    let run: Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&done.stderr)));
    let phase = ideation(&run);
    assert_eq!(phase["attempts"], 2, "{phase:#}");
    assert_eq!(phase["artifacts"][0]["name"], "concepts.json", "{phase:#}");
    decisions(&desk, &run);
    let text = std::fs::read_to_string(desk.path("ledger.jsonl")).unwrap();
    let facts = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["fact"].clone());
    let said: Vec<String> = facts
        .filter(|fact| fact["path"] == "02-ideation/a1/aggregate" && fact["body"]["kind"] == "decision")
        .map(|fact| {
            let [decision, choice] =
                ["decision", "choice"].map(|field| fact["body"][field].as_str().unwrap());
            format!("{decision}:{choice}")
        })
        .collect();
    assert_eq!(said, ["branch-left-out:b01:Answer.Rejected", "rung:local/mender"]);
    let id = run["run_id"].as_str().unwrap();
    desk.run(["verify", id]).exits(0);
    let replayed = desk.run(["replay", id, "--verify", "--json"]).exits(0).json();
    assert_eq!(replayed["identical"], true, "{replayed:#}");
}

/// A phase of one author, whose model has no answer at the first attempt.
#[test]
fn a_person_is_the_last_rung_of_an_author_where_one_can_be_heard() {
    let desk = Desk::new();
    desk.file(
        "more/survey.yaml",
        "id: survey\ntitle: Survey\nagent: generic\noutput: survey.json\nprompt: List who does this already.\n\
         schema: { type: object, required: [rivals], additionalProperties: false, properties: { rivals: { type: array, items: { type: string } } } }\n",
    );
    let lines = [
        json!({ "label": "survey/a1/b00/r0", "fail": { "kind": "Model.Refused" } }),
        json!({ "label": "survey/a2/b00/r0", "json": { "rivals": ["a shed"] } }),
    ];
    let lines = lines.map(|line| format!("{line}\n")).concat();
    let script = format!("scripted:{}", desk.file("answers.jsonl", lines).display());
    let idea = idea();
    let args = ["run", idea.to_str().unwrap(), "--model", &script, "--phases", "more", "--until", "survey"];
    let unheard = desk.run(args.iter().chain(&["--json"])).json();
    assert_eq!(unheard["phases"].as_array().unwrap().last().unwrap()["status"], "failed", "{unheard:#}");
    let told = desk.run(args.iter().chain(&["--ask"])).exits(4);
    let run = desk.newest();
    assert!(
        told.stderr.contains("Model.Refused") && told.stderr.contains(&format!("resume {run}")),
        "{}",
        told.stderr
    );
    assert_eq!(desk.run(["show", &run, "--json"]).exits(0).json()["status"], "paused");
    let ended = desk.run(["resume", &run, "--json"]).exits(0).json();
    let survey = ended["phases"].as_array().unwrap().last().unwrap();
    assert_eq!((&survey["status"], &survey["attempts"]), (&json!("passed"), &json!(2)), "{survey:#}");
    desk.run(["verify", &run]).exits(0);
    let ledger = desk.run(["ledger", "export", &run]).exits(0).stdout;
    for said in ["\"choice\":\"person\"", "policy:no-answer"] {
        assert!(ledger.contains(said), "{said}: {ledger}");
    }
}
