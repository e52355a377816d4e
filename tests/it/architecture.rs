//! The invariants of ARCHITECTURE.md that the build itself can show.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::workspace::{code, metadata, root, sources};

/// Normal dependencies of every package in the resolved graph, by name.
fn graph(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p["name"].as_str().unwrap()))
        .collect();
    let normal =
        |dep: &&Value| dep["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null());
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| {
            let deps = node["deps"].as_array().unwrap().iter().filter(normal);
            let deps = deps.map(|dep| names[dep["pkg"].as_str().unwrap()].to_owned()).collect();
            (names[node["id"].as_str().unwrap()].to_owned(), deps)
        })
        .collect()
}

fn reachable(graph: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(name) = open.pop() {
        if seen.insert(name.clone()) {
            open.extend(graph.get(&name).cloned().unwrap_or_default());
        }
    }
    seen
}

#[test]
fn the_local_build_holds_no_aws_crate() {
    let all = reachable(&graph(&metadata()), "ideamine");
    assert!(all.contains("ideamine-core"));
    let aws = |name: &&String| {
        name.starts_with("aws-sdk-")
            || name.starts_with("aws-smithy-")
            || *name == "aws-config"
            || name.starts_with("lambda_")
    };
    assert_eq!(all.iter().filter(aws).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn functions_see_ports_and_never_an_adapter() {
    let graph = graph(&metadata());
    for family in ["agents", "gates", "checks", "orchestration", "api"] {
        let all = reachable(&graph, &format!("ideamine-{family}"));
        for adapter in
            ["ideamine-embedded", "ideamine-engine", "ideamine-models", "redb", "genai", "ideamine"]
        {
            assert!(!all.contains(adapter), "ideamine-{family} reaches {adapter}");
        }
    }
}

/// The API is no such family: it asks about runs, as the command line does, and so stands above the others.
#[test]
fn no_family_of_functions_knows_another() {
    let graph = graph(&metadata());
    let families = ["agents", "gates", "checks", "orchestration"].map(|family| format!("ideamine-{family}"));
    for family in &families {
        let others: Vec<_> = reachable(&graph, family)
            .into_iter()
            .filter(|name| name != family && families.contains(name))
            .collect();
        assert_eq!(others, Vec::<String>::new(), "{family}");
    }
}

#[test]
fn the_pure_crates_do_no_io() {
    let graph = graph(&metadata());
    for pure in ["ideamine-asl", "ideamine-core", "ideamine-ledger", "ideamine-dossier", "ideamine-authoring"]
    {
        let all = reachable(&graph, pure);
        for io in ["tokio", "redb", "reqwest", "hyper"] {
            assert!(!all.contains(io), "{pure} reaches {io}");
        }
    }
    let forbidden = ["std::fs", "std::net", "std::process", "SystemTime::now", "Instant::now", "std::env"];
    for (path, text) in sources() {
        let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let pure = [
            "shared/asl/src/",
            "shared/core/",
            "shared/ledger/",
            "shared/dossier/",
            "shared/authoring/",
            "functions/gates/",
        ];
        if !pure.iter().any(|folder| relative.starts_with(folder)) || relative.ends_with("build.rs") {
            continue;
        }
        let code = code(&text);
        for word in forbidden {
            assert!(!code.contains(word), "{relative} uses {word}");
        }
    }
}

/// Time enters through the clock port alone. What measures its own duration for evidence, waits, or is the
/// adapter itself is named here.
const CLOCKS: &[&str] =
    &["shared/aws/", "shared/embedded/", "shared/engine/", "shared/models/", "functions/local/"];

#[test]
fn functions_take_time_from_the_port() {
    for (path, text) in sources() {
        let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if CLOCKS.iter().any(|folder| relative.starts_with(folder)) {
            continue;
        }
        // A generator that is given its seed draws nothing by chance; one that is not is `Rng::new`.
        let code = code(&text).replace("fastrand::Rng", "Rng");
        let chance = ["thread_rng", "rand::", "Rng::new", "getrandom"];
        for word in ["SystemTime::now", "Instant::now", "Timestamp::now"].into_iter().chain(chance) {
            assert!(!code.contains(word), "{relative} uses {word}");
        }
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for (path, text) in sources() {
        for word in ["todo!(", "unimplemented!(", "FIXME", "XXX", "#[ignore", "unsafe {"] {
            assert!(!code(&text).contains(word), "{} holds {word}", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert_eq!(silent, Vec::<std::path::PathBuf>::new());
}
