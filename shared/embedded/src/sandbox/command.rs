//! The argument vector of one job: first the walls, then the limits, then the program.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use ideamine_core::ports::JobLimits;

use super::host::{Host, Shown};

/// The job's working directory, as it sees it.
pub(super) const INSIDE: &str = "/job";
/// The job's user and group, as it sees them.
const ID_INSIDE: &str = "1000";
/// Size of the private `/tmp`, bytes: files there are memory.
const TMP_BYTES: &str = "67108864";
/// Size of the private `/dev/shm`, bytes.
const SHM_BYTES: &str = "16777216";
/// Open files of one process.
const OPEN_FILES: u64 = 256;

/// The command that runs `argv` with the host folder `folder` as its working directory.
/// Its environment is empty: the first process inside is bubblewrap itself, whose environment a job can read.
pub(super) fn of(
    host: &Host,
    argv: &[String],
    env: &[(String, String)],
    limits: &JobLimits,
    folder: &Path,
) -> Command {
    let mut command = Command::new(&host.bwrap);
    command.env_clear().current_dir("/");
    if let Some(uid) = host.uid {
        command.uid(uid).gid(uid);
    }
    command.args(walls(host)).arg("--bind").arg(folder).args([INSIDE, "--chdir", INSIDE]);
    // Last, so that nothing can be written beside the places made above.
    command.args(["--remount-ro", "/dev", "--remount-ro", "/"]);
    command
        .args(environment(host, env))
        .arg("--")
        .arg(&host.prlimit)
        .args(rlimits(limits))
        .arg("--")
        .args(argv);
    command
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
    add(&["--proc", "/proc", "--dev", "/dev", "--size", SHM_BYTES, "--tmpfs", "/dev/shm"]);
    add(&["--size", TMP_BYTES, "--tmpfs", "/tmp"]);
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

/// Set inside the user namespace, where processes are counted for the job alone (since Linux 5.14).
fn rlimits(limits: &JobLimits) -> Vec<String> {
    [
        ("core", 0),
        ("cpu", limits.cpu_s),
        ("as", limits.memory_bytes),
        ("nproc", limits.processes),
        ("fsize", limits.file_bytes),
        ("nofile", OPEN_FILES),
        ("memlock", 0),
        ("msgqueue", 0),
    ]
    .iter()
    .map(|(name, value)| format!("--{name}={value}"))
    .collect()
}
