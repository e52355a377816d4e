//! The brief of an idea, by rules.
//!
//! | rule | what |
//! |---|---|
//! | `intake/title` | the first heading, else the first words up to a verb |
//! | `intake/summary` | the first sentence of running text, with the next one when it is short |
//! | `intake/problem` | the first sentence that says what is wrong today |
//! | `intake/unread` | an idea in another language: its sentences stand as needs, word for word |

use std::collections::BTreeSet;

use ideamine_core::Text;
use ideamine_core::artifacts::{Actor, Brief, Entity, Field, Need, Quantity, assign_ids};

use crate::composer::block::BlockKind;
use crate::composer::cues::Role;
use crate::composer::fields::Reason;
use crate::composer::name::called;
use crate::composer::segment::Clause;
use crate::composer::{Reading, Span, actors, entities, fields, questions, quote};

/// Most needs of a brief.
pub const NEEDS_MAX: usize = 30;
/// Most sentences that stand as needs in a language that is not read.
const UNREAD_MAX: usize = 8;
/// Most constraints, and most exclusions.
const BOUNDS_MAX: usize = 20;
/// Shorter first sentences take the next one with them, bytes.
const SUMMARY_BYTES_MIN: usize = 80;

/// The brief of an idea, with its ids assigned.
pub fn brief_of(idea: &str) -> Brief {
    let reading = Reading::of(idea);
    let quote = |span: Span| reading.quote(idea, span);
    let clauses = |role: Role| -> Vec<Text> {
        let spans = reading.with(role).filter(|c| c.words() >= 2 || c.item).map(|c| quote(c.span));
        unrepeated(spans).take(BOUNDS_MAX).collect()
    };
    let mut brief = Brief {
        title: title(idea, &reading),
        summary: summary(idea, &reading),
        problem: problem(idea, &reading),
        actors: reading.actors.iter().map(|a| Actor { id: String::new(), name: quote(a.span) }).collect(),
        needs: needs(idea, &reading),
        constraints: clauses(Role::Constraint),
        exclusions: clauses(Role::Exclusion),
        quantities: reading.quantities.iter().map(|q| quantity(idea, &reading, q)).collect(),
        integrations: reading.integrations.iter().map(|i| quote(i.span)).collect(),
        sensitive_data: reading.sensitive.iter().map(|s| sensitive(idea, s)).collect(),
        entities: reading.entities.iter().map(|e| entity(idea, &reading, e)).collect(),
        questions: questions::questions(idea, &reading),
    };
    assign_ids("A", brief.actors.iter_mut().map(|a| &mut a.id));
    assign_ids("N", brief.needs.iter_mut().map(|n| &mut n.id));
    brief
}

fn unrepeated(texts: impl Iterator<Item = Text>) -> impl Iterator<Item = Text> {
    let mut seen = BTreeSet::new();
    texts.filter(move |t| seen.insert(t.text.to_lowercase()))
}

fn title(idea: &str, reading: &Reading) -> Text {
    called(idea, reading).unwrap_or_else(|| Text::missing("what the thing is called"))
}

fn summary(idea: &str, reading: &Reading) -> Text {
    let running = |kind: BlockKind| matches!(kind, BlockKind::Paragraph | BlockKind::Item);
    let mut sentences =
        reading.sentences.iter().filter(|s| running(reading.source.blocks[s.block].kind)).peekable();
    let Some(first) = sentences.next() else { return Text::missing("what the thing is") };
    let short = first.span.end - first.span.start < SUMMARY_BYTES_MIN;
    let end = match sentences.peek() {
        Some(next) if short && next.block == first.block => next.span.end,
        _ => first.span.end,
    };
    reading.quote(idea, Span::new(first.span.start, end))
}

fn problem(idea: &str, reading: &Reading) -> Text {
    let Some(clause) = reading.with(Role::Problem).next() else {
        return Text::missing("what goes wrong today");
    };
    let first = &reading.sentences[clause.sentence];
    let next = reading.sentences.get(clause.sentence + 1).filter(|s| s.block == first.block);
    let also = reading.with(Role::Problem).any(|c| c.sentence == clause.sentence + 1);
    let end = next.filter(|_| also).map_or(first.span.end, |s| s.span.end);
    reading.quote(idea, Span::new(first.span.start, end))
}

fn needs(idea: &str, reading: &Reading) -> Vec<Need> {
    if !reading.english {
        let unread = reading.sentences.iter().filter(|s| !s.heading).take(UNREAD_MAX);
        let need = |span: Span| Need {
            id: String::new(),
            statement: reading.quote(idea, span),
            actor: None,
            entities: Vec::new(),
        };
        return unread.map(|s| need(s.span)).collect();
    }
    let mut seen = BTreeSet::new();
    let mut before: Vec<String> = Vec::new();
    let mut needs = Vec::new();
    for clause in &reading.clauses {
        let wanted = matches!(reading.role(clause), Role::Need(_)) && clause.words() >= 2;
        let need = need(idea, reading, clause, &before);
        before = need.entities.iter().take(1).cloned().collect();
        if wanted && needs.len() < NEEDS_MAX && seen.insert(clause.norm.clone()) {
            needs.push(need);
        }
    }
    needs
}

/// A clause as a need; "it" and "them" speak of what the clause before named.
fn need(idea: &str, reading: &Reading, clause: &Clause, before: &[String]) -> Need {
    let mentioned = entities::mentioned(&reading.entities, clause);
    let named: Vec<String> = mentioned.into_iter().map(|at| reading.entities[at].name.clone()).collect();
    let spoken = clause.tokens.iter().skip(1).any(|t| t.any(&["it", "them"]));
    Need {
        id: String::new(),
        statement: reading.quote(idea, clause.span),
        actor: actors::subject(&reading.actors, clause).map(|a| reading.quote(idea, a.span).text),
        entities: if named.is_empty() && spoken { before.to_vec() } else { named },
    }
}

fn quantity(idea: &str, reading: &Reading, q: &crate::composer::quantities::Quantity) -> Quantity {
    Quantity {
        value: q.value.of(idea).to_owned(),
        unit: q.unit.map(|u| u.of(idea).to_owned()).unwrap_or_default(),
        about: reading.quote(idea, q.clause),
    }
}

fn sensitive(idea: &str, s: &crate::composer::sensitive::Sensitive) -> Text {
    Text::rule(format!("{} (“{}”)", s.kind.label(), quote::clip(idea, s.cue)), "data/sensitive")
}

fn entity(idea: &str, reading: &Reading, e: &entities::Entity) -> Entity {
    Entity {
        name: e.name.clone(),
        description: reading.quote(idea, e.clause),
        fields: e.fields.iter().map(|f| field(idea, reading, f)).collect(),
    }
}

fn field(idea: &str, reading: &Reading, f: &fields::Field) -> Field {
    let reason = match &f.reason {
        Reason::Said(span) => reading.quote(idea, *span),
        Reason::Rule(rule, sentence) => Text::rule(sentence.clone(), *rule),
    };
    Field { name: f.name.clone(), kind: f.kind.clone(), required: f.required, reason }
}
