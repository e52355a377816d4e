//! Architecture: context, parts, data, interface and decisions. Diagrams, the OpenAPI document
//! and the SQL schema are derived from it by rule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AppKind, Entity, OpenQuestion};
use crate::Text;

/// `architecture.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// The system's name.
    pub system: Text,
    /// What sort of application it is: a service unless the idea asks for a command or a library, which have no HTTP
    /// interface.
    #[serde(default, skip_serializing_if = "AppKind::is_service")]
    pub kind: AppKind,
    /// People around it.
    pub people: Vec<Person>,
    /// Other systems around it.
    pub externals: Vec<External>,
    /// Who talks to whom; names of people, externals, components or `system`.
    pub relations: Vec<Relation>,
    /// Its parts.
    pub components: Vec<Component>,
    /// What it keeps.
    pub entities: Vec<Entity>,
    /// Its HTTP interface.
    pub endpoints: Vec<Endpoint>,
    /// The main flow, in order.
    pub sequence: Vec<SequenceStep>,
    /// What was decided, and what only could be.
    pub decisions: Vec<Decision>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// A person in the context diagram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Unique name.
    pub name: String,
    /// What they do with it.
    pub does: Text,
}

/// Another system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct External {
    /// Unique name.
    pub name: String,
    /// What it is used for.
    pub purpose: Text,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Who starts it.
    pub from: String,
    /// Who is reached.
    pub to: String,
    /// What for.
    pub label: Text,
}

/// A part of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Unique name.
    pub name: String,
    /// The one thing it is for.
    pub responsibility: Text,
    /// Ids of the requirements it carries, `FR-1`.
    pub carries: Vec<String>,
}

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Remove.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation of the interface. Entity `thing` has `/things` (GET list, POST create) and
/// `/things/{id}` (GET, PUT, DELETE); other paths are free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Method.
    pub method: Method,
    /// Path template, `/things/{id}`.
    pub path: String,
    /// The entity it serves, if one.
    #[serde(default)]
    pub entity: Option<String>,
    /// What it does.
    pub summary: Text,
    /// Ids of the requirements it serves.
    pub serves: Vec<String>,
}

/// One message of the main flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SequenceStep {
    /// Who sends.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// What.
    pub message: Text,
}

/// An architecture decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `ADR-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// What it decides.
    pub title: Text,
    /// What forces it.
    pub context: Text,
    /// What could be done.
    pub options: Vec<Text>,
    /// What is done; for a candidate, what is suggested.
    pub choice: Text,
    /// Whether it is decided.
    pub status: DecisionStatus,
    /// Ids of the requirements behind it.
    pub serves: Vec<String>,
}

/// Whether a decision is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionStatus {
    /// Decided.
    Decided,
    /// A checklist entry: someone must still decide.
    Candidate,
}
