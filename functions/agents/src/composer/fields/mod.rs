//! What is kept of an entity.
//!
//! | rule | what |
//! |---|---|
//! | `field/has` | "X has a name and a price", "X with a name, a price" |
//! | `field/recorded` | "record the name and price of each X", "for each X … record …" |
//! | `field/attribute` | "the price of the X", "the X's price" |
//! | `field/whether` | "whether it is paid" is a yes or no |
//! | `field/listed` | what follows an entity's colon in a list, or its fields in a JSON brief |
//! | `field/reference` | "a loan of a tool", "a member reserves a tool" and reservations: one entity refers to another |
//! | `field/status` | things that are approved, returned, cancelled … have a status |
//! | `field/name` | an entity of which nothing is said has a name, so that records can be told apart |

mod attributes;
mod links;

use ideamine_core::artifacts::FieldKind;

use self::attributes::{kind, name, plain};
use self::links::{named_after, refer, references, statuses};
use super::Reading;
use super::cues::Role;
use super::entities::{Entity, mentioned};
use super::inflection::{singular, verb};
use super::lexicon as lex;
use super::phrases::{DETERMINERS, Phrase, deed, list, phrase};
use super::segment::Clause;
use super::span::Span;
use super::words::{Token, TokenKind, snake};

/// Most fields of one entity.
pub const FIELDS_MAX: usize = 10;

/// Why a field is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The clause says so.
    Said(Span),
    /// A rule derived it: its id, and a sentence.
    Rule(&'static str, String),
}

/// A field and why it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// snake_case.
    pub name: String,
    /// What kind of value.
    pub kind: FieldKind,
    /// Whether every record has it.
    pub required: bool,
    /// Why it is kept.
    pub reason: Reason,
}

pub use self::attributes::is_attribute;
pub use self::links::NAMED_AFTER;

/// Whether a list of properties follows the phrase: "X has a …", "X with a …".
pub fn described(tokens: &[Token], found: &Phrase) -> bool {
    !properties_after(tokens, found.end).is_empty()
}

fn properties_after(tokens: &[Token], end: usize) -> Vec<Phrase> {
    const HAVING: &[&str] =
        &["has", "have", "contains", "contain", "includes", "include", "carries", "consists"];
    let having =
        tokens.get(end).is_some_and(|t| t.any(HAVING)) && !tokens.get(end + 1).is_some_and(|t| t.is("to"));
    let with = tokens.get(end).is_some_and(|t| t.any(&["with", ":", "("]));
    if !having && !with {
        return Vec::new();
    }
    let skip = usize::from(tokens.get(end + 1).is_some_and(|t| t.is("of")));
    // "a choir with 80 singers", "with two phones": how many there are is no property.
    let counted = |i: &Phrase| {
        let before = i.at.checked_sub(1).map(|at| &tokens[at]);
        before.is_some_and(|t| {
            t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower) && !t.is("one")
        })
    };
    properties(list(tokens, end + 1 + skip).into_iter().filter(|i| !counted(i)).collect())
}

/// The items, when at least one is a known attribute.
fn properties(items: Vec<Phrase>) -> Vec<Phrase> {
    let known = items.iter().filter(|i| plain(&i.head).is_some()).count();
    // One attribute vouches for its neighbours only when it is not alone among many.
    if known * 2 >= items.len() && known > 0 { items } else { Vec::new() }
}

/// Fills in the fields of all entities.
pub fn fill(reading: &Reading, entities: &mut [Entity]) {
    let mut recent: Option<usize> = None;
    for clause in &reading.clauses {
        if matches!(reading.role(clause), Role::Exclusion | Role::Question) {
            continue;
        }
        let here = mentioned(entities, clause);
        if clause.section == "fields" {
            listed_alone(clause, entities, recent);
            continue;
        }
        described_in(clause, entities);
        recorded_in(clause, entities, &here, recent);
        attributes_in(clause, entities);
        whether_in(clause, entities, here.first().copied().or(recent));
        recent = here.first().copied();
    }
    references(reading, entities);
    named_after(reading, entities);
    statuses(reading, entities);
    entities.iter_mut().for_each(name_at_least);
}

fn add(entity: &mut Entity, field: Field) {
    let known = entity.fields.iter().any(|f| f.name == field.name);
    if !known && entity.fields.len() < FIELDS_MAX && field.name != entity.name {
        entity.fields.push(field);
    }
}

/// `listed`: the words say what every record has; a property that is only mentioned is required where it is the first.
fn add_said(entities: &mut [Entity], owner: usize, item: &Phrase, clause: &Clause, listed: bool) {
    let reason = Reason::Said(clause.span);
    if let Some(to) = position(entities, &item.head) {
        if !item.plural {
            refer(entities, owner, to, reason);
        }
        return;
    }
    let plain: Vec<String> = item.words.iter().filter(|w| !OPEN.contains(&w.as_str())).cloned().collect();
    let Some(name) = name(&Phrase { words: plain, ..item.clone() }) else { return };
    let labelled = clause.tokens.first().is_some_and(|t| t.any(OPEN));
    let open = labelled || optional(&clause.tokens, item) || clause.says(OPEN_CLAUSE);
    let required = !open && (listed || entities[owner].fields.is_empty());
    add(&mut entities[owner], Field { name, kind: kind(item), required, reason });
}

/// A clause in which nothing that is listed must be there.
const OPEN_CLAUSE: &[&str] =
    &["may have", "can have", "could have", "might have", "may also", "can also", "if known"];

fn position(entities: &[Entity], head: &str) -> Option<usize> {
    entities.iter().position(|e| e.head == head)
}

fn listed_alone(clause: &Clause, entities: &mut [Entity], recent: Option<usize>) {
    if let (Some(owner), Some(item)) = (recent, phrase(&clause.tokens, 0)) {
        add_said(entities, owner, &item, clause, true);
    }
}

fn described_in(clause: &Clause, entities: &mut [Entity]) {
    let tokens = &clause.tokens;
    for at in 0..tokens.len() {
        let head = singular(&tokens[at].lower);
        let Some(owner) = position(entities, &head) else { continue };
        for item in properties_after(tokens, at + 1) {
            add_said(entities, owner, &item, clause, true);
        }
    }
}

const KEEPING: &[&str] = &[
    "capture", "collect", "document", "enter", "fill", "keep", "log", "measure", "note", "record",
    "register", "save", "specify", "store", "track", "write", "show", "display", "see", "list", "add",
    "give", "extract", "need", "contain",
];

/// Lists of properties that someone is to keep: the token of the verb, and the list.
pub fn kept_lists(tokens: &[Token]) -> Vec<(usize, Vec<Phrase>)> {
    let keeps = |at: &usize| deed(tokens, *at).is_some_and(|v| KEEPING.contains(&v));
    let lists = |at: usize| {
        let skip = usize::from(tokens.get(at + 1).is_some_and(|t| t.any(&["down", "in", "at", "for"])));
        // "they enter on Sunday what they harvest: crop, quantity": the list may stand after a colon.
        let colon = tokens.iter().skip(at).position(|t| t.is(":")).map(|n| at + n + 1);
        // "records every score with a title": what every one of is recorded is the thing, not a property.
        let every = tokens.get(at + 1 + skip).is_some_and(|t| t.any(&["each", "every"]));
        let direct = if every { Vec::new() } else { properties(list(tokens, at + 1 + skip)) };
        let found = if direct.is_empty() { properties(list(tokens, colon?)) } else { direct };
        (!found.is_empty()).then_some((at, found))
    };
    (0..tokens.len()).filter(keeps).filter_map(lists).collect()
}

fn recorded_in(clause: &Clause, entities: &mut [Entity], here: &[usize], recent: Option<usize>) {
    let tokens = &clause.tokens;
    for (at, items) in kept_lists(tokens) {
        let Some(last) = items.last() else { continue };
        let of = items.iter().rev().find_map(|i| i.of.as_ref()).and_then(|of| position(entities, &of.head));
        let after = tokens.get(last.end).filter(|t| t.any(&["for", "about", "per", "on"]));
        let after =
            after.and_then(|_| phrase(tokens, last.end + 1)).and_then(|p| position(entities, &p.head));
        let owner = of.or(after).or_else(|| each(tokens, entities));
        let owner = owner.or_else(|| measured(&tokens[at], entities));
        // "what they harvest: crop, quantity, price": the list begins with what it describes.
        let first = || items.first().and_then(|i| position(entities, &i.head));
        let owner = owner.or_else(first).or_else(|| not_listed(entities, here, &items));
        if let Some(owner) = owner.or(recent) {
            items.iter().for_each(|item| add_said(entities, owner, item, clause, true));
        }
    }
}

/// What is measured belongs to a reading, where the idea has such records.
fn measured(acts: &Token, entities: &[Entity]) -> Option<usize> {
    let measures = verb(&acts.lower).is_some_and(|v| ["measure", "detect", "weigh"].contains(&v));
    ["reading", "measurement"].into_iter().filter(|_| measures).find_map(|head| position(entities, head))
}

fn each(tokens: &[Token], entities: &[Entity]) -> Option<usize> {
    let at = tokens.iter().position(|t| t.any(&["each", "every", "per"]))?;
    position(entities, &phrase(tokens, at + 1)?.head)
}

fn not_listed(entities: &[Entity], here: &[usize], items: &[Phrase]) -> Option<usize> {
    here.iter().copied().find(|at| !items.iter().any(|i| i.head == entities[*at].head))
}

fn attributes_in(clause: &Clause, entities: &mut [Entity]) {
    let tokens = &clause.tokens;
    for at in 0..tokens.len() {
        // "the member's phone number"
        if tokens[at].lower.ends_with("'s") {
            let owner = position(entities, tokens[at].lower.trim_end_matches("'s"));
            let item = phrase(tokens, at + 1).filter(|p| plain(&p.head).is_some());
            if let (Some(owner), Some(item)) = (owner, item) {
                add_said(entities, owner, &item, clause, false);
            }
        }
        // "the price of the tool"
        let begins = tokens[at].any(DETERMINERS) && tokens.get(at + 1).is_some();
        let item = begins.then(|| list(tokens, at).into_iter().next()).flatten();
        let Some(item) =
            item.filter(|i| plain(&i.head).is_some() && i.of.as_ref().is_some_and(|of| of.determined))
        else {
            continue;
        };
        let owner = item.of.as_ref().and_then(|of| position(entities, &of.head));
        if let Some(owner) = owner {
            add_said(entities, owner, &item, clause, false);
        }
    }
}

/// "whether it is paid", "whether the fee was waived".
fn whether_in(clause: &Clause, entities: &mut [Entity], owner: Option<usize>) {
    let tokens = &clause.tokens;
    let (Some(owner), Some(at)) = (owner, tokens.iter().position(|t| t.is("whether"))) else { return };
    let is = tokens.iter().skip(at).position(|t| t.any(&["is", "are", "was", "were", "been", "has", "have"]));
    let said = is
        .and_then(|n| tokens.get(at + n + 1))
        .filter(|t| t.is_word() && !t.any(DETERMINERS) && !t.is("been"));
    if let Some(name) = said.and_then(|t| snake(&[&t.lower])) {
        let reason = Reason::Said(clause.span);
        add(&mut entities[owner], Field { name, kind: FieldKind::Boolean, required: false, reason });
    }
}

/// The properties that an answer lists: "number, date and net amount". What is said to be optional is; all else is
/// required.
pub fn listed(answer: &str, owner: &str) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    let (_, clauses) = super::segment::segment(answer, &super::source::Source::of(answer));
    for clause in &clauses {
        let tokens = &clause.tokens;
        let has = tokens.iter().position(|t| t.any(&["has", "have", "with", ":"])).map_or(0, |at| at + 1);
        for mut item in list(tokens, has) {
            let required = !optional(tokens, &item);
            item.words.retain(|w| !OPEN.contains(&w.as_str()));
            let Some(name) = name(&item).filter(|name| name != owner) else { continue };
            let reason = Reason::Said(clause.span);
            if !found.iter().any(|f| f.name == name) {
                found.push(Field { name, kind: kind(&item), required, reason });
            }
        }
    }
    found
}

const OPEN: &[&str] = &["optional", "optionally", "maybe", "perhaps", "possibly", "sometimes"];

/// Whether the words leave the property open: "an optional photo", "a photo if there is one".
fn optional(tokens: &[Token], item: &Phrase) -> bool {
    let before = tokens[item.at.saturating_sub(2)..item.at].iter().any(|t| t.any(OPEN));
    let after =
        tokens.get(item.end).is_some_and(|t| t.any(&["if", "where", "when", "optional", "optionally"]))
            || tokens.get(item.end).is_some_and(|t| t.is("("))
                && tokens.get(item.end + 1).is_some_and(|t| t.any(OPEN));
    let inside = item.words.iter().any(|w| OPEN.contains(&w.as_str()));
    before || after || inside
}

fn name_at_least(entity: &mut Entity) {
    const ENOUGH: usize = 2;
    let tells_apart = |f: &Field| f.kind == FieldKind::Text && f.name != "status";
    if !entity.fields.iter().any(tells_apart) && entity.fields.len() < ENOUGH {
        let reason = Reason::Rule("field/name", "Nothing is said that tells records apart.".to_owned());
        let field = Field { name: "name".to_owned(), kind: FieldKind::Text, required: true, reason };
        entity.fields.insert(0, field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(idea: &str) -> Vec<String> {
        let field = |f: &Field| match &f.kind {
            FieldKind::Text => f.name.clone(),
            kind => format!("{}:{kind:?}", f.name),
        };
        let entity =
            |e: &Entity| format!("{}({})", e.name, e.fields.iter().map(field).collect::<Vec<_>>().join(" "));
        Reading::of(idea).entities.iter().map(entity).collect()
    }

    #[test]
    fn what_every_record_is_said_to_have_is_required() {
        let check = |idea: &str, expected: &[&str]| {
            let found = Reading::of(idea).entities;
            let required = found[0].fields.iter().filter(|f| f.required).map(|f| f.name.as_str());
            assert_eq!(required.collect::<Vec<_>>(), expected, "{idea}");
        };
        check("We track tools. Each tool has an owner and a due date.", &["owner", "due_date"]);
        check("We track tools. Each tool has a name and an optional photo.", &["name"]);
        check(
            "We track tools. Each tool has a name, a price and a photo if there is one.",
            &["name", "price"],
        );
        check("We track tools. A tool has a name. The price of the tool is shown.", &["name"]);
    }

    #[test]
    fn what_is_said_of_a_thing_is_kept() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(shown(idea), expected, "{idea}");
        check(
            "Members reserve tools. Every tool has a name, a daily price and photos of the case.",
            &["tool(name price:MoneyMinor photo)"],
        );
        check(
            "For each visit the nurse must record the date, the temperature and whether it is paid.",
            &["visit(date:Date temperature:Integer paid:Boolean)"],
        );
        check("We must list orders. The order's due date is shown.", &["order(name due_date:Date)"]);
        check(
            "The clerk registers the name and phone number of each guest, and every guest has a room.",
            &["guest(name phone_number)"],
        );
        check("Track every request. A request is approved or rejected.", &["request(name status)"]);
        check(
            "A web page where clerks record invoices. From each invoice we need number, date, net amount, VAT and IBAN.",
            &["invoice(number date:Date net_amount:MoneyMinor vat iban)"],
        );
        check(
            "We track hives. We record every visit of a hive.",
            &["visit(name hive:Reference(\"hive\"))", "hive(name)"],
        );
        check(
            "## Data\n\n- Bed: number of plants, length",
            &["bed(number_of_plants:Integer length:Integer)"],
        );
    }
}
