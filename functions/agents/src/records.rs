//! What requirements ask of records: which operation on which kind, and whether a test of that operation shows all of it.
//!
//! | rule | what |
//! |---|---|
//! | `records/asked` | a deed on a kind of record is an operation, by its verb: recording creates, seeing lists and reads |
//! | `records/shown` | nothing else is asked in the case: no condition, limit, number, time, file or choice among records |
//!
//! Only what is wholly asked of records is shown by a test on records: a noun in common shows nothing.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{Brief, Entity, Need, Prd, Requirement};

use crate::application::Operation;
use crate::composer::fields::NAMED_AFTER;
use crate::composer::inflection::singular;
use crate::composer::lexicon as lex;
use crate::composer::parts::{Deed, Mood, Parts, parts};
use crate::composer::phrases::{DETERMINERS, list};
use crate::composer::segment::Clause;
use crate::composer::span::Span;
use crate::composer::words::{Token, TokenKind};
use crate::shape::{of_prefix, parsed};

/// One deed of a requirement as an operation on a kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The requirement, `FR-2`.
    pub(crate) requirement: String,
    /// The kind of record.
    pub(crate) entity: String,
    /// What is done with it.
    pub(crate) operation: Operation,
    /// Whether a test of the operation shows all that the requirement asks.
    pub(crate) shown: bool,
}

#[rustfmt::skip]
const CREATING: &[&str] = &[
    "add", "comment", "create", "document", "enter", "keep", "list", "log", "note", "offer", "post", "record", "register",
    "report", "request", "save", "store", "submit", "track", "upload", "write",
];
const SEEING: &[&str] = &["browse", "display", "list", "look", "read", "see", "show", "view"];
const CHANGING: &[&str] = &["change", "correct", "edit", "rename", "update"];
/// What changes a part of a record that the words do not name.
const SETTING: &[&str] = &["assign", "mark"];
/// What changes the state of a record.
const DECIDING: &[&str] =
    &["accept", "approve", "cancel", "close", "complete", "confirm", "decline", "refuse", "reject", "return"];
const REMOVING: &[&str] = &["delete", "remove"];
/// What is a file rather than words: the skeleton keeps at most its name.
const FILES: &[&str] = &[
    "attachment",
    "document",
    "drawing",
    "file",
    "image",
    "pdf",
    "photo",
    "photograph",
    "picture",
    "recording",
    "scan",
    "signature",
    "video",
];
/// Words that choose, time or narrow: a test of an operation knows nothing of them.
#[rustfmt::skip]
const NARROWING: &[&str] = &[
    "only", "automatically", "same", "daily", "weekly", "monthly", "until", "within", "before", "after", "nobody", "never",
    "unless", "overdue", "latest", "newest", "best", "sorted", "own",
];

/// What all functional requirements ask of records.
pub(crate) fn asked(brief: &Brief, prd: &Prd) -> Vec<Ask> {
    of_prefix(prd, "FR").flat_map(|r| of_requirement(brief, r)).collect()
}

fn of_requirement(brief: &Brief, requirement: &Requirement) -> Vec<Ask> {
    let clauses = parsed(&requirement.statement);
    let Some(clause) = clauses.first() else { return Vec::new() };
    let Some(parts) = parts(&clause.tokens).filter(|p| p.mood == Mood::Asked) else { return Vec::new() };
    let mut before = spoken_of(brief, requirement);
    let mut asks = Vec::new();
    let mut whole = clauses.len() == 1 && parts.deeds.len() == requirement.acceptance.len();
    for deed in &parts.deeds {
        let Some((entity, operation)) = operation(brief, clause, &parts, deed, before) else {
            whole = false;
            continue;
        };
        before = Some(entity);
        whole &= is_whole(entity, clause, &parts, deed, operation);
        asks.push((entity.name.clone(), operation));
    }
    let ask =
        |(entity, operation)| Ask { requirement: requirement.id.clone(), entity, operation, shown: whole };
    asks.into_iter().map(ask).collect()
}

/// The first kind of record that the need behind a requirement speaks of: what "it" stands for.
fn spoken_of<'a>(brief: &'a Brief, requirement: &Requirement) -> Option<&'a Entity> {
    let need = brief.needs.iter().find(|n: &&Need| requirement.serves.contains(&n.id))?;
    let name = need.entities.first()?;
    brief.entities.iter().find(|e| e.name == *name)
}

fn inside(clause: &Clause, span: Span) -> Vec<&Token> {
    clause.tokens.iter().filter(|t| span.holds(t.span)).collect()
}

/// The kind of record that a part of the clause names: all its words, the last one in singular.
fn named<'a>(brief: &'a Brief, clause: &Clause, span: Span) -> Option<&'a Entity> {
    let words: Vec<String> =
        inside(clause, span).iter().map(|t| singular(&t.lower).replace('-', "_")).collect();
    let stands = |e: &&Entity| {
        let name: Vec<&str> = e.name.split('_').collect();
        words.windows(name.len()).any(|w| w.iter().map(String::as_str).eq(name.iter().copied()))
    };
    brief.entities.iter().find(stands)
}

fn operation<'a>(
    brief: &'a Brief,
    clause: &Clause,
    parts: &Parts,
    deed: &Deed,
    before: Option<&'a Entity>,
) -> Option<(&'a Entity, Operation)> {
    let is = |verbs: &[&str]| verbs.contains(&deed.verb);
    let place = if deed.passive { parts.subject } else { deed.object };
    let pronoun = place.is_some_and(|p| inside(clause, p).iter().all(|t| t.any(&["it", "them", "one"])));
    let object = place.and_then(|p| named(brief, clause, p)).or_else(|| before.filter(|_| pronoun));
    // "A neighbour reserves an item" makes a reservation, where there are such records.
    let made = NAMED_AFTER.iter().filter(|(_, verb)| *verb == deed.verb);
    let made = made.filter_map(|(noun, _)| brief.entities.iter().find(|e| e.name == *noun)).next();
    if let Some(record) = made.filter(|_| object.is_some()) {
        return Some((record, Operation::Create));
    }
    let object = object?;
    let many = place.is_some_and(|p| {
        let every =
            |t: &&Token| t.any(&["all", "every", "the"]) || crate::composer::inflection::is_plural(&t.lower);
        inside(clause, p).iter().any(every)
    });
    let operation = match () {
        () if is(SEEING) && (many || !is(CREATING)) => {
            if many {
                Operation::List
            } else {
                Operation::Read
            }
        }
        () if is(CREATING) => Operation::Create,
        () if is(CHANGING) || is(SETTING) => Operation::Replace,
        () if is(REMOVING) => Operation::Delete,
        () if is(DECIDING) && object.fields.iter().any(|f| f.name == "status") => Operation::Replace,
        () => return None,
    };
    Some((object, operation))
}

/// Rule `records/shown`.
fn is_whole(entity: &Entity, clause: &Clause, parts: &Parts, deed: &Deed, operation: Operation) -> bool {
    let number = |t: &Token| t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower);
    let action = inside(clause, deed.action);
    let narrowed = action.iter().any(|t| t.any(NARROWING) || number(t));
    let bare = parts.condition.is_none() && parts.limit.is_none() && parts.label.is_none() && !deed.passive;
    if narrowed || !bare || deed.verb == "list" && operation == Operation::Create && deed.rest.is_none() {
        return false;
    }
    let Some(object) = deed.object else { return false };
    let outside = |t: &&&Token| t.span.start >= object.end;
    let after: Vec<Token> = action.iter().filter(outside).map(|t| (**t).clone()).collect();
    match operation {
        // Who reserves an item asks for more than the record of it.
        Operation::Create => {
            CREATING.contains(&deed.verb) && (after.is_empty() || are_fields(entity, &after))
        }
        Operation::List | Operation::Read | Operation::Replace | Operation::Delete => {
            // "every open reservation" is a choice among them.
            let own: BTreeSet<&str> = entity.name.split('_').collect();
            let plain = |t: &&Token| {
                t.any(DETERMINERS) || t.any(&["all", "every"]) || own.contains(singular(&t.lower).as_str())
            };
            let state = DECIDING.contains(&deed.verb) || SETTING.contains(&deed.verb);
            after.is_empty() && !state && inside(clause, object).iter().all(plain)
        }
    }
}

/// "with a name, a photo and the place where it is kept": each of these is kept of the record.
fn are_fields(entity: &Entity, after: &[Token]) -> bool {
    if !after.first().is_some_and(|t| t.any(&["with", ":", "("])) {
        return false;
    }
    let items = list(after, 1);
    // A record keeps words and numbers: what is a file is not held, and not shown.
    let kept = |head: &str| {
        !FILES.contains(&head)
            && entity
                .fields
                .iter()
                .any(|f| f.name == head || f.name.split('_').any(|part| singular(part) == head))
    };
    let end = items.last().map_or(0, |i| i.end);
    // What belongs to the last one ("the place where it is kept") adds no other.
    let closed = after.get(end).is_none_or(|t| t.any(&["where", "that", "which", ")", "."]));
    !items.is_empty() && closed && items.iter().all(|i| kept(&i.head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafts::brief_of;
    use ideamine_authoring::Work;

    fn shown(idea: &str) -> Vec<String> {
        let brief = brief_of(idea);
        let work: Work = serde_json::from_value(serde_json::json!({
            "label": "prd/a1/b00", "phase": { "id": "prd", "title": "", "agent": "prd", "output": "prd.json", "prompt": "", "timeout_s": 1 },
            "model": "composer", "idea": idea, "attempt": 1, "seed": 0,
        }))
        .unwrap();
        let prd = crate::drafts::requirements_of(&work);
        let of = |a: &Ask| {
            let sure = if a.shown { "!" } else { "" };
            format!("{} {} {}{sure}", a.requirement, a.operation.name(), a.entity)
        };
        asked(&brief, &prd).iter().map(of).collect()
    }

    #[test]
    fn a_deed_on_records_is_an_operation_and_only_a_whole_one_is_shown() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(shown(idea), expected, "{idea}");
        check(
            "An app. A neighbour can offer an item with a name and a photo. The owner sees all items.",
            // A photo is a file, and the record holds none.
            &["FR-1 create item", "FR-2 list item!"],
        );
        check(
            "An app. A neighbour can offer an item with a name and a place. The owner sees all items.",
            &["FR-1 create item!", "FR-2 list item!"],
        );
        // A limit, a condition, a choice and another system ask for more than records.
        check(
            "An app. A neighbour can offer an item with a name. A neighbour offers an item for up to 7 days.",
            &["FR-1 create item!", "FR-2 create item"],
        );
        check(
            "An app. The clerk records every letter with a date. The clerk sees every open letter.",
            &["FR-1 create letter!", "FR-2 list letter"],
        );
        check(
            "An app where members track items with a name. The app reminds members of each item.",
            &["FR-1 create item!"],
        );
        check(
            "An app. A neighbour offers an item with a name. A neighbour reserves an item. The owner approves or rejects the reservation.",
            &[
                "FR-1 create item!",
                "FR-2 create reservation",
                "FR-3 replace reservation",
                "FR-3 replace reservation",
            ],
        );
    }
}
