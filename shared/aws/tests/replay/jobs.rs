use ideamine_aws::Delivery;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobLimits, JobMessage, JobResult, JobSpec};
use ideamine_core::{Failure, RunId, Tenant};
use serde_json::{Value, json};

use crate::replay::{Replay, Say, cancelled, error, ok, s3_error};

fn message() -> JobMessage {
    let payload = json!({ "tenant": "acme", "run": "r1", "step": "p/check", "input": {} });
    JobMessage { function: "job-check".into(), payload, token: "token-1".into() }
}

fn spec() -> JobSpec {
    let limits = JobLimits { wall_ms: 30_500, ..JobLimits::default() };
    JobSpec {
        argv: vec!["true".into()],
        files: vec![],
        env: vec![],
        limits,
        requests: vec![],
        collect: false,
    }
}

async fn run(replay: &Replay) -> Result<JobResult, Failure> {
    let jobs = replay.aws().await.jobs();
    Delivery::new("sandbox", &message()).unwrap().scope(async move { jobs.run(spec()).await }).await
}

fn absent() -> Say {
    s3_error(404, "NoSuchKey")
}

fn written() -> Say {
    ok(json!({}))
}

fn stored() -> Say {
    Say::Text(200, String::new())
}

fn row(replay: &Replay, change: impl FnOnce(&mut Value)) -> Say {
    // As the first call wrote it.
    let put = replay.asked().into_iter().rfind(|asked| asked.target == "TransactWriteItems").unwrap().json();
    let update = &put["TransactItems"][0]["Update"];
    let mut value: Value =
        serde_json::from_str(update["ExpressionAttributeValues"][":v"]["S"].as_str().unwrap()).unwrap();
    change(&mut value);
    let mut item = update["Key"].clone();
    item["v"] = json!({ "S": value.to_string() });
    item["n"] = json!({ "N": "2" });
    ok(json!({ "Item": item }))
}

async fn submitted() -> Replay {
    let replay = Replay::of([
        absent(),
        written(),
        written(),
        stored(),
        ok(json!({ "jobId": "b1", "jobName": "x" })),
        written(),
    ]);
    assert_eq!(run(&replay).await.unwrap_err().kind, FailureKind::SandboxPending);
    replay
}

#[tokio::test(start_paused = true)]
async fn a_job_is_written_down_stored_submitted_and_remembered() {
    let replay = submitted().await;
    let asked = replay.asked();
    let targets: Vec<_> = asked.iter().map(|asked| asked.target.as_str()).collect();
    assert_eq!(targets, ["", "GetItem", "TransactWriteItems", "", "", "TransactWriteItems"]);
    assert!(asked[3].uri.contains("/acme/jobs/") && asked[3].uri.contains("spec.json"), "{}", asked[3].uri);
    assert_eq!(asked[3].json(), serde_json::to_value(spec()).unwrap());

    let job = asked[4].json();
    assert!(asked[4].uri.ends_with("/v1/submitjob"), "{}", asked[4].uri);
    assert_eq!((&job["jobQueue"], &job["jobDefinition"]), (&json!("sandbox"), &json!("sandbox:3")));
    assert_eq!((&job["shareIdentifier"], &job["schedulingPriorityOverride"]), (&json!("acme"), &json!(100)));
    assert_eq!(job["timeout"]["attemptDurationSeconds"], 31 + 120);
    let environment = job["containerOverrides"]["environment"].as_array().unwrap();
    assert_eq!(environment.len(), 2, "two URLs and nothing else");
    for (variable, operation, object) in [(0, "GetObject", "spec.json"), (1, "PutObject", "result.json")] {
        let url = environment[variable]["value"].as_str().unwrap();
        assert!(url.contains(object) && url.contains(operation), "{url}");
        assert!(url.contains("X-Amz-Expires=21600") && url.contains("X-Amz-Signature="), "{url}");
        assert!(!url.contains("hidden"), "{url}");
    }
    assert!(environment[1]["value"].as_str().unwrap().contains("if-none-match"), "the condition is signed");
    assert!(!asked[4].body.contains("token-1"));
    assert!(asked[5].body.contains("b1"), "its id is remembered");
}

#[tokio::test(start_paused = true)]
async fn while_batch_has_it_every_further_delivery_is_pending() {
    let before = submitted().await;
    for status in ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"] {
        let row = row(&before, |_| {});
        let job = ok(
            json!({ "jobs": [{ "jobId": "b1", "jobName": "x", "jobQueue": "q", "status": status, "startedAt": 1, "jobDefinition": "d" }] }),
        );
        let replay = Replay::of([absent(), row, job]);
        assert_eq!(run(&replay).await.unwrap_err().kind, FailureKind::SandboxPending, "{status}");
        assert_eq!(replay.asked().len(), 3, "nothing is submitted or written");
    }
    // Another token waits for the same job: it is remembered instead.
    let row = row(&before, |value| value["message"]["token"] = json!("token-0"));
    let job = ok(
        json!({ "jobs": [{ "jobId": "b1", "jobName": "x", "jobQueue": "q", "status": "RUNNING", "startedAt": 1, "jobDefinition": "d" }] }),
    );
    let replay = Replay::of([absent(), row, job, written()]);
    assert_eq!(run(&replay).await.unwrap_err().kind, FailureKind::SandboxPending);
    assert!(replay.asked()[3].body.contains("token-1"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_attempt_goes_first_the_next_time_and_the_last_one_fails_the_step() {
    let before = submitted().await;
    let failed = |attempt: u32| {
        row(&before, |value| {
            value["attempt"] = json!(attempt);
            value["failed"] = json!("FAILED: OutOfMemoryError");
        })
    };
    let replay = Replay::of([
        absent(),
        failed(1),
        written(),
        stored(),
        ok(json!({ "jobId": "b2", "jobName": "x" })),
        written(),
    ]);
    assert_eq!(run(&replay).await.unwrap_err().kind, FailureKind::SandboxPending);
    assert_eq!(replay.asked()[4].json()["schedulingPriorityOverride"], 200);
    let replay = Replay::of([absent(), failed(3), written()]);
    let failure = run(&replay).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SandboxFailed);
    assert!(failure.message.contains("OutOfMemoryError"), "{failure}");
    assert!(replay.asked()[2].body.contains("Delete"), "a later try begins anew");
}

#[tokio::test(start_paused = true)]
async fn what_batch_refuses_is_told_apart() {
    for (answer, kind) in [
        (error(400, "ClientException"), FailureKind::ConfigInvalid),
        (error(403, "AccessDeniedException"), FailureKind::ConfigInvalid),
        (error(500, "ServerException"), FailureKind::StoreUnavailable),
        (error(429, "TooManyRequestsException"), FailureKind::StoreUnavailable),
    ] {
        let mut answers = vec![absent(), written(), written(), stored()];
        answers.extend(vec![answer; 4]);
        let replay = Replay::of(answers);
        let failure = run(&replay).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.message.contains("sandbox"), "the queue is named: {failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_loses_the_row_to_another_worker_looks_again() {
    let before = submitted().await;
    let job = ok(
        json!({ "jobs": [{ "jobId": "b1", "jobName": "x", "jobQueue": "q", "status": "RUNNING", "startedAt": 1, "jobDefinition": "d" }] }),
    );
    let lost = cancelled(&["ConditionalCheckFailed"]);
    let replay = Replay::of([absent(), written(), lost, absent(), row(&before, |_| {}), job]);
    assert_eq!(run(&replay).await.unwrap_err().kind, FailureKind::SandboxPending);
    assert!(
        !replay.asked().iter().any(|asked| asked.uri.ends_with("/v1/submitjob")),
        "submitted once, by the other"
    );
}

#[tokio::test(start_paused = true)]
async fn ending_a_run_ends_its_jobs_and_only_its() {
    let before = submitted().await;
    let item = |said: Say| match said {
        Say::Text(_, body) => serde_json::from_str::<Value>(&body).unwrap()["Item"].clone(),
        other => panic!("{other:?}"),
    };
    let mine = item(row(&before, |_| {}));
    let others = item(row(&before, |value| value["run"] = json!("r2")));
    let replay = Replay::of([
        ok(json!({ "Items": [mine, others] })),
        ok(json!({})),
        written(),
        ok(json!({ "Items": [] })),
    ]);
    let aws = replay.aws().await;
    let cancelled = aws.batch().cancel(&Tenant::new("acme").unwrap(), &RunId::new("r1").unwrap()).await;
    assert_eq!(cancelled, Ok(1));
    let end = &replay.asked()[1];
    assert!(end.uri.ends_with("/v1/terminatejob") && end.json()["jobId"] == "b1", "{end:?}");
    assert_eq!(replay.left(), 0);
}
