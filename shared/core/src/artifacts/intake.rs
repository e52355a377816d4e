//! Intake: the idea as its author put it, taken apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpenQuestion;
use crate::Text;

/// `brief.json`: what the idea says, and what it does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// A short name for the thing.
    pub title: Text,
    /// One or two sentences.
    pub summary: Text,
    /// What is wrong today.
    pub problem: Text,
    /// Who uses it or is affected.
    pub actors: Vec<Actor>,
    /// What it must do for them.
    pub needs: Vec<Need>,
    /// What bounds it: law, place, technology, money, time.
    pub constraints: Vec<Text>,
    /// What is expressly left out.
    pub exclusions: Vec<Text>,
    /// Numbers that were stated, with their unit and meaning.
    pub quantities: Vec<Quantity>,
    /// Other systems that it works with.
    pub integrations: Vec<Text>,
    /// Kinds of data that need care (personal, payment, health, photos, location …).
    pub sensitive_data: Vec<Text>,
    /// Things it keeps records of; none for an idea without records.
    pub entities: Vec<Entity>,
    /// Open questions, most important first.
    pub questions: Vec<OpenQuestion>,
}

/// Someone who uses the thing or is affected by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// `A-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// Who.
    pub name: Text,
}

/// Something the thing must do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// `N-1`; assigned, not written.
    #[serde(default)]
    pub id: String,
    /// What is needed.
    pub statement: Text,
    /// Who needs it: an actor's name.
    #[serde(default)]
    pub actor: Option<String>,
    /// Names of the entities it is about.
    #[serde(default)]
    pub entities: Vec<String>,
}

/// A number that was stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The number as written, `90` or `2,500`.
    pub value: String,
    /// Its unit, `days`, `EUR`, `technicians`; empty for none.
    pub unit: String,
    /// The clause it stands in.
    pub about: Text,
}

/// A thing that records are kept of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// Singular, snake_case, `[a-z][a-z0-9_]*`: becomes table, path and type names.
    pub name: String,
    /// What it is.
    pub description: Text,
    /// What is kept of it; `id` is implied.
    pub fields: Vec<Field>,
}

/// What is kept of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// snake_case, `[a-z][a-z0-9_]*`, not `id`.
    pub name: String,
    /// What kind of value.
    pub kind: FieldKind,
    /// Whether every record has it.
    pub required: bool,
    /// Why it is kept.
    pub reason: Text,
}

/// Kinds of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Text of at most 2,000 characters.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A day, `2026-11-22`.
    Date,
    /// A moment, RFC 3339.
    Moment,
    /// Money in the smallest unit of its currency.
    MoneyMinor,
    /// Another entity's record, by name.
    Reference(String),
}
