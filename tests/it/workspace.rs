//! Where the workspace lies, its files, and what cargo says of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// `cargo metadata` with the default features of the local binary.
pub(crate) fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every file below `folder` with this ending, sorted; build output is left out.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                open.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Rust sources of the product, without tests.
pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    let root = root();
    let folders = ["functions", "shared"].map(|folder| files(&root.join(folder), ".rs"));
    let product = |path: &PathBuf| {
        let text = path.to_string_lossy();
        !text.contains("/tests/")
            && !text.ends_with("/tests.rs")
            && !text.contains("/examples/")
            && !text.contains("/testkit/")
    };
    let read = |path: PathBuf| (path.clone(), std::fs::read_to_string(path).unwrap());
    folders.into_iter().flatten().filter(product).map(read).collect()
}

/// A source without its `#[cfg(test)]` module at the end, comments and doc comments.
pub(crate) fn code(text: &str) -> String {
    let product = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = product.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}
