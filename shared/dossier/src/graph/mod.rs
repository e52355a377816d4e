//! Diagrams as typed graphs: one model, emitted as Mermaid and drawn as SVG.

mod architecture;
mod arrows;
mod groups;
mod label;
mod layout;
mod mermaid;
mod order;
mod sequence;
mod svg;

use serde::{Deserialize, Serialize};

pub use architecture::diagrams;
pub use label::{escape, width, wrap};
pub use mermaid::to_mermaid;
pub use svg::to_svg;
pub(crate) use svg::{frame, text};

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Diagram {
    /// Boxes and arrows.
    Graph(Graph),
    /// Messages in time.
    Sequence(Sequence),
}

impl Diagram {
    /// Its title.
    pub fn title(&self) -> &str {
        match self {
            Self::Graph(graph) => &graph.title,
            Self::Sequence(sequence) => &sequence.title,
        }
    }
    /// What it shows, in words: for whoever cannot see it.
    pub fn description(&self) -> &str {
        match self {
            Self::Graph(graph) => &graph.description,
            Self::Sequence(sequence) => &sequence.description,
        }
    }
}

/// Boxes and arrows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// Its title.
    pub title: String,
    /// What it shows, in words.
    pub description: String,
    /// Boxes around boxes.
    pub groups: Vec<Group>,
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The arrows; an end that is no node is not drawn.
    pub edges: Vec<Edge>,
}

/// A box around boxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Unique in the graph.
    pub id: String,
    /// What it says.
    pub label: String,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Someone.
    Person,
    /// The system that is built.
    System,
    /// A system of others.
    External,
    /// A part of the system.
    Component,
    /// Something that records are kept of.
    Entity,
}

impl NodeKind {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::System => "System",
            Self::External => "External system",
            Self::Component => "Component",
            Self::Entity => "Record",
        }
    }
    /// As a CSS class.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Person => "n-person",
            Self::System => "n-system",
            Self::External => "n-external",
            Self::Component => "n-component",
            Self::Entity => "n-entity",
        }
    }
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Unique in the graph.
    pub id: String,
    /// What it stands for.
    pub kind: NodeKind,
    /// Its name.
    pub label: String,
    /// What it is for; may be empty.
    pub note: String,
    /// What it holds, one line each.
    pub lines: Vec<String>,
    /// The group it is in.
    pub group: Option<String>,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Id of the node where it starts.
    pub from: String,
    /// Id of the node where it ends.
    pub to: String,
    /// What for; may be empty.
    pub label: String,
}

/// Messages in time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Its title.
    pub title: String,
    /// What it shows, in words.
    pub description: String,
    /// Who takes part, from left to right.
    pub actors: Vec<String>,
    /// The messages in order; ends that are no actor are not drawn.
    pub messages: Vec<Message>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Who sends.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// What.
    pub text: String,
}
