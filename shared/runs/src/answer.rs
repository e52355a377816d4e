//! A person's answer to a question.

use ideamine_core::records::{QuestionRow, QuestionState, key};
use ideamine_core::{Failure, Origin, RunId, Text};
use ideamine_orchestration::{questions, rows};
use serde_json::{Value, json};

use crate::Runs;

/// Longest answer of a person, bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

impl Runs {
    /// A person's answer to a question; a run that waits for it goes on.
    ///
    /// # Errors
    /// `Input.Invalid` for an empty or too long text or a question that is answered; `Data.NotFound`.
    pub async fn answer(&self, run: &RunId, question: &str, text: String) -> Result<Value, Failure> {
        if text.trim().is_empty() || text.len() > ANSWER_BYTES_MAX {
            return Err(Failure::input(format!(
                "the answer must have 1 to {ANSWER_BYTES_MAX} bytes of text"
            )));
        }
        let ctx = self.context(run);
        if self.find(run).await?.ended_ms.is_some() {
            let message =
                format!("run {run} has ended and is sealed: put the answer into the idea and run it again");
            return Err(Failure::input(message));
        }
        let row: Option<QuestionRow> = rows::find(&ctx, &key::question(&ctx.tenant, run, question)).await?;
        let row = row.ok_or_else(|| {
            Failure::not_found(format!("run {run} has no question `{question}`; see `ideamine show {run}`"))
        })?;
        if row.state == QuestionState::Answered {
            return Err(Failure::input(format!("question {question} is answered already")));
        }
        let token = row.token.clone();
        let waited = token.is_some();
        questions::know(&ctx, question, Text { text, origin: Origin::Person }, QuestionState::Answered)
            .await?;
        questions::record_answer(&ctx, question).await?;
        if let Some(token) = token {
            self.env.workflows.task_succeeded(&token, json!({})).await?;
        }
        Ok(json!({ "run_id": run, "question": question, "state": "answered", "waited": waited }))
    }
}
