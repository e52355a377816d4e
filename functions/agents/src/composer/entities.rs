//! Things that records are kept of.
//!
//! | rule | what |
//! |---|---|
//! | `entity/handled` | an object of verbs of recording (weighs most) or of other verbs |
//! | `entity/described` | "X has a …", "X with a …, a …", "list of X", "each X" |
//! | `entity/record-noun` | nouns that name a record by nature: order, booking, report |
//! | `entity/only` | the one thing that a short idea about a website or an app is about |
//! | `entity/listed` | an item under a heading such as "Data", or an entity of a JSON brief |
//!
//! A noun counts when its weight reaches [`WEIGHT_MIN`]; an idea without records has no entities. A library and what
//! people do without software keep none, unless they are listed; a command and a device only what they are said to
//! keep. What is wrong today counts as talk.

use std::collections::BTreeMap;

use super::cues::{Role, SYSTEM};
use super::fields::{self, Field};
use super::inflection::{singular, verb};
use super::lexicon as lex;
use super::phrases::{DETERMINERS, Phrase, deed, phrase};
use super::product::ProductKind;
use super::segment::Clause;
use super::span::Span;
use super::words::{Token, TokenKind, snake};
use super::{Reading, actors};

/// Most entities that are kept, the weightiest first.
pub const ENTITIES_MAX: usize = 6;
/// Least weight of an entity.
pub const WEIGHT_MIN: u32 = 4;
const MENTIONS_MAX: u32 = 3;
/// Weight of what is listed as a record: it comes first, in the order of the list.
const LISTED: u32 = 1_000;

/// Verbs of keeping records.
pub const RECORDING: &[&str] = &[
    "add", "approve", "archive", "assign", "book", "borrow", "cancel", "check", "collect", "create",
    "delete", "display", "edit", "enter", "file", "issue", "list", "log", "manage", "mark", "monitor",
    "order", "organise", "organize", "post", "publish", "record", "register", "reject", "rent", "report",
    "request", "reserve", "return", "save", "schedule", "search", "store", "submit", "track", "update",
    "upload",
];
#[rustfmt::skip]
const RECORD_NOUNS: &[&str] = &[
    "appointment", "attendance", "bid", "booking", "claim", "complaint", "contract", "course", "delivery", "donation",
    "event", "expense", "incident", "inspection", "invoice", "job", "lesson", "loan", "measurement", "membership",
    "offer", "order", "payment", "post", "prescription", "purchase", "reading", "receipt", "recipe", "registration",
    "rental", "repair", "request", "reservation", "review", "ride", "route", "sale", "session", "shift", "shipment",
    "subscription", "survey", "task", "ticket", "transaction", "trip", "visit", "vote",
];

/// An entity and why it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Singular, snake_case.
    pub name: String,
    /// Its words, singular head last.
    pub words: Vec<String>,
    /// Its head, singular.
    pub head: String,
    /// The clause that shows it best.
    pub clause: Span,
    /// What is kept of it.
    pub fields: Vec<Field>,
}

/// Verbs that say nothing about what is done with their object.
const WEAK: &[&str] = &[
    "begin", "come", "end", "get", "give", "go", "help", "keep", "know", "learn", "let", "make", "need",
    "own", "run", "say", "start", "take", "tell", "use", "work",
];

#[derive(Default)]
struct Candidate {
    weight: u32,
    mentions: u32,
    best: u32,
    clause: Option<Span>,
    forms: BTreeMap<Vec<String>, u32>,
    order: usize,
    /// Whether it is said to be kept: "records each visit".
    kept: bool,
}

/// Deeds that keep something.
const KEEPING: &[&str] = &[
    "add", "collect", "enter", "keep", "log", "note", "record", "register", "remember", "save", "store",
    "track", "write",
];

/// The entities with their fields, weightiest first.
pub fn entities(reading: &Reading) -> Vec<Entity> {
    let mut candidates: BTreeMap<String, Candidate> = BTreeMap::new();
    for clause in
        reading.clauses.iter().filter(|c| !matches!(reading.role(c), Role::Exclusion | Role::Question))
    {
        weigh(reading, clause, &mut candidates);
    }
    let least = least_weight(reading, &candidates);
    let mut kept: Vec<(String, Candidate)> =
        candidates.into_iter().filter(|(head, c)| c.weight >= least && fits(reading, head, c)).collect();
    kept.sort_by_key(|(_, c)| (std::cmp::Reverse(c.weight.min(LISTED)), c.order));
    let mut entities: Vec<Entity> = kept.into_iter().filter_map(|(head, c)| named(head, c)).collect();
    entities.dedup_by(|a, b| a.name == b.name);
    entities.truncate(ENTITIES_MAX);
    fields::fill(reading, &mut entities);
    entities
}

/// Whether a thing of this sort keeps such records.
fn fits(reading: &Reading, head: &str, candidate: &Candidate) -> bool {
    let listed = candidate.weight >= LISTED;
    match reading.product.kind {
        ProductKind::Library | ProductKind::People => listed,
        // What a device measures is there to be looked at.
        ProductKind::Device if ["reading", "measurement"].contains(&head) => true,
        ProductKind::Command | ProductKind::Device => listed || candidate.kept,
        ProductKind::Interface | ProductKind::Page | ProductKind::Open => true,
    }
}

/// Rule `entity/only`: an idea about a website or an app that is too short to say more keeps what it is about.
fn least_weight(reading: &Reading, candidates: &BTreeMap<String, Candidate>) -> u32 {
    const KEEPS: &[&str] =
        &["website", "site", "app", "platform", "portal", "web page", "webapp", "web app", "database"];
    let none = candidates.values().all(|c| c.weight < WEIGHT_MIN);
    if none && reading.says(KEEPS) { WEIGHT_MIN - 1 } else { WEIGHT_MIN }
}

fn named(head: String, candidate: Candidate) -> Option<Entity> {
    // The form seen most often; a shorter one wins a tie, because it covers the longer ones.
    let form =
        candidate.forms.iter().max_by_key(|(words, n)| (**n, std::cmp::Reverse(words.len())))?.0.clone();
    let name = snake(&form.iter().map(String::as_str).collect::<Vec<_>>())?;
    Some(Entity { name, words: form, head, clause: candidate.clause?, fields: Vec::new() })
}

fn weigh(reading: &Reading, clause: &Clause, candidates: &mut BTreeMap<String, Candidate>) {
    if clause.section == "fields" {
        return;
    }
    let listed = clause.item && reading.role(clause) == Role::Data;
    let (kept, described) = kept_items(&clause.tokens, listed);
    let mut at = 0;
    let mut first = true;
    while at < clause.tokens.len() {
        let begins = (listed && first) || starts_noun(&clause.tokens, at);
        let Some(found) = begins.then(|| phrase(&clause.tokens, at)).flatten() else {
            at += 1;
            continue;
        };
        at = found.end.max(at + 1);
        let talk = reading.role(clause) == Role::Problem;
        let weight = weight(&clause.tokens, &found) + if described.contains(&found.at) { 4 } else { 0 };
        let weight = if talk { weight.min(1) } else { weight } + if listed && first { LISTED } else { 0 };
        first = false;
        if kept.contains(&found.at) && !RECORD_NOUNS.contains(&found.head.as_str()) {
            continue;
        }
        if weight > 0 && is_thing(&clause.tokens, &found) && !is_name(&clause.tokens, &found) {
            note(candidates, &found, weight, clause);
            let before = lead(&clause.tokens, &found).checked_sub(1);
            let acts =
                before.and_then(|at| deed(&clause.tokens, at)).is_some_and(|base| KEEPING.contains(&base));
            if let Some(candidate) = candidates.get_mut(&found.head).filter(|_| acts && !talk) {
                candidate.kept = true;
            }
        }
    }
}

/// Where properties stand that are listed as kept, however they sound; and where a list begins with the thing
/// that the rest of it describes.
fn kept_items(tokens: &[Token], listed: bool) -> (Vec<usize>, Vec<usize>) {
    const DESCRIBED_MIN: usize = 3;
    let lists = fields::kept_lists(tokens);
    let thing = |items: &[Phrase]| {
        items.first().filter(|i| items.len() >= DESCRIBED_MIN && !fields::is_attribute(&i.head)).map(|i| i.at)
    };
    let described: Vec<usize> = lists.iter().filter_map(|(_, items)| thing(items)).collect();
    let kept = lists.iter().flat_map(|(_, items)| items).map(|i| i.at);
    let kept = kept.filter(|at| !described.contains(at) && (!listed || *at > 0)).collect();
    (kept, described)
}

/// Two words with capitals in the middle of a sentence are somebody's name, not a kind of thing.
fn is_name(tokens: &[Token], found: &Phrase) -> bool {
    let words = &tokens[found.at..found.end];
    let inner = if found.at == 0 { words.get(1..).unwrap_or_default() } else { words };
    words.len() >= 2 && inner.iter().all(|t| t.capital)
}

fn note(candidates: &mut BTreeMap<String, Candidate>, found: &Phrase, weight: u32, clause: &Clause) {
    let order = candidates.len();
    let candidate =
        candidates.entry(found.head.clone()).or_insert_with(|| Candidate { order, ..Candidate::default() });
    // A plain mention counts a few times only: talk alone makes no record.
    let counted = if candidate.mentions >= MENTIONS_MAX { weight - 1 } else { weight };
    candidate.mentions += 1;
    candidate.weight += counted;
    if weight > candidate.best {
        candidate.best = weight;
        candidate.clause = Some(clause.span);
    }
    *candidate.forms.entry(found.singular()).or_default() += 1;
}

fn starts_noun(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let plain = token.kind == TokenKind::Word && !lex::has(lex::FUNCTION_WORDS, &token.lower);
    if !plain {
        return false;
    }
    // A verb right after its subject, a modal or "to" begins no noun phrase.
    let before = at.checked_sub(1).map(|i| &tokens[i]);
    let noun_place = before.is_some_and(|t| {
        t.any(DETERMINERS)
            || t.kind == TokenKind::Number
            || t.any(&["of", "for", "with", "per"])
            || verb(&t.lower).is_some()
    });
    verb(&token.lower).is_none() || noun_place
}

fn is_thing(tokens: &[Token], found: &Phrase) -> bool {
    let head = found.head.as_str();
    // What every one of has properties of its own is a thing, whatever else the word means: "every score with title, voices".
    let owner = every(tokens, found) && fields::described(tokens, found);
    if owner && !lex::has(lex::FUNCTION_WORDS, head) {
        return true;
    }
    let no_noun = lex::has(lex::ADJECTIVES, head) || lex::has(lex::FUNCTION_WORDS, head);
    let general = no_noun || lex::has(lex::NOT_ENTITIES, head) || fields::is_attribute(head);
    let compared = tokens.get(found.end).is_some_and(|t| t.is("than"));
    let alone = found.words.len() == 1;
    let verbal = alone && verb(head).is_some() && !RECORD_NOUNS.contains(&head) && found.words[0] == head;
    let stands = (!head.ends_with("ing") || RECORD_NOUNS.contains(&head)) && (!verbal || found.plural);
    stands && !general && !compared
}

/// Index of the first token that only says which: "every", "a", "2", "new".
fn lead(tokens: &[Token], found: &Phrase) -> usize {
    let mut before = found.at;
    while before > 0
        && (tokens[before - 1].any(DETERMINERS)
            || lex::has(lex::ADJECTIVES, &tokens[before - 1].lower)
            || tokens[before - 1].lower.ends_with("ed") && verb(&tokens[before - 1].lower).is_some()
            || tokens[before - 1].kind == TokenKind::Number)
    {
        before -= 1;
    }
    before
}

fn every(tokens: &[Token], found: &Phrase) -> bool {
    tokens[lead(tokens, found)..found.at].iter().any(|t| t.any(&["each", "every"]))
}

/// What is done with it, by the verb before it.
fn action(tokens: &[Token], found: &Phrase) -> Option<&'static str> {
    lead(tokens, found).checked_sub(1).and_then(|i| verb(&tokens[i].lower))
}

fn weight(tokens: &[Token], found: &Phrase) -> u32 {
    let person = lex::has(lex::PERSONS, &found.head);
    // "the app that …" is the thing itself; "tools" are things.
    let system = SYSTEM.contains(&found.head.as_str()) && !found.plural;
    let before = lead(tokens, found);
    let leading = &tokens[before..found.at];
    let mut weight = u32::from(!person && !system);
    weight += match action(tokens, found) {
        Some(base) if RECORDING.contains(&base) || KEEPING.contains(&base) => 3,
        Some(base) if WEAK.contains(&base) => 0,
        Some(_) if !person && !system => 2,
        _ => 0,
    };
    // "every flight is logged"
    let passive = tokens.get(found.end).is_some_and(|t| t.any(&["is", "are", "gets", "be"]));
    let done = tokens.get(found.end + 1).and_then(|t| verb(&t.lower)).filter(|v| RECORDING.contains(v));
    weight += if passive && done.is_some() && !person { 3 } else { 0 };
    weight += if every(tokens, found) && !person { 2 } else { 0 };
    let listed = before >= 2
        && tokens[before - 1].is("of")
        && tokens[before - 2].any(&[
            "list",
            "lists",
            "overview",
            "register",
            "catalogue",
            "catalog",
            "history",
        ]);
    weight += if listed { 3 } else { 0 };
    // "the name of each guest", not "the date of birth" or "sixty levels of a tower".
    let property = |t: &Token| fields::is_attribute(&singular(&t.lower)) && !leading.is_empty();
    weight += if before >= 2 && tokens[before - 1].is("of") && property(&tokens[before - 2]) { 4 } else { 0 };
    weight += if fields::described(tokens, found) || owns_property(tokens, found) { 4 } else { 0 };
    weight + if RECORD_NOUNS.contains(&found.head.as_str()) { 2 } else { 0 }
}

/// "the member's phone number"
fn owns_property(tokens: &[Token], found: &Phrase) -> bool {
    let owns = tokens.get(found.end.wrapping_sub(1)).is_some_and(|t| t.lower.ends_with("'s"));
    owns && phrase(tokens, found.end).is_some_and(|p| fields::is_attribute(&p.head))
}

/// Indices of the entities that a clause mentions, in order of mention.
pub fn mentioned(entities: &[Entity], clause: &Clause) -> Vec<usize> {
    let of = |t: &Token| {
        let head = singular(&t.lower);
        entities.iter().position(|e| e.head == head && t.is_word())
    };
    let mut found: Vec<usize> = Vec::new();
    for at in clause.tokens.iter().filter_map(of) {
        if !found.contains(&at) {
            found.push(at);
        }
    }
    found
}

/// Whether an entity is a person.
pub fn is_person(entity: &Entity) -> bool {
    lex::has(lex::PERSONS, &entity.head)
}

/// The entity that people are most often said to handle: the first that is no person, else the first.
pub fn primary(reading: &Reading) -> Option<&Entity> {
    let thing = reading
        .entities
        .iter()
        .find(|e| !is_person(e) && !reading.actors.iter().any(|a: &actors::Actor| a.head == e.head));
    thing.or_else(|| reading.entities.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(idea: &str) -> Vec<String> {
        Reading::of(idea).entities.iter().map(|e| e.name.clone()).collect()
    }

    #[test]
    fn things_that_are_recorded_are_entities_and_others_are_not() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(names(idea), expected, "{idea}");
        check("Members reserve tools. The warden records every loan.", &["loan", "tool"]);
        check(
            "We must track repair orders and spare parts. Each spare part has a price.",
            &["spare_part", "repair_order"],
        );
        check("A toaster that tells puns.", &[]);
        check("An app to share recipes with friends.", &["recipe"]);
        check("## Data\n\n- Hive: name, place\n- Visit", &["hive", "visit"]);
        check("", &[]);
        check("The clerk records every score with title, composer and number of copies.", &["score"]);
        check("It should be fun for families on a sofa with two phones.", &[]);
        check("An app: each plant has a name and a photo.", &["plant"]);
        check("A Python library that stores every request with its date.", &[]);
        check("A command-line tool that renames photos and compares files.", &[]);
        check("A command-line tool that tracks each task with a title and a due date.", &["task"]);
        check("Names must not be stored longer than a day.", &[]);
    }
}
