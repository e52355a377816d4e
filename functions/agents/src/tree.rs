//! Source trees: what a generated file may be called, and how a tree becomes artifacts.

use std::collections::BTreeMap;

use ideamine_authoring::check::{repeated, unsafe_path};
use ideamine_authoring::{NewArtifact, Problem};
use ideamine_core::Digest;
use ideamine_core::artifacts::{Tree, TreeEntry};
use ideamine_core::ports::{SourceFile, conflicts};

/// Most files of an application.
pub(crate) const FILES_MAX: usize = 200;
/// Most bytes of one file.
pub(crate) const FILE_BYTES_MAX: usize = 512 * 1024;
/// Most bytes of a tree.
pub(crate) const TREE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most words of a command.
pub(crate) const COMMAND_WORDS_MAX: usize = 20;

/// What is wrong with these files.
pub(crate) fn check_files(place: &str, files: &[SourceFile]) -> Vec<Problem> {
    let mut problems = repeated(place, files.iter().map(|f| f.path.as_str()));
    if problems.is_empty() {
        problems.extend(conflicting(place, files));
    }
    for (index, file) in files.iter().enumerate() {
        if let Some(why) = unsafe_path(&file.path) {
            problems.push(Problem::new(format!("{place}/{index}/path"), "unsafe-path", why));
        }
        if file.content.len() > FILE_BYTES_MAX {
            let message =
                format!("`{}` has {} bytes, at most {FILE_BYTES_MAX}", file.path, file.content.len());
            problems.push(Problem::new(format!("{place}/{index}/content"), "too-large", message));
        }
    }
    let bytes: usize = files.iter().map(|f| f.content.len()).sum();
    if files.len() > FILES_MAX || bytes > TREE_BYTES_MAX {
        let message =
            format!("{} files with {bytes} bytes; at most {FILES_MAX} with {TREE_BYTES_MAX}", files.len());
        problems.push(Problem::new(place, "too-large", message));
    }
    problems
}

/// Paths that cannot be laid out together, or not on every file system.
fn conflicting(place: &str, files: &[SourceFile]) -> Vec<Problem> {
    let told = |(path, other): (&str, &str)| {
        let message = format!(
            "`{path}` cannot stand beside `{other}`: a file is no folder, and names that differ in case alone are one name on some systems"
        );
        Problem::new(place, "conflicting-path", message)
    };
    conflicts(files.iter().map(|f| f.path.as_str())).into_iter().map(told).collect()
}

/// What is wrong with a command: it has words, and none of them is empty or breaks the line.
pub(crate) fn check_command(place: &str, words: &[String]) -> Vec<Problem> {
    let bad = words.iter().any(|w| w.is_empty() || w.chars().any(char::is_control));
    if words.is_empty() || words.len() > COMMAND_WORDS_MAX || bad {
        let message =
            "a command is a list of one to twenty words, for example [\"python3\", \"-m\", \"app\"]";
        return vec![Problem::new(place, "command", message)];
    }
    Vec::new()
}

/// A tree by digests, sorted by path.
pub(crate) fn tree(files: &[SourceFile]) -> Tree {
    let entry = |f: &SourceFile| TreeEntry {
        path: f.path.clone(),
        digest: Digest::of(f.content.as_bytes()),
        bytes: f.content.len() as u64,
    };
    let mut files: Vec<TreeEntry> = files.iter().map(entry).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Tree { files }
}

/// The files as artifacts `app/PATH`, sorted, each traced to what it serves.
pub(crate) fn artifacts(files: &[SourceFile], serves: &BTreeMap<String, Vec<String>>) -> Vec<NewArtifact> {
    let mut files: Vec<&SourceFile> = files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let artifact = |f: &SourceFile| {
        let name = format!("app/{}", f.path);
        let served = serves.get(&f.path).into_iter().flatten();
        let traces = served.map(|id| (name.clone(), id.clone())).collect();
        NewArtifact::text(&name, media_type(&f.path), f.content.clone()).tracing(traces)
    };
    files.into_iter().map(artifact).collect()
}

/// The tree after some files were added, replaced or removed.
pub(crate) fn changed(before: &[SourceFile], new: &[SourceFile], removed: &[String]) -> Vec<SourceFile> {
    let mut tree: BTreeMap<&str, &SourceFile> = before.iter().map(|f| (f.path.as_str(), f)).collect();
    tree.extend(new.iter().map(|f| (f.path.as_str(), f)));
    let kept = tree.into_iter().filter(|(path, _)| !removed.iter().any(|r| r == path));
    kept.map(|(_, f)| f.clone()).collect()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "py" => "text/x-python",
        "html" => "text/html",
        "css" => "text/css",
        "js" => "text/javascript",
        "json" => "application/json",
        "md" => "text/markdown",
        "sql" => "application/sql",
        _ => "text/plain",
    }
}

/// Full names of the tests in a Python file: `tests.test_items.TestItems.test_create`.
pub(crate) fn test_names(file: &SourceFile) -> Vec<String> {
    let Some(module) = file.path.strip_suffix(".py").map(|path| path.replace('/', ".")) else {
        return Vec::new();
    };
    let mut class = String::new();
    let mut names = Vec::new();
    for line in file.content.lines() {
        let word = |text: &str| -> String {
            text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        if let Some(rest) = line.strip_prefix("class ") {
            class = word(rest);
        } else if let Some(rest) = line.trim_start().strip_prefix("def test").filter(|_| !class.is_empty()) {
            names.push(format!("{module}.{class}.test{}", word(rest)));
        }
    }
    names
}

/// The file of a test's full name, `tests/test_items.py`.
pub(crate) fn test_file(name: &str) -> Option<String> {
    let (class, _) = name.rsplit_once('.')?;
    let (module, _) = class.rsplit_once('.')?;
    Some(format!("{}.py", module.replace('.', "/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &str) -> SourceFile {
        SourceFile { path: path.into(), content: content.into() }
    }

    #[test]
    fn unsafe_repeated_and_huge_files_are_refused() {
        let rules = |files: &[SourceFile]| -> Vec<String> {
            check_files("/files", files).into_iter().map(|p| p.rule).collect()
        };
        assert!(rules(&[file("app/a.py", "")]).is_empty());
        assert_eq!(rules(&[file("../a.py", "")]), ["unsafe-path"]);
        assert_eq!(rules(&[file("a", ""), file("a", "")]), ["repeated-name"]);
        assert_eq!(rules(&[file("app/a.py", ""), file("app/a.py/b.py", "")]), ["conflicting-path"]);
        assert_eq!(rules(&[file("app/a.py", ""), file("app/A.py", "")]), ["conflicting-path"]);
        assert_eq!(rules(&[file("a", &"x".repeat(FILE_BYTES_MAX + 1))]), ["too-large"]);
    }

    #[test]
    fn a_change_adds_replaces_and_removes() {
        let before = [file("a", "1"), file("b", "2")];
        let after = changed(&before, &[file("b", "3"), file("c", "4")], &["a".to_owned()]);
        assert_eq!(after, [file("b", "3"), file("c", "4")]);
    }

    #[test]
    fn tests_are_found_by_name_and_their_file_by_theirs() {
        let tests = file(
            "tests/test_items.py",
            "class TestItems(TestCase):\n    def test_create(self):\n        pass\n",
        );
        let names = test_names(&tests);
        assert_eq!(names, ["tests.test_items.TestItems.test_create"]);
        assert_eq!(test_file(&names[0]).as_deref(), Some("tests/test_items.py"));
        assert_eq!(test_file("x"), None);
    }
}
