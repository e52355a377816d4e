//! What an agent is, and what it hands back.

use ideamine_core::Failure;
use ideamine_core::artifacts::{Document, OpenQuestion};
use ideamine_core::digest::canonical;
use ideamine_core::records::{ArtifactRef, Generator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::Problem;
use crate::work::Work;

/// Media type of typed documents.
pub const JSON: &str = "application/json";

/// One agent: the same answer by rules or by a model.
pub trait Agent: Send + Sync + 'static {
    /// The function's name, `agent-prd`.
    fn name(&self) -> String;
    /// The agent's own prompt, when the phase's is not meant for it (a story, a question).
    fn prompt(&self) -> Option<&'static str> {
        None
    }
    /// JSON Schema of the answer, as a model is asked for it (texts are plain strings).
    fn schema(&self, work: &Work) -> Value;
    /// The answer by rules, in its stored form (texts carry their origin).
    ///
    /// # Errors
    /// When an input that the rules need is missing or of another form.
    fn compose(&self, work: &Work) -> Result<Value, Failure>;
    /// A model's schema-valid answer in its stored form: every text an object with the origin `model`.
    ///
    /// # Errors
    /// What does not fit, for the repair brief.
    fn typed(&self, work: &Work, answer: Value) -> Result<Value, Problem>;
    /// What the schema cannot say: unknown ids, repeated names, unsafe paths. Called with the stored form.
    fn check(&self, work: &Work, answer: &Value) -> Vec<Problem>;
    /// The artifacts of an accepted (and aggregated) answer; ids are assigned here.
    ///
    /// # Errors
    /// When the answer is not of the agent's form.
    fn finish(&self, work: &Work, answer: Value) -> Result<Finish, Failure>;
}

/// An artifact that an agent made; it is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArtifact {
    /// Name inside the run.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Pairs of ids read from it: the first serves, shows or implements the second.
    pub traces: Vec<(String, String)>,
}

impl NewArtifact {
    /// A typed document of form `ideamine/{form}@1`.
    ///
    /// # Errors
    /// When the body has no canonical form.
    pub fn document<T: Serialize>(
        name: &str,
        form: &str,
        generator: Generator,
        body: T,
        traces: Vec<(String, String)>,
    ) -> Result<Self, Failure> {
        let document = Document::wrap(form, generator, body)
            .map_err(|e| Failure::bug(format!("{name} is not JSON: {e}")))?;
        let bytes = canonical(&document)?;
        Ok(Self { name: name.to_owned(), media_type: JSON.to_owned(), bytes, traces })
    }
    /// A text file.
    pub fn text(name: impl Into<String>, media_type: &str, text: impl Into<String>) -> Self {
        let (name, media_type) = (name.into(), media_type.to_owned());
        Self { name, media_type, bytes: text.into().into_bytes(), traces: Vec::new() }
    }
    /// With these traces.
    #[must_use]
    pub fn tracing(mut self, traces: Vec<(String, String)>) -> Self {
        self.traces = traces;
        self
    }
}

/// What came of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finish {
    /// The artifacts in the order in which they are listed.
    pub artifacts: Vec<NewArtifact>,
    /// What the documents leave open, most important first.
    pub questions: Vec<OpenQuestion>,
}

/// What `finish` stores, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// The artifacts, stored.
    pub artifacts: Vec<ArtifactRef>,
    /// What the documents leave open, most important first.
    pub questions: Vec<OpenQuestion>,
    /// All artifacts' traces, in order.
    pub traces: Vec<(String, String)>,
    /// Who wrote the words.
    pub generator: Generator,
}

/// JSON Schema of `T` as a model is asked for it.
pub fn answer_schema<T: schemars::JsonSchema>() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_deserialize();
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Reads an answer as `T` and writes it back: plain strings become texts with their origin.
///
/// # Errors
/// Where it does not fit.
pub fn retype<T: DeserializeOwned + Serialize>(answer: Value) -> Result<Value, Problem> {
    let typed: T = serde_json::from_value(answer).map_err(|e| Problem::new("", "form", e.to_string()))?;
    serde_json::to_value(typed).map_err(|e| Problem::new("", "form", e.to_string()))
}

/// Reads an accepted answer as `T`.
///
/// # Errors
/// A bug: accepted answers are of their agent's form.
pub fn accepted<T: DeserializeOwned>(agent: &str, answer: Value) -> Result<T, Failure> {
    serde_json::from_value(answer)
        .map_err(|e| Failure::bug(format!("{agent} was given an answer of another form: {e}")))
}
