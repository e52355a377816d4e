//! Answers of the three agents of the clarification loop.

use ideamine_core::Text;
use ideamine_core::artifacts::OpenQuestion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `agent-question`: what is unclear, most important first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// The questions.
    pub questions: Vec<OpenQuestion>,
}

/// `agent-answer`: what the brief and the knowledge say about one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The answer; absent when nothing that is known answers it.
    #[serde(default)]
    pub answer: Option<Text>,
    /// Ids of the knowledge items it rests on, or `idea`.
    #[serde(default)]
    pub basis: Vec<String>,
}

/// What becomes of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RulingKind {
    /// It answers the question and rests on what a person said.
    Accept,
    /// It does not answer the question, or rests on nothing.
    Reject,
    /// Work goes on under an assumption that the dossier shows.
    Assume,
}

/// `agent-validate`: whether a reply holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// What becomes of it.
    pub ruling: RulingKind,
    /// Why, one sentence.
    pub reason: String,
    /// The assumption, when work goes on under one.
    #[serde(default)]
    pub assumption: Option<Text>,
}
