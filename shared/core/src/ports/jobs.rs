//! Sandboxed jobs: generated code and tools run here or not at all.
//!
//! A job has no network. When [`JobSpec::requests`] are given, the job's standard input is a
//! listening Unix socket (as under inetd's `wait` mode; a TCP one could be turned back into a way out) and
//! the harness outside speaks HTTP/1.1 to it: the code never sees the checks, and what it says about itself
//! is never believed.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// Variable of a container that works one job elsewhere: where to `GET` its specification, a [`JobSpec`] as JSON.
pub const JOB_SPEC_URL: &str = "IDEAMINE_JOB_SPEC_URL";
/// Likewise: where to `PUT` its [`JobResult`] as JSON, with the header `if-none-match: *`, which is signed: a result is
/// written once. 412 says that it is there already.
pub const JOB_RESULT_URL: &str = "IDEAMINE_JOB_RESULT_URL";

/// A file of generated source: a relative path with `/`, and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Relative, plain components only: no `..`, no leading `/`, no empty part.
    pub path: String,
    /// UTF-8 text.
    pub content: String,
}

/// Paths that cannot stand beside each other, each with the path that it conflicts with: the same name twice when case
/// is ignored (files or folders), or one that lies inside of a file. Some file systems ignore case, and the tree must be
/// the same on all; spellings that Unicode calls equivalent cannot differ where paths are ASCII.
pub fn conflicts<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<(&'a str, &'a str)> {
    // Every file and folder so far, by its name in lower case: how it is spelled, the file it is or is in, and whether it is a file.
    let mut known: BTreeMap<String, (&str, &str, bool)> = BTreeMap::new();
    let mut found = Vec::new();
    for path in paths {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let parts: Vec<(&str, bool)> = ends.map(|end| (&path[..end], end == path.len())).collect();
        let other = parts.iter().find_map(|(part, is_file)| {
            let (spelled, owner, was_file) = known.get(&part.to_lowercase())?;
            (spelled != part || *is_file || *was_file).then_some(*owner)
        });
        match other {
            Some(other) => found.push((path, other)),
            None => parts.iter().for_each(|(part, is_file)| {
                known.entry(part.to_lowercase()).or_insert((*part, path, *is_file));
            }),
        }
    }
    found
}

/// What a job may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobLimits {
    /// Wall clock, milliseconds.
    pub wall_ms: u64,
    /// Processor time of one process, seconds.
    pub cpu_s: u64,
    /// Address space of one process, bytes.
    pub memory_bytes: u64,
    /// Processes and threads.
    pub processes: u64,
    /// Largest file it may write, bytes; all files together are limited by the sandbox.
    pub file_bytes: u64,
    /// Most bytes kept of standard output and of standard error, each.
    pub output_bytes: usize,
    /// Most bytes of one answer to a request, its head and framing included; a longer one counts as none.
    pub answer_bytes: usize,
    /// Most bytes of all answers together; once they are used up, every further request goes without an answer.
    pub answers_bytes: usize,
    /// Most files collected afterwards.
    pub collect_files: usize,
    /// Most bytes collected afterwards, all files together.
    pub collect_bytes: usize,
}

impl Default for JobLimits {
    fn default() -> Self {
        Self {
            wall_ms: 30_000,
            cpu_s: 20,
            memory_bytes: 1024 * 1024 * 1024,
            processes: 64,
            file_bytes: 64 * 1024 * 1024,
            output_bytes: 64 * 1024,
            answer_bytes: 4 * 1024 * 1024,
            answers_bytes: 64 * 1024 * 1024,
            collect_files: 200,
            collect_bytes: 8 * 1024 * 1024,
        }
    }
}

/// One HTTP request that the harness makes of the job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeRequest {
    /// A name for the evidence.
    pub id: String,
    /// GET, POST, …
    pub method: String,
    /// Path with query. `{ID:/pointer}` is replaced by that value of request ID's JSON answer, an earlier one.
    pub path: String,
    /// Body and its content type. `"{ID:/pointer}"` in it, quotes included, is replaced by that value as JSON.
    pub body: Option<(String, String)>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// [`ProbeRequest::id`].
    pub id: String,
    /// Status code; `None` when there was no HTTP answer.
    pub status: Option<u16>,
    /// `content-type` of the answer, lower case.
    pub content_type: Option<String>,
    /// Body, as UTF-8 with replacement characters; empty when there was no usable answer.
    pub body: String,
    /// Why there was no answer.
    pub error: Option<String>,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSpec {
    /// Program and arguments, never a shell line.
    pub argv: Vec<String>,
    /// Laid out in the job's working directory before it starts.
    pub files: Vec<SourceFile>,
    /// Environment besides a fixed minimal one.
    pub env: Vec<(String, String)>,
    /// What it may use.
    pub limits: JobLimits,
    /// Requests to make of it, in order; empty for a plain command. With requests, the job is ended after the last.
    pub requests: Vec<ProbeRequest>,
    /// Collect the files that the job left in its working directory.
    pub collect: bool,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum JobEnd {
    /// By itself.
    Exited {
        /// Exit code.
        code: i32,
    },
    /// By a signal (a limit that the kernel enforces shows here).
    Signalled {
        /// Signal number.
        signal: i32,
    },
    /// The wall clock limit passed.
    TimedOut,
    /// By the harness after its last request: the normal end of a probed job.
    Stopped,
}

/// A file that a job left behind; regular files only, links are never followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOut {
    /// Relative path.
    pub path: String,
    /// Contents.
    pub bytes: Vec<u8>,
}

/// What a job did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobResult {
    /// How it ended.
    pub end: JobEnd,
    /// Standard output, cut at the limit, as UTF-8 with replacement characters.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
    /// One for each request, in order.
    pub exchanges: Vec<Exchange>,
    /// What it left, sorted by path; empty unless asked for.
    pub files: Vec<FileOut>,
    /// Sandbox and its version, for the evidence (`bubblewrap 0.8.0`).
    pub tool: String,
    /// How long it ran, milliseconds.
    pub duration_ms: u64,
}

/// Runs jobs in a sandbox. `Sandbox.Missing` says what to install; nothing ever runs bare.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Runs one job to its end.
    async fn run(&self, spec: JobSpec) -> Result<JobResult, Failure>;
    /// Name and version of the sandbox, or why there is none.
    async fn probe(&self) -> Result<String, Failure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_cannot_stand_together_are_found() {
        let check = |paths: &[&str], expected: &[(&str, &str)]| {
            assert_eq!(conflicts(paths.iter().copied()), expected, "{paths:?}");
        };
        check(&["app/a.py", "app/b.py", "app/sub/a.py", "LICENSE"], &[]);
        check(
            &["app/__init__.py", "app/__init__.py/evil.py"],
            &[("app/__init__.py/evil.py", "app/__init__.py")],
        );
        check(&["app/x/y.py", "app/x"], &[("app/x", "app/x/y.py")]);
        check(&["a.py", "A.py"], &[("A.py", "a.py")]);
        check(&["app/a.py", "App/b.py"], &[("App/b.py", "app/a.py")]);
        check(&["a.py", "a.py"], &[("a.py", "a.py")]);
        check(&["a.py", "A.PY/b.py"], &[("A.PY/b.py", "a.py")]);
        check(&[], &[]);
    }
}
