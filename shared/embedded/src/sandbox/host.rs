//! What this machine has to run jobs with, tried once.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::JobLimits;

use super::{filter, job, limits};

/// Who a job is on the host when IdeaMine runs as root: the kernel exempts root's own id from the limit on
/// processes, even inside a user namespace. 65534 is `nobody`, and exists in small id ranges too.
const UID_INSTEAD_OF_ROOT: u32 = 65_534;
/// Folders of the system that a job sees, read-only; links among them stay links.
const SYSTEM: [&str; 6] = ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin"];
/// More that interpreters need where it exists: the linker's cache, Debian's alternatives, Nix's store.
const SYSTEM_IF_THERE: [&str; 3] = ["/etc/ld.so.cache", "/etc/alternatives", "/nix/store"];
const INSTALL: &str = "install bubblewrap, util-linux and tar (Debian, Ubuntu: `apt install bubblewrap util-linux tar`; \
                       Fedora: `dnf install bubblewrap util-linux tar`; Arch: `pacman -S bubblewrap`)";

/// The sandbox of this machine.
pub(super) struct Host {
    pub(super) bwrap: PathBuf,
    pub(super) prlimit: PathBuf,
    pub(super) tar: PathBuf,
    /// System calls that a job may make, as the kernel takes it.
    pub(super) filter: Vec<u8>,
    /// `bubblewrap 0.8.0`, and which limits hold.
    pub(super) version: String,
    /// Since 0.8 a job can be kept from making user namespaces of its own.
    pub(super) can_disable_userns: bool,
    /// Folders to show, and links to make.
    pub(super) system: Vec<Shown>,
    /// Search path inside.
    pub(super) path: OsString,
    /// Whom to become first; `None` to stay who we are.
    pub(super) uid: Option<u32>,
}

/// One part of the system as a job sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A folder or file, read-only, at its own path.
    Folder(PathBuf),
    /// A link at a path, as on the host (`/bin` → `usr/bin`).
    Link { target: PathBuf, at: PathBuf },
}

impl Host {
    /// Finds the programs and proves with a trial job that the kernel lets them work.
    pub(super) fn find(search: &OsStr) -> Result<Self, Failure> {
        let bwrap = on_path(search, "bwrap").ok_or_else(|| missing("bubblewrap (`bwrap`)"))?;
        let prlimit = on_path(search, "prlimit").ok_or_else(|| missing("`prlimit`"))?;
        let tar = on_path(search, "tar").ok_or_else(|| missing("`tar`"))?;
        let filter = filter::program().map_err(|e| refused(&format!("no filter of system calls: {e}")))?;
        let number = version_number(&bwrap)?;
        let (system, path) = system(search);
        let uid = rustix::process::geteuid().is_root().then_some(UID_INSTEAD_OF_ROOT);
        let host = Self {
            bwrap,
            prlimit,
            tar,
            filter,
            version: format!(
                "bubblewrap {number} (filter of system calls; limits: file systems in memory, rlimits per process, \
                 watch over the job, wall clock; no cgroup)"
            ),
            can_disable_userns: at_least_0_8(&number),
            system,
            path,
            uid,
        };
        // Not missing: the machine has it, and this process was started so that jobs cannot have it.
        limits::can_be_given(&JobLimits::default())?;
        job::trial(&host).map_err(|reason| refused(&reason))?;
        Ok(host)
    }
}

fn missing(what: &str) -> Failure {
    let message =
        format!("{what} is not installed, and generated code never runs without a sandbox: {INSTALL}");
    Failure::new(FailureKind::SandboxMissing, message)
}

fn refused(reason: &str) -> Failure {
    let message = format!(
        "bubblewrap is installed but cannot make a sandbox here ({reason}): allow unprivileged user namespaces \
         (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces > 0, an AppArmor profile for bwrap, \
         or in a container the privilege to make namespaces); generated code never runs without a sandbox"
    );
    Failure::new(FailureKind::SandboxMissing, message)
}

fn on_path(search: &OsStr, name: &str) -> Option<PathBuf> {
    std::env::split_paths(search)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name))
        .find(|p| p.is_file())
}

fn version_number(bwrap: &Path) -> Result<String, Failure> {
    let output = Command::new(bwrap).arg("--version").env_clear().stdin(Stdio::null()).output();
    let output = output.map_err(|e| refused(&format!("`bwrap --version`: {e}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.split_whitespace().last().unwrap_or("of unknown version").chars().take(20).collect())
}

fn at_least_0_8(number: &str) -> bool {
    let mut parts = number.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (0, 8)
}

/// What a job sees of the system, and its search path.
fn system(search: &OsStr) -> (Vec<Shown>, OsString) {
    let shown = |path: &&str| show(Path::new(path));
    let mut system: Vec<Shown> = SYSTEM.iter().chain(&SYSTEM_IF_THERE).filter_map(shown).collect();
    let mut path = OsString::from("/usr/bin:/bin:/usr/local/bin");
    if let Some(prefix) = python_elsewhere(search) {
        path.push(":");
        path.push(prefix.join("bin"));
        system.push(Shown::Folder(prefix));
    }
    (system, path)
}

fn show(path: &Path) -> Option<Shown> {
    let kind = path.symlink_metadata().ok()?.file_type();
    if !kind.is_symlink() {
        return Some(Shown::Folder(path.to_owned()));
    }
    let target = std::fs::read_link(path).ok()?;
    Some(Shown::Link { target, at: path.to_owned() })
}

/// The prefix of the machine's Python when that is not in `/usr` (a version manager's, for example).
fn python_elsewhere(search: &OsStr) -> Option<PathBuf> {
    if ["/usr/bin/python3", "/usr/local/bin/python3"].iter().any(|p| Path::new(p).is_file()) {
        return None;
    }
    let python = on_path(search, "python3")?;
    let ask = ["-I", "-c", "import sys; print(sys.base_prefix)"];
    let output = Command::new(python).args(ask).stdin(Stdio::null()).output().ok()?;
    let prefix = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    let usable = prefix.is_absolute() && prefix.parent().is_some() && prefix.join("bin/python3").exists();
    usable.then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_newer_versions_can_forbid_nested_namespaces() {
        let check = |number: &str, yes: bool| assert_eq!(at_least_0_8(number), yes, "{number}");
        check("0.8.0", true);
        check("0.11.0", true);
        check("1.0", true);
        check("0.4.1", false);
        check("strange", false);
    }
}
