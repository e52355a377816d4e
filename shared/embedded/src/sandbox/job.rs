//! One job from start to end. Everything blocks: it has a thread of its own.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ideamine_core::Failure;
use ideamine_core::ports::{Exchange, FileOut, JobEnd, JobLimits, JobResult, JobSpec};

use super::command::Descriptors;
use super::host::Host;
use super::inside::Inside;
use super::output::Drain;
use super::socket::Socket;
use super::{archive, collect, command, failed, limits, probe, watch};

/// Longest job, whatever its limits say.
const WALL_MAX: Duration = Duration::from_secs(3600);
/// Most requests of one job.
const REQUESTS_MAX: usize = 1_000;
/// Most files and folders that a job may have, over all places that it can write.
const ENTRIES_MAX: u64 = 20_000;
/// Most sockets of a job: what waits in them is memory of the kernel's.
const SOCKETS_MAX: u64 = 512;
/// Longest time for building the walls and unpacking the files.
const SET_UP_WAIT: Duration = Duration::from_secs(30);
/// A dying server loses its socket before its processes have ended: how long to wait for its own exit status.
const DYING: Duration = Duration::from_millis(300);
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
    limits::can_be_given(&spec.limits)?;
    let archive = archive::of(&spec.files)?;
    let set_up = |reason| failed(format!("the sandbox could not be set up: {reason}"));
    let mut running = Running::start(host, spec, archive).map_err(set_up)?;
    let mut end = running.wait(spec, cancelled)?;
    let duration_ms = u64::try_from(running.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (stdout, mut stderr, exchanges) = running.output()?;
    if let Ended::OverLimit(what) = &end {
        stderr.push_str(&format!("\n[sandbox] ended: over the limit of {what}\n"));
    }
    let files = if spec.collect { gather(&running.inside, spec, &mut stderr)? } else { Vec::new() };
    if cancelled.load(Ordering::Relaxed) {
        end = Ended::TimedOut;
    }
    let (end, tool) = (end.told(), host.version.clone());
    Ok(JobResult { end, stdout, stderr, exchanges, files, tool, duration_ms })
}

/// Runs a job that does nothing.
///
/// # Errors
/// Why it did not, as far as bubblewrap or the job said.
pub(super) fn trial(host: &Host) -> Result<(), String> {
    let spec = JobSpec {
        argv: vec![host.prlimit.display().to_string(), "--version".to_owned()],
        files: Vec::new(),
        env: Vec::new(),
        limits: JobLimits::default(),
        requests: Vec::new(),
        collect: false,
    };
    let archive = archive::of(&[]).map_err(|failure| failure.message)?;
    let mut running = Running::start(host, &spec, archive)?;
    let end = running.wait(&spec, &AtomicBool::new(false)).map_err(|failure| failure.message)?;
    match end {
        Ended::Itself(status) if status.success() => Ok(()),
        _ => Err(first_line(&running.process.stderr.finish())),
    }
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

fn gather(inside: &Inside, spec: &JobSpec, stderr: &mut String) -> Result<Vec<FileOut>, Failure> {
    let unreadable = |e| failed(format!("a job's files could not be collected: {e}"));
    let collected = collect::collect(inside.work(), &spec.limits).map_err(unreadable)?;
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

/// Bubblewrap and what it says. Dropping it ends it.
struct Process {
    child: Child,
    stdout: Drain,
    stderr: Drain,
}

impl Process {
    fn spawn(mut command: Command, kept: usize) -> io::Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // Descriptors that this process was started with would go on to the job.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        let mut child = command.spawn()?;
        let no_pipe = || io::Error::other("its output has no pipe");
        let stdout = Drain::start(child.stdout.take().ok_or_else(no_pipe)?, kept)?;
        let stderr = Drain::start(child.stderr.take().ok_or_else(no_pipe)?, kept)?;
        Ok(Self { child, stdout, stderr })
    }

    /// What it said about its own end, or else what was seen from outside.
    fn why_not(&mut self, seen: &io::Error) -> String {
        let _ = self.child.kill();
        let said = self.stderr.finish();
        if said.trim().is_empty() { seen.to_string() } else { first_line(&said) }
    }

    /// Waits until the job is set up, and takes hold of it.
    fn ready(&self, gate: &mut UnixStream) -> io::Result<Inside> {
        gate.set_read_timeout(Some(SET_UP_WAIT))?;
        gate.read_exact(&mut [0])?;
        Inside::of(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Running {
    process: Process,
    inside: Inside,
    probe: Option<JoinHandle<Vec<Exchange>>>,
    started: Instant,
    deadline: Instant,
}

impl Running {
    /// Builds the walls, lays out the files, and lets the program begin.
    fn start(host: &Host, spec: &JobSpec, archive: File) -> Result<Self, String> {
        let told = |what: &'static str| move |e: io::Error| format!("{what}: {e}");
        let (mut gate, theirs) = UnixStream::pair().map_err(told("no pair of sockets"))?;
        let filter = nameless(&host.filter).map_err(told("no file for the filter"))?;
        let descriptors = Descriptors { archive: archive.into(), gate: theirs.into(), filter: filter.into() };
        let mut command = command::of(host, spec, descriptors).map_err(told("its descriptors"))?;
        let (socket, stdin) = standard_input(spec).map_err(told("no socket for its requests"))?;
        command.stdin(stdin);
        let mut process = Process::spawn(command, spec.limits.output_bytes)
            .map_err(|e| format!("{} could not be started: {e}", host.bwrap.display()))?;
        let inside = process.ready(&mut gate).map_err(|e| process.why_not(&e))?;
        let started = Instant::now();
        let deadline = started + Duration::from_millis(spec.limits.wall_ms).min(WALL_MAX);
        gate.write_all(b"go\n").map_err(told("it ended before it began"))?;
        let (requests, limits) = (spec.requests.clone(), spec.limits.clone());
        let make = |socket: Socket| {
            let make = move || {
                let made = probe::make(&socket, &requests, &limits, deadline);
                if made.last().is_some_and(|exchange| exchange.error.is_some()) {
                    std::thread::sleep(DYING);
                }
                made
            };
            std::thread::Builder::new().name("sandbox-probe".to_owned()).spawn(make)
        };
        let probe = socket.map(make).transpose().map_err(told("no thread for its requests"))?;
        Ok(Self { process, inside, probe, started, deadline })
    }

    /// Waits for whatever ends the job, then ends all of it.
    fn wait(&mut self, spec: &JobSpec, cancelled: &AtomicBool) -> Result<Ended, Failure> {
        let ended = self.watch(spec, cancelled);
        self.inside.end().map_err(|e| failed(format!("a job could not be ended: {e}")))?;
        ended.map_err(|e| failed(format!("a job was lost: {e}")))
    }

    fn watch(&mut self, spec: &JobSpec, cancelled: &AtomicBool) -> io::Result<Ended> {
        let mut weigh_at = Instant::now() + WEIGH;
        loop {
            if let Some(status) = self.process.child.try_wait()? {
                return Ok(Ended::Itself(status));
            }
            if self.probe.as_ref().is_some_and(JoinHandle::is_finished) {
                return Ok(Ended::Probed);
            }
            let now = Instant::now();
            if now >= self.deadline || cancelled.load(Ordering::Relaxed) {
                return Ok(Ended::TimedOut);
            }
            if now >= weigh_at {
                if let Some(what) = self.over_limit(&spec.limits) {
                    return Ok(Ended::OverLimit(what));
                }
                // Looking takes its own time: never more than half of it.
                weigh_at = Instant::now() + WEIGH.max(now.elapsed());
            }
            std::thread::sleep(LOOK);
        }
    }

    fn over_limit(&self, limits: &JobLimits) -> Option<&'static str> {
        let usage = watch::below(self.process.child.id());
        // Two are bubblewrap's own.
        if usage.tasks > limits.processes.saturating_add(2) {
            return Some("processes");
        }
        if usage.memory_bytes > limits.memory_bytes {
            return Some("memory of all processes together");
        }
        if self.inside.entries() > ENTRIES_MAX {
            return Some("files and folders");
        }
        (self.inside.sockets() > SOCKETS_MAX).then_some("sockets")
    }

    /// What an ended job said, and what it answered.
    fn output(&mut self) -> Result<(String, String, Vec<Exchange>), Failure> {
        let probe = self.probe.take();
        let made = probe.map(|probe| probe.join().map_err(|_| Failure::bug("the probe panicked")));
        let (stdout, stderr) = (self.process.stdout.finish(), self.process.stderr.finish());
        Ok((stdout, stderr, made.transpose()?.unwrap_or_default()))
    }
}

/// A listening socket where there are requests to make, and nothing otherwise.
fn standard_input(spec: &JobSpec) -> io::Result<(Option<Socket>, Stdio)> {
    if spec.requests.is_empty() {
        return Ok((None, Stdio::null()));
    }
    let (socket, listener) = Socket::listen()?;
    Ok((Some(socket), listener.into()))
}

/// A file without a name, to be read from its beginning.
fn nameless(bytes: &[u8]) -> io::Result<File> {
    let mut file = archive::nameless()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// For a message.
fn first_line(said: &str) -> String {
    said.lines().next().unwrap_or("no reason given").chars().take(200).collect()
}
