//! `Cargo.toml` and `Cargo.lock`.

use toml::{Table, Value};

use super::{Component, Ecosystem};

/// The package and its direct dependencies.
pub(super) fn manifest(text: &str) -> Vec<Component> {
    let Ok(table) = text.parse::<Table>() else { return Vec::new() };
    let package = table.get("package").and_then(Value::as_table);
    let string = |key: &str| package.and_then(|p| p.get(key)).and_then(Value::as_str);
    let shared = || table.get("workspace")?.get("package")?.get("license")?.as_str();
    let licence = string("license").or_else(shared);
    let root = Component::new(
        Ecosystem::Cargo,
        string("name").unwrap_or("workspace"),
        string("version"),
        licence,
        true,
    );
    let kinds = ["dependencies", "build-dependencies", "dev-dependencies"];
    let needed = kinds.iter().filter_map(|kind| table.get(*kind).and_then(Value::as_table)).flatten().map(
        |(key, value)| {
            let name = value.get("package").and_then(Value::as_str).unwrap_or(key);
            let version = value.as_str().or_else(|| value.get("version").and_then(Value::as_str));
            Component::new(Ecosystem::Cargo, name, version, None, false)
        },
    );
    std::iter::once(root).chain(needed).collect()
}

/// Every locked package. Those without a source are the workspace's own.
pub(super) fn lock(text: &str) -> Vec<Component> {
    let Ok(table) = text.parse::<Table>() else { return Vec::new() };
    let packages = table.get("package").and_then(Value::as_array).into_iter().flatten();
    packages
        .filter_map(|package| {
            let text = |key: &str| package.get(key).and_then(Value::as_str);
            Some(Component::new(
                Ecosystem::Cargo,
                text("name")?,
                text("version"),
                None,
                text("source").is_none(),
            ))
        })
        .collect()
}
