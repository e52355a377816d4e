//! `agent-question`: what a phase's document leaves unclear, besides what it asks itself.
//!
//! Rule `question/gap`: each text of the document that says "not stated" is asked for, once.

use std::collections::BTreeSet;

use ideamine_authoring::triad::Questions;
use ideamine_authoring::{Problem, Work};
use ideamine_core::artifacts::OpenQuestion;
use ideamine_core::{Failure, Text};
use serde::Deserialize;
use serde_json::Value;

use crate::shape::question;
use crate::typed::Body;

/// Most questions of one round.
pub const QUESTIONS_MAX: usize = 12;

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
        let document =
            work.inputs.get(&work.phase.output).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let mut gaps = BTreeSet::new();
        if let Some(document) = &document {
            collect(document, &mut gaps);
        }
        let ask = |gap: &String| {
            let text = format!("What is to stand in {} for {}?", work.phase.output, quoted(gap));
            question(text, format!("{} has a gap there.", work.phase.output))
        };
        Ok(Questions { questions: gaps.iter().take(QUESTIONS_MAX).map(ask).collect() })
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

fn quoted(gap: &str) -> String {
    format!("“{}”", gap.trim_start_matches("Not stated: ").trim_end_matches('.'))
}

fn collect(value: &Value, gaps: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, gaps)),
        Value::Object(fields) => match Text::deserialize(value) {
            Ok(text) if text.origin == ideamine_core::Origin::Missing => {
                gaps.insert(text.text);
            }
            _ => fields.values().for_each(|field| collect(field, gaps)),
        },
        _ => {}
    }
}
