//! What a job's process tree uses right now, read from `/proc` outside the sandbox.
//!
//! Limits by `prlimit` hold for each process; these hold for the job as a whole, a few tens of milliseconds late.

use std::fs;

/// Processes looked at in one pass; a tree that is larger is over any limit.
const LOOKED_AT_MAX: usize = 4_096;

/// Use of a process and everything below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Processes and threads.
    pub(super) tasks: u64,
    /// Memory of their own, bytes, in swap too. Files in memory are not counted: their file systems have limits.
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
        usage.memory_bytes += 1024 * (field(&status, "RssAnon:") + field(&status, "VmSwap:"));
        open.extend(children(pid));
    }
    usage
}

/// Of process `pid`, by any of its threads.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let listed = |task: fs::DirEntry| fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let lists: Vec<String> = tasks.flatten().map(listed).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|pid| pid.parse().ok()).collect()
}

fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Sockets in the network namespace of process `pid`.
pub(super) fn sockets(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/net/sockstat")).unwrap_or_default();
    field(&status, "sockets: used")
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
        assert_eq!(field("sockets: used 7\nTCP: inuse 1\n", "sockets: used"), 7);
    }
}
