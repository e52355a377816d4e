//! Diagrams in Mermaid: the C4 context and the main flow.
//!
//! The context is a flowchart, which every Mermaid renderer draws alike; `C4Context` is experimental there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ideamine_core::artifacts::Architecture;

use super::HEADER;
use super::escape::mermaid;

/// `context.mmd` and `sequence.mmd`.
pub fn diagrams(architecture: &Architecture) -> (String, String) {
    (context(architecture), sequence(architecture))
}

/// People and other systems around the one system; its components are inside and not shown.
fn context(architecture: &Architecture) -> String {
    let system = shown(&architecture.system.text, "System");
    let mut out = format!("%% {HEADER}\nflowchart TB\n    system[\"<b>{system}</b><br/>[System]\"]\n");
    for (index, person) in architecture.people.iter().enumerate() {
        let name = shown(&person.name, "Person");
        let _ =
            writeln!(out, "    person{index}([\"<b>{name}</b><br/>[Person]{}\"])", detail(&person.does.text));
    }
    for (index, external) in architecture.externals.iter().enumerate() {
        let name = shown(&external.name, "External system");
        let purpose = detail(&external.purpose.text);
        let _ = writeln!(out, "    external{index}[[\"<b>{name}</b><br/>[External system]{purpose}\"]]");
    }
    let nodes = nodes(architecture);
    let mut drawn = BTreeSet::new();
    for relation in &architecture.relations {
        let (Some(from), Some(to)) = (nodes.get(&relation.from), nodes.get(&relation.to)) else { continue };
        let arrow = match mermaid(&relation.label.text) {
            label if label.is_empty() => format!("    {from} --> {to}\n"),
            label => format!("    {from} -->|\"{label}\"| {to}\n"),
        };
        if from != to && drawn.insert(arrow.clone()) {
            out.push_str(&arrow);
        }
    }
    out
}

/// Which node stands for a name; a component is drawn as the system that it is part of.
fn nodes(architecture: &Architecture) -> BTreeMap<String, String> {
    let system = || "system".to_owned();
    let mut nodes: BTreeMap<String, String> = BTreeMap::new();
    nodes.extend(architecture.components.iter().map(|component| (component.name.clone(), system())));
    let externals = architecture.externals.iter().enumerate().rev();
    nodes.extend(externals.map(|(index, external)| (external.name.clone(), format!("external{index}"))));
    let people = architecture.people.iter().enumerate().rev();
    nodes.extend(people.map(|(index, person)| (person.name.clone(), format!("person{index}"))));
    nodes.extend([(system(), system()), (architecture.system.text.clone(), system())]);
    nodes
}

/// The main flow; people are drawn as actors.
fn sequence(architecture: &Architecture) -> String {
    let mut out = format!("%% {HEADER}\nsequenceDiagram\n    autonumber\n");
    let mut participants: Vec<&str> = Vec::new();
    for name in architecture.sequence.iter().flat_map(|step| [step.from.as_str(), step.to.as_str()]) {
        if !participants.contains(&name) {
            participants.push(name);
        }
    }
    for (index, name) in participants.iter().enumerate() {
        let person = architecture.people.iter().any(|person| person.name == *name);
        let kind = if person { "actor" } else { "participant" };
        let shown_name = if *name == "system" { architecture.system.text.as_str() } else { name };
        let _ = writeln!(out, "    {kind} p{index} as {}", message(shown_name, "Unnamed"));
    }
    for step in &architecture.sequence {
        let at = |name: &str| participants.iter().position(|known| *known == name).unwrap_or_default();
        let text = message(&step.message.text, "Request");
        let _ = writeln!(out, "    p{}->>p{}: {text}", at(&step.from), at(&step.to));
    }
    if participants.is_empty() {
        let system = message(&architecture.system.text, "System");
        let _ = writeln!(out, "    participant p0 as {system}\n    Note over p0: No flow is stated yet");
    }
    out
}

fn shown(text: &str, otherwise: &str) -> String {
    match mermaid(text) {
        empty if empty.is_empty() => otherwise.to_owned(),
        text => text,
    }
}

fn detail(text: &str) -> String {
    match mermaid(text) {
        empty if empty.is_empty() => empty,
        text => format!("<br/>{text}"),
    }
}

/// A bare `end` closes a block in a sequence diagram, wherever it stands; so its first letter is encoded.
fn message(text: &str, otherwise: &str) -> String {
    let word = |word: &str| match word.strip_prefix(['e', 'E']) {
        Some(rest) if rest.eq_ignore_ascii_case("nd") => format!("#{};{rest}", u32::from(word.as_bytes()[0])),
        _ => word.to_owned(),
    };
    shown(text, otherwise).split(' ').map(word).collect::<Vec<_>>().join(" ")
}
