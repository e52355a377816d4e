//! The pictures of an architecture: its surroundings, its parts, its records and its main flow.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Architecture, Entity, Field, FieldKind};

use super::{Diagram, Edge, Graph, Group, Message, Node, NodeKind, Sequence};

/// Id of the system's own node and group; relations may use it as a name.
const SYSTEM: &str = "system";

/// All pictures that there is something to show for.
pub fn diagrams(architecture: &Architecture) -> Vec<Diagram> {
    let mut diagrams = Vec::new();
    let graphs = [context(architecture), parts(architecture), records(&architecture.entities)];
    diagrams.extend(graphs.into_iter().filter(|graph| !graph.nodes.is_empty()).map(Diagram::Graph));
    let flow = flow(architecture);
    if !flow.messages.is_empty() {
        diagrams.push(Diagram::Sequence(flow));
    }
    diagrams
}

/// Who is around the system; its parts are the system here.
fn context(architecture: &Architecture) -> Graph {
    let name = &architecture.system.text;
    let mut nodes = outside(architecture);
    nodes.push(node(SYSTEM, NodeKind::System, name, "", None));
    let parts: BTreeSet<&str> = architecture.components.iter().map(|part| &*part.name).collect();
    let end = |end: &str| if parts.contains(end) || end == name { SYSTEM.to_owned() } else { end.to_owned() };
    let edges = edges(architecture, end);
    let description = describe(&format!("{name} and what is around it"), &nodes, &edges);
    Graph { title: "Context".to_owned(), description, groups: Vec::new(), nodes, edges }
}

/// What the system is made of.
fn parts(architecture: &Architecture) -> Graph {
    if architecture.components.is_empty() {
        return Graph::default();
    }
    let inside = architecture.components.iter().map(|part| {
        node(&part.name, NodeKind::Component, &part.name, &part.responsibility.text, Some(SYSTEM))
    });
    let edges = edges(architecture, str::to_owned);
    let touched: BTreeSet<&str> = edges.iter().flat_map(|edge| [&*edge.from, &*edge.to]).collect();
    let part = |name: &str| architecture.components.iter().any(|part| part.name == name);
    // Whoever talks to the system as a whole is in the context picture.
    let outside = outside(architecture).into_iter().filter(|node| touched.contains(&*node.id));
    let nodes: Vec<Node> = outside.chain(inside).collect();
    let edges: Vec<Edge> = edges.into_iter().filter(|edge| part(&edge.from) || part(&edge.to)).collect();
    let description = describe(&format!("The parts of {}", architecture.system.text), &nodes, &edges);
    let groups = vec![Group { id: SYSTEM.to_owned(), label: architecture.system.text.clone() }];
    Graph { title: "Parts".to_owned(), description, groups, nodes, edges }
}

/// What it keeps.
fn records(entities: &[Entity]) -> Graph {
    let held = |field: &Field| {
        let optional = if field.required { "" } else { "?" };
        format!("{}{optional}: {}", field.name, kind(&field.kind))
    };
    let entity = |entity: &Entity| {
        let lines = entity.fields.iter().map(held).collect();
        Node { lines, ..node(&entity.name, NodeKind::Entity, &entity.name, &entity.description.text, None) }
    };
    let nodes: Vec<Node> = entities.iter().map(entity).collect();
    let reference = |from: &Entity, field: &Field| match &field.kind {
        FieldKind::Reference(to) => {
            Some(Edge { from: from.name.clone(), to: to.clone(), label: field.name.clone() })
        }
        _ => None,
    };
    let edges: Vec<Edge> =
        entities.iter().flat_map(|e| e.fields.iter().filter_map(move |f| reference(e, f))).collect();
    let description = describe("The records that are kept", &nodes, &edges);
    Graph { title: "Records".to_owned(), description, groups: Vec::new(), nodes, edges }
}

fn kind(kind: &FieldKind) -> &str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Integer => "integer",
        FieldKind::Boolean => "yes or no",
        FieldKind::Date => "date",
        FieldKind::Moment => "moment",
        FieldKind::MoneyMinor => "money",
        FieldKind::Reference(to) => to,
    }
}

fn flow(architecture: &Architecture) -> Sequence {
    let steps = &architecture.sequence;
    let mut seen = BTreeSet::new();
    let actors: Vec<String> = steps
        .iter()
        .flat_map(|step| [&step.from, &step.to])
        .filter(|name| seen.insert(*name))
        .cloned()
        .collect();
    let message = |from: &String, to: &String, text: &str| Message {
        from: from.clone(),
        to: to.clone(),
        text: text.to_owned(),
    };
    let messages: Vec<Message> = steps.iter().map(|s| message(&s.from, &s.to, &s.message.text)).collect();
    let told: Vec<String> = messages.iter().map(|m| format!("{} to {}: {}", m.from, m.to, m.text)).collect();
    let description = format!("The main flow in {} messages. {}", messages.len(), told.join("; "));
    Sequence { title: "Main flow".to_owned(), description, actors, messages }
}

fn node(id: &str, kind: NodeKind, label: &str, note: &str, group: Option<&str>) -> Node {
    let (id, label, note) = (id.to_owned(), label.to_owned(), note.to_owned());
    Node { id, kind, label, note, lines: Vec::new(), group: group.map(str::to_owned) }
}

fn outside(architecture: &Architecture) -> Vec<Node> {
    let people = architecture.people.iter();
    let people = people.map(|p| node(&p.name, NodeKind::Person, &p.name, &p.does.text, None));
    let externals = architecture.externals.iter();
    let externals = externals.map(|e| node(&e.name, NodeKind::External, &e.name, &e.purpose.text, None));
    people.chain(externals).collect()
}

/// The relations with their ends renamed; several between the same ends become one arrow.
fn edges(architecture: &Architecture, rename: impl Fn(&str) -> String) -> Vec<Edge> {
    let mut order: Vec<(String, String)> = Vec::new();
    let mut labels: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for relation in &architecture.relations {
        let ends = (rename(&relation.from), rename(&relation.to));
        if ends.0 == ends.1 {
            continue;
        }
        if !labels.contains_key(&ends) {
            order.push(ends.clone());
        }
        labels.entry(ends).or_default().insert(&relation.label.text);
    }
    let edge = |(from, to): (String, String)| {
        let label =
            labels.get(&(from.clone(), to.clone())).into_iter().flatten().copied().collect::<Vec<_>>();
        Edge { from, to, label: label.join("; ") }
    };
    order.into_iter().map(edge).collect()
}

fn describe(what: &str, nodes: &[Node], edges: &[Edge]) -> String {
    let name =
        |id: &String| nodes.iter().find(|n| n.id == *id).map_or_else(|| id.clone(), |n| n.label.clone());
    let names: Vec<String> =
        nodes.iter().map(|node| format!("{} ({})", node.label, node.kind.label().to_lowercase())).collect();
    let arrows: Vec<String> = edges
        .iter()
        .map(|edge| format!("{} to {}: {}", name(&edge.from), name(&edge.to), edge.label))
        .collect();
    format!("{what}. Shown: {}. {}", names.join(", "), arrows.join("; ")).trim_end().to_owned()
}
