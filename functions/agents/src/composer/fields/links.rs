//! Fields that follow from how things are spoken of together: references between entities, and states.

use std::collections::BTreeSet;

use ideamine_core::artifacts::FieldKind;

use super::super::Reading;
use super::super::cues::Role;
use super::super::entities::{Entity, mentioned};
use super::super::inflection::{singular, verb};
use super::super::phrases::{deed, deeds, phrase};
use super::super::segment::Clause;
use super::{Field, Reason, add, position};

/// Lets one entity refer to another: at most two each, and never back and forth.
pub(super) fn refer(entities: &mut [Entity], from: usize, to: usize, reason: Reason) {
    const REFERENCES_MAX: usize = 2;
    let refers = |e: &Entity, name: Option<&str>| {
        let to = |f: &&Field| matches!(&f.kind, FieldKind::Reference(n) if name.is_none_or(|name| name == n));
        e.fields.iter().filter(to).count()
    };
    let target = entities[to].name.clone();
    let back = refers(&entities[to], Some(&entities[from].name)) > 0;
    if from != to && !back && refers(&entities[from], None) < REFERENCES_MAX {
        let kind = FieldKind::Reference(target.clone());
        add(&mut entities[from], Field { name: target, kind, required: false, reason });
    }
}

/// "a loan of a tool", "orders from customers".
pub(super) fn references(reading: &Reading, entities: &mut [Entity]) {
    const JOINING: &[&str] = &["of", "for", "from", "by", "belongs", "belong"];
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        let tokens = &clause.tokens;
        for at in 0..tokens.len() {
            let from = position(entities, &singular(&tokens[at].lower));
            let joined = tokens.get(at + 1).is_some_and(|t| t.any(JOINING));
            let skip = if tokens.get(at + 2).is_some_and(|t| t.is("to")) { 3 } else { 2 };
            let to = phrase(tokens, at + skip).filter(|_| joined).and_then(|p| position(entities, &p.head));
            if let (Some(from), Some(to)) = (from, to) {
                refer(entities, from, to, Reason::Said(clause.span));
            }
        }
    }
}

const CHANGES: &[&str] = &[
    "approve", "cancel", "close", "complete", "confirm", "deliver", "finish", "pay", "reject", "repair",
    "return", "ship",
];

/// Records that are named after what is done with a thing.
#[rustfmt::skip]
pub const NAMED_AFTER: &[(&str, &str)] = &[
    ("booking", "book"), ("claim", "claim"), ("delivery", "deliver"), ("donation", "donate"),
    ("inspection", "inspect"), ("loan", "borrow"), ("loan", "lend"), ("order", "order"), ("payment", "pay"),
    ("purchase", "buy"), ("registration", "register"), ("rental", "rent"), ("repair", "repair"),
    ("request", "request"), ("reservation", "reserve"), ("review", "review"), ("sale", "sell"),
    ("subscription", "subscribe"), ("visit", "visit"),
];

/// "A neighbour reserves an item": a reservation refers to an item.
pub(super) fn named_after(reading: &Reading, entities: &mut [Entity]) {
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        for at in 0..clause.tokens.len() {
            let Some(base) = deed(&clause.tokens, at) else { continue };
            let object = phrase(&clause.tokens, at + 1).and_then(|p| position(entities, &p.head));
            let record =
                NAMED_AFTER.iter().filter(|(_, v)| *v == base).find_map(|(n, _)| position(entities, n));
            if let (Some(from), Some(to)) = (record, object) {
                refer(entities, from, to, Reason::Said(clause.span));
            }
        }
    }
}

pub(super) fn statuses(reading: &Reading, entities: &mut [Entity]) {
    let mut changes: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); entities.len()];
    let mut recent = None;
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        let here = mentioned(entities, clause);
        // "approve or reject it" speaks of what was named last.
        let spoken = clause.tokens.iter().any(|t| t.any(&["it", "them"]));
        let about: Vec<usize> = if here.is_empty() && spoken { recent.into_iter().collect() } else { here };
        let said =
            deeds(&clause.tokens).into_iter().chain(participles(clause)).filter(|v| CHANGES.contains(v));
        let said: BTreeSet<&str> = said.collect();
        about.iter().for_each(|at| changes[*at].extend(said.iter().copied()));
        recent = about.first().copied().or(recent);
    }
    for (entity, changes) in entities.iter_mut().zip(changes).filter(|(_, c)| c.len() >= 2) {
        let list: Vec<&str> = changes.into_iter().collect();
        let sentence = format!("What can happen to it is said: {}.", list.join(", "));
        let reason = Reason::Rule("field/status", sentence);
        let field = Field { name: "status".to_owned(), kind: FieldKind::Text, required: false, reason };
        add(entity, field);
    }
}

/// What is done with things: "is approved", "comes back damaged".
fn participles(clause: &Clause) -> impl Iterator<Item = &'static str> {
    clause.tokens.iter().filter(|t| t.lower.ends_with("ed") || t.is("paid")).filter_map(|t| verb(&t.lower))
}
