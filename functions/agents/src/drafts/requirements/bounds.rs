//! Constraints as requirements: what they forbid, allow to some only, or measure, as a case that someone can try.

use std::collections::BTreeSet;

use ideamine_core::Text;
use ideamine_core::artifacts::{Acceptance, Need, Priority, Requirement, RequirementKind};

use super::missing::no_trigger;
use super::taken::{Taken, Thing};
use crate::composer::inflection::singular;
use crate::composer::lexicon as lex;
use crate::composer::parts::Mood;
use crate::composer::phrases::deed;
use crate::composer::product::ProductKind;
use crate::composer::span::Span;
use crate::composer::words::{Token, TokenKind};
use crate::shape::{parsed, says};

#[rustfmt::skip]
const QUALITY: &[&str] = &[
    "fast", "second", "seconds", "minute", "minutes", "percent", "available", "availability", "uptime", "accessib*",
    "accessible", "secure", "reliable", "battery", "waterproof", "weatherproof", "weigh*", "lasts", "last",
    "at the same time", "responsive",
];
const OFFLINE: &[&str] =
    &["offline", "without internet", "no internet", "without a connection", "no reception"];
const PRICE: &[&str] = &["cost", "costs", "pay", "budget", "price", "spend", "afford"];
const DATED: &[&str] = &["ready", "online by", "by the end", "deadline", "launch*", "before the", "start"];
const PLACES: &[&str] = &["runs on", "run on", "works on", "work on", "works in", "work in"];

/// A constraint as a requirement.
pub(super) fn bound(thing: &Thing, constraint: &Text) -> Requirement {
    let kind = if says(constraint, QUALITY) { RequirementKind::Quality } else { RequirementKind::Constraint };
    let needs = thing.brief.needs.iter().filter(|n| shares_words(&n.statement, constraint));
    Requirement {
        id: String::new(),
        kind,
        priority: Priority::Must,
        statement: constraint.clone(),
        acceptance: vec![case(thing, constraint)],
        serves: needs.map(|n: &Need| n.id.clone()).take(3).collect(),
    }
}

/// Whether two texts share two nouns or verbs of some length.
fn shares_words(a: &Text, b: &Text) -> bool {
    const LETTERS_MIN: usize = 5;
    let words = |t: &Text| -> BTreeSet<String> {
        let clauses = parsed(t);
        let long =
            clauses.iter().flat_map(|c| &c.tokens).filter(|w| w.is_word() && w.lower.len() >= LETTERS_MIN);
        long.map(|w| singular(&w.lower)).collect()
    };
    words(a).intersection(&words(b)).count() >= 2
}

fn rule(text: impl Into<String>) -> Text {
    Text::rule(text, "prd/bound")
}

fn case(thing: &Thing, constraint: &Text) -> Acceptance {
    let whole = || Acceptance { given: thing.given(), when: no_trigger(), then: constraint.clone() };
    let Some(taken) = thing.take(constraint).filter(|_| thing.reading.english) else { return whole() };
    measured_by_words(thing, &taken, constraint)
        .or_else(|| reserved(&taken))
        .or_else(|| forbidden(thing, &taken))
        .or_else(|| conditional(thing, &taken))
        .or_else(|| measured_case(thing, &taken, constraint))
        .unwrap_or_else(whole)
}

/// Prices, days, places and connections: what one looks at is in the words.
fn measured_by_words(thing: &Thing, taken: &Taken, statement: &Text) -> Option<Acceptance> {
    let says = |words: &[&str]| taken.clause.says(words);
    let when = if says(OFFLINE) {
        rule("it is used while there is no connection")
    } else if says(PRICE) && (says_number(taken) || says(&["for anything", "for free"])) {
        rule("everything that it costs is added up")
    } else if says(DATED) && says_number(taken) {
        rule("that day has come")
    } else if says(&["licence", "license"]) {
        rule("someone looks for its licence")
    } else if says(&["dependencies", "dependency"]) {
        rule("someone looks at what it needs to run")
    } else {
        let place = placed(taken).filter(|_| says(PLACES))?;
        return Some(Acceptance {
            given: thing.given(),
            when: rule(format!("it is used there: {place}")),
            then: rule("everything else that is asked for works there as well"),
        });
    };
    Some(Acceptance { given: thing.given(), when, then: statement.clone() })
}

/// A statement with a number, but no deed of someone: what it speaks of is measured.
pub(super) fn measured_case(thing: &Thing, taken: &Taken, statement: &Text) -> Option<Acceptance> {
    (taken.parts.deed().is_none() && amounts(taken)).then(|| Acceptance {
        given: thing.given(),
        when: rule(format!("{} is measured", measured(thing, taken))),
        then: statement.clone(),
    })
}

fn says_number(taken: &Taken) -> bool {
    let number = |t: &Token| t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower);
    taken.clause.tokens.iter().any(number)
}

/// "Range must be 60 metres", "under 5 kB", "Limit: 5 plants": the number says how much, not of whom is spoken.
fn amounts(taken: &Taken) -> bool {
    const BEFORE: &[&str] = &[
        "be", "is", "are", "at", "most", "least", "than", "under", "over", "within", "for", "last", "has",
        "have", "to", "of", ":", "max", "below", "above",
    ];
    let tokens = &taken.clause.tokens;
    let number = |t: &Token| t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower);
    (1..tokens.len()).any(|at| number(&tokens[at]) && tokens[at - 1].any(BEFORE))
}

/// What is measured: the subject, or the thing itself.
fn measured(thing: &Thing, taken: &Taken) -> String {
    const THING: &[&str] = &["it", "this", "that", "limit"];
    let first = |s: Span| taken.inside(s).next().is_some_and(|t| t.any(THING));
    taken.parts.subject.filter(|s| !first(*s)).map_or_else(|| thing.name(), |s| taken.words(s))
}

/// Most words of those to whom something is forbidden.
const FORBIDDEN_WORDS_MAX: usize = 6;

/// "Only residents may see items", "nobody may read names", "copies may only be lent to members".
fn reserved(taken: &Taken) -> Option<Acceptance> {
    let tokens = &taken.clause.tokens;
    let first = tokens.first()?;
    let modal = (1..tokens.len()).find(|at| tokens[*at].any(&["may", "can", "should", "must"]))?;
    let after = (modal + 1..tokens.len())
        .find(|at| deed(tokens, *at).is_some() || !tokens[*at].any(&["be", "only", "not"]))?;
    let whole = |from: usize, to: usize| {
        (from < to).then(|| Span::new(tokens[from].span.start, tokens[to - 1].span.end))
    };
    let action = taken.words(whole(after, tokens.len())?);
    let refused = || rule("it is refused, and the reason is said");
    if first.is("only") {
        let allowed = taken.words(whole(1, modal)?);
        return Some(Acceptance {
            given: rule(format!("someone who is not one of {allowed}")),
            when: rule(format!("they try to {action}")),
            then: refused(),
        });
    }
    if first.any(&["nobody", "no"]) && modal <= FORBIDDEN_WORDS_MAX {
        let who = whole(1, modal).map(|rest| taken.words(rest));
        let given = match who {
            Some(rest) if first.is("nobody") => format!("someone {rest}"),
            Some(rest) => format!("any {rest}"),
            None => "anyone, whoever it is".to_owned(),
        };
        return Some(Acceptance {
            given: rule(given),
            when: rule(format!("they try to {action}")),
            then: refused(),
        });
    }
    let only = tokens.get(modal + 1).is_some_and(|t| t.is("only"));
    let towards =
        (after..tokens.len()).rev().find(|at| tokens[*at].any(&["to", "by", "for", "with", "in", "on"]));
    let target = towards.and_then(|at| whole(at + 1, tokens.len()));
    only.then(|| Acceptance {
        given: rule(target.map_or_else(
            || format!("a case other than {action}"),
            |target| format!("something or someone other than {}", taken.words(target)),
        )),
        when: rule(format!(
            "it is tried with {}",
            taken.parts.subject.map_or_else(|| "it".to_owned(), |s| taken.words(s))
        )),
        then: refused(),
    })
}

/// "It must never overwrite a file": a case comes up in which it could.
fn forbidden(thing: &Thing, taken: &Taken) -> Option<Acceptance> {
    let deed = taken.parts.deed().filter(|_| taken.parts.mood == Mood::Forbidden)?;
    let action = deed.action;
    let thing_itself = |s: &Span| !taken.inside(*s).next().is_some_and(|t| t.any(&["it", "this"]));
    let subject = taken.parts.subject.filter(thing_itself);
    let could = if deed.passive {
        let subject = subject.map_or_else(|| "it".to_owned(), |s| taken.words(s));
        format!("a case comes up in which {subject} could be {}", taken.words(action))
    } else if let Some(subject) = subject {
        format!("a case comes up in which {} could {}", taken.words(subject), taken.words(action))
    } else {
        format!("a case comes up in which it could {}", taken.words(action))
    };
    let then = if thing.kind() == ProductKind::Command || thing.kind() == ProductKind::Library {
        "that does not happen, and it says so"
    } else {
        "that does not happen"
    };
    Some(Acceptance { given: thing.given(), when: rule(could), then: rule(then) })
}

/// "… must be deleted within 30 days after they move out".
fn conditional(thing: &Thing, taken: &Taken) -> Option<Acceptance> {
    let condition = taken.parts.condition?;
    Some(Acceptance { given: thing.given(), when: taken.text(condition), then: taken.text(taken.parts.core) })
}

/// "runs on Linux and macOS": what stands after the preposition.
fn placed(taken: &Taken) -> Option<String> {
    let tokens = &taken.clause.tokens;
    let verb = (0..tokens.len()).find(|at| tokens[*at].any(&["runs", "run", "works", "work"]))?;
    let from = tokens.get(verb + 2)?.span.start;
    let end = tokens.last()?.span.end;
    (from < end).then(|| taken.words(Span::new(from, end)))
}
