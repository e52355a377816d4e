//! An agent whose answer is one typed body: what is the same for all of them.

use ideamine_authoring::agent::{accepted, answer_schema, retype};
use ideamine_authoring::{Agent, Finish, NewArtifact, Problem, Work};
use ideamine_core::Failure;
use ideamine_core::artifacts::OpenQuestion;
use ideamine_core::artifacts::assign_ids;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::drafts::answers::{answers, is_answered};

/// What an agent with a typed answer brings of its own.
pub trait Body: Send + Sync + 'static {
    /// The answer.
    type Answer: Serialize + DeserializeOwned + JsonSchema;
    /// The function's name.
    const NAME: &'static str;
    /// Form of the document, `prd` of `ideamine/prd@1`.
    const FORM: &'static str;
    /// The agent's own prompt, when the phase's is not meant for it.
    const PROMPT: Option<&'static str> = None;

    /// The answer by rules.
    ///
    /// # Errors
    /// When an input that the rules need is missing.
    fn compose(&self, work: &Work) -> Result<Self::Answer, Failure>;
    /// What the schema cannot say.
    fn check(&self, _work: &Work, _answer: &Self::Answer) -> Vec<Problem> {
        Vec::new()
    }
    /// Assigns ids: whatever an author wrote there is replaced.
    fn number(_answer: &mut Self::Answer) {}
    /// Pairs of ids, once they are assigned.
    fn traces(_answer: &Self::Answer) -> Vec<(String, String)> {
        Vec::new()
    }
    /// The questions that the answer leaves open.
    fn questions(_answer: &mut Self::Answer) -> Option<&mut Vec<OpenQuestion>> {
        None
    }
    /// The artifacts of a numbered answer; by default the one document.
    ///
    /// # Errors
    /// When something has no canonical form.
    fn artifacts(&self, work: &Work, answer: Self::Answer) -> Result<Vec<NewArtifact>, Failure> {
        let traces = Self::traces(&answer);
        let name = &work.phase.output;
        Ok(vec![NewArtifact::document(name, Self::FORM, work.generator(), answer, traces)?])
    }
}

/// A typed agent.
pub struct Typed<B>(pub B);

impl<B: Body> Agent for Typed<B> {
    fn name(&self) -> String {
        B::NAME.to_owned()
    }
    fn prompt(&self) -> Option<&'static str> {
        B::PROMPT
    }
    fn schema(&self, _: &Work) -> Value {
        answer_schema::<B::Answer>()
    }
    fn compose(&self, work: &Work) -> Result<Value, Failure> {
        let answer = self.0.compose(work)?;
        serde_json::to_value(answer).map_err(|e| Failure::bug(format!("{} composed no JSON: {e}", B::NAME)))
    }
    fn typed(&self, _: &Work, answer: Value) -> Result<Value, Problem> {
        retype::<B::Answer>(answer)
    }
    fn check(&self, work: &Work, answer: &Value) -> Vec<Problem> {
        match serde_json::from_value(answer.clone()) {
            Ok(answer) => self.0.check(work, &answer),
            Err(e) => vec![Problem::new("", "form", e.to_string())],
        }
    }
    fn finish(&self, work: &Work, answer: Value) -> Result<Finish, Failure> {
        let mut answer: B::Answer = accepted(B::NAME, answer)?;
        B::number(&mut answer);
        if work.composes() {
            let told = answers(work);
            if let Some(questions) = B::questions(&mut answer) {
                questions.retain(|q| !is_answered(&told, &q.text));
            }
        }
        let questions = B::questions(&mut answer).map(|q| number_questions(q)).unwrap_or_default();
        Ok(Finish { artifacts: self.0.artifacts(work, answer)?, questions })
    }
}

fn number_questions(questions: &mut [OpenQuestion]) -> Vec<OpenQuestion> {
    // Blocking ones first; the rest stays in the author's order.
    questions.sort_by_key(|q| !q.blocking);
    assign_ids("Q", questions.iter_mut().map(|q| &mut q.id));
    questions.to_vec()
}
