//! `agent-question`: what a phase's document leaves unclear, besides what it asks itself.
//!
//! Rule `question/gap`: each text of the document that says "not stated" is asked for, once, and not where the document
//! asks for it itself or a person has answered it.

use ideamine_authoring::triad::Questions;
use ideamine_authoring::{Problem, Work};
use ideamine_core::Failure;
use ideamine_core::artifacts::OpenQuestion;
use serde_json::Value;

use crate::drafts::answers::{answers, is_answered};
use crate::drafts::gaps::{QUESTIONS_MAX, gap_questions};
use crate::typed::Body;

const PROMPT: &str = "Read the document `{{ output }}` of phase {{ phase }} as someone who must build from it, and ask what is unclear.

{{ inputs }}

{{ knowledge }}

How to work:
- Ask only what changes the result: who, how much, until when, what if it fails, which of two contradicting statements.
- One question, one sentence, ending with a question mark; `why` names the passage or the gap.
- Do not ask what the brief, the knowledge or the document itself answers or already asks.
- Most important first, twelve at most; `blocking` only where a wrong guess would make the result useless or unlawful.
- Nothing unclear is a good answer: then the list is empty.";

/// The question agent.
pub struct Questioner;

impl Body for Questioner {
    type Answer = Questions;
    const NAME: &'static str = "agent-question";
    const FORM: &'static str = "questions";
    const PROMPT: Option<&'static str> = Some(PROMPT);

    fn compose(&self, work: &Work) -> Result<Questions, Failure> {
        let output = &work.phase.output;
        let document = work.inputs.get(output).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let Some(document) = document else { return Ok(Questions { questions: Vec::new() }) };
        let own: Vec<OpenQuestion> = document
            .pointer("/body/questions")
            .and_then(|own| serde_json::from_value(own.clone()).ok())
            .unwrap_or_default();
        let answers = answers(work);
        let mut questions = gap_questions(output, &document, &own);
        questions.retain(|q| !is_answered(&answers, &q.text));
        Ok(Questions { questions })
    }
    fn check(&self, _: &Work, answer: &Questions) -> Vec<Problem> {
        let mut problems = Vec::new();
        if answer.questions.len() > QUESTIONS_MAX {
            problems.push(Problem::new(
                "/questions",
                "too-many",
                format!("at most {QUESTIONS_MAX} questions"),
            ));
        }
        let plain = |q: &OpenQuestion| !q.text.trim_end().ends_with('?');
        let told = |(index, _)| {
            Problem::new(
                format!("/questions/{index}/text"),
                "no-question",
                "a question ends with a question mark",
            )
        };
        problems.extend(answer.questions.iter().enumerate().filter(|(_, q)| plain(q)).map(told));
        problems
    }
    fn questions(answer: &mut Questions) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut answer.questions)
    }
}
