//! Sandboxed jobs on one machine: bubblewrap, or nothing.
//!
//! Generated code runs in its own user, process, network, IPC and host-name namespaces, on a read-only
//! system, with private folders in memory, no capabilities and few system calls; limits come from the sizes of
//! those folders, from `prlimit`, from the wall clock outside and from a watch over the whole job. Where
//! bubblewrap is missing, or the kernel refuses it, every job fails with `Sandbox.Missing` and what to install:
//! nothing runs bare. Nothing of a job lies on the host's disk, so nothing stays behind however its owner ends.
//!
//! | file | what |
//! |---|---|
//! | `host` | what this machine has: bubblewrap, prlimit, tar, Python, and whether namespaces work |
//! | `filter` | the system calls that a job may make |
//! | `archive` | a job's files on their way in |
//! | `command` | the argument vector of one job |
//! | `limits` | limits of the kernel's, and whether they can be given |
//! | `job` | one job from start to end, on a thread of its own |
//! | `inside` | what the harness holds of a running job |
//! | `watch` | what the process tree uses right now |
//! | `output` | standard output and error, drained and cut |
//! | `socket` | the socket that a probed job listens on |
//! | `http` | a small HTTP/1.1 client |
//! | `probe` | the requests that the harness makes of a job |
//! | `references` | what a request takes from an earlier answer |
//! | `collect` | files that a job left, links never followed |

mod archive;
mod collect;
mod command;
mod filter;
mod host;
mod http;
mod inside;
mod job;
mod limits;
mod output;
mod probe;
mod references;
mod socket;
#[cfg(test)]
mod tests;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobResult, JobSpec, Jobs};
use tokio::sync::{Semaphore, oneshot};

use host::Host;

/// Jobs at once: each may keep a processor busy, and small machines have two.
const JOBS_AT_ONCE: usize = 2;

/// The [`Jobs`] port through bubblewrap.
#[derive(Clone)]
pub struct Bubblewrap {
    path: std::ffi::OsString,
    host: Arc<OnceLock<Result<Arc<Host>, Failure>>>,
    slots: Arc<Semaphore>,
}

impl Bubblewrap {
    /// Looks for the programs along this search path, at the first job or probe.
    pub fn new(path: impl Into<std::ffi::OsString>) -> Self {
        Self { path: path.into(), host: Arc::default(), slots: Arc::new(Semaphore::new(JOBS_AT_ONCE)) }
    }

    /// [`Bubblewrap::new`] with the process's own `PATH`.
    pub fn from_env() -> Self {
        Self::new(std::env::var_os("PATH").unwrap_or_default())
    }

    fn host(&self) -> Result<Arc<Host>, Failure> {
        self.host.get_or_init(|| Host::find(&self.path).map(Arc::new)).clone()
    }
}

#[async_trait]
impl Jobs for Bubblewrap {
    /// # Errors
    /// `Sandbox.Missing` where there is none, `Sandbox.Failed` when it could not be set up this time,
    /// `Input.Invalid` for an unusable specification.
    async fn run(&self, spec: JobSpec) -> Result<JobResult, Failure> {
        let closed = |_| Failure::bug("the sandbox's slots are closed");
        let _slot = self.slots.acquire().await.map_err(closed)?;
        let this = self.clone();
        let cancelled = CancelOnDrop::default();
        let flag = cancelled.0.clone();
        on_own_thread(move || job::run(&*this.host()?, &spec, &flag)).await?
    }

    async fn probe(&self) -> Result<String, Failure> {
        let this = self.clone();
        on_own_thread(move || this.host().map(|host| host.version.clone())).await?
    }
}

/// Runs on a thread that lives exactly as long as the work: bubblewrap dies with the *thread* that started
/// it, so a runtime's worker or a pooled thread could end a job by going idle.
async fn on_own_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let (done, result) = oneshot::channel();
    let started = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
        // Nobody waits any more when the caller was dropped.
        let _ = done.send(work());
    });
    started.map_err(|e| failed(format!("no thread for a sandboxed job: {e}")))?;
    result.await.map_err(|_| Failure::bug("a sandboxed job's thread panicked"))
}

/// Tells the job's thread to end the job when the caller's future is dropped.
#[derive(Default)]
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn failed(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::SandboxFailed, message)
}
