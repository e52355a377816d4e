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

use std::collections::BTreeSet;

use ideamine_core::artifacts::FieldKind;

use super::Reading;
use super::cues::Role;
use super::entities::{Entity, mentioned};
use super::phrases::{DETERMINERS, Phrase, list, phrase};
use super::segment::Clause;
use super::span::Span;
use super::words::{Token, snake, verb};

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

/// Attributes by their head noun.
const ATTRIBUTES: &[(&[&str], Plain)] = &[
    (&["birthday", "date", "day", "deadline", "expiry"], Plain::Date),
    (&["arrival", "departure", "end", "start", "time", "timestamp"], Plain::Moment),
    (
        &["amount", "charge", "cost", "deposit", "fee", "fine", "price", "rent", "salary", "total", "wage"],
        Plain::Money,
    ),
    (
        &[
            "age",
            "capacity",
            "count",
            "distance",
            "duration",
            "height",
            "hour",
            "humidity",
            "length",
            "level",
            "mileage",
            "minute",
            "percentage",
            "point",
            "pressure",
            "quantity",
            "rating",
            "score",
            "size",
            "stock",
            "temperature",
            "weight",
            "width",
        ],
        Plain::Integer,
    ),
    (
        &[
            "address",
            "author",
            "barcode",
            "brand",
            "category",
            "class",
            "code",
            "color",
            "colour",
            "comment",
            "condition",
            "contact",
            "cause",
            "damage",
            "defect",
            "department",
            "description",
            "destination",
            "detail",
            "diagnosis",
            "email",
            "e-mail",
            "fault",
            "gender",
            "grade",
            "iban",
            "image",
            "ingredient",
            "instruction",
            "language",
            "link",
            "location",
            "manufacturer",
            "material",
            "model",
            "name",
            "note",
            "number",
            "origin",
            "owner",
            "phone",
            "photo",
            "picture",
            "place",
            "position",
            "priority",
            "reason",
            "remark",
            "result",
            "role",
            "shelf",
            "signature",
            "state",
            "status",
            "subject",
            "supplier",
            "symptom",
            "tag",
            "title",
            "topic",
            "type",
            "unit",
            "url",
            "version",
            "zip",
        ],
        Plain::Text,
    ),
];

#[derive(Clone, Copy)]
enum Plain {
    Date,
    Moment,
    Money,
    Integer,
    Text,
}

/// Whether a noun names a property rather than a thing.
pub fn is_attribute(head: &str) -> bool {
    // Some of them are things when they stand alone ("the shelf", "the owner").
    const THINGS: &[&str] = &[
        "author",
        "damage",
        "defect",
        "department",
        "fault",
        "hour",
        "ingredient",
        "minute",
        "owner",
        "place",
        "point",
        "shelf",
        "supplier",
        "symptom",
        "tag",
        "unit",
    ];
    plain(head).is_some() && !THINGS.contains(&head)
}

fn plain(head: &str) -> Option<Plain> {
    ATTRIBUTES.iter().find(|(heads, _)| heads.contains(&head)).map(|(_, plain)| *plain)
}

fn kind(item: &Phrase) -> FieldKind {
    let count = item.head == "number" && item.of.as_ref().is_some_and(|of| !of.determined);
    match plain(&item.head).unwrap_or(Plain::Text) {
        _ if count => FieldKind::Integer,
        Plain::Date => FieldKind::Date,
        Plain::Moment => FieldKind::Moment,
        Plain::Money => FieldKind::MoneyMinor,
        Plain::Integer => FieldKind::Integer,
        Plain::Text => FieldKind::Text,
    }
}

/// `date of birth` → date_of_birth; `photos of the damage` → photo.
fn name(item: &Phrase) -> Option<String> {
    let mut words = item.singular();
    if let Some(of) = item.of.as_ref().filter(|of| !of.determined && is_attribute(&item.head)) {
        words.push("of".to_owned());
        words.extend(of.words.clone());
    }
    snake(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

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
    properties(list(tokens, end + 1 + skip))
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
        recent = here.first().copied().or(recent);
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

fn add_said(entities: &mut [Entity], owner: usize, item: &Phrase, clause: &Clause) {
    let reason = Reason::Said(clause.span);
    if let Some(to) = position(entities, &item.head) {
        if !item.plural {
            refer(entities, owner, to, reason);
        }
        return;
    }
    let Some(name) = name(item) else { return };
    let required = entities[owner].fields.is_empty() && !clause.says(&["optional*"]);
    add(&mut entities[owner], Field { name, kind: kind(item), required, reason });
}

/// Lets one entity refer to another: at most two each, and never back and forth.
fn refer(entities: &mut [Entity], from: usize, to: usize, reason: Reason) {
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

fn position(entities: &[Entity], head: &str) -> Option<usize> {
    entities.iter().position(|e| e.head == head)
}

fn listed_alone(clause: &Clause, entities: &mut [Entity], recent: Option<usize>) {
    if let (Some(owner), Some(item)) = (recent, phrase(&clause.tokens, 0)) {
        add_said(entities, owner, &item, clause);
    }
}

fn described_in(clause: &Clause, entities: &mut [Entity]) {
    let tokens = &clause.tokens;
    for at in 0..tokens.len() {
        let head = super::words::singular(&tokens[at].lower);
        let Some(owner) = position(entities, &head) else { continue };
        for item in properties_after(tokens, at + 1) {
            add_said(entities, owner, &item, clause);
        }
    }
}

const KEEPING: &[&str] = &[
    "capture", "collect", "document", "enter", "fill", "keep", "log", "measure", "note", "record",
    "register", "save", "specify", "store", "track", "write", "show", "display", "see", "list", "add",
    "give",
];

fn recorded_in(clause: &Clause, entities: &mut [Entity], here: &[usize], recent: Option<usize>) {
    let tokens = &clause.tokens;
    for at in 0..tokens.len() {
        if !verb(&tokens[at].lower).is_some_and(|v| KEEPING.contains(&v)) {
            continue;
        }
        let start =
            at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.any(&["down", "in", "at", "for"])));
        let items = properties(list(tokens, start));
        let Some(last) = items.last() else { continue };
        let of = items
            .iter()
            .rev()
            .find_map(|i| i.of.as_ref())
            .and_then(|of| position(entities, of.words.last()?));
        let after = tokens.get(last.end).filter(|t| t.any(&["for", "about", "per", "on"]));
        let after =
            after.and_then(|_| phrase(tokens, last.end + 1)).and_then(|p| position(entities, &p.head));
        let owner = of.or(after).or_else(|| each(tokens, entities));
        let owner = owner.or_else(|| measured(&tokens[at], entities));
        let owner = owner.or_else(|| not_listed(entities, here, &items)).or(recent);
        if let Some(owner) = owner {
            items.iter().for_each(|item| add_said(entities, owner, item, clause));
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
                add_said(entities, owner, &item, clause);
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
        let owner = item.of.as_ref().and_then(|of| position(entities, of.words.last()?));
        if let Some(owner) = owner {
            add_said(entities, owner, &item, clause);
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

/// "a loan of a tool", "orders from customers".
fn references(reading: &Reading, entities: &mut [Entity]) {
    const JOINING: &[&str] = &["of", "for", "from", "by", "belongs", "belong"];
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        let tokens = &clause.tokens;
        for at in 0..tokens.len() {
            let from = position(entities, &super::words::singular(&tokens[at].lower));
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
const NAMED_AFTER: &[(&str, &str)] = &[
    ("booking", "book"), ("claim", "claim"), ("delivery", "deliver"), ("donation", "donate"), ("inspection", "inspect"),
    ("loan", "borrow"), ("loan", "lend"), ("order", "order"), ("payment", "pay"), ("purchase", "buy"),
    ("registration", "register"), ("rental", "rent"), ("repair", "repair"), ("request", "request"), ("reservation", "reserve"),
    ("review", "review"), ("sale", "sell"), ("subscription", "subscribe"), ("visit", "visit"),
];

/// "A neighbour reserves an item": a reservation refers to an item.
fn named_after(reading: &Reading, entities: &mut [Entity]) {
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        for at in 0..clause.tokens.len() {
            let Some(base) = verb(&clause.tokens[at].lower) else { continue };
            let object = phrase(&clause.tokens, at + 1).and_then(|p| position(entities, &p.head));
            let record = NAMED_AFTER.iter().filter(|(_, v)| *v == base).find_map(|(n, _)| position(entities, n));
            if let (Some(from), Some(to)) = (record, object) {
                refer(entities, from, to, Reason::Said(clause.span));
            }
        }
    }
}

fn statuses(reading: &Reading, entities: &mut [Entity]) {
    let mut changes: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); entities.len()];
    let mut recent = None;
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        let here = mentioned(entities, clause);
        // "approve or reject it" speaks of what was named last.
        let spoken = clause.tokens.iter().any(|t| t.any(&["it", "them"]));
        let about: Vec<usize> = if here.is_empty() && spoken { recent.into_iter().collect() } else { here };
        let said = clause.tokens.iter().filter_map(|t| verb(&t.lower)).filter(|v| CHANGES.contains(v));
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
            "We track hives. We record every visit of a hive.",
            &["visit(name hive:Reference(\"hive\"))", "hive(name)"],
        );
        check(
            "## Data\n\n- Bed: number of plants, length",
            &["bed(name number_of_plant:Integer length:Integer)"],
        );
    }
}
