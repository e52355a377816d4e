//! `package.json`, `package-lock.json` (versions 1 to 3) and `yarn.lock`.

use serde_json::Value;

use super::{Component, Ecosystem};

/// Dependencies inside dependencies are followed so deep.
const MAX_DEPTH: usize = 64;

/// The package and its direct dependencies.
pub(super) fn manifest(text: &str) -> Vec<Component> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let name = value["name"].as_str().unwrap_or("package");
    let root =
        Component::new(Ecosystem::Npm, name, value["version"].as_str(), licence(&value).as_deref(), true);
    let kinds = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let needed = kinds.iter().filter_map(|kind| value[*kind].as_object()).flatten();
    std::iter::once(root)
        .chain(
            needed.map(|(name, version)| Component::new(Ecosystem::Npm, name, version.as_str(), None, false)),
        )
        .collect()
}

/// The field `license`, or its older forms: an object with a type, a list of them (any may be chosen).
fn licence(value: &Value) -> Option<String> {
    let one = |value: &Value| value.as_str().or_else(|| value["type"].as_str()).map(str::to_owned);
    one(&value["license"]).or_else(|| {
        let all: Vec<String> = value["licenses"].as_array()?.iter().filter_map(one).collect();
        Some(all.join(" OR ")).filter(|all| !all.is_empty())
    })
}

/// Every locked package.
pub(super) fn lock(text: &str) -> Vec<Component> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut found = Vec::new();
    for (path, package) in value["packages"].as_object().into_iter().flatten() {
        let name =
            package["name"].as_str().unwrap_or_else(|| path.rsplit("node_modules/").next().unwrap_or(path));
        let name = if name.is_empty() { value["name"].as_str().unwrap_or("package") } else { name };
        found.push(Component::new(
            Ecosystem::Npm,
            name,
            package["version"].as_str(),
            licence(package).as_deref(),
            path.is_empty(),
        ));
    }
    if found.is_empty() {
        nested(&value, &mut found, 0);
    }
    found
}

fn nested(value: &Value, found: &mut Vec<Component>, depth: usize) {
    for (name, package) in
        value["dependencies"].as_object().into_iter().flatten().filter(|_| depth < MAX_DEPTH)
    {
        found.push(Component::new(Ecosystem::Npm, name, package["version"].as_str(), None, false));
        nested(package, found, depth + 1);
    }
}

/// `name@range, name@range:` and the `version` line that follows.
pub(super) fn yarn(text: &str) -> Vec<Component> {
    let mut found = Vec::new();
    let mut name: Option<&str> = None;
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let key = line.trim_matches(['"', ':']).split(',').next().unwrap_or(line).trim_matches('"');
            name = key.get(1..).and_then(|rest| rest.find('@')).map(|at| &key[..at + 1]);
        } else if let (Some(package), Some(version)) = (name, line.trim().strip_prefix("version")) {
            found.push(Component::new(
                Ecosystem::Npm,
                package,
                Some(version.trim_matches([':', ' ', '"'])),
                None,
                false,
            ));
            name = None;
        }
    }
    found
}
