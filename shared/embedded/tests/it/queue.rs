//! The queue of one process in time, and over restarts.

use std::sync::Arc;
use std::time::Duration;

use ideamine_core::Tenant;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobMessage, JobQueue, JobSource, Records};
use ideamine_core::records::{JobRow, JobState};
use ideamine_embedded::{
    DELIVERIES_MAX, HEARTBEAT, LEASE, LINE_JOBS_MAX, LocalQueue, Which, job_rows, write_job_row,
};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use crate::support::open;

fn job(number: usize) -> JobMessage {
    let payload = json!({ "tenant": "local", "run": "01J", "step": format!("s{number}"), "input": "secret" });
    JobMessage { function: "f".into(), payload, token: format!("token-{number}") }
}

#[tokio::test(start_paused = true)]
async fn a_lost_workers_job_goes_to_one_other_within_a_minute_and_the_lost_one_is_refused() {
    let queue = Arc::new(LocalQueue::new(&["model"]));
    queue.send("model-normal", job(0)).await.unwrap();
    let lost = queue.take("model").await.unwrap();
    let recover = || {
        let queue = queue.clone();
        tokio::spawn(async move { (queue.take("model").await.unwrap(), Instant::now()) })
    };
    let recoverers = [recover(), recover()];
    let mut last = Instant::now();
    for beat in 1..=3 {
        sleep(HEARTBEAT).await;
        queue.heartbeat(&lost.receipt, beat).unwrap();
        last = Instant::now();
    }
    // Another minute in which nothing is heard.
    sleep(Duration::from_secs(60)).await;
    let mut took = vec![];
    for recoverer in recoverers {
        if recoverer.is_finished() {
            took.push(recoverer.await.unwrap());
        } else {
            recoverer.abort();
        }
    }
    let [(taken, at)] = &took[..] else { panic!("{} took it", took.len()) };
    assert_eq!(taken.deliveries, 2);
    assert_eq!(*at - last, LEASE);
    for late in [
        queue.heartbeat(&lost.receipt, 9),
        queue.done(&lost.receipt).await,
        queue.give_back(&lost.receipt).await,
    ] {
        assert_eq!(late.unwrap_err().kind, FailureKind::NotFound);
    }
    queue.done(&taken.receipt).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_full_line_lets_its_own_senders_wait_and_nobody_else() {
    let queue = LocalQueue::new(&["model"]);
    let of = |tenant: &str, number: usize| {
        let payload = json!({ "tenant": tenant });
        JobMessage { payload, token: format!("{tenant}-{number}"), ..job(number) }
    };
    for number in 0..LINE_JOBS_MAX {
        queue.send("model-low", of("a", number)).await.unwrap();
    }
    let second = Duration::from_secs(1);
    assert!(
        timeout(second, queue.send("model-low", of("a", LINE_JOBS_MAX))).await.is_err(),
        "the line is full"
    );
    queue.send("model-high", of("a", 9_999)).await.unwrap();
    queue.send("model-low", of("b", 0)).await.unwrap();
    queue.take("model").await.unwrap();
    queue.take("model").await.unwrap();
    timeout(second, queue.send("model-low", of("a", LINE_JOBS_MAX)))
        .await
        .expect("there is a place")
        .unwrap();
}

#[tokio::test]
async fn deliveries_dead_jobs_and_removed_ones_outlive_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let tenant = Tenant::local();
    let store: Arc<dyn Records> = Arc::new(open(dir.path()).unwrap());
    let reopen = async || LocalQueue::open(&["model"], store.clone(), &tenant).await.unwrap();
    let rows = async || job_rows(&*store, &tenant).await.unwrap();

    // A process that ends in order does not count.
    for _ in 0..DELIVERIES_MAX {
        let queue = reopen().await;
        queue.send("model-high", job(0)).await.unwrap();
        assert_eq!(queue.take("model").await.unwrap().deliveries, 1);
        queue.give_all_back().await.unwrap();
    }

    // A job whose worker takes the process with it each time is dead in the end.
    for delivery in 1..=DELIVERIES_MAX {
        let queue = reopen().await;
        queue.send("model-high", job(0)).await.unwrap();
        assert_eq!(queue.take("model").await.unwrap().deliveries, delivery);
    }
    let queue = reopen().await;
    queue.send("model-high", job(0)).await.unwrap();
    let taken = timeout(Duration::from_millis(50), queue.take("model")).await;
    assert!(taken.is_err(), "{taken:?}");
    let dead = queue.jobs(JobState::Dead);
    assert_eq!(dead.iter().map(|dead| dead.row.step.as_str()).collect::<Vec<_>>(), ["s0"]);
    assert!(!dead[0].row.reason.is_empty());

    // The row says nothing of payload and token; dead it is also in the next process, until it is redriven.
    let kept = serde_json::to_string(&rows().await).unwrap();
    assert!(!kept.contains("secret") && !kept.contains("token"), "{kept}");
    let queue = reopen().await;
    queue.send("model-high", job(0)).await.unwrap();
    assert_eq!(queue.jobs(JobState::Dead).len(), 1);
    let redriven = queue.redrive(&Which::One(JobRow::id_of(&job(0)))).await.unwrap();
    assert!(matches!(&redriven[..], [(row, true)] if row.deliveries == 0));
    let taken = queue.take("model").await.unwrap();
    queue.done(&taken.receipt).await.unwrap();
    assert_eq!(rows().await, []);
    let none = queue.redrive(&Which::One("nothing".into())).await.unwrap_err();
    assert_eq!(none.kind, FailureKind::NotFound);

    // One that was removed while no process had it is refused when it is sent again, once.
    queue.send("model-normal", job(1)).await.unwrap();
    for row in rows().await {
        write_job_row(&*store, &JobRow { state: JobState::Purged, ..row }).await.unwrap();
    }
    let queue = reopen().await;
    assert_eq!(queue.send("model-normal", job(1)).await.unwrap_err().kind, FailureKind::JobPurged);
    assert_eq!(rows().await, []);

    // What nobody sends again leaves nothing behind.
    queue.send("model-normal", job(2)).await.unwrap();
    let queue = reopen().await;
    assert_eq!(rows().await.len(), 1);
    queue.forget_unsent().await.unwrap();
    assert_eq!(rows().await, []);
}
