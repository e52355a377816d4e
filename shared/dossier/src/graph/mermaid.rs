//! The same pictures as Mermaid text.

use std::fmt::Write as _;

use super::{Diagram, Graph, Node, NodeKind, Sequence};

/// Writes a picture as Mermaid.
pub fn to_mermaid(diagram: &Diagram) -> String {
    match diagram {
        Diagram::Graph(graph) => flowchart(graph),
        Diagram::Sequence(found) => sequence(found),
    }
}

fn flowchart(graph: &Graph) -> String {
    let mut out = format!("---\ntitle: \"{}\"\n---\nflowchart TB\n", plain(&graph.title));
    let index = |id: &str| graph.nodes.iter().position(|node| node.id == id);
    for (number, group) in graph.groups.iter().enumerate() {
        let _ = writeln!(out, "    subgraph g{number}[\"{}\"]", plain(&group.label));
        nodes(&mut out, graph, |node| node.group.as_ref() == Some(&group.id), "        ");
        out.push_str("    end\n");
    }
    let grouped = |node: &Node| graph.groups.iter().any(|group| node.group.as_ref() == Some(&group.id));
    nodes(&mut out, graph, |node| !grouped(node), "    ");
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (index(&edge.from), index(&edge.to)) else { continue };
        let label = plain(&edge.label);
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(out, "    n{from} -->{label} n{to}");
    }
    out
}

fn nodes(out: &mut String, graph: &Graph, wanted: impl Fn(&Node) -> bool, indent: &str) {
    for (number, node) in graph.nodes.iter().enumerate().filter(|(_, node)| wanted(node)) {
        let (open, close) = match node.kind {
            NodeKind::Person => ("([", "])"),
            NodeKind::External => ("[[", "]]"),
            NodeKind::Entity => ("[(", ")]"),
            NodeKind::System | NodeKind::Component => ("[", "]"),
        };
        let mut label = format!("<b>{}</b><br/>[{}]", plain(&node.label), node.kind.label());
        for more in std::iter::once(&node.note).chain(&node.lines).filter(|more| !more.is_empty()) {
            let _ = write!(label, "<br/>{}", plain(more));
        }
        let _ = writeln!(out, "{indent}n{number}{open}\"{label}\"{close}");
    }
}

fn sequence(sequence: &Sequence) -> String {
    let mut out = format!("---\ntitle: \"{}\"\n---\nsequenceDiagram\n", plain(&sequence.title));
    let index = |name: &str| sequence.actors.iter().position(|actor| actor == name);
    for (number, actor) in sequence.actors.iter().enumerate() {
        let _ = writeln!(out, "    participant a{number} as {}", plain(actor));
    }
    for message in &sequence.messages {
        if let (Some(from), Some(to)) = (index(&message.from), index(&message.to)) {
            let _ = writeln!(out, "    a{from}->>a{to}: {}", plain(&message.text));
        }
    }
    out
}

/// One line without any character that means something in Mermaid, each written as its entity.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match c {
            '#' | ';' | '"' | '\'' | '<' | '>' | '&' | '`' | '{' | '}' | '[' | ']' | '(' | ')' | '|'
            | '%' | '\\' | '@' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    // `end` closes a block wherever it stands alone.
    if out.eq_ignore_ascii_case("end") { format!("#{};{}", u32::from(b'e'), &out[1..]) } else { out }
}
