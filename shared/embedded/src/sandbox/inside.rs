//! What the harness holds of a job that is set up and has not begun: its first process and its folders.
//!
//! A folder that is held open outlives the job's mounts: what was left in it is read after every process of
//! the job has ended, and a file that was unlinked or lies too deep still counts.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, Mode, OFlags, fstatvfs, openat};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::command::FOLDERS;
use super::watch;

/// How long the kernel may take to end all processes of a job.
const END_WAIT: Duration = Duration::from_secs(10);

/// A job from outside.
pub(super) struct Inside {
    pid: u32,
    /// The first process of the job's process namespace: its end is the end of all.
    first: OwnedFd,
    /// As in [`FOLDERS`].
    folders: Vec<OwnedFd>,
}

impl Inside {
    /// Takes hold of the job that this bubblewrap has set up.
    ///
    /// # Errors
    /// When `/proc` does not show it.
    pub(super) fn of(bubblewrap: u32) -> io::Result<Self> {
        let gone = || io::Error::other("its first process is not in /proc");
        let pid = *watch::children(bubblewrap).first().ok_or_else(gone)?;
        let named = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or_else(gone)?;
        let first = pidfd_open(named, PidfdFlags::empty())?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = |path: &&str| Ok(openat(CWD, format!("/proc/{pid}/root{path}"), flags, Mode::empty())?);
        let folders = FOLDERS.iter().map(|(path, _)| folder(path)).collect::<io::Result<_>>()?;
        Ok(Self { pid, first, folders })
    }

    /// The working folder.
    pub(super) fn work(&self) -> BorrowedFd<'_> {
        self.folders[0].as_fd()
    }

    /// Files and folders in all writable places, unlinked ones that are still open among them.
    pub(super) fn entries(&self) -> u64 {
        let used = |folder: &OwnedFd| fstatvfs(folder).map_or(0, |s| s.f_files.saturating_sub(s.f_ffree));
        self.folders.iter().map(used).sum()
    }

    /// Sockets of the job's network namespace, those on their way through another among them.
    pub(super) fn sockets(&self) -> u64 {
        watch::sockets(self.pid)
    }

    /// Kills every process of the job, and waits until the last one has ended.
    ///
    /// # Errors
    /// When one has not.
    pub(super) fn end(&self) -> io::Result<()> {
        // An error means that it has ended already.
        let _ = pidfd_send_signal(&self.first, Signal::KILL);
        let wait = Timespec::try_from(END_WAIT).map_err(io::Error::other)?;
        let ended = poll(&mut [PollFd::new(&self.first, PollFlags::IN)], Some(&wait))?;
        if ended == 0 { Err(io::Error::other("its processes did not end")) } else { Ok(()) }
    }
}
