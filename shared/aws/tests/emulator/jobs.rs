use ideamine_aws::{BatchJobs, Delivery};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JOB_RESULT_URL, JOB_SPEC_URL, JobEnd, JobLimits, JobMessage, JobResult, JobSpec};
use ideamine_core::{Failure, RunId, Tenant};
use serde_json::{Value, json};

use crate::world::{World, http, on_emulator};

fn message(step: &str, token: &str) -> JobMessage {
    let payload = json!({ "tenant": "acme-1", "run": "r1", "step": step, "input": {} });
    JobMessage { function: "job-check".into(), payload, token: token.into() }
}

fn spec(word: &str) -> JobSpec {
    JobSpec {
        argv: vec!["true".into(), word.into()],
        files: vec![],
        env: vec![],
        limits: JobLimits::default(),
        requests: vec![],
        collect: false,
    }
}

fn result() -> JobResult {
    JobResult {
        end: JobEnd::Exited { code: 0 },
        stdout: "out".into(),
        stderr: String::new(),
        exchanges: vec![],
        files: vec![],
        tool: "bubblewrap".into(),
        duration_ms: 5,
    }
}

async fn run(world: &World, message: &JobMessage, spec: JobSpec) -> Result<JobResult, Failure> {
    let delivery = Delivery::new("sandbox", message).unwrap();
    delivery.scope(async { world.aws.jobs().run(spec).await }).await
}

/// What was said to Batch, job by job.
fn submitted(world: &World) -> Vec<Value> {
    world.requests.bodies("/v1/submitjob").iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

fn variable(job: &Value, name: &str) -> String {
    let variables = job["containerOverrides"]["environment"].as_array().unwrap();
    let found = variables.iter().find(|variable| variable["name"] == name).unwrap();
    found["value"].as_str().unwrap().to_owned()
}

fn event(job: &Value, status: &str) -> Value {
    // As EventBridge delivers it; the emulator sends none.
    let detail = json!({ "jobName": job["jobName"], "jobId": "unknown", "status": status, "statusReason": "Host EC2 terminated" });
    json!({ "version": "0", "source": "aws.batch", "detail-type": "Batch Job State Change", "detail": detail })
}

async fn stack(world: &World) -> BatchJobs {
    world.table(&world.settings.records_table).await;
    world.bucket(&world.settings.bucket).await;
    world.aws.batch()
}

/// The row as another attempt would find it if the job's id had got lost: the emulator calls every job it knows ended.
async fn forget_batch_id(world: &World, job: &Value) -> Value {
    use ideamine_core::ports::{Condition, Write};
    let records = world.aws.env().records;
    let id = job["jobName"].as_str().unwrap().split('-').next().unwrap().to_owned();
    let mut item = records.query("acme-1#jobs", &id, None, 1).await.unwrap().remove(0);
    item.value["batch_id"] = Value::Null;
    let value = item.value.clone();
    records.write(vec![Write::Put { key: item.key, value: item.value, when: Condition::Any }]).await.unwrap();
    value
}

#[tokio::test]
async fn a_job_goes_out_with_two_urls_and_its_result_answers_the_same_call() {
    on_emulator(|world| async move {
        let batch = stack(&world).await;
        let waiting = message("p/check", "token-1");
        let pending = run(&world, &waiting, spec("a")).await.unwrap_err();
        assert_eq!(pending.kind, FailureKind::SandboxPending, "{pending}");
        let jobs = submitted(&world);
        let job = &jobs[0];
        assert_eq!(jobs.len(), 1);
        assert!(job["shareIdentifier"].as_str().unwrap().bytes().all(|b| b.is_ascii_alphanumeric()), "{job}");
        assert!(!job.to_string().contains("token-1"), "a job knows no token");

        let http = http();
        let fetched: JobSpec = serde_json::from_str(
            &http.get(variable(job, JOB_SPEC_URL)).send().await.unwrap().text().await.unwrap(),
        )
        .unwrap();
        assert_eq!(fetched, spec("a"));
        let put = |body: String| {
            http.put(variable(job, JOB_RESULT_URL)).header("if-none-match", "*").body(body).send()
        };
        assert!(put(serde_json::to_string(&result()).unwrap()).await.unwrap().status().is_success());
        assert_eq!(put("another".into()).await.unwrap().status(), 412, "a result is written once");

        assert!(batch.finished(&event(job, "RUNNING")).await.unwrap().is_none());
        forget_batch_id(&world, job).await;
        for _ in 0..2 {
            let finished = batch.finished(&event(job, "SUCCEEDED")).await.unwrap().unwrap();
            assert!(finished.message == waiting && finished.queue == "sandbox" && finished.succeeded);
            assert_eq!((finished.tenant.as_str(), finished.run.as_str()), ("acme-1", "r1"));
        }
        assert_eq!(run(&world, &waiting, spec("a")).await.unwrap(), result());
        assert_eq!(
            run(&world, &message("p/check", "token-2"), spec("a")).await.unwrap(),
            result(),
            "for good"
        );
        assert_eq!(submitted(&world).len(), 1);
        assert!(batch.finished(&event(job, "SUCCEEDED")).await.unwrap().is_none(), "nobody waits any more");
    })
    .await;
}

#[tokio::test]
async fn another_step_or_another_specification_is_another_job() {
    on_emulator(|world| async move {
        stack(&world).await;
        for (step, word) in [("p/check-a", "a"), ("p/check-b", "a"), ("p/check-a", "b")] {
            run(&world, &message(step, "t"), spec(word)).await.unwrap_err();
        }
        let mut names: Vec<_> = submitted(&world).iter().map(|job| job["jobName"].to_string()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_leaves_nothing_is_submitted_a_few_times_then_its_step_fails() {
    on_emulator(|world| async move {
        let batch = stack(&world).await;
        let waiting = message("p/check", "t");
        let mut names = Vec::new();
        for attempt in 1..=3 {
            let pending = run(&world, &waiting, spec("a")).await.unwrap_err();
            assert_eq!(pending.kind, FailureKind::SandboxPending, "attempt {attempt}: {pending}");
            let mut jobs = submitted(&world);
            let job = jobs.pop().unwrap();
            forget_batch_id(&world, &job).await;
            for earlier in &jobs {
                // Told late, or again.
                assert!(batch.finished(&event(earlier, "FAILED")).await.unwrap().is_none());
            }
            let finished = batch.finished(&event(&job, "FAILED")).await.unwrap().unwrap();
            assert!(!finished.succeeded && finished.message == waiting);
            names.push(job["jobName"].to_string());
        }
        names.dedup();
        assert_eq!(names.len(), 3, "each attempt has a name of its own");
        let failed = run(&world, &waiting, spec("a")).await.unwrap_err();
        assert_eq!(failed.kind, FailureKind::SandboxFailed);
        assert!(failed.message.contains("Host EC2 terminated"), "{failed}");
        let anew = run(&world, &waiting, spec("a")).await.unwrap_err();
        assert_eq!(anew.kind, FailureKind::SandboxPending, "a later try of the step begins anew");
    })
    .await;
}

#[tokio::test]
async fn an_end_that_was_never_told_is_found_by_the_next_delivery() {
    on_emulator(|world| async move {
        stack(&world).await;
        // The emulator calls a job SUCCEEDED at once, and runs nothing: so there is no result.
        for attempt in 1..=3 {
            run(&world, &message("p/check", "t"), spec("a")).await.unwrap_err();
            assert_eq!(submitted(&world).len(), attempt);
        }
        let failed = run(&world, &message("p/check", "t"), spec("a")).await.unwrap_err();
        assert_eq!(failed.kind, FailureKind::SandboxFailed, "{failed}");
    })
    .await;
}

#[tokio::test]
async fn an_unusable_result_is_said_to_be_one() {
    on_emulator(|world| async move {
        let batch = stack(&world).await;
        let waiting = message("p/check", "t");
        run(&world, &waiting, spec("a")).await.unwrap_err();
        let job = submitted(&world).pop().unwrap();
        let put = http().put(variable(&job, JOB_RESULT_URL)).header("if-none-match", "*");
        put.body("{}").send().await.unwrap();
        forget_batch_id(&world, &job).await;
        assert!(
            batch.finished(&event(&job, "SUCCEEDED")).await.unwrap().is_some(),
            "the step says so itself"
        );
        assert_eq!(run(&world, &waiting, spec("a")).await.unwrap_err().kind, FailureKind::DataCorrupt);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_is_ended_forgets_its_jobs() {
    on_emulator(|world| async move {
        let batch = stack(&world).await;
        for step in ["p/check-a", "p/check-b"] {
            run(&world, &message(step, "t"), spec("a")).await.unwrap_err();
        }
        let (tenant, other) = (Tenant::new("acme-1").unwrap(), RunId::new("r2").unwrap());
        assert_eq!(batch.cancel(&tenant, &other).await, Ok(0));
        assert_eq!(batch.cancel(&tenant, &RunId::new("r1").unwrap()).await, Ok(2));
        for job in submitted(&world) {
            assert!(batch.finished(&event(&job, "FAILED")).await.unwrap().is_none(), "nobody waits any more");
        }
    })
    .await;
}

#[tokio::test]
async fn events_of_others_are_none_of_ours() {
    on_emulator(|world| async move {
        let batch = stack(&world).await;
        let nightly = json!({ "source": "aws.batch", "detail": { "jobName": "nightly", "jobId": "1", "status": "FAILED" } });
        assert!(batch.finished(&nightly).await.unwrap().is_none());
        for other in [json!({}), json!({ "source": "aws.ec2", "detail": nightly["detail"] })] {
            assert_eq!(batch.finished(&other).await.err().unwrap().kind, FailureKind::InputInvalid);
        }
        let none = batch.cancel(&Tenant::new("acme-1").unwrap(), &RunId::new("r1").unwrap()).await;
        assert_eq!(none, Ok(0));
        let outside = world.aws.jobs().run(spec("a")).await.unwrap_err();
        assert_eq!(outside.kind, FailureKind::Bug, "nobody would go on with it");
    })
    .await;
}
