//! From recorded calls to events: one as it comes every day, one that must be refused, one at the edge.

use std::collections::BTreeMap;

use ideamine_core::function::Envelope;
use ideamine_core::ports::Key;
use ideamine_core::records::{BudgetRow, ControlRow, Desired, PhaseSpend, RunRow, RunStatus, key};
use ideamine_core::{Digest, PhaseId, RunId, Tenant, UsdMicros};
use ideamine_testkit::cut_off_call;
use serde_json::{Value, json};

use crate::functions;
use crate::record::Calls;
use crate::world::{Frozen, World};

/// Three events of one function, by name.
pub(crate) type Cases = BTreeMap<&'static str, Value>;

/// A run that is to be cancelled, and has done nothing yet.
const STOPPED: &str = "01JEVENTS000000000000BOUNDARY";
/// As long as Step Functions makes them.
const TOKEN: &str = "AQCEAAAAKgAAAAMAAAAAAAAAAexample";
/// Longest round of repairs, attempt and branch that a machine asks for.
const LAST: u32 = 5;

/// Events of all functions, and the world that they need.
pub(crate) fn all(calls: &Calls, mut world: World) -> (BTreeMap<String, Cases>, World) {
    let plan = calls["run-next"][0].plan.unwrap();
    let request = serde_json::from_value(calls["job-model-call"][0].input["request"].clone()).unwrap();
    stopped_run(&mut world, &plan, request);
    let mut events = BTreeMap::new();
    for name in functions::names() {
        let mut maker = Maker { calls, world: &mut world, plan, name: &name };
        let ordinary = maker.ordinary();
        let boundary = maker.boundary(&ordinary);
        let cases = [
            ("ordinary", delivered(&name, &ordinary)),
            ("bad", bad(&name, &ordinary)),
            ("boundary", delivered(&name, &boundary)),
        ];
        events.insert(name, cases.into());
    }
    (events, world)
}

fn stopped_run(world: &mut World, plan: &Digest, request: Digest) {
    let (tenant, run) = (Tenant::local(), RunId::new(STOPPED).unwrap());
    let model = world.rows.iter().find(|row| row.key.sk == "run").unwrap();
    let row: RunRow = serde_json::from_value(model.value.clone()).unwrap();
    let row = RunRow {
        run_id: run.clone(),
        plan: Some(*plan),
        status: RunStatus::Running,
        verdict: None,
        reasons: vec![],
        dossier: None,
        page: None,
        ended_ms: None,
        ..row
    };
    let control = ControlRow { epoch: 1, desired: Desired::Cancel, by: "person".to_owned(), armed: 0 };
    let first = world.rows.iter().find(|row| row.key.sk.starts_with("phase#")).unwrap().clone();
    let mut put =
        |key, value: serde_json::Result<Value>| world.rows.push(Frozen { key, value: value.unwrap() });
    put(key::run(&tenant, &run), serde_json::to_value(row));
    put(key::control(&tenant, &run), serde_json::to_value(control));
    put(Key { pk: key::run_pk(&tenant, &run), sk: first.key.sk }, Ok(first.value));
    let (reserved, tokens_reserved) = (UsdMicros(100), 10);
    let spend = PhaseSpend { reserved, tokens_reserved, ..PhaseSpend::default() };
    let phases = [(PhaseId::new("prd").unwrap(), spend)].into();
    put(
        key::budget(&tenant, &run),
        serde_json::to_value(BudgetRow { reserved, phases, ..BudgetRow::default() }),
    );
    let call = cut_off_call(request, reserved, tokens_reserved);
    put(key::call(&tenant, &run, "04-prd/a1/b00/call-0"), serde_json::to_value(call));
}

/// What AWS makes of an envelope for this function.
fn delivered(name: &str, envelope: &Envelope) -> Value {
    let value = serde_json::to_value(envelope).unwrap();
    match name {
        _ if name.starts_with("job-") => {
            batch(&[json!({ "function": name, "payload": value, "token": TOKEN })])
        }
        "run-reconcile" => notice(envelope),
        _ => value,
    }
}

/// Something that must be refused: an input with a field that there is not, or a message that cannot be read.
fn bad(name: &str, ordinary: &Envelope) -> Value {
    match name {
        _ if name.starts_with("job-") => batch(&[json!({ "function": name, "token": TOKEN })]),
        "run-reconcile" => {
            let mut notice = notice(ordinary);
            notice["detail"]["input"] = json!("{");
            notice
        }
        _ => {
            let mut value = serde_json::to_value(ordinary).unwrap();
            value["input"]["colour"] = json!("red");
            value
        }
    }
}

fn batch(messages: &[Value]) -> Value {
    let kind =
        if messages.iter().any(|message| message["function"] == "job-check") { "sandbox" } else { "model" };
    let records = messages.iter().zip(1..).map(|(message, number)| {
        json!({
            "messageId": format!("00000000-0000-4000-8000-{number:012}"),
            "receiptHandle": "AQEBexample",
            "body": message.to_string(),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1795000000000",
                "SenderId": "AROAEXAMPLE:execution",
                "ApproximateFirstReceiveTimestamp": "1795000000001",
            },
            "messageAttributes": {},
            "md5OfBody": "00000000000000000000000000000000",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:eu-central-1:123456789012:idea-{kind}-normal"),
            "awsRegion": "eu-central-1",
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

fn notice(envelope: &Envelope) -> Value {
    let (run, machine) = (&envelope.run, "arn:aws:states:eu-central-1:123456789012:stateMachine:idea-run");
    let mut detail = json!({
        "executionArn": format!("arn:aws:states:eu-central-1:123456789012:execution:idea-run:{run}"),
        "stateMachineArn": machine,
        "name": run,
        "status": "FAILED",
        "startDate": 1_795_000_000_000_i64,
        "stopDate": 1_795_000_060_000_i64,
        "input": json!({ "tenant": envelope.tenant, "run": run, "config": "sha256:0" }).to_string(),
        "inputDetails": { "included": true },
        "output": null,
        "outputDetails": null,
        "error": envelope.input["error"],
        "cause": "The run could not be closed; run-reconcile records why.",
    });
    if envelope.input["error"] == "TIMED_OUT" {
        // An execution that ran out of time has a status and no error.
        (detail["status"], detail["error"], detail["cause"]) = (json!("TIMED_OUT"), Value::Null, Value::Null);
    }
    json!({
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000001",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": "123456789012",
        "time": "2026-11-18T12:00:00Z",
        "region": "eu-central-1",
        "resources": [format!("arn:aws:states:eu-central-1:123456789012:execution:idea-run:{run}")],
        "detail": detail,
    })
}

struct Maker<'a> {
    calls: &'a Calls,
    world: &'a mut World,
    plan: Digest,
    name: &'a str,
}

impl Maker<'_> {
    fn ordinary(&mut self) -> Envelope {
        let recorded = self.calls.get(self.name).into_iter().flatten();
        let told =
            recorded.clone().find(|call| call.input["op"] == "finish").or_else(|| recorded.clone().next());
        if let Some(call) = told {
            return match self.name {
                // The whole run's would bring every document along.
                "run-dossier-content" => self.of_stopped(call),
                "run-dossier" => self.without_papers(call),
                _ => call.clone(),
            };
        }
        let input = self.made();
        self.envelope(&format!("04-prd/a1/{}", self.name), input)
    }

    /// Functions that the recorded run had no need of.
    fn made(&mut self) -> Value {
        let aggregated = self.calls["run-aggregate"][0].input.clone();
        match self.name {
            "agent-generic" => self.generic(),
            "run-aggregate-substance" => aggregated,
            "run-appeal" => json!({ "phase": "prd", "token": TOKEN }),
            "run-ask" => json!({ "question": self.question(), "token": TOKEN }),
            "run-answer-propose" => {
                json!({ "question": self.question(), "author": self.author("agent-answer") })
            }
            "run-answer-conclude" => json!({
                "question": self.question(),
                "answer": self.reply(),
                "author": { "outcome": "failed", "error": "Model.Refused" },
            }),
            "run-hold" => json!({ "token": TOKEN }),
            "run-keep" => {
                json!({ "phase": "prd", "attempt": 1, "branch": 0, "result": aggregated["results"][0] })
            }
            "run-pause" => json!({ "by": "policy:budget" }),
            "run-phase-stop" => json!({ "phase": "prd", "outcome": "failed", "error": "Model.Refused" }),
            "run-reconcile" => json!({ "error": "States.Runtime" }),
            "run-story-settle" => {
                let judged = &self.calls["run-story-judge"][0].input;
                json!({ "phase": judged["phase"], "story": judged["story"], "finished": judged["finished"] })
            }
            "run-waive" => json!({ "phase": "prd", "attempt": 1 }),
            name => panic!("the recorded run has no call of {name}, and none is made up"),
        }
    }

    /// The last attempt, the emptiest list, the longest token, a run that is to be cancelled.
    fn boundary(&mut self, ordinary: &Envelope) -> Envelope {
        let mut edge = ordinary.clone();
        let input = &mut edge.input;
        match self.name {
            // No attempt before it was kept, and no branch has a point of view.
            name if name.starts_with("agent-") => {
                let calls = self.calls.get(name).into_iter().flatten();
                let prepared = calls.clone().find(|call| call.input["op"] == "prepare");
                *input = prepared.map_or_else(|| input.clone(), |call| call.input.clone());
                if input["op"] == "prepare" {
                    (input["brief"]["attempt"], input["brief"]["branch"]) = (json!(LAST), json!(39));
                }
            }
            name if name.starts_with("gate-") => {
                let mut view: Value = serde_json::from_str(self.text(&input["inputs"])).unwrap();
                for list in ["artifacts", "checks", "gates", "phases", "questions"] {
                    view[list] = json!([]);
                }
                *input = json!({ "inputs": self.document(view) });
            }
            // The end of a phase where it looks at the idea or at everything else, and the other way round.
            name if name.starts_with("guard-") => {
                let whole = input["at"] != "post";
                *input =
                    if whole { json!({ "at": "post" }) } else { json!({ "at": "phase", "phase": "build" }) };
            }
            "run-phase-close" | "run-next" => {
                let lost = json!({ "id": "exfil", "error": "States.Timeout", "cause": "" });
                input["guards"] = json!([lost]);
                return self.of_stopped(&edge);
            }
            "job-check" => (input["timeout_s"], input["check"]) = (json!(0), json!("held-out")),
            "job-model-call" => input["timeout_s"] = json!(1),
            "run-aggregate" | "run-aggregate-substance" => {
                input["results"][0] = json!({ "outcome": "failed", "error": "Model.Refused" });
            }
            "run-answer-propose" | "run-answer-conclude" => input["author"] = json!({ "outcome": "stopped" }),
            "run-ask" => {
                *input = json!({ "question": self.answered_before(), "token": "A".repeat(1_024) });
            }
            "run-appeal" => {
                return self.of_stopped(&Envelope {
                    input: json!({ "phase": "prd", "token": "A".repeat(1_024) }),
                    ..edge
                });
            }
            "run-hold" => {
                return self.of_stopped(&Envelope { input: json!({ "token": "A".repeat(1_024) }), ..edge });
            }
            "run-dossier-content" => input["status"] = json!("cancelled"),
            "run-gate-inputs" => {
                input["unchecked"] = json!([{ "check": "held-out", "error": "States.Timeout", "cause": "" }]);
            }
            "run-judge" => {
                let spoken = json!({ "id": "critique", "outcome": "fail", "evidence": self.plan });
                (input["attempt"], input["gates"]) =
                    (json!(LAST), json!([spoken, { "error": "States.Timeout" }]));
            }
            "run-keep" => {
                let lost = json!({ "outcome": "failed", "error": "Model.Refused" });
                (input["attempt"], input["branch"], input["result"]) = (json!(LAST), json!(39), lost);
            }
            "run-phase-stop" => {
                (input["outcome"], input["error"]) = (json!("stopped"), json!("Control.Stopped"))
            }
            "run-questions" => {
                let question = json!({ "id": "Q", "text": "Wie groß ist „groß“?", "why": "nobody said", "blocking": true });
                let answer = self.document(json!({ "questions": [question] }));
                (input["round"], input["asked"]) =
                    (json!(LAST), json!({ "outcome": "ok", "answer": answer }));
            }
            "run-reconcile" => {
                input["error"] = json!("TIMED_OUT");
                return self.of_stopped(&edge);
            }
            "run-story-judge" => (input["attempt"], input["outcome"]) = (json!(LAST), json!("fail")),
            "run-settle" | "run-waive" => input["attempt"] = json!(LAST),
            "run-verdict" => {
                let lost = json!({ "id": "terms", "error": "States.Timeout", "cause": "" });
                (input["error"], input["guards"]) = (json!("Phase.Failed"), json!([lost]));
            }
            "run-seal" => *input = json!({ "once": "closed" }),
            "run-close" | "run-control" | "run-open" | "run-pause" | "run-plan" => {
                return self.of_stopped(&edge);
            }
            // The same call once more, with another step: nothing of it may depend on the step.
            _ => {}
        }
        edge.step = format!("{}-edge", edge.step);
        if self.name == "run-story-judge" {
            edge.step = ordinary.step.replace("/t1/", "/t5/");
        }
        edge
    }

    fn envelope(&self, step: &str, input: Value) -> Envelope {
        let run = self.calls["run-next"][0].run.clone();
        Envelope { tenant: Tenant::local(), run, plan: Some(self.plan), step: step.to_owned(), input }
    }

    fn of_stopped(&self, call: &Envelope) -> Envelope {
        Envelope { run: RunId::new(STOPPED).unwrap(), ..call.clone() }
    }

    fn document(&mut self, value: Value) -> Digest {
        let text = match value {
            Value::String(text) => text,
            value => String::from_utf8(ideamine_core::digest::canonical(&value).unwrap()).unwrap(),
        };
        let digest = Digest::of(text.as_bytes());
        self.world.documents.insert(digest, text);
        digest
    }

    fn text(&self, digest: &Value) -> &str {
        let digest: Digest = serde_json::from_value(digest.clone()).unwrap();
        &self.world.documents[&digest]
    }

    /// The documents that a dossier shows would bring themselves along.
    fn without_papers(&mut self, call: &Envelope) -> Envelope {
        let mut content: Value = serde_json::from_str(self.text(&call.input["content"])).unwrap();
        content["papers"] = json!([]);
        let input = json!({ "content": self.document(content), "steps": call.input["steps"] });
        Envelope { input, ..call.clone() }
    }

    /// The intake's answer, finished by the agent that knows nothing but a schema.
    fn generic(&mut self) -> Value {
        let finish = self.calls["agent-intake"].iter().find(|call| call.input["op"] == "finish").unwrap();
        let mut work: Value = serde_json::from_str(self.text(&finish.input["work"])).unwrap();
        work["phase"]["agent"] = json!("generic");
        work["phase"]["schema"] =
            json!({ "type": "object", "properties": { "summary": { "type": "string" } } });
        json!({ "op": "finish", "work": self.document(work), "answer": finish.input["answer"] })
    }

    fn question(&self) -> String {
        let row = self.world.rows.iter().find(|row| row.key.sk.starts_with("question#"));
        row.unwrap().value["id"].as_str().unwrap().to_owned()
    }

    /// Another question, as a fork finds it that a person has answered in the run before.
    fn answered_before(&mut self) -> String {
        let row = self.world.rows.iter().rfind(|row| row.key.sk.starts_with("question#")).unwrap();
        let (id, question) = (row.value["id"].clone(), row.value["text"].clone());
        let sk = format!("reply#{}", id.as_str().unwrap());
        let mut reply = row.clone();
        (reply.key.sk, reply.value) = (
            sk,
            json!({ "id": id, "question": question, "answer": { "text": "Yes.", "origin": { "kind": "person" } } }),
        );
        self.world.rows.push(reply);
        id.as_str().unwrap().to_owned()
    }

    /// How an author ended, as its machine says it.
    fn author(&self, agent: &str) -> Value {
        let accepted = self.calls.get(agent).into_iter().flatten().find(|call| call.input["op"] == "accept");
        match accepted {
            Some(call) => json!({ "outcome": "ok", "answer": call.input["answer"] }),
            None => json!({ "outcome": "failed", "error": "Model.Refused" }),
        }
    }

    fn reply(&mut self) -> Digest {
        self.document(json!({ "answer": null, "basis": [] }))
    }
}
