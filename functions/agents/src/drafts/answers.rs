//! What a person answered, in the field that the question was asked for.
//!
//! | rule | what |
//! |---|---|
//! | `answers/field` | the question says which field its answer fills: name, problem, users, needs, exclusions, sort, records, volume, success |
//! | `answers/bound` | an answer about how it must behave, or for how long data is kept, is a constraint |
//! | `answers/aside` | an answer that only explains (what was tried before, who might object) demands nothing |
//! | `answers/role` | an answer whose question is not at hand is a constraint only where its own words bound something |

use ideamine_authoring::Work;
use ideamine_core::artifacts::{Actor, Brief, Entity, Field, Need, OpenQuestion, Quantity, assign_ids};
use ideamine_core::{Origin, Text};
use serde_json::Value;

use super::gaps::gap_questions;
use crate::composer::cues::Role;
use crate::composer::product::{self, ProductKind};
use crate::composer::{Reading, entities, fields};

/// What a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// What the thing is called.
    Name,
    /// What goes wrong today.
    Problem,
    /// Who uses it.
    Users,
    /// What it must do.
    Needs,
    /// What is left out.
    Exclusions,
    /// What sort of thing it is.
    Sort,
    /// How success would be seen.
    Success,
    /// What records are kept of.
    Records,
    /// What is recorded of one kind of thing.
    Fields(String),
    /// How many there are.
    Volume,
    /// How it must behave.
    Bound,
    /// An explanation.
    Aside,
}

/// Where a question's own words tell what it asks for; the first line that fits decides.
#[rustfmt::skip]
const ASKING: &[(&[&str], Wanted)] = &[
    (&["what the thing is called"], Wanted::Name),
    (&["what goes wrong today", "which problem it answers", "what anyone gets out of it"], Wanted::Problem),
    (&["who would use", "who it is for"], Wanted::Users),
    (&["leave out?"], Wanted::Exclusions),
    (&["a page that people open", "what sort of thing it is"], Wanted::Sort),
    (&["was worth it?", "what success looks like"], Wanted::Success),
    (&["remember from one use to the next"], Wanted::Records),
    (&["come up in a usual week"], Wanted::Volume),
    (&["be able to do?", "what else must", "what follows for", "what should the first version do"], Wanted::Needs),
    (&["what have you tried instead", "who could object", "what is your own answer", "of the cuts of", "whom do people ask",
        "whom do callers ask", "report a fault?", "in english", "which parts of this long text", "what people use today"], Wanted::Aside),
];

impl Wanted {
    /// What a question asks for, by its words outside quotation marks.
    pub(crate) fn of(question: &str) -> Self {
        let lower = unquoted(question).to_lowercase();
        let recorded = lower.strip_prefix("what must be recorded about each ");
        if let Some(thing) = recorded {
            return Self::Fields(thing.trim_end_matches('?').trim().replace([' ', '-'], "_"));
        }
        // A gap stands in quotation marks: "What is to stand in brief.json for “what goes wrong today”?"
        let gap = question.starts_with("What is to stand in ").then(|| question.to_lowercase());
        let asked = gap.unwrap_or(lower);
        let fits = |(words, _): &&(&[&str], Self)| words.iter().any(|w| asked.contains(w));
        ASKING.iter().find(fits).map_or(Self::Bound, |(_, wanted)| wanted.clone())
    }
    /// Whether one answer is all that can be asked for.
    pub(crate) fn is_single(&self) -> bool {
        !matches!(self, Self::Needs | Self::Bound | Self::Aside)
    }
}

/// The words outside “…”.
fn unquoted(text: &str) -> String {
    let mut parts = text.split(['“', '”']);
    let mut own = parts.next().unwrap_or_default().to_owned();
    while let (Some(_), Some(after)) = (parts.next(), parts.next()) {
        own.push_str(after);
    }
    own
}

/// An answer of a person and what it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    /// The question, where its document is at hand.
    pub(crate) question: Option<String>,
    /// What was asked for.
    pub(crate) wanted: Wanted,
    /// The answer, in the person's words.
    pub(crate) text: Text,
}

impl Answered {
    /// Whether it says that there is none: "nothing", "no".
    fn is_none(&self) -> bool {
        let words: Vec<String> = self.text.text.split_whitespace().map(str::to_lowercase).collect();
        let first = words.first().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
        words.len() <= 2
            && first.is_some_and(|w| ["no", "none", "nothing", "nobody", "nowhere"].contains(&w.as_str()))
    }
}

/// Documents whose questions are looked up, by phase.
const DOCUMENTS: &[(&str, &str)] = &[
    ("intake", "brief.json"),
    ("ideation", "concepts.json"),
    ("critique", "critique.json"),
    ("prd", "prd.json"),
    ("bizdev", "business-case.json"),
    ("architecture", "architecture.json"),
];

/// What a person answered during the run; assumptions are none.
pub(crate) fn answers(work: &Work) -> Vec<Answered> {
    let told = work.knowledge.iter().filter(|k| !k.assumption && k.statement.origin == Origin::Person);
    told.map(|k| {
        let question = k.question.as_deref().and_then(|id| question_of(work, id));
        let wanted = match (&question, &k.question) {
            (Some(text), _) => Wanted::of(text),
            (None, None) => Wanted::Bound,
            (None, Some(_)) => by_role(&k.statement),
        };
        Answered { question, wanted, text: k.statement.clone() }
    })
    .collect()
}

/// Rule `answers/role`.
fn by_role(statement: &Text) -> Wanted {
    let reading = Reading::of(&statement.text);
    if reading.with(Role::Constraint).next().is_some() { Wanted::Bound } else { Wanted::Aside }
}

/// The words of the question `intake-Q3`: of the document's own, else of those that its gaps raised after them.
fn question_of(work: &Work, id: &str) -> Option<String> {
    let (phase, number) = id.rsplit_once("-Q")?;
    let (_, name) = DOCUMENTS.iter().find(|(of, _)| *of == phase)?;
    let document: Value = serde_json::from_str(work.inputs.get(*name)?).ok()?;
    let own: Vec<OpenQuestion> = serde_json::from_value(document.pointer("/body/questions")?.clone()).ok()?;
    let short = format!("Q{number}");
    if let Some(found) = own.iter().find(|q| q.id == short) {
        return Some(found.text.clone());
    }
    let at = number.parse::<usize>().ok()?.checked_sub(own.len() + 1)?;
    gap_questions(name, &document, &own).into_iter().nth(at).map(|q| q.text)
}

/// Whether a question was answered already, in these words or for the same field.
pub(crate) fn is_answered(answers: &[Answered], question: &str) -> bool {
    let wanted = Wanted::of(question);
    answers
        .iter()
        .any(|a| a.question.as_deref() == Some(question) || wanted.is_single() && a.wanted == wanted)
}

/// The sort that a person named, with their words.
pub(crate) fn sort(answers: &[Answered]) -> Option<(ProductKind, Text)> {
    let named = |a: &Answered| Some((sort_of(a)?, a.text.clone()));
    answers.iter().filter(|a| a.wanted == Wanted::Sort).find_map(named)
}

fn sort_of(answer: &Answered) -> Option<ProductKind> {
    let agreed = answer.text.text.trim_start().to_lowercase().starts_with("yes");
    let drawn = answer.question.as_deref().is_some_and(|q| q.starts_with("Should "));
    product::named_sort(&answer.text.text).or_else(|| (agreed && drawn).then_some(ProductKind::Page))
}

/// The brief with every answer in its field.
pub(crate) fn apply(mut brief: Brief, answers: &[Answered], reading: &Reading) -> Brief {
    if sort(answers).is_some() {
        // What is kept hangs on what sort of thing it is.
        let kept: Vec<String> = reading.entities.iter().map(|e| e.name.clone()).collect();
        brief.entities.retain(|e| kept.contains(&e.name) || e.description.origin == Origin::Person);
        let left: Vec<String> = brief.entities.iter().map(|e| e.name.clone()).collect();
        brief.needs.iter_mut().for_each(|n| n.entities.retain(|e| left.contains(e)));
    }
    for answer in answers.iter().filter(|a| !a.is_none()) {
        let text = answer.text.clone();
        match &answer.wanted {
            Wanted::Name => brief.title = text,
            Wanted::Problem => brief.problem = text,
            Wanted::Users => users(&mut brief, &text),
            Wanted::Needs => needs(&mut brief, &text),
            Wanted::Exclusions => once(&mut brief.exclusions, text),
            Wanted::Records => records(&mut brief, &text),
            Wanted::Fields(name) => of_entity(&mut brief, name, &text),
            Wanted::Volume => volume(&mut brief, &text),
            Wanted::Bound if !is_there(&brief, &text) => brief.constraints.push(text),
            Wanted::Bound | Wanted::Sort | Wanted::Success | Wanted::Aside => {}
        }
    }
    assign_ids("A", brief.actors.iter_mut().map(|a| &mut a.id));
    assign_ids("N", brief.needs.iter_mut().map(|n| &mut n.id));
    brief
}

/// Whether the answer stands in a field already: of a brief that was written with the answers in it.
fn is_there(brief: &Brief, text: &Text) -> bool {
    brief.title == *text || brief.problem == *text || brief.constraints.contains(text)
}

fn once(texts: &mut Vec<Text>, text: Text) {
    if !texts.contains(&text) {
        texts.push(text);
    }
}

fn said(text: &str) -> Text {
    Text { text: text.trim().trim_end_matches('.').to_owned(), origin: Origin::Person }
}

fn users(brief: &mut Brief, answer: &Text) {
    let reading = Reading::of(&answer.text);
    let mut names: Vec<Text> = reading.actors.iter().map(|a| said(a.span.of(&answer.text))).collect();
    if names.is_empty() {
        names.push(said(&answer.text));
    }
    for name in names {
        if !brief.actors.iter().any(|a| a.name.text.eq_ignore_ascii_case(&name.text)) {
            brief.actors.push(Actor { id: String::new(), name });
        }
    }
}

/// Each clause of the answer: what bounds or leaves out is no need.
fn needs(brief: &mut Brief, answer: &Text) {
    let reading = Reading::of(&answer.text);
    for clause in &reading.clauses {
        let statement = said(clause.span.of(&answer.text));
        match reading.role(clause) {
            Role::Constraint => once(&mut brief.constraints, statement),
            Role::Exclusion => once(&mut brief.exclusions, statement),
            _ if brief.needs.iter().any(|n| n.statement == statement) => {}
            _ => {
                let named = |e: &&Entity| crate::shape::names_entity(&statement, &e.name);
                let entities = brief.entities.iter().filter(named).map(|e| e.name.clone()).collect();
                brief.needs.push(Need { id: String::new(), statement, actor: None, entities });
            }
        }
    }
}

fn field(f: &fields::Field, answer: &Text) -> Field {
    Field { name: f.name.clone(), kind: f.kind.clone(), required: f.required, reason: answer.clone() }
}

/// "Orders with a date and a price; customers": what is listed as kept.
fn records(brief: &mut Brief, answer: &Text) {
    let items: Vec<String> = answer
        .text
        .split(['.', ';', '\n'])
        .map(|s| format!("- {}\n", s.trim()))
        .filter(|s| s.len() > 3)
        .collect();
    let listed = format!("## Data\n\n{}", items.concat());
    for e in Reading::of(&listed).entities {
        if !brief.entities.iter().any(|known| known.name == e.name)
            && brief.entities.len() < entities::ENTITIES_MAX
        {
            let fields = e.fields.iter().map(|f| field(f, answer)).filter(no_reference).collect();
            brief.entities.push(Entity { name: e.name, description: answer.clone(), fields });
        }
    }
}

fn no_reference(field: &Field) -> bool {
    !matches!(field.kind, ideamine_core::artifacts::FieldKind::Reference(_))
}

/// What is recorded about each: the placeholder of a thing of which nothing was said gives way to it.
fn of_entity(brief: &mut Brief, name: &str, answer: &Text) {
    let Some(entity) = brief.entities.iter_mut().find(|e| e.name == name) else { return };
    let found = fields::listed(&answer.text, name);
    if found.is_empty() {
        return;
    }
    let placeholder = |f: &Field| matches!(&f.reason.origin, Origin::Rule { rule } if rule == "field/name");
    entity.fields.retain(|f| !placeholder(f));
    for f in found {
        if !entity.fields.iter().any(|known| known.name == f.name) && entity.fields.len() < fields::FIELDS_MAX
        {
            entity.fields.push(field(&f, answer));
        }
    }
}

fn volume(brief: &mut Brief, answer: &Text) {
    let reading = Reading::of(&answer.text);
    for q in &reading.quantities {
        let value = q.value.of(&answer.text).to_owned();
        let unit = q.unit.map(|u| u.of(&answer.text).to_owned()).unwrap_or_default();
        let quantity = Quantity { value, unit, about: answer.clone() };
        if !brief.quantities.contains(&quantity) {
            brief.quantities.push(quantity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_says_what_its_answer_fills() {
        let check =
            |question: &str, expected: Wanted| assert_eq!(Wanted::of(question), expected, "{question}");
        check("What goes wrong today without “X”, and for whom?", Wanted::Problem);
        check("What is to stand in brief.json for “what goes wrong today”?", Wanted::Problem);
        check("What should the first version of “X” leave out?", Wanted::Exclusions);
        check("What should “X” be: a page that people open, an app, a command?", Wanted::Sort);
        check("Who would use “X” first?", Wanted::Users);
        check("What must “X” be able to do?", Wanted::Needs);
        check("What must be recorded about each tool box?", Wanted::Fields("tool_box".into()));
        check("How long may data such as “names” be kept, and who deletes it?", Wanted::Bound);
        check("What have you tried instead of “X”, and why was it not enough?", Wanted::Aside);
        // What a question quotes says nothing about what it asks.
        check("About “who would use it”: how often at most is someone told?", Wanted::Bound);
    }
}
