//! Events are told apart, and notices mapped.

use ideamine_core::failure::FailureKind;
use serde_json::{Value, json};

use super::world::{BEGIN_MS, World, batch, envelope, message};
use crate::event::{Event, read};
use crate::notice;

#[test]
fn events_are_told_apart_by_what_aws_puts_into_them() {
    let kind = |event: Value| match read(event) {
        Ok(Event::Envelope(_)) => "envelope".to_owned(),
        Ok(Event::Messages(messages)) => format!("{} messages", messages.len()),
        Ok(Event::Notice(kind, _)) => kind,
        Err(failure) => failure.kind.name().to_owned(),
    };
    let body = || message("t1", &envelope("work", 0));
    let many = |n: usize| batch(&vec![body(); n]);
    assert_eq!(kind(envelope("work", 0)), "envelope");
    assert_eq!(kind(json!(null)), "envelope");
    assert_eq!(kind(many(1)), "1 messages");
    assert_eq!(kind(many(10)), "10 messages");
    assert_eq!(kind(many(11)), "Input.Invalid");
    assert_eq!(kind(many(0)), "Input.Invalid");
    assert_eq!(kind(json!({ "Records": [{ "s3": {} }] })), "Input.Invalid");
    assert_eq!(kind(json!({ "detail-type": "Batch Job State Change", "detail": {} })), notice::BATCH);
}

#[test]
fn a_queue_is_known_by_its_name_without_the_stack() {
    let Ok(Event::Messages(messages)) = read(batch(&["{}".to_owned()])) else { panic!("no messages") };
    assert_eq!(messages[0].queue_name("idea-"), "model-normal");
    assert_eq!(messages[0].queue_name("other-"), "idea-model-normal");
}

fn execution(status: &str, error: Option<&str>, input: &str) -> Value {
    json!({
        "detail-type": notice::EXECUTION, "source": "aws.states",
        "detail": { "status": status, "error": error, "input": input, "name": "01J" },
    })
}

#[test]
fn an_execution_that_failed_closes_its_run_under_the_name_of_its_error() {
    let input = r#"{"tenant":"acme","run":"01J","config":"sha256:00"}"#;
    let ended = |event: &Value| notice::ended("run-reconcile", event);
    let error = |event: Value| ended(&event).map(|e| e.map(|e| e["input"]["error"].clone()));
    assert_eq!(error(execution("FAILED", Some("Phase.Failed"), input)), Ok(Some(json!("Phase.Failed"))));
    assert_eq!(error(execution("FAILED", Some(""), input)), Ok(Some(json!("FAILED"))));
    assert_eq!(error(execution("TIMED_OUT", None, input)), Ok(Some(json!("TIMED_OUT"))));
    assert_eq!(error(execution("ABORTED", None, input)), Ok(Some(json!("ABORTED"))));
    assert_eq!(error(execution("SUCCEEDED", None, input)), Ok(None));
    assert_eq!(error(execution("RUNNING", None, input)), Ok(None));
    let envelope = ended(&execution("FAILED", None, input)).unwrap().unwrap();
    assert_eq!(
        (&envelope["tenant"], &envelope["run"], &envelope["step"]),
        (&json!("acme"), &json!("01J"), &json!("run/reconcile"))
    );
    // The same notice seals what the run had recorded, when the other function is done.
    let sealed = notice::ended("run-seal", &execution("ABORTED", None, input)).unwrap().unwrap();
    let input = json!({ "once": "closed" });
    assert_eq!(sealed, json!({ "tenant": "acme", "run": "01J", "step": "run/seal-end", "input": input }));
    for bad in [execution("FAILED", None, "{"), json!({ "detail": { "status": "FAILED" } }), json!({})] {
        assert_eq!(ended(&bad).unwrap_err().kind, FailureKind::InputInvalid, "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_notice_reaches_only_the_function_that_takes_it() {
    let batch_notice = json!({ "detail-type": notice::BATCH, "detail": { "status": "SUCCEEDED" } });
    let check =
        async |function: &str, event: &Value, expected: Result<(), FailureKind>, sent_again: usize| {
            let world = World::new();
            let got = world.server(function, "1").handle(event.clone(), BEGIN_MS + 60_000, "", "").await;
            assert_eq!(got.map(drop).map_err(|failure| failure.kind), expected, "{function}");
            assert_eq!(world.notices.lock().unwrap().len(), sent_again, "{function}");
        };
    check("job-check", &batch_notice, Ok(()), 1).await;
    check("job-model-call", &batch_notice, Err(FailureKind::InputInvalid), 0).await;
    check("run-reconcile", &batch_notice, Err(FailureKind::InputInvalid), 0).await;
    check("run-reconcile", &execution("SUCCEEDED", None, "{}"), Ok(()), 0).await;
    // Its input is not for the function of these tests, which is how we know that it was called.
    let ended = execution("FAILED", None, r#"{"tenant":"acme","run":"01J"}"#);
    check("run-reconcile", &ended, Err(FailureKind::InputInvalid), 0).await;
    check("run-seal", &ended, Err(FailureKind::InputInvalid), 0).await;
    check("run-seal", &execution("SUCCEEDED", None, "{}"), Ok(()), 0).await;
    check("job-check", &ended, Err(FailureKind::InputInvalid), 0).await;
}
