//! Security and aesthetic reviews: what an agent says; what tools measured is evidence, not here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Finding, OpenQuestion};
use crate::Text;

/// `security.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityReview {
    /// Threat model.
    pub threats: Vec<Threat>,
    /// Objections to the build; a high one without an answer fails the gate.
    pub findings: Vec<Finding>,
    /// Measures that are in place.
    pub controls: Vec<Text>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}

/// One threat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threat {
    /// `T-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// Component, entity or endpoint.
    pub element: String,
    /// Which kind.
    pub stride: Stride,
    /// What could be done to it.
    pub statement: Text,
    /// What stands against it.
    pub mitigation: Text,
}

/// The six STRIDE kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stride {
    /// Pretending to be someone else.
    Spoofing,
    /// Changing what is not one's own.
    Tampering,
    /// Denying what one did.
    Repudiation,
    /// Seeing what is not for one's eyes.
    InformationDisclosure,
    /// Making it unusable.
    DenialOfService,
    /// Gaining rights.
    ElevationOfPrivilege,
}

/// `aesthetic.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AestheticReview {
    /// What the look and the words follow.
    pub principles: Vec<Text>,
    /// Objections, accessibility included.
    pub findings: Vec<Finding>,
    /// Open questions.
    #[serde(default)]
    pub questions: Vec<OpenQuestion>,
}
