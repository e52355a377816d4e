//! The copies of an application that its tests run on, as `rewrite.py` makes them.

use std::collections::BTreeMap;

use ideamine_core::Digest;
use ideamine_core::ports::{JobEnd, JobResult, JobSpec, SourceFile};
use serde::Deserialize;
use serde_json::json;

use super::COPIES;
use super::report::Lines;
use super::suite::Suite;
use crate::app::Source;

/// Most mutants that are tried.
pub(super) const MUTANTS_MAX: usize = 12;
/// One program in two files.
const REWRITE: &str = concat!(include_str!("forms.py"), "\n", include_str!("rewrite.py"));
/// What it prints at most, bytes: each copy is about twice the application.
const OUTPUT_BYTES: usize = 48 * 1024 * 1024;
/// Longest time, milliseconds: none of the application's code runs.
const WALL_MS: u64 = 60_000;

/// Writes the copies. Isolated (`-I`), so that no file of the tree can take the place of a module; as no code of the tree
/// runs, what it says can be taken.
pub(super) fn job(source: &Source, suite: &Suite, wanted: Wanted<'_>, stream: [u8; 32]) -> JobSpec {
    let seed: String = stream.iter().map(|byte| format!("{byte:02x}")).collect();
    let (copies, mutants, lines) = match wanted {
        Wanted::All(lines) => (COPIES, MUTANTS_MAX, lines),
        Wanted::Emptied => (1, 0, &Lines::default()),
    };
    let config = json!({
        "seed": seed, "copies": copies, "mutants": mutants, "app": suite.app, "tests": suite.tests, "lines": lines,
    });
    // A name that no tree has.
    let path = format!("{}.json", Digest::of(&stream).hex());
    let argv = ["python3", "-I", "-c", REWRITE, &path].map(str::to_owned).into();
    let mut job = source.job(argv, WALL_MS);
    job.files.push(SourceFile { path, content: config.to_string() });
    job.limits.output_bytes = OUTPUT_BYTES;
    job
}

/// Which copies are to be written.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// All, with mutants where these lines ran.
    All(&'a Lines),
    /// One, to be emptied; functions that an import needs are left out afterwards.
    Emptied,
}

/// What is changed in a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Condition,
    Comparison,
    Arithmetic,
    Constant,
    Result,
    Call,
    Function,
}

impl Kind {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Condition => "a condition",
            Self::Comparison => "a comparison",
            Self::Arithmetic => "an arithmetic operation",
            Self::Constant => "a constant",
            Self::Result => "the result of a function",
            Self::Call => "a call",
            Self::Function => "a function's whole work",
        }
    }
}

/// One place where a harmless copy becomes a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Mutant {
    pub(super) path: String,
    pub(super) line: u64,
    /// Last line of the function, where its whole work is changed.
    #[serde(default)]
    last: u64,
    pub(super) kind: Kind,
    /// Of which copy.
    copy: usize,
    old: String,
    new: String,
}

/// Everything that was made.
#[derive(Debug, Deserialize)]
pub(super) struct Copies {
    /// Tests as they are written in the source.
    pub(super) tests: Vec<String>,
    /// In the order in which they are tried.
    pub(super) mutants: Vec<Mutant>,
    /// Together they empty the first copy.
    pub(super) emptied: Vec<Mutant>,
    copies: Vec<BTreeMap<String, String>>,
}

impl Copies {
    /// Reads what the job printed: so many copies.
    pub(super) fn of(job: &JobResult, number: usize) -> Option<Self> {
        let made: Self = serde_json::from_str(&job.stdout).ok()?;
        let whole = job.end == JobEnd::Exited { code: 0 } && made.copies.len() == number;
        let places = made.mutants.iter().chain(&made.emptied).all(|mutant| mutant.copy < number);
        (whole && places).then_some(made)
    }

    /// Leaves the functions as they are that an import needs.
    pub(super) fn leave(&mut self, lines: &Lines) {
        self.emptied.retain(|one| !lines.imports(&one.path, one.line + 1..=one.last));
    }

    pub(super) fn harmless(&self, source: &Source, number: usize) -> Source {
        self.changed(source, number, &[])
    }

    pub(super) fn mutant(&self, source: &Source, mutant: &Mutant) -> Source {
        self.changed(source, mutant.copy, std::slice::from_ref(mutant))
    }

    pub(super) fn emptied(&self, source: &Source) -> Source {
        self.changed(source, 0, &self.emptied)
    }

    fn changed(&self, source: &Source, number: usize, changes: &[Mutant]) -> Source {
        let mut copy = self.copies[number].clone();
        for change in changes {
            if let Some(text) = copy.get_mut(&change.path) {
                *text = text.replacen(&change.old, &change.new, 1);
            }
        }
        let file = |file: &SourceFile| {
            let content = copy.get(&file.path).unwrap_or(&file.content).clone();
            SourceFile { path: file.path.clone(), content }
        };
        Source { files: source.files.iter().map(file).collect(), ..source.clone() }
    }
}
