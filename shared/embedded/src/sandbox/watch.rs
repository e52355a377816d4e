//! What a job's process tree uses right now, read from `/proc` outside the sandbox.
//!
//! Limits by `prlimit` hold for each process; these hold for the job as a whole, a few tens of
//! milliseconds late. Where `/proc` does not tell, nothing is counted, and the other limits still hold.

use std::fs;
use std::path::Path;

/// Processes looked at in one pass; a tree that is larger is over any limit.
const LOOKED_AT_MAX: usize = 4_096;
/// Most entries of a job's folder.
pub(super) const ENTRIES_MAX: u64 = 20_000;
/// Most bytes in a job's folder, all files together.
pub(super) const DISK_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Use of a process and everything below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Processes and threads.
    pub(super) tasks: u64,
    /// Memory of their own, bytes: shared libraries are not counted.
    pub(super) memory_bytes: u64,
}

/// Of process `pid` and all below it, `pid` itself aside.
pub(super) fn below(pid: u32) -> Usage {
    let mut usage = Usage::default();
    let mut open = children(pid);
    let mut looked_at = 0;
    while let Some(pid) = open.pop() {
        looked_at += 1;
        if looked_at > LOOKED_AT_MAX {
            return Usage { tasks: u64::MAX, ..usage };
        }
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        usage.tasks += field(&status, "Threads:");
        usage.memory_bytes += 1024 * (field(&status, "RssAnon:") + field(&status, "RssShmem:"));
        open.extend(children(pid));
    }
    usage
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let listed = |task: fs::DirEntry| fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let lists: Vec<String> = tasks.flatten().map(listed).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|pid| pid.parse().ok()).collect()
}

fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Whether a folder holds more than a job may leave. Links are not followed.
pub(super) fn folder_is_full(folder: &Path) -> bool {
    let (mut entries, mut bytes) = (0, 0);
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            // `metadata` of an entry is the entry's own, not that of what it links to.
            let Ok(about) = entry.metadata() else { continue };
            entries += 1;
            bytes += about.len();
            if entries > ENTRIES_MAX || bytes > DISK_BYTES_MAX {
                return true;
            }
            if about.is_dir() {
                open.push(entry.path());
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_counted_with_its_memory() {
        let mut child = std::process::Command::new("sleep").arg("5").spawn().unwrap();
        let usage = below(std::process::id());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(usage.tasks >= 1, "{usage:?}");
        assert!(usage.memory_bytes > 0, "{usage:?}");
    }

    #[test]
    fn a_status_field_is_read_by_name() {
        assert_eq!(field("Name:\tx\nThreads:\t12\n", "Threads:"), 12);
        assert_eq!(field("Name:\tx\n", "Threads:"), 0);
        assert_eq!(field("RssAnon:\t    3792 kB\n", "RssAnon:"), 3792);
    }
}
