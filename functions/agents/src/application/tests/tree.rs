//! Trees in memory and on disk, and Python run on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ideamine_core::artifacts::{Architecture, StoryAnswer};
use ideamine_core::ports::SourceFile;

use super::samples::{asks, prd, story};
use crate::application::{skeleton, story_code};

/// A tree by path.
pub(super) type Tree = BTreeMap<String, String>;

/// The skeleton's tree.
pub(super) fn bare(architecture: &Architecture) -> Tree {
    skeleton(architecture, &prd(), 7).files.into_iter().map(|file| (file.path, file.content)).collect()
}

/// The skeleton with one story applied for each entity, in this order.
pub(super) fn with_stories(architecture: &Architecture, order: impl Iterator<Item = usize>) -> Tree {
    let mut tree = bare(architecture);
    for number in order {
        let files = files(&tree);
        if let Some(answer) =
            story_code(architecture, &story(number, "to keep records"), &asks(architecture), &files)
        {
            apply(&mut tree, answer);
        }
    }
    tree
}

/// The tree as a list of files.
pub(super) fn files(tree: &Tree) -> Vec<SourceFile> {
    tree.iter().map(|(path, content)| SourceFile { path: path.clone(), content: content.clone() }).collect()
}

/// Applies a story's answer.
pub(super) fn apply(tree: &mut Tree, answer: StoryAnswer) {
    answer.removed.iter().for_each(|path| drop(tree.remove(path)));
    tree.extend(answer.files.into_iter().map(|file| (file.path, file.content)));
}

/// Writes the tree below a folder.
pub(super) fn write(tree: &Tree, folder: &Path) {
    for (path, content) in tree {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// Whether Python is there; says so when it is not.
pub(super) fn has_python() -> bool {
    let found = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: python3 is not installed");
    }
    found
}

/// Runs Python in a folder with the memory that a sandboxed job has, and 3 s of processor time: the most that an
/// application's own tests may take, also where others keep the machine busy.
pub(super) fn python(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("prlimit")
        .args(["--as=1073741824", "--cpu=3"])
        .arg("python3")
        .args(arguments)
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap()
}

/// Both outputs as text.
pub(super) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
