//! The typed documents of the thirteen phases.
//!
//! Content only: no run id, time, duration, cost, host or ledger position (those live in records
//! about a document), so that equal work has equal digests. Each file has one phase's body; all
//! are wrapped in a [`Document`]. The same types are what an agent answers with: a model fills
//! [`crate::Text`] fields with plain strings. Ids (`FR-1`) are assigned by [`assign_ids`], never by a model.

mod architecture;
mod beta;
mod bizdev;
mod build;
mod critique;
mod document;
mod evidence;
mod ideation;
mod intake;
mod prd;
mod qa;
mod release;
mod review;
mod stories;

pub use architecture::{
    Architecture, Component, Decision, DecisionStatus, Endpoint, External, Method, Person, Relation,
    SequenceStep,
};
pub use beta::BetaPlan;
pub use bizdev::{BusinessCase, Line};
pub use build::{App, AppAnswer, AppKind, Tree, TreeEntry};
pub use critique::{Critique, Finding, Recommendation, Risk, Severity};
pub use document::{Coverage, Document, OpenQuestion, assign_ids};
pub use evidence::{
    CaseOutcome, CaseResult, Evidence, GateFinding, GateInputs, GateOutcome, Measure, QuestionSummary,
    REDACTED, Unchecked, WITHHELD,
};
pub use ideation::{Concept, Concepts};
pub use intake::{Actor, Brief, Entity, Field, FieldKind, Need, Quantity};
pub use prd::{Acceptance, Metric, Prd, Priority, Requirement, RequirementKind};
pub use qa::{CaseKind, QaPlan, TestCase};
pub use release::{CheckItem, Release};
pub use review::{AestheticReview, SecurityReview, Stride, Threat};
pub use stories::{Stories, Story, StoryAnswer, StoryResult};
