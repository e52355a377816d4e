//! The function around an agent: prepare, accept, repair, finish.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ideamine_authoring::{Agent, AgentFunction, Finish, Finished, NewArtifact, Op, Outcome, Problem, Work};
use ideamine_core::artifacts::OpenQuestion;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Item, Key, Records, Request, Write};
use ideamine_core::records::{FactBody, Generator, Plan};
use ideamine_core::{Ctx, Digest, Env, Failure, Function, RunId, Tenant};
use ideamine_testkit::Memory;
use serde_json::{Value, json};

/// A context at this step, and the memory behind it.
fn context(step: &str) -> (Ctx, Arc<Memory>) {
    let (env, memory) = Memory::env();
    let run = RunId::new("R1").unwrap();
    (Ctx { env, tenant: Tenant::local(), run, plan: None, step: step.to_owned() }, memory)
}

/// Answers with a number; its artifacts are that number in two files.
struct Counter;

impl Agent for Counter {
    fn name(&self) -> String {
        "agent-counter".into()
    }
    fn schema(&self, _: &Work) -> Value {
        json!({ "type": "integer", "minimum": 1 })
    }
    fn compose(&self, _: &Work) -> Result<Value, Failure> {
        Ok(json!(3))
    }
    fn typed(&self, _: &Work, answer: Value) -> Result<Value, Problem> {
        Ok(answer)
    }
    fn check(&self, _: &Work, _: &Value) -> Vec<Problem> {
        vec![]
    }
    fn finish(&self, _: &Work, answer: Value) -> Result<Finish, Failure> {
        let question =
            OpenQuestion { id: "Q-1".into(), text: "Why?".into(), why: "so".into(), blocking: true };
        let text = answer.to_string();
        let first =
            NewArtifact::text("a.txt", "text/plain", text).tracing(vec![("FR-1".into(), "N-1".into())]);
        let second = NewArtifact::text("b.txt", "text/plain", "b");
        Ok(Finish { artifacts: vec![first, second], questions: vec![question] })
    }
}

fn work(model: &str, retries: u32) -> Work {
    let phase = json!({ "id": "count", "title": "Count", "agent": "counter", "output": "a.txt", "prompt": "Count.", "retries": retries });
    Work {
        label: "count/a1/b00".into(),
        phase: serde_json::from_value(phase).unwrap(),
        model: model.into(),
        idea: "One two".into(),
        role: None,
        attempt: 1,
        findings: vec![],
        inputs: BTreeMap::from([("brief.json".to_owned(), "{}".to_owned())]),
        before: None,
        knowledge: vec![],
        story: None,
        files: vec![],
        question: None,
        seed: 7,
    }
}

async fn run(ctx: &Ctx, op: Op) -> Outcome {
    AgentFunction(Counter).run(ctx, op).await.unwrap()
}

/// A run in which nothing was written yet.
struct NoRows;

#[async_trait]
impl Records for NoRows {
    async fn get(&self, _: &Key) -> Result<Option<Item>, Failure> {
        Ok(None)
    }
    async fn query(&self, _: &str, _: &str, _: Option<&str>, _: usize) -> Result<Vec<Item>, Failure> {
        Ok(vec![])
    }
    async fn write(&self, _: Vec<Write>) -> Result<(), Failure> {
        Err(Failure::bug("an agent writes no rows"))
    }
}

/// The context of a run of one phase, with its plan stored.
async fn planned(model: &str) -> Ctx {
    let (ctx, _) = context("01-count/a1/b00/prepare");
    let ctx = Ctx { env: Env { records: Arc::new(NoRows), ..ctx.env.clone() }, ..ctx };
    let idea = ctx.put(b"One two".to_vec()).await.unwrap();
    let plan = json!({
        "version": 1, "build": "test", "idea": idea, "idea_media_type": "text/plain", "seed": 7, "model": model,
        "ask": false, "phases": [{ "order": 0, "wave": 0, "config": work(model, 0).phase }], "machines": {},
        "approvers": [],
    });
    let plan: Plan = serde_json::from_value(plan).unwrap();
    Ctx { plan: Some(ctx.put_json(&plan).await.unwrap()), ..ctx }
}

#[tokio::test]
async fn rules_answer_in_prepare_and_a_model_is_asked_by_a_stored_request() {
    let op: Op = serde_json::from_value(json!({
        "op": "prepare", "path": "01-count/a1/b00", "brief": { "phase": "count", "attempt": 1, "branch": 0 },
    }))
    .unwrap();
    let ctx = planned("composer").await;
    let outcome = run(&ctx, op.clone()).await;
    assert_eq!(ctx.get_json::<Value>(&outcome.answer.unwrap()).await.unwrap(), json!(3));
    assert_eq!(outcome.call, None);
    let ctx = planned("test/one").await;
    let outcome = run(&ctx, op).await;
    let request: Request = ctx.get_json(&outcome.call.unwrap()).await.unwrap();
    assert_eq!((request.model.as_str(), request.label.as_str()), ("test/one", "count/a1/b00/r0"));
    let gathered: Work = ctx.get_json(&outcome.work.unwrap()).await.unwrap();
    assert_eq!((gathered.idea.as_str(), gathered.label.as_str()), ("One two", "count/a1/b00"));
    let json = serde_json::to_value(Outcome::default()).unwrap();
    assert_eq!(json, json!({}), "an absent field is no field: machines ask `$exists`");
}

#[tokio::test]
async fn a_bad_answer_is_rejected_by_name_and_repaired_while_rounds_are_left() {
    let (ctx, _) = context("01-count/a1/b00/accept-0");
    let work = ctx.put_json(&work("test/one", 1)).await.unwrap();
    let bad = ctx.put(b"0".to_vec()).await.unwrap();
    let agent = AgentFunction(Counter);
    let rejected = agent.run(&ctx, Op::Accept { work, answer: bad }).await.unwrap_err();
    assert_eq!(rejected.kind, FailureKind::AnswerRejected);
    assert!(rejected.message.starts_with("schema at "), "{rejected}");
    let mended = run(&ctx, Op::Repair { work, answer: bad, round: 0 }).await;
    let repair: Request = ctx.get_json(&mended.call.unwrap()).await.unwrap();
    assert_eq!(repair.label, "count/a1/b00/r1");
    let problems: Vec<Problem> = ctx.get_json(&mended.problems.unwrap()).await.unwrap();
    assert_eq!(problems[0].rule, "schema");
    let last = agent.run(&ctx, Op::Repair { work, answer: bad, round: 1 }).await.unwrap_err();
    assert_eq!(last, rejected, "no round is left");
    let good = ctx.put(b"```json\n5\n```".to_vec()).await.unwrap();
    let accepted = run(&ctx, Op::Accept { work, answer: good }).await;
    assert_eq!(ctx.get_json::<Value>(&accepted.answer.unwrap()).await.unwrap(), json!(5));
    let nothing = agent.run(&ctx, Op::Repair { work, answer: good, round: 0 }).await.unwrap_err();
    assert_eq!(nothing.kind, FailureKind::InputInvalid);
}

#[tokio::test]
async fn finish_stores_artifacts_and_records_a_fact_about_each() {
    let (ctx, memory) = context("01-count/a1/finish");
    let given = work("test/one", 0);
    let work = ctx.put_json(&given).await.unwrap();
    let answer = ctx.put_json(&json!(4)).await.unwrap();
    let outcome = run(&ctx, Op::Finish { work, answer }).await;
    let finished: Finished = ctx.get_json(&outcome.finished.unwrap()).await.unwrap();
    let names: Vec<&str> = finished.artifacts.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["a.txt", "b.txt"]);
    assert_eq!(ctx.get(&finished.artifacts[0].digest).await.unwrap(), b"4");
    assert_eq!(finished.questions[0].text, "Why?");
    assert_eq!(finished.traces, [("FR-1".to_owned(), "N-1".to_owned())]);
    assert_eq!(finished.generator, Generator::Model);
    let facts = memory.facts();
    let places: Vec<(&str, u32)> = facts.iter().map(|f| (f.path.as_str(), f.ordinal)).collect();
    assert_eq!(places, [("01-count/a1/finish", 0), ("01-count/a1/finish", 1)]);
    let FactBody::Artifact { producer, author, inputs, .. } = &facts[0].body else { panic!("{facts:?}") };
    assert_eq!((producer.as_str(), author.as_str()), ("agent-counter", "test/one"));
    assert_eq!(inputs, &[Digest::of(b"One two"), Digest::of(b"{}")]);
}

#[tokio::test]
async fn an_unknown_operation_is_refused() {
    let unknown = serde_json::from_value::<Op>(json!({ "op": "guess", "work": Digest::of(b"") }));
    assert!(unknown.is_err());
    let extra = serde_json::from_value::<Op>(
        json!({ "op": "finish", "work": Digest::of(b""), "answer": Digest::of(b""), "more": 1 }),
    );
    assert!(extra.is_err());
}
