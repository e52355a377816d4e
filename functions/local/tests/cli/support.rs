//! Runs the binary with a data directory and a user folder of its own.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A data directory, a user folder, and the binary.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// What a command did.
pub(crate) struct Done {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Done {
    /// The JSON document on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("not JSON ({e}):\n{}\n{}", self.stdout, self.stderr))
    }
    /// Holds that the exit code is this one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Desk {
    /// A new one.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }
    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
    /// Writes a file into its folder.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
    /// A command with these arguments on the data directory `data`.
    pub(crate) fn command<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ideamine"));
        command.args(args).arg("--data-dir").arg(self.path("data")).current_dir(self.folder.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("IDEAMINE_")) {
            command.env_remove(name);
        }
        command.env("IDEAMINE_CONFIG_DIR", self.path("user")).stdin(Stdio::null());
        command
    }
    /// Runs a command to its end.
    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Done {
        self.command(args).output().unwrap().into()
    }
    /// Runs a command to its end, with this on its standard input.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &[u8]) -> Done {
        let mut command = self.command(args);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap().into()
    }
    /// Starts a command and leaves it running.
    pub(crate) fn spawn<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
    /// Runs an idea to its end with `--json`.
    pub(crate) fn work(&self, idea: &Path, more: &[&str]) -> Value {
        let mut args = vec!["run", idea.to_str().unwrap(), "--json"];
        args.extend(more);
        self.run(args).exits(0).json()
    }
    /// The newest run's id.
    pub(crate) fn newest(&self) -> String {
        let runs = self.run(["list", "--json"]).exits(0).json();
        runs[0]["run_id"].as_str().unwrap().to_owned()
    }
}

/// Makes a pipe that nobody writes into: whoever opens it to read waits for ever.
pub(crate) fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(path).status().unwrap().success());
}

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// The idea that the README's first command runs.
pub(crate) fn idea() -> PathBuf {
    root().join("events/idea.md")
}

/// `--model` for a script of recorded answers.
pub(crate) fn script(name: &str) -> String {
    format!("scripted:{}", root().join("tests/cassettes").join(name).display())
}

/// Digests of all artifacts, by phase and name.
pub(crate) fn artifacts(run: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for phase in run["phases"].as_array().unwrap() {
        for artifact in phase["artifacts"].as_array().unwrap() {
            let name = format!("{}/{}", phase["id"].as_str().unwrap(), artifact["name"].as_str().unwrap());
            found.insert(name, artifact["digest"].as_str().unwrap().to_owned());
        }
    }
    found
}

/// Outcome of each gate.
pub(crate) fn gates(run: &Value) -> BTreeMap<String, String> {
    let phases = run["phases"].as_array().unwrap().iter();
    let gates = phases.flat_map(|phase| phase["gates"].as_array().unwrap());
    gates
        .map(|gate| (gate["id"].as_str().unwrap().to_owned(), gate["outcome"].as_str().unwrap().to_owned()))
        .collect()
}

/// Attempts of each phase.
pub(crate) fn attempts(run: &Value) -> BTreeMap<String, u64> {
    let phases = run["phases"].as_array().unwrap().iter();
    phases
        .map(|phase| (phase["id"].as_str().unwrap().to_owned(), phase["attempts"].as_u64().unwrap()))
        .collect()
}

/// Whether the sandbox is there; says so when it is not.
pub(crate) fn sandbox() -> bool {
    let there = Command::new("bwrap").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!(
            "skipped: bubblewrap is not installed, so nothing generated is run (apt-get install bubblewrap)"
        );
    }
    there
}
