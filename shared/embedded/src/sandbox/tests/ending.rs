use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ideamine_core::ports::{JobEnd, JobLimits, JobSpec, Jobs};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::{OK, run, script, spec};
use crate::sandbox::{Bubblewrap, watch};

#[tokio::test]
async fn an_endless_loop_ends_by_processor_time_or_by_the_clock() {
    let check = async |cpu_s, wall_ms, end: &[JobEnd]| {
        let limits = JobLimits { cpu_s, wall_ms, ..JobLimits::default() };
        let Some(result) = run(JobSpec { limits, ..spec("while True: pass") }).await else { return };
        assert!(end.contains(&result.end), "{result:?}");
    };
    check(1, 20_000, &[JobEnd::Signalled { signal: 24 }, JobEnd::Signalled { signal: 9 }]).await;
    check(20, 300, &[JobEnd::TimedOut]).await;
}

#[tokio::test]
async fn a_job_that_will_not_die_dies_with_all_its_children() {
    let text = "import os, signal, time\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n\
                if os.fork() == 0:\n    os.setsid()\n    os.fork()\n    while True: time.sleep(1)\nprint('up', flush=True)\nwhile True: time.sleep(1)\n";
    let limits = JobLimits { wall_ms: 700, ..JobLimits::default() };
    let started = Instant::now();
    let Some(result) = run(JobSpec { limits, ..spec(text) }).await else { return };
    assert_eq!((result.end, result.stdout.as_str()), (JobEnd::TimedOut, "up\n"));
    // Its output ended: no process that could hold the pipe is left.
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_child_left_behind_does_not_outlive_the_job() {
    let text = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\nprint('done')\n";
    let started = Instant::now();
    let Some(result) = script(text).await else { return };
    assert_eq!((result.end, result.stdout.as_str()), (OK, "done\n"));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_dropped_call_ends_its_job() {
    let sandbox = Bubblewrap::from_env();
    if sandbox.probe().await.is_err() {
        return;
    }
    let mut long = spec("import time\ntime.sleep(30)");
    long.limits.wall_ms = 30_000;
    let _ = tokio::time::timeout(Duration::from_millis(300), sandbox.run(long)).await;
    let ended = async || {
        while watch::below(std::process::id()).tasks > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(5), ended()).await.is_ok());
}

/// Set for the process that owns a job and is killed.
const OWNER: &str = "IDEAMINE_TEST_OWNER";
const ITSELF: &str = "sandbox::tests::ending::a_killed_owner_takes_its_job_along_and_leaves_nothing_behind";

/// Runs itself as another process, which runs a job, and kills that with no chance to clean up.
#[tokio::test]
async fn a_killed_owner_takes_its_job_along_and_leaves_nothing_behind() {
    let sandbox = Bubblewrap::from_env();
    if sandbox.probe().await.is_err() {
        return;
    }
    if std::env::var_os(OWNER).is_some() {
        let mut long = spec("import time\ntime.sleep(60)");
        (long.limits.wall_ms, long.requests) = (60_000, vec![super::probed::request("a", "GET", "/", None)]);
        sandbox.run(long).await.unwrap();
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let mut owner = Command::new(std::env::current_exe().unwrap());
    owner.args(["--exact", ITSELF]).env(OWNER, "1").env("TMPDIR", temporary.path());
    let mut owner = owner.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let job = handles_once_it_runs(&mut owner).await;
    owner.kill().unwrap();
    owner.wait().unwrap();
    let wait = Timespec::try_from(Duration::from_secs(10)).unwrap();
    for process in &job {
        assert_eq!(poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&wait)).unwrap(), 1, "still alive");
    }
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "something stayed behind");
}

/// Handles of bubblewrap and all below it, once the program itself is among them.
async fn handles_once_it_runs(owner: &mut Child) -> Vec<OwnedFd> {
    let handle = |pid: &u32| pidfd_open(Pid::from_raw(i32::try_from(*pid).ok()?)?, PidfdFlags::empty()).ok();
    let is_program = |pid: &u32| {
        let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        words.starts_with(b"python3\0main.py")
    };
    loop {
        assert!(owner.try_wait().unwrap().is_none(), "the owner ended by itself");
        let mut tree = watch::children(owner.id());
        let mut at = 0;
        while at < tree.len() {
            tree.extend(watch::children(tree[at]));
            at += 1;
        }
        if tree.iter().any(is_program) {
            return tree.iter().filter_map(handle).collect();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
