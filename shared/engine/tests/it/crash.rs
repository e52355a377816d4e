//! A run cut off anywhere goes on to the same end, and no completed task runs again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ideamine_core::ports::{Clock, HistoryStep, Workflows};
use ideamine_embedded::{Store, SystemClock};
use ideamine_engine::Log;
use ideamine_testkit::FakeClock;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use zstd::stream::raw::{Decoder, Operation};

use crate::machines::{Worker, everything};
use crate::support::World;

/// How much faster than the real one the clock runs.
const SPEED: i64 = 200;
const SEGMENT: &str = "journal/00000000000000000000.log";
const SEGMENT_HEADER: usize = 16;
const RECORD_HEADER: usize = 12;

pub(crate) fn quick_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A world whose clock runs fast.
pub(crate) async fn world(dir: &Path, worker: &Worker) -> (World, tokio::task::AbortHandle) {
    world_on(dir, worker, |store| Arc::new(store.clone()))
}

/// The same on another log.
pub(crate) fn world_on(
    dir: &Path,
    worker: &Worker,
    log: impl FnOnce(&Store) -> Arc<dyn Log>,
) -> (World, tokio::task::AbortHandle) {
    let (top, leaf) = everything();
    // From the real time, so that the next process's time goes on from there.
    let clock = Arc::new(FakeClock::at(SystemClock.now_ms() * SPEED));
    let machines = [("top", top.as_str()), ("leaf", leaf.as_str())];
    let world = World::start_on(dir, &machines, worker.registry(), clock.clone() as Arc<dyn Clock>, log);
    let engine = world.engine.clone();
    let ticking = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            clock.advance_ms(SPEED);
            engine.wake();
        }
    });
    (world, ticking.abort_handle())
}

/// Starts (or finds) the runs and sees them to their end.
pub(crate) async fn finish(world: &World, names: &[&str]) -> Vec<(Value, Vec<HistoryStep>)> {
    let mut ends = Vec::new();
    for name in names {
        world.env.workflows.start("top", name, json!({ "of": name })).await.unwrap();
    }
    for name in names {
        let id = format!("top:{name}");
        let ended =
            tokio::time::timeout(Duration::from_secs(60), world.engine.wait(&id)).await.unwrap().unwrap();
        let output = ended.output.unwrap_or_else(|| panic!("{id}: {:?} {:?}", ended.error, ended.cause));
        ends.push((output, sorted(world.engine.steps(&id).await.unwrap())));
    }
    ends
}

/// Branches complete in any order.
fn sorted(mut steps: Vec<HistoryStep>) -> Vec<HistoryStep> {
    steps.sort_by(|a, b| (&a.execution, &a.step).cmp(&(&b.execution, &b.step)));
    steps
}

/// Ends of an undisturbed run, and its journal.
pub(crate) async fn undisturbed(names: &[&str]) -> (Vec<(Value, Vec<HistoryStep>)>, Vec<u8>) {
    let dir = quick_dir();
    let worker = Worker::default();
    let (world, ticking) = world(dir.path(), &worker).await;
    let ends = finish(&world, names).await;
    ticking.abort();
    world.shutdown().await;
    for (step, (calls, good)) in worker.seen() {
        assert_eq!((calls, good), (if step.ends_with("again") { 2 } else { 1 }, 1), "{step}");
    }
    (ends, fs::read(dir.path().join(SEGMENT)).unwrap())
}

/// Takes up a cut journal and checks that it comes to the same end.
async fn resumes(journal: &[u8], names: &[&str], expected: &[(Value, Vec<HistoryStep>)], cut: &str) {
    let dir = quick_dir();
    fs::create_dir(dir.path().join("journal")).unwrap();
    fs::write(dir.path().join(SEGMENT), journal).unwrap();
    let worker = Worker::default();
    let before = completed(dir.path(), names).await;
    let (world, ticking) = world(dir.path(), &worker).await;
    let ends = finish(&world, names).await;
    ticking.abort();
    world.shutdown().await;
    assert_eq!(ends, expected, "cut {cut}");
    for (step, (_, good)) in worker.seen() {
        assert_eq!(good, 1, "{step} after the cut {cut}");
        assert!(!before.contains(&step), "{step} was completed before the cut {cut} and ran again");
    }
}

/// Steps that a journal holds as completed.
pub(crate) async fn completed(dir: &Path, names: &[&str]) -> BTreeSet<String> {
    let (top, leaf) = everything();
    let machines = [("top", top.as_str()), ("leaf", leaf.as_str())];
    let world = World::open(dir, &machines, Arc::new(FakeClock::at(1_800_000_000_000)));
    let mut completed = BTreeSet::new();
    for name in names {
        if let Ok(steps) = world.engine.steps(&format!("top:{name}")).await {
            completed.extend(steps.into_iter().map(|step| step.step));
        }
    }
    world.shutdown().await;
    completed
}

/// Where each frame of a segment begins, and where the last one ends.
fn boundaries(journal: &[u8]) -> Vec<usize> {
    let mut at = SEGMENT_HEADER;
    let mut boundaries = vec![at];
    while at < journal.len() {
        let length = u32::from_le_bytes(journal[at + 4..at + 8].try_into().unwrap());
        at += RECORD_HEADER + length as usize;
        boundaries.push(at);
    }
    boundaries
}

/// The same records in the first form, each in a frame of its own: which of them are synced together is
/// chance, so a crash may come between any two.
fn record_by_record(journal: &[u8]) -> Vec<u8> {
    let mut out = b"ideamine-log-1\n\0".to_vec();
    let mut decoder = Decoder::new().unwrap();
    for frame in boundaries(journal).windows(2) {
        let payload = &journal[frame[0] + RECORD_HEADER..frame[1]];
        let length = u32::from_le_bytes(payload[..4].try_into().unwrap()) as usize;
        let mut plain = vec![0; length];
        let (mut read, mut wrote) = (4, 0);
        while wrote < length {
            let status = decoder.run_on_buffers(&payload[read..], &mut plain[wrote..]).unwrap();
            (read, wrote) = (read + status.bytes_read, wrote + status.bytes_written);
        }
        let mut rest = plain.as_slice();
        while let Some((header, after)) = rest.split_at_checked(5) {
            let (record, after) =
                after.split_at(u32::from_le_bytes(header[1..].try_into().unwrap()) as usize);
            let head = [&[header[0], 1], &header[1..]].concat();
            let mut crc = crc32fast::Hasher::new();
            crc.update(&head);
            crc.update(record);
            out.extend([b"IM", head.as_slice(), &crc.finalize().to_le_bytes(), record].concat());
            rest = after;
        }
    }
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_cut_at_any_record_and_inside_records_comes_to_the_same_end() {
    let (expected, journal) = undisturbed(&["only"]).await;
    assert_eq!(expected[0].1.len(), 12, "{:?}", expected[0].1);
    let records = record_by_record(&journal);
    assert!(boundaries(&records).len() > 30, "{}", boundaries(&records).len());
    let mut runner = TestRunner::deterministic();
    for journal in [journal, records] {
        let inside: Vec<usize> = (0..20)
            .map(|_| (SEGMENT_HEADER..journal.len()).new_tree(&mut runner).unwrap().current())
            .collect();
        for cut in boundaries(&journal).into_iter().chain(inside) {
            resumes(&journal[..cut], &["only"], &expected, &cut.to_string()).await;
        }
    }
}

/// The journal as a crash would leave it, copied while everything runs.
async fn images(segment: PathBuf, until: tokio::task::JoinHandle<()>) -> Vec<Vec<u8>> {
    let mut images = Vec::new();
    while !until.is_finished() {
        tokio::time::sleep(Duration::from_millis(7)).await;
        images.extend(fs::read(&segment).ok());
    }
    until.await.unwrap();
    images
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_runs_cut_off_together_all_come_to_the_same_ends() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let (expected, _) = undisturbed(&names).await;
    let dir = quick_dir();
    let worker = Worker::default();
    let (world, ticking) = world(dir.path(), &worker).await;
    let (engine, workflows) = (world.engine.clone(), world.env.workflows.clone());
    let running = tokio::spawn(async move {
        for name in names {
            workflows.start("top", name, json!({ "of": name })).await.unwrap();
        }
        for name in names {
            engine.wait(&format!("top:{name}")).await.unwrap();
        }
    });
    let images = images(dir.path().join(SEGMENT), running).await;
    ticking.abort();
    world.shutdown().await;
    assert!(images.len() > 2, "{} images", images.len());
    for (number, image) in images.iter().enumerate().step_by(images.len().div_ceil(12)) {
        resumes(image, &names, &expected, &format!("image {number}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_shut_down_again_and_again_still_ends_once() {
    let (expected, _) = undisturbed(&["only"]).await;
    let dir = quick_dir();
    let worker = Worker::default();
    let mut stops = 0;
    loop {
        let (world, ticking) = world(dir.path(), &worker).await;
        world.env.workflows.start("top", "only", json!({ "of": "only" })).await.unwrap();
        let ended =
            tokio::time::timeout(Duration::from_millis(4 + stops / 8), world.engine.wait("top:only")).await;
        if let Ok(ended) = ended {
            assert_eq!(ended.unwrap().output.as_ref(), Some(&expected[0].0));
            assert_eq!(sorted(world.engine.steps("top:only").await.unwrap()), expected[0].1);
            world.shutdown().await;
            break;
        }
        ticking.abort();
        world.shutdown().await;
        stops += 1;
        assert!(stops < 1_000, "never ends");
    }
    assert!(stops > 1, "it was not disturbed");
}

const KILLED: &str = "IDEAMINE_TEST_KILLED";
const KILLED_NAME: &str = "crash::a_process_killed_at_any_moment_leaves_runs_that_go_on";
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// The process that is killed: takes up what is there and runs until then.
async fn victim(dir: &Path) {
    let worker = Worker::with_diary(&dir.join("diary"));
    let (world, _) = world(dir, &worker).await;
    finish(&world, &NAMES).await;
    fs::write(dir.join("finished"), "").unwrap();
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_at_any_moment_leaves_runs_that_go_on() {
    if let Some(dir) = std::env::var_os(KILLED) {
        return victim(Path::new(&dir)).await;
    }
    let (expected, _) = undisturbed(&NAMES).await;
    let dir = tempfile::tempdir().unwrap();
    let mut kills = 0;
    while !dir.path().join("finished").exists() {
        let before = completed(dir.path(), &NAMES).await;
        let mut victim = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", KILLED_NAME, "--nocapture"])
            .env(KILLED, dir.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // So short at first that a fast machine is disturbed too, and longer each time, so that a slow one ends.
        tokio::time::sleep(Duration::from_millis(2 + kills * 4)).await;
        victim.kill().unwrap();
        victim.wait().unwrap();
        kills += 1;
        assert!(kills < 300, "never ends");
        let diary = fs::read_to_string(dir.path().join("diary")).unwrap_or_default();
        for step in diary.lines() {
            assert!(!before.contains(step), "{step} was completed before kill {kills} and ran again");
        }
        let _ = fs::remove_file(dir.path().join("diary"));
    }
    assert!(kills > 2, "it was not disturbed");
    let (world, ticking) = world(dir.path(), &Worker::default()).await;
    assert_eq!(finish(&world, &NAMES).await, expected);
    ticking.abort();
    world.shutdown().await;
}
