//! Which tests a source tree has, by their full names.

use std::collections::BTreeSet;

use ideamine_core::ports::SourceFile;

/// Whether a file is part of the tests, by the usual names.
pub(crate) fn is_test(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.strip_suffix(".py").unwrap_or(name);
    let by_name =
        stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest" || stem == "tests";
    by_name || parts.iter().any(|part| *part == "tests" || *part == "test")
}

/// The tests of a tree.
pub(crate) struct Tests(BTreeSet<String>);

impl Tests {
    /// Reads them from the source.
    pub(crate) fn of(source: &[SourceFile]) -> Self {
        let files = source.iter().filter(|file| file.path.ends_with(".py") && is_test(&file.path));
        Self(files.flat_map(|file| names(&file.path, &file.content)).collect())
    }

    /// Whether there is one of this name: in full, or from a folder below (`test_items.TestItems.test_create`);
    /// pytest's `tests/test_items.py::TestItems::test_create` is the same.
    pub(crate) fn has(&self, name: &str) -> bool {
        let dotted = name.replace(".py::", ".").replace("::", ".").replace('/', ".");
        let below = format!(".{dotted}");
        self.0.iter().any(|known| *known == dotted || known.ends_with(&below))
    }
}

fn names(path: &str, content: &str) -> Vec<String> {
    let module = path.trim_end_matches(".py").replace('/', ".");
    let mut class: Option<(usize, String)> = None;
    let mut names = Vec::new();
    for line in content.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if class.as_ref().is_some_and(|(at, _)| indent <= *at && !text.is_empty()) {
            class = None;
        }
        let text = text.strip_prefix("async ").unwrap_or(text);
        if let Some(rest) = text.strip_prefix("class ") {
            class = Some((indent, word(rest)));
        } else if let Some(rest) = text.strip_prefix("def test") {
            let function = format!("test{}", word(rest));
            names.push(match &class {
                Some((_, class)) => format!("{module}.{class}.{function}"),
                None => format!("{module}.{function}"),
            });
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod these {
    use super::*;

    #[test]
    fn a_test_is_found_by_its_name() {
        let content = "class TestItems(T):\n    def setUp(self): pass\n\n    async def test_create(self):\n        x = 1\n\ndef test_alone():\n    pass\n";
        let file = SourceFile { path: "tests/test_items.py".to_owned(), content: content.to_owned() };
        let tests = Tests::of(&[file]);
        let check = |name: &str, yes: bool| assert_eq!(tests.has(name), yes, "{name}");
        check("tests.test_items.TestItems.test_create", true);
        check("test_items.TestItems.test_create", true);
        check("tests/test_items.py::TestItems::test_create", true);
        check("tests.test_items.test_alone", true);
        check("tests.test_items.TestItems.test_alone", false);
        check("tests.test_items.TestItems.setUp", false);
        check("tests.test_items.TestItems.test_delete", false);
        check("Items.test_create", false);
    }
}
