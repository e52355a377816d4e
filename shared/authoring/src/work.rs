//! Everything that decides an agent's answer, in one document.
//!
//! Its digest is the idempotency key of the work: two equal documents give the same answer by rules
//! and the same request to a model.

use std::collections::BTreeMap;

use ideamine_core::artifacts::{GateFinding, Story};
use ideamine_core::ports::SourceFile;
use ideamine_core::records::{Branch, Generator, Knowledge, PhaseConfig, Plan, QuestionRow};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question that an agent of the clarification loop works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `prd-Q1`.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// What it is about.
    pub why: String,
}

impl From<&QuestionRow> for Asked {
    fn from(row: &QuestionRow) -> Self {
        Self { id: row.id.clone(), text: row.text.clone(), why: row.why.clone() }
    }
}

/// Everything that decides an agent's answer; stored by digest as canonical JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// `prd/a1/b00`: the request's label without its repair round.
    pub label: String,
    /// The phase, as the plan resolved it.
    pub phase: PhaseConfig,
    /// `composer`, or `provider/model`.
    pub model: String,
    /// The idea's text, byte for byte.
    pub idea: String,
    /// The branch's point of view, when the phase fans out.
    #[serde(default)]
    pub role: Option<Branch>,
    /// From 1.
    pub attempt: u32,
    /// What the gates found in the attempt before.
    #[serde(default)]
    pub findings: Vec<GateFinding>,
    /// Artifacts to read, by name; the text is the artifact, byte for byte.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// In an iterative fan-out the answer of the branch before; in a later attempt the answer of the attempt before.
    #[serde(default)]
    pub before: Option<Value>,
    /// What is known besides.
    #[serde(default)]
    pub knowledge: Vec<Knowledge>,
    /// The story to code, for `agent-story`.
    #[serde(default)]
    pub story: Option<Story>,
    /// The source tree as it is, for build and story.
    #[serde(default)]
    pub files: Vec<SourceFile>,
    /// The question at hand, for `agent-answer` and `agent-validate`.
    #[serde(default)]
    pub question: Option<Asked>,
    /// Seed of the run.
    pub seed: u64,
}

impl Work {
    /// Whether rules alone answer.
    pub fn composes(&self) -> bool {
        Plan::is_composer(&self.model)
    }
    /// Who writes the words.
    pub fn generator(&self) -> Generator {
        if self.composes() { Generator::Composer } else { Generator::Model }
    }
    /// The body of a typed input document, `None` when it is not among the inputs or of another form.
    pub fn body<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        #[derive(Deserialize)]
        struct Wrapped<T> {
            body: T,
        }
        let text = self.inputs.get(name)?;
        serde_json::from_str::<Wrapped<T>>(text).ok().map(|wrapped| wrapped.body)
    }
    /// The answer before, as a typed document.
    pub fn before_as<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        self.before.clone().and_then(|value| serde_json::from_value(value).ok())
    }
}
