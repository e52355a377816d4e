//! Line by line: `go.mod`, `go.sum`, `requirements.txt`.

use super::{Component, Ecosystem};

/// The module and what it requires. Go modules declare no licence.
pub(super) fn go_mod(text: &str) -> Vec<Component> {
    let mut found = Vec::new();
    let mut block = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or(line).trim();
        if let Some(name) = line.strip_prefix("module ") {
            found.push(Component::new(Ecosystem::Golang, name.trim_matches('"'), None, None, true));
        }
        let row = line.strip_prefix("require ").or_else(|| Some(line).filter(|_| block));
        block = (block || line.starts_with("require (") || line.starts_with("require(")) && line != ")";
        if let Some((name, version)) =
            row.and_then(|row| row.trim().split_once(' ')).filter(|(name, _)| *name != "(")
        {
            found.push(Component::new(Ecosystem::Golang, name, Some(version), None, false));
        }
    }
    found
}

/// Every module whose content is fixed, once.
pub(super) fn go_sum(text: &str) -> Vec<Component> {
    let mut found: Vec<Component> = text
        .lines()
        .filter_map(|line| {
            let mut parts = line.split_ascii_whitespace();
            let (name, version) = (parts.next()?, parts.next()?);
            parts.next()?;
            (!version.ends_with("/go.mod"))
                .then(|| Component::new(Ecosystem::Golang, name, Some(version), None, false))
        })
        .collect();
    found.dedup();
    found
}

/// Every requirement.
pub(super) fn requirements(text: &str) -> Vec<Component> {
    text.lines().filter_map(requirement).collect()
}

/// One requirement (PEP 508): `name[extra] >=1,<2 ; marker`.
pub(super) fn requirement(line: &str) -> Option<Component> {
    let line = line.split(['#', ';']).next().unwrap_or(line).trim().trim_end_matches('\\').trim();
    if line.is_empty() || line.starts_with(['-', '.', '/']) || line.contains("://") {
        return None;
    }
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)).unwrap_or(line.len());
    let rest = line[end..].trim_start();
    let rest = if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, after)| after) } else { rest };
    let version =
        rest.trim_matches(['(', ')', ' ']).split(" --").next().map(|v| v.trim().trim_start_matches("=="));
    (end > 0).then(|| Component::new(Ecosystem::Pypi, &line[..end], version, None, false))
}
