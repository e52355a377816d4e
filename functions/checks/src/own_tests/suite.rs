//! Which files of a tree are its tests, and which are the application.

use crate::app::Source;

/// Python files of the tree by what they are.
pub(super) struct Suite {
    /// With tests in them.
    pub(super) tests: Vec<String>,
    /// The application's own; not what the test command itself runs.
    pub(super) app: Vec<String>,
}

impl Suite {
    pub(super) fn of(source: &Source) -> Self {
        let python = || source.files.iter().filter(|file| file.path.ends_with(".py"));
        let tests = python().filter(|file| is_test(&file.path) && has_tests(&file.content));
        let app = python().filter(|file| !is_test(&file.path) && !is_named(&file.path, &source.app.test));
        Self {
            tests: tests.map(|file| file.path.clone()).collect(),
            app: app.map(|file| file.path.clone()).collect(),
        }
    }
}

/// `tests/test_items.py:TestItems.test_create` as people call it.
pub(super) fn dotted(test: &str) -> String {
    let (path, name) = test.split_once(':').unwrap_or(("", test));
    format!("{}.{name}", path.trim_end_matches(".py").replace('/', "."))
}

/// Whether a file is part of the tests, by the usual names.
fn is_test(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.strip_suffix(".py").unwrap_or(name);
    let by_name =
        stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest" || stem == "tests";
    by_name || parts.iter().any(|part| *part == "tests" || *part == "test")
}

/// Whether the command runs this very file: a runner is not the application.
fn is_named(path: &str, command: &[String]) -> bool {
    let module = path.trim_end_matches(".py").replace('/', ".");
    let named = |arg: &String| {
        arg.trim_start_matches("./") == path || *arg == module || format!("{arg}.__main__") == module
    };
    command.iter().any(named)
}

fn has_tests(content: &str) -> bool {
    let starts = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix("async ").unwrap_or(line).starts_with("def test")
    };
    content.lines().any(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_are_told_from_the_application() {
        let check = |path: &str, test: bool| assert_eq!(is_test(path), test, "{path}");
        check("tests/test_items.py", true);
        check("tests/support.py", true);
        check("app/tests/x.py", true);
        check("test_app.py", true);
        check("app/store_test.py", true);
        check("app/server.py", false);
        check("app/attestation.py", false);
        check("app/latest.py", false);
    }

    #[test]
    fn a_runner_named_by_the_command_is_kept() {
        let command = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert!(is_named("run_all.py", &command(&["python3", "./run_all.py"])));
        assert!(is_named("tools/check.py", &command(&["python3", "-m", "tools.check"])));
        assert!(is_named("tools/__main__.py", &command(&["python3", "-m", "tools"])));
        assert!(!is_named("app/server.py", &command(&["python3", "-m", "unittest"])));
    }

    #[test]
    fn a_test_is_called_by_its_dotted_name() {
        assert_eq!(dotted("tests/test_a.py:TestA.test_b"), "tests.test_a.TestA.test_b");
    }
}
