//! The argument vector of one job: first the walls, then the limits, then the program.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use command_fds::{CommandFdExt as _, FdMapping};
use ideamine_core::ports::JobSpec;

use super::host::{Host, Shown};
use super::limits;

/// The job's working directory, as it sees it.
const INSIDE: &str = "/job";
/// Everything that a job can write, with its size in bytes: file systems of its own, in memory, gone with it.
pub(super) const FOLDERS: [(&str, u64); 3] =
    [(INSIDE, 128 * 1024 * 1024), ("/tmp", 64 * 1024 * 1024), ("/dev/shm", 16 * 1024 * 1024)];
/// Devices of a job. Not `zero`: a shared mapping of it is memory that nothing counts. No terminals: the host has few.
const DEVICES: [&str; 4] = ["/dev/null", "/dev/full", "/dev/random", "/dev/urandom"];
/// Links that programs expect beside them.
const DEVICE_LINKS: [(&str, &str); 4] = [
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
];
/// The job's user and group, as it sees them.
const ID_INSIDE: &str = "1000";

/// Descriptors beyond standard input, output and error.
pub(super) struct Descriptors {
    /// The job's files, an archive.
    pub(super) archive: OwnedFd,
    /// Where a job that is set up says so, and waits to be told to go on.
    pub(super) gate: OwnedFd,
    /// [`super::filter::program`].
    pub(super) filter: OwnedFd,
}

const ARCHIVE: i32 = 3;
const GATE: i32 = 4;
const FILTER: i32 = 5;

/// What runs inside before the program: lays out its files, waits for the harness, and gives way. Its arguments are the
/// archiver and the program's own. Under pressure for memory a job is ended before anything of the host's. If the
/// harness is dead by now, there is nothing to read, and the program never starts.
const SET_UP: &str = "set -e; umask 022; \"$1\" -x -m -f - <&3; shift; echo 1000 >/proc/self/oom_score_adj; \
                      echo ready >&4; read -r go <&4; exec \"$@\" 3<&- 4<&-";

/// The command that runs a job.
/// Its environment is empty: the first process inside is bubblewrap itself, whose environment a job can read.
///
/// # Errors
/// When the descriptors cannot be passed on.
pub(super) fn of(host: &Host, spec: &JobSpec, descriptors: Descriptors) -> io::Result<Command> {
    let mut command = Command::new(&host.bwrap);
    command.env_clear().current_dir("/");
    if let Some(uid) = host.uid {
        command.uid(uid).gid(uid);
    }
    let Descriptors { archive, gate, filter } = descriptors;
    let passed = [(archive, ARCHIVE), (gate, GATE), (filter, FILTER)];
    let mappings = passed.map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd });
    command.fd_mappings(mappings.into()).map_err(io::Error::other)?;
    command
        .args(walls(host))
        .args(environment(host, &spec.env))
        .args(["--chdir", INSIDE, "--seccomp", &FILTER.to_string(), "--"])
        .args(["/bin/sh", "-c", SET_UP, "set-up"])
        .args([&host.tar, &host.prlimit])
        .args(limits::arguments(&spec.limits))
        .arg("--")
        .args(&spec.argv);
    Ok(command)
}

fn walls(host: &Host) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::new();
    let mut add = |words: &[&str]| args.extend(words.iter().map(OsString::from));
    add(&["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]);
    add(&["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]);
    add(&["--uid", ID_INSIDE, "--gid", ID_INSIDE, "--hostname", "job"]);
    if host.can_disable_userns {
        add(&["--disable-userns"]);
    }
    for shown in &host.system {
        match shown {
            Shown::Folder(path) => args.extend(["--ro-bind".into(), path.into(), path.into()]),
            Shown::Link { target, at } => args.extend(["--symlink".into(), target.into(), at.into()]),
        }
    }
    let mut add = |words: &[&str]| args.extend(words.iter().map(OsString::from));
    add(&["--proc", "/proc", "--tmpfs", "/dev"]);
    DEVICES.iter().for_each(|device| add(&["--dev-bind", device, device]));
    DEVICE_LINKS.iter().for_each(|(target, at)| add(&["--symlink", target, at]));
    FOLDERS.iter().for_each(|(path, bytes)| add(&["--size", &bytes.to_string(), "--tmpfs", path]));
    // Last, so that nothing can be written beside the places made above.
    add(&["--remount-ro", "/dev", "--remount-ro", "/"]);
    args
}

/// Fixed hash seed and no byte code: what a job prints and leaves is the same every time.
fn environment(host: &Host, env: &[(String, String)]) -> Vec<OsString> {
    let fixed = [
        ("HOME", INSIDE),
        ("LANG", "C.UTF-8"),
        ("TZ", "UTC"),
        ("PYTHONHASHSEED", "0"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONUNBUFFERED", "1"),
    ];
    let mut args: Vec<OsString> =
        vec!["--clearenv".into(), "--setenv".into(), "PATH".into(), host.path.clone()];
    let given = env.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in fixed.into_iter().chain(given) {
        args.extend(["--setenv".into(), name.into(), value.into()]);
    }
    args
}
