//! `compile`: every source file compiles, by the language of its ending.

use std::sync::LazyLock;

use ideamine_core::Failure;
use ideamine_core::artifacts::{GateOutcome, Severity};
use ideamine_core::ports::{JobEnd, Jobs};
use regex::Regex;

use crate::app::{Source, place};
use crate::verdict::Verdict;

/// Isolated (`-I`), so that no file of the tree can take the place of the compiler's own modules.
const PYTHON: [&str; 7] = ["python3", "-I", "-m", "compileall", "-q", "-f", "."];
/// Endings of text that is data to the application, not code.
const DATA: [&str; 17] = [
    "md",
    "txt",
    "html",
    "htm",
    "css",
    "json",
    "sql",
    "toml",
    "ini",
    "cfg",
    "yaml",
    "yml",
    "svg",
    "csv",
    "xml",
    "gitignore",
    "webmanifest",
];
/// Names without an ending that are text for people.
const PLAIN_NAMES: [&str; 5] = ["LICENSE", "README", "NOTICE", "Makefile", "VERSION"];

#[derive(Debug, PartialEq, Eq)]
enum Language {
    Python,
    Data,
    Other(String),
}

fn language(path: &str) -> Language {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("py") => Language::Python,
        Some(ending) if DATA.contains(&ending) => Language::Data,
        None if PLAIN_NAMES.contains(&name) => Language::Data,
        ending => Language::Other(ending.unwrap_or(name).to_owned()),
    }
}

/// Runs the check.
pub(crate) async fn check(jobs: &dyn Jobs, source: &Source, wall_ms: u64) -> Result<Verdict, Failure> {
    let mut verdict = Verdict { again: PYTHON.map(str::to_owned).into(), ..Verdict::default() };
    let python = source.files.iter().filter(|file| language(&file.path) == Language::Python).count();
    let mut unchecked = 0;
    for file in &source.files {
        if let Language::Other(ending) = language(&file.path) {
            unchecked += 1;
            let message = format!(
                "no compiler for `.{ending}` files here: this file was not checked; the application's code is expected in Python"
            );
            verdict.find("no-compiler", Severity::Medium, &place(&file.path, None), &message);
        }
    }
    verdict.at_least("python-files", count(python), 1, GateOutcome::Fail);
    verdict.at_most("files-without-compiler", unchecked, 0, GateOutcome::Concerns);
    if python == 0 {
        let message = "the tree has no Python file: nothing could be compiled";
        verdict.find("nothing-to-compile", Severity::Critical, "app.json#/body/tree", message);
        return Ok(verdict);
    }
    let job = jobs.run(source.job(PYTHON.map(str::to_owned).into(), wall_ms)).await?;
    let passed = job.end == JobEnd::Exited { code: 0 };
    let errors = errors(&format!("{}\n{}", job.stdout, job.stderr));
    verdict.at_most(
        "compile-failures",
        if passed { 0 } else { count(errors.len()).max(1) },
        0,
        GateOutcome::Fail,
    );
    for error in &errors {
        verdict.find("compile", Severity::Critical, &place(&error.path, error.line), &error.message);
    }
    if !passed && errors.is_empty() {
        let message = format!("compiling ended without naming a file: {}", crate::verdict::ended(job.end));
        verdict.find("compile", Severity::Critical, "app.json#/body/tree", &message);
    }
    verdict.keep("compile", &job);
    Ok(verdict)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[derive(Debug, PartialEq, Eq)]
struct CompileError {
    path: String,
    line: Option<u64>,
    message: String,
}

static HEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\*\*\* .*?'([^'\n]+)'\.\.\.$").ok());
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?m)^\s*File .*?, line (\d+)").ok());

/// What compileall says: a heading with the file, then the compiler's own report. No code of the tree ran, so its
/// words can be taken.
fn errors(output: &str) -> Vec<CompileError> {
    let Some(heading) = HEADING.as_ref() else { return Vec::new() };
    let found: Vec<_> = heading.captures_iter(output).filter_map(|c| Some((c.get(0)?, c.get(1)?))).collect();
    let ends = found.iter().skip(1).map(|(whole, _)| whole.start()).chain([output.len()]);
    let one = |((whole, path), end): (&(regex::Match<'_>, regex::Match<'_>), usize)| {
        let report = output[whole.end()..end].trim();
        let line =
            LINE.as_ref().and_then(|l| l.captures(report)).and_then(|c| c.get(1)?.as_str().parse().ok());
        CompileError {
            path: path.as_str().trim_start_matches("./").to_owned(),
            line,
            message: report.to_owned(),
        }
    };
    found.iter().zip(ends).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_the_ending() {
        let check = |path: &str, expected: Language| assert_eq!(language(path), expected, "{path}");
        check("app/server.py", Language::Python);
        check("app/page.html", Language::Data);
        check("LICENSE", Language::Data);
        check("static/app.js", Language::Other("js".to_owned()));
        check("src/main.rs", Language::Other("rs".to_owned()));
        check("run", Language::Other("run".to_owned()));
    }

    #[test]
    fn each_error_is_read_with_its_file_and_line() {
        let output = "*** Error compiling './app/a.py'...\n  File \"./app/a.py\", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax\n\n\
                      *** Error compiling './b.py'...\nSorry: IndentationError: unexpected indent (b.py, line 2)\n";
        let errors = errors(output);
        assert_eq!(errors.len(), 2);
        assert_eq!((errors[0].path.as_str(), errors[0].line), ("app/a.py", Some(3)));
        assert!(errors[0].message.ends_with("SyntaxError: invalid syntax"));
        assert_eq!((errors[1].path.as_str(), errors[1].line), ("b.py", None));
    }
}
