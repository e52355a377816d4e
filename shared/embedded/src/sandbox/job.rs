//! One job from start to end. Everything blocks: it has a thread of its own.

use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ideamine_core::Failure;
use ideamine_core::ports::{Exchange, JobEnd, JobResult, JobSpec};

use super::host::Host;
use super::output::Drain;
use super::place::Place;
use super::{collect, command, failed, probe, watch};

/// Longest job, whatever its limits say.
const WALL_MAX: Duration = Duration::from_secs(3600);
/// Most requests of one job.
const REQUESTS_MAX: usize = 1_000;
/// Between two looks at the child: an ended job is seen this late.
const LOOK: Duration = Duration::from_millis(3);
/// Between two looks at what the job uses.
const WEIGH: Duration = Duration::from_millis(50);
/// Exit codes above this are signals, by the shells' convention, which bubblewrap follows.
const SIGNAL_BASE: i32 = 128;
const SIGKILL: i32 = 9;

/// Runs one job.
pub(super) fn run(host: &Host, spec: &JobSpec, cancelled: &AtomicBool) -> Result<JobResult, Failure> {
    check(spec)?;
    let place = Place::lay_out(&spec.files, host.uid)?;
    let started = Instant::now();
    let deadline = started + Duration::from_millis(spec.limits.wall_ms).min(WALL_MAX);
    let mut running = Running::start(host, spec, &place, deadline)?;
    let ending = running.wait(spec, &place, deadline, cancelled);
    let (stdout, mut stderr, exchanges) = running.finish()?;
    let mut end = ending?;
    if let Ended::OverLimit(what) = &end {
        stderr.push_str(&format!("\n[sandbox] ended: over the limit of {what}\n"));
    }
    if looks_like_set_up(&end, &stderr)
        && let Err(reason) = host.trial()
    {
        return Err(failed(format!("the sandbox could not be set up: {reason}")));
    }
    let files = if spec.collect { gather(&place, spec, &mut stderr)? } else { Vec::new() };
    if cancelled.load(Ordering::Relaxed) {
        end = Ended::TimedOut;
    }
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(JobResult {
        end: end.told(),
        stdout,
        stderr,
        exchanges,
        files,
        tool: host.version.clone(),
        duration_ms,
    })
}

fn check(spec: &JobSpec) -> Result<(), Failure> {
    let nul = |text: &str| text.contains('\0');
    if spec.argv.first().is_none_or(String::is_empty) || spec.argv.iter().any(|arg| nul(arg)) {
        return Err(Failure::input("a job's argv is empty or holds a NUL"));
    }
    let bad_name = |name: &str| name.is_empty() || name.contains('=') || nul(name);
    if spec.env.iter().any(|(name, value)| bad_name(name) || nul(value)) {
        return Err(Failure::input("a job's environment has an unusable name or a NUL"));
    }
    if spec.requests.len() > REQUESTS_MAX {
        let count = spec.requests.len();
        return Err(Failure::input(format!("a job's {count} requests are over the limit of {REQUESTS_MAX}")));
    }
    Ok(())
}

fn gather(
    place: &Place,
    spec: &JobSpec,
    stderr: &mut String,
) -> Result<Vec<ideamine_core::ports::FileOut>, Failure> {
    let unreadable = |e| failed(format!("a job's files could not be collected: {e}"));
    let collected = collect::collect(&place.folder(), &spec.limits).map_err(unreadable)?;
    if collected.left_out > 0 {
        stderr.push_str(&format!("\n[sandbox] {} entries were not collected\n", collected.left_out));
    }
    Ok(collected.files)
}

/// How the harness saw it end.
#[derive(Debug)]
enum Ended {
    Itself(ExitStatus),
    TimedOut,
    OverLimit(&'static str),
    Probed,
}

impl Ended {
    fn told(&self) -> JobEnd {
        match self {
            Self::Itself(status) => match (status.code(), status.signal()) {
                (Some(code), _) if code > SIGNAL_BASE => JobEnd::Signalled { signal: code - SIGNAL_BASE },
                (Some(code), _) => JobEnd::Exited { code },
                (None, signal) => JobEnd::Signalled { signal: signal.unwrap_or(SIGKILL) },
            },
            Self::TimedOut => JobEnd::TimedOut,
            Self::OverLimit(_) => JobEnd::Signalled { signal: SIGKILL },
            Self::Probed => JobEnd::Stopped,
        }
    }
}

/// Bubblewrap exits with 1 and its own name when it cannot build the walls; a job could write the same, so that a
/// trial decides which it was.
fn looks_like_set_up(end: &Ended, stderr: &str) -> bool {
    matches!(end, Ended::Itself(status) if status.code() == Some(1)) && stderr.starts_with("bwrap: ")
}

struct Running {
    child: Child,
    stdout: Drain,
    stderr: Drain,
    probe: Option<JoinHandle<Vec<Exchange>>>,
}

impl Running {
    fn start(host: &Host, spec: &JobSpec, place: &Place, deadline: Instant) -> Result<Self, Failure> {
        let mut command = command::of(host, &spec.argv, &spec.env, &spec.limits, &place.folder());
        let probed = !spec.requests.is_empty();
        let stdin = if probed { Stdio::from(OwnedFd::from(place.listen()?)) } else { Stdio::null() };
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Descriptors that this process was started with would go on to the job.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        let not_started = |e| failed(format!("{} could not be started: {e}", host.bwrap.display()));
        let mut child = command.spawn().map_err(not_started)?;
        // With our copy of the socket gone, a connection to a dead job is refused instead of waiting.
        drop(command);
        let no_pipe = || failed("a job's output has no pipe");
        let no_thread = |e: std::io::Error| failed(format!("no thread for a job's output: {e}"));
        let limit = spec.limits.output_bytes;
        let stdout = Drain::start(child.stdout.take().ok_or_else(no_pipe)?, limit).map_err(no_thread)?;
        let stderr = Drain::start(child.stderr.take().ok_or_else(no_pipe)?, limit).map_err(no_thread)?;
        let (socket, requests) = (place.socket(), spec.requests.clone());
        let make = move || probe::make(&socket, &requests, limit, deadline);
        let probe = probed.then(|| std::thread::Builder::new().name("sandbox-probe".to_owned()).spawn(make));
        Ok(Self { child, stdout, stderr, probe: probe.transpose().map_err(no_thread)? })
    }

    /// Waits for whatever ends the job, then kills all of it: bubblewrap's death is the death of the process namespace.
    fn wait(
        &mut self,
        spec: &JobSpec,
        place: &Place,
        deadline: Instant,
        cancelled: &AtomicBool,
    ) -> Result<Ended, Failure> {
        let mut weigh_at = Instant::now() + WEIGH;
        let ended = loop {
            if let Some(status) = self.child.try_wait().map_err(|e| failed(format!("a job was lost: {e}")))? {
                break Ended::Itself(status);
            }
            if self.probe.as_ref().is_some_and(JoinHandle::is_finished) {
                break Ended::Probed;
            }
            let now = Instant::now();
            if now >= deadline || cancelled.load(Ordering::Relaxed) {
                break Ended::TimedOut;
            }
            if now >= weigh_at {
                if let Some(what) = over_limit(self.child.id(), spec, place) {
                    break Ended::OverLimit(what);
                }
                // Looking takes its own time: never more than half of it.
                weigh_at = Instant::now() + WEIGH.max(now.elapsed());
            }
            std::thread::sleep(LOOK);
        };
        self.end();
        Ok(ended)
    }

    fn end(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn finish(mut self) -> Result<(String, String, Vec<Exchange>), Failure> {
        self.end();
        let made =
            self.probe.take().map(|probe| probe.join().map_err(|_| Failure::bug("the probe panicked")));
        Ok((self.stdout.finish(), self.stderr.finish(), made.transpose()?.unwrap_or_default()))
    }
}

fn over_limit(pid: u32, spec: &JobSpec, place: &Place) -> Option<&'static str> {
    let usage = watch::below(pid);
    // Two are bubblewrap's own.
    if usage.tasks > spec.limits.processes.saturating_add(2) {
        return Some("processes");
    }
    if usage.memory_bytes > spec.limits.memory_bytes {
        return Some("memory of all processes together");
    }
    watch::folder_is_full(&place.folder()).then_some("disk space")
}
