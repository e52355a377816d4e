//! `agent-answer`: what the idea and the knowledge say about one question; nothing is made up.
//!
//! | rule | what |
//! |---|---|
//! | `answer/known` | a knowledge item that answers this very question, or shares enough of its words |
//! | `answer/idea` | a sentence of the idea that shares enough words and is not the one the question quotes |

use std::collections::BTreeSet;

use ideamine_authoring::check::unknown;
use ideamine_authoring::triad::Reply;
use ideamine_authoring::{Asked, Problem, Work};
use ideamine_core::Failure;

use crate::composer::Reading;
use crate::composer::inflection::singular;
use crate::composer::segment::Clause;
use crate::drafts::answers::Wanted;
use crate::shape::parsed;
use crate::typed::Body;

/// Fewest words that a question and its answer share.
const SHARED_MIN: usize = 3;
/// Shortest word that counts, letters.
const LETTERS_MIN: usize = 4;
/// Name of the idea among the bases of an answer.
pub const IDEA: &str = "idea";

const PROMPT: &str = "Answer one question from what is known, and from nothing else.

{{ question }}

{{ idea }}

{{ knowledge }}

{{ inputs }}

How to work:
- If the idea or a knowledge item answers it, `answer` says so in one or two sentences, in its words, and `basis` names the
  knowledge items' ids, or `idea`.
- If nothing that is known answers it, leave `answer` out. A plausible guess is not an answer.
- An item whose statement was written by a model or that is marked as an assumption is no basis by itself.";

/// The answer agent.
pub struct Answerer;

impl Body for Answerer {
    type Answer = Reply;
    const NAME: &'static str = "agent-answer";
    const FORM: &'static str = "reply";
    const PROMPT: Option<&'static str> = Some(PROMPT);

    fn compose(&self, work: &Work) -> Result<Reply, Failure> {
        let asked = asked(work)?;
        Ok(known(work, asked)
            .or_else(|| from_idea(work, asked))
            .unwrap_or(Reply { answer: None, basis: Vec::new() }))
    }
    fn check(&self, work: &Work, reply: &Reply) -> Vec<Problem> {
        let mut ids: BTreeSet<String> = work.knowledge.iter().map(|k| k.id.clone()).collect();
        ids.insert(IDEA.to_owned());
        let mut problems = unknown("/basis", "knowledge item", reply.basis.iter(), &ids);
        if reply.answer.is_some() && reply.basis.is_empty() {
            problems.push(Problem::new(
                "/basis",
                "no-basis",
                "an answer names what it rests on; else leave it out",
            ));
        }
        problems
    }
}

/// The question at hand.
///
/// # Errors
/// When the work has none.
pub fn asked(work: &Work) -> Result<&Asked, Failure> {
    work.question.as_ref().ok_or_else(|| Failure::input(format!("{} was given no question", work.label)))
}

fn known(work: &Work, asked: &Asked) -> Option<Reply> {
    let words = content(&asked.text);
    let fits = |k: &&ideamine_core::records::Knowledge| {
        let same = k.question.as_deref() == Some(asked.id.as_str());
        !k.assumption && (same || content(&k.statement.text).intersection(&words).count() >= SHARED_MIN)
    };
    let item = work.knowledge.iter().find(fits)?;
    Some(Reply { answer: Some(item.statement.clone()), basis: vec![item.id.clone()] })
}

fn from_idea(work: &Work, asked: &Asked) -> Option<Reply> {
    // What fills a field is asked for because the idea does not say it.
    if Wanted::of(&asked.text).is_single() {
        return None;
    }
    // What stands in quotation marks was taken from the idea: it is the gap, not the answer.
    let (_, quoted) = split_quotes(&format!("{} {}", asked.text, asked.why));
    // Why something is asked says nothing about the answer.
    let words = content(&split_quotes(&asked.text).0);
    let reading = Reading::of(&work.idea);
    let answers = |c: &&Clause| {
        let line = c.span.of(&work.idea).split_whitespace().collect::<Vec<_>>().join(" ");
        let is_gap = quoted.iter().any(|q| line.contains(q.trim_end_matches(" …")) || q.contains(&line));
        !is_gap && content(&line).intersection(&words).count() >= SHARED_MIN
    };
    let clause = reading.clauses.iter().find(answers)?;
    Some(Reply { answer: Some(reading.quote(&work.idea, clause.span)), basis: vec![IDEA.to_owned()] })
}

fn split_quotes(text: &str) -> (String, Vec<String>) {
    let (mut own, mut quoted) = (String::new(), Vec::new());
    for (index, part) in text.split(['“', '”']).enumerate() {
        if index % 2 == 0 { own.push_str(part) } else { quoted.push(part.to_owned()) }
    }
    (own, quoted)
}

/// The words of a text that carry meaning.
fn content(text: &str) -> BTreeSet<String> {
    const ASKING: &[&str] = &[
        "what", "which", "when", "where", "that", "this", "with", "does", "happens", "should", "someone",
        "must", "exactly", "idea", "from", "thing", "they", "them", "nobody", "names", "said", "says",
        "nothing", "there", "sentence", "leaves", "open", "case", "stated",
    ];
    let clauses = parsed(&ideamine_core::Text::template(text));
    let words =
        clauses.iter().flat_map(|c| &c.tokens).filter(|t| t.is_word() && t.lower.len() >= LETTERS_MIN);
    words.filter(|t| !t.any(ASKING)).map(|t| singular(&t.lower)).collect()
}
