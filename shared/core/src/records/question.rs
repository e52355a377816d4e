//! Questions of a run and what is known: the clarification loop's rows.

use serde::{Deserialize, Serialize};

use crate::{PhaseId, Text};

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Nobody answered yet.
    Open,
    /// Waits for a person (`ideamine answer`).
    Asked,
    /// Answered, and the answer was accepted.
    Answered,
    /// Goes on under an assumption that the dossier shows.
    Assumed,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionRow {
    /// `prd-Q1`: unique in the run.
    pub id: String,
    /// The phase that raised it.
    pub phase: PhaseId,
    /// What is asked.
    pub text: String,
    /// What it is about: the rule or the agent's reason.
    pub why: String,
    /// Whether work cannot be released without an answer.
    pub blocking: bool,
    /// Most important first, from 1.
    pub rank: u32,
    /// How it stands.
    pub state: QuestionState,
    /// The accepted answer or the assumption.
    pub answer: Option<Text>,
    /// Where a person's answer is awaited. A capability: never shown.
    pub token: Option<String>,
}

/// In a fork, what a person answered in the run that it goes on from; given again when the same is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyRow {
    /// The question's id, `prd-Q1`.
    pub id: String,
    /// What was asked.
    pub question: String,
    /// The answer.
    pub answer: Text,
}

/// One thing that is known in a run, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    /// Unique in the run.
    pub id: String,
    /// What is known.
    pub statement: Text,
    /// The question it answers, if one.
    pub question: Option<String>,
    /// Whether it is only assumed. An item that a model wrote cannot validate an answer.
    pub assumption: bool,
}
