//! Python: `pyproject.toml` (PEP 621, PEP 639, poetry), lock files, `setup.cfg`, `setup.py`, core metadata.

use toml::{Table, Value};

use super::{Component, Ecosystem, plain};

/// The project and its direct dependencies.
pub(super) fn pyproject(text: &str) -> Vec<Component> {
    let Ok(table) = text.parse::<Table>() else { return Vec::new() };
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry"));
    let Some(project) = table.get("project").or(poetry) else { return Vec::new() };
    let string = |key: &str| project.get(key).and_then(Value::as_str);
    let classified = || {
        let rows = project.get("classifiers").and_then(Value::as_array)?;
        rows.iter().filter_map(Value::as_str).find_map(classifier)
    };
    let licence = string("license")
        .or_else(|| project.get("license")?.get("text")?.as_str())
        .map(str::to_owned)
        .or_else(classified);
    let root = Component::new(
        Ecosystem::Pypi,
        string("name").unwrap_or("project"),
        string("version"),
        licence.as_deref(),
        true,
    );
    let listed = project.get("dependencies").and_then(Value::as_array).into_iter().flatten();
    let listed = listed.filter_map(Value::as_str).filter_map(plain::requirement);
    let tabled = project.get("dependencies").and_then(Value::as_table).into_iter().flatten();
    let tabled = tabled.filter(|(name, _)| *name != "python").map(|(name, value)| {
        Component::new(
            Ecosystem::Pypi,
            name,
            value.as_str().or_else(|| value.get("version")?.as_str()),
            None,
            false,
        )
    });
    std::iter::once(root).chain(listed).chain(tabled).collect()
}

/// `License :: OSI Approved :: MIT License`: the last part names it.
fn classifier(row: &str) -> Option<String> {
    let mut parts = row.split("::").map(str::trim);
    (parts.next() == Some("License")).then(|| parts.last().unwrap_or_default().to_owned())
}

/// Every locked package of poetry, uv or pdm.
pub(super) fn lock(text: &str) -> Vec<Component> {
    let Ok(table) = text.parse::<Table>() else { return Vec::new() };
    let packages = table.get("package").and_then(Value::as_array).into_iter().flatten();
    packages
        .filter_map(|package| {
            let text = |key: &str| package.get(key).and_then(Value::as_str);
            let own = package
                .get("source")
                .is_some_and(|s| s.get("editable").is_some() || s.get("virtual").is_some());
            Some(Component::new(Ecosystem::Pypi, text("name")?, text("version"), None, own))
        })
        .collect()
}

/// `[metadata]` of `setup.cfg`, and `install_requires`.
pub(super) fn setup_cfg(text: &str) -> Vec<Component> {
    let mut root = Component::new(Ecosystem::Pypi, "project", None, None, true);
    let mut found = Vec::new();
    let (mut section, mut requires) = ("", false);
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix('[') {
            section = name.trim_end_matches(']');
            requires = false;
            continue;
        }
        if line.starts_with([' ', '\t']) {
            found.extend(Some(line).filter(|_| requires).and_then(plain::requirement));
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = Some(value.trim().to_owned()).filter(|v| !v.is_empty());
        requires = section == "options" && key.trim() == "install_requires";
        match (section, key.trim()) {
            ("metadata", "name") => root.name = value.unwrap_or_default(),
            ("metadata", "version") => root.version = value,
            ("metadata", "license") => root.declared = value,
            _ => {}
        }
    }
    std::iter::once(root).chain(found).collect()
}

/// Literal arguments of `setup(…)`; code is not run.
pub(super) fn setup_py(text: &str) -> Vec<Component> {
    let argument = |name: &str| {
        text.match_indices(name).find_map(|(at, _)| {
            let free = at == 0
                || !text.as_bytes()[at - 1].is_ascii_alphanumeric() && text.as_bytes()[at - 1] != b'_';
            let rest = text[at + name.len()..].trim_start().strip_prefix('=').filter(|_| free)?.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            rest[1..].split(quote).next()
        })
    };
    vec![Component::new(
        Ecosystem::Pypi,
        argument("name").unwrap_or("project"),
        argument("version"),
        argument("license"),
        true,
    )]
}

/// Core metadata: `License-Expression` before `License` before the classifiers.
pub(super) fn metadata(text: &str) -> Vec<Component> {
    let head = text.split("\n\n").next().unwrap_or(text);
    let field = |name: &str| {
        head.lines().find_map(|line| {
            line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim())
        })
    };
    if field("Metadata-Version").is_none() {
        return Vec::new();
    }
    let named = field("License-Expression")
        .or_else(|| field("License").filter(|v| !v.eq_ignore_ascii_case("unknown")))
        .map(str::to_owned);
    let classified = || {
        head.lines()
            .filter_map(|line| line.strip_prefix("Classifier:"))
            .find_map(|row| classifier(row.trim()))
    };
    let root = Component::new(
        Ecosystem::Pypi,
        field("Name").unwrap_or("project"),
        field("Version"),
        named.or_else(classified).as_deref(),
        true,
    );
    let needed =
        head.lines().filter_map(|line| line.strip_prefix("Requires-Dist:")).filter_map(plain::requirement);
    std::iter::once(root).chain(needed).collect()
}
