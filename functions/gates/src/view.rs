//! Everything a gate may look at, loaded: documents, check evidence, earlier gates, questions.

use std::collections::BTreeMap;

use ideamine_core::artifacts::{Coverage, Document, Evidence, GateInputs, GateOutcome, OpenQuestion};
use ideamine_core::records::QuestionState;
use serde::de::DeserializeOwned;

/// The loaded view.
#[derive(Debug, Clone)]
pub struct GateView {
    /// What was fixed beforehand.
    pub inputs: GateInputs,
    /// Documents by artifact name.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// Evidence of this phase's checks, by what they are (`check:own-tests`).
    pub checks: BTreeMap<String, Evidence>,
}

impl GateView {
    /// A typed document's body; `None` when it is not there or not of its form.
    pub fn body<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let document: Document<T> = serde_json::from_slice(self.documents.get(name)?).ok()?;
        Some(document.body)
    }
    /// Where the texts of a document come from.
    pub fn coverage(&self, name: &str) -> Coverage {
        let value = self.documents.get(name).and_then(|bytes| serde_json::from_slice(bytes).ok());
        value.as_ref().map(Coverage::of).unwrap_or_default()
    }
    /// A text file.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.documents.get(name)?).ok()
    }
    /// Files of the application: artifacts below `app/`, by their path in the tree.
    pub fn app_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.documents
            .iter()
            .filter_map(|(name, bytes)| Some((name.strip_prefix("app/")?, std::str::from_utf8(bytes).ok()?)))
    }
    /// What a check said; `None` when it was not made.
    pub fn check(&self, id: &str) -> Option<GateOutcome> {
        self.checks.get(&format!("check:{id}")).map(|evidence| evidence.outcome)
    }
    /// Blocking questions that nobody answered, of every phase so far.
    pub fn open_blocking(&self) -> usize {
        let open = |state| matches!(state, QuestionState::Open | QuestionState::Asked);
        self.inputs.questions.iter().filter(|question| question.blocking && open(question.state)).count()
    }
    /// The same, of this phase alone.
    pub fn own_blocking(&self) -> usize {
        let open = |state| matches!(state, QuestionState::Open | QuestionState::Asked);
        let own = self.inputs.questions.iter().filter(|question| question.phase == self.inputs.phase);
        own.filter(|question| question.blocking && open(question.state)).count()
    }
}

/// Whether a list of questions is well-formed: each ends as a question.
pub(crate) fn are_questions(questions: &[OpenQuestion]) -> bool {
    questions.iter().all(|question| question.text.trim_end().ends_with('?'))
}
