//! Manifests and lock files of Cargo, npm, PyPI, Go and Maven: what a package is, says of its licence, and depends on.

mod cargo;
mod maven;
mod npm;
mod plain;
mod python;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::expression::Expression;

/// More parts than this in one file are not read.
const MAX_COMPONENTS: usize = 100_000;

/// Whose packages they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    /// crates.io.
    Cargo,
    /// npm.
    Npm,
    /// PyPI.
    Pypi,
    /// Go modules.
    Golang,
    /// Maven.
    Maven,
}

/// One package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Component {
    /// Whose package it is.
    pub ecosystem: Ecosystem,
    /// Name, with group or scope.
    pub name: String,
    /// Version, or the range that a manifest asks for.
    pub version: Option<String>,
    /// What it says of its licence, as written.
    pub declared: Option<String>,
    /// Whether it is the package that the file describes.
    pub root: bool,
}

impl Component {
    /// The expression that it declares; nothing when it says none or it cannot be read.
    pub fn licence(&self) -> Option<Expression> {
        self.declared.as_deref().and_then(Expression::read)
    }

    /// Package URL (<https://github.com/package-url/purl-spec>).
    pub fn purl(&self) -> String {
        let kind = match self.ecosystem {
            Ecosystem::Cargo => "cargo",
            Ecosystem::Npm => "npm",
            Ecosystem::Pypi => "pypi",
            Ecosystem::Golang => "golang",
            Ecosystem::Maven => "maven",
        };
        let name = match self.ecosystem {
            Ecosystem::Pypi => self.name.to_ascii_lowercase().replace('_', "-"),
            Ecosystem::Maven => self.name.replace(':', "/"),
            _ => self.name.clone(),
        };
        let version = self.version.as_ref().map(|v| format!("@{}", encoded(v, b""))).unwrap_or_default();
        format!("pkg:{kind}/{}{version}", encoded(&name, b"/"))
    }

    fn new(
        ecosystem: Ecosystem,
        name: &str,
        version: Option<&str>,
        declared: Option<&str>,
        root: bool,
    ) -> Self {
        let owned = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        Self {
            ecosystem,
            name: name.trim().to_owned(),
            version: version.and_then(owned),
            declared: declared.and_then(owned),
            root,
        }
    }
}

fn encoded(text: &str, kept: &[u8]) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b".-_~".contains(&b) || kept.contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

/// Every package that the file names; nothing when it is no manifest that is known, or is damaged.
pub fn components(text: &str, path: &str) -> Vec<Component> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let mut found = match name {
        "Cargo.toml" => cargo::manifest(text),
        "Cargo.lock" => cargo::lock(text),
        "package.json" => npm::manifest(text),
        "package-lock.json" | "npm-shrinkwrap.json" => npm::lock(text),
        "yarn.lock" => npm::yarn(text),
        "pyproject.toml" => python::pyproject(text),
        "poetry.lock" | "uv.lock" | "pdm.lock" => python::lock(text),
        "setup.cfg" => python::setup_cfg(text),
        "setup.py" => python::setup_py(text),
        "METADATA" | "PKG-INFO" => python::metadata(text),
        "go.mod" => plain::go_mod(text),
        "go.sum" => plain::go_sum(text),
        "pom.xml" => maven::pom(text),
        _ if name.ends_with(".pom") => maven::pom(text),
        _ if name.starts_with("requirements") && name.ends_with(".txt") => plain::requirements(text),
        _ => Vec::new(),
    };
    found.truncate(MAX_COMPONENTS);
    found
}

/// The licence fields of the package that the manifest describes, each with its expression if it can be read.
pub fn fields(text: &str, path: &str) -> Vec<(Option<Expression>, Range<usize>)> {
    let found = components(text, path).into_iter().filter(|part| part.root);
    found
        .filter_map(|part| part.declared)
        .map(|declared| {
            let at = text.find(&declared).unwrap_or(0);
            (Expression::read(&declared), at..(at + declared.len()).min(text.len()))
        })
        .collect()
}
