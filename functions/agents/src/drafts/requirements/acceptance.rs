//! Given, when and then of a need, out of the parts of its sentence.
//!
//! | the sentence | given | when | then |
//! |---|---|---|---|
//! | a condition, and what happens then | the thing is there | the condition | what happens |
//! | a condition, and what someone does then | the condition | what they do | what comes of it |
//! | what someone does | who uses the thing | what they do, one case for each deed | what comes of it |
//! | what the thing does | the thing is there | what starts it, if its sort says so | what it does |
//! | what is done with something | the thing is there | missing: nobody is said to do it | what is done |
//! | a named part, such as a report | the thing is there | someone asks for it | it is there |
//! | a measure | the thing is there | it is measured | the sentence |
//!
//! What comes of a deed follows from its verb (`outcome`). A limit that is stated ("at most 6 a day") is a case of its
//! own. A part that the sentence does not have is missing, and asked for.

use ideamine_core::Text;
use ideamine_core::artifacts::{Acceptance, Need};

use super::bounds;
use super::missing::{no_result, no_trigger};
use super::outcome::outcome;
use super::taken::{Taken, Thing};
use crate::composer::parts::Deed;
use crate::composer::product::ProductKind;
use crate::shape::clip;

/// Verbs with which someone only gets something: something else starts it.
const RECEIVING: &[&str] = &["get", "receive", "have", "hear", "become", "learn", "notice"];
/// Verbs that ask for a thing by naming it.
const WANTING: &[&str] = &["want", "need", "wish"];
/// Verbs of showing: someone looks, and that starts it.
const SHOWING: &[&str] = &["show", "display", "list", "print", "say", "tell", "count", "compare"];
/// Parts that are shown when someone asks for them.
#[rustfmt::skip]
const SHOWN: &[&str] = &[
    "list", "lists", "overview", "report", "reports", "history", "statistics", "summary", "timeline", "chart", "map",
    "calendar", "dashboard", "comparison",
];

/// How one can tell that a need is met; never empty.
pub(super) fn cases(thing: &Thing, need: &Need) -> Vec<Acceptance> {
    let Some(taken) = thing.take(&need.statement).filter(|_| thing.reading.english) else {
        return vec![Acceptance { given: thing.given(), when: no_trigger(), then: no_result() }];
    };
    let mut cases = of_person(thing, &taken).unwrap_or_else(|| of_thing(thing, &taken, need));
    cases.extend(limit(&taken));
    cases
}

/// What someone does: a case for each deed. A condition at the end belongs to the last one.
fn of_person(thing: &Thing, taken: &Taken) -> Option<Vec<Acceptance>> {
    let parts = &taken.parts;
    let last = parts.deeds.last()?;
    parts.deed().filter(|d| !d.passive && !RECEIVING.contains(&d.verb) && taken.person_acts())?;
    let case = |deed: &Deed| {
        // "Managers want a monthly report": they ask, and it is there.
        if let Some(wanted) = deed.rest.filter(|_| WANTING.contains(&deed.verb) && !taken.speaks()) {
            let when = Text::rule(format!("{} for it", taken.who_does("asks", "ask")), "prd/when");
            return Acceptance { given: given(thing, taken), when, then: taken.text(wanted) };
        }
        let own = parts.condition.filter(|c| c.start < parts.core.start || deed == last);
        let given = own.or(parts.label).map_or_else(|| given(thing, taken), |span| taken.text(span));
        let when = if parts.deeds.len() == 1 { parts.core } else { deed.action };
        Acceptance { given, when: taken.text(when), then: outcome(taken, deed) }
    };
    Some(parts.deeds.iter().map(case).collect())
}

/// Who is there before they act.
fn given(thing: &Thing, taken: &Taken) -> Text {
    match thing.kind() {
        ProductKind::Page | ProductKind::Interface | ProductKind::Open if !taken.speaks() => {
            Text::rule(format!("{} {}", taken.who_does("uses", "use"), thing.name()), "prd/given")
        }
        _ => thing.given(),
    }
}

/// What the thing does, is or shows.
fn of_thing(thing: &Thing, taken: &Taken, need: &Need) -> Vec<Acceptance> {
    let parts = &taken.parts;
    let core = taken.text(parts.core);
    let acts = parts.deed().is_some_and(|d| !d.passive) && !taken.person_acts();
    let situation = parts.label.map_or_else(|| thing.given(), |label| taken.text(label));
    let case = |when: Text, then: Text| Acceptance { given: situation.clone(), when, then };
    if acts && parts.deeds.len() > 1 {
        let last = parts.deeds.last();
        let of = |deed: &Deed| {
            let own = parts.condition.filter(|c| c.start < parts.core.start || Some(deed) == last);
            case(own.map_or_else(|| trigger(thing, deed), |c| taken.text(c)), taken.text(deed.action))
        };
        return parts.deeds.iter().map(of).collect();
    }
    if let Some(condition) = parts.condition {
        return vec![case(taken.text(condition), core)];
    }
    if taken.clause.tokens.iter().take(3).any(|t| t.any(SHOWN)) && !has_predicate(taken) {
        let when = Text::rule(format!("someone asks for “{}”", clip(&need.statement)), "prd/when");
        let then = Text::rule("it is there, as things stand at that moment", "prd/then-shown");
        return vec![case(when, then)];
    }
    if let Some(deed) = parts.deed() {
        let then = if acts && describes(taken) { taken.text(deed.action) } else { core };
        return vec![case(trigger(thing, deed), then)];
    }
    if let Some(measured) = bounds::measured_case(thing, taken, &need.statement) {
        return vec![measured];
    }
    let called = thing.kind().is_called() && taken.clause.words() >= WORDS_MIN;
    let told = called || has_deed_of_being(taken) || taken.clause.says(TOLD);
    let when = if called { called_by(thing) } else { no_trigger() };
    vec![case(when, if told { core } else { no_result() })]
}

/// Fewest words of a sentence that says what is to be seen.
const WORDS_MIN: usize = 3;
/// Messages that are asked for by naming them: that they arrive can be seen.
const TOLD: &[&str] =
    &["reminder*", "notification*", "alert*", "alarm*", "message*", "newsletter*", "warning*"];

/// "A tool that renames photos": the deed belongs to the thing, and its subject is a description.
fn describes(taken: &Taken) -> bool {
    taken.parts.subject.is_some_and(|s| taken.inside(s).any(|t| t.any(&["that", "which", "where", "for"])))
}

/// What starts what the thing does: being called or looked at; of anything else nothing is known.
fn trigger(thing: &Thing, deed: &Deed) -> Text {
    match thing.kind() {
        ProductKind::Library | ProductKind::Command => called_by(thing),
        ProductKind::Interface if !deed.passive => {
            Text::rule(format!("a program asks {} for this", thing.name()), "prd/when")
        }
        ProductKind::Page if SHOWING.contains(&deed.verb) && !deed.passive => {
            Text::rule(format!("someone looks at {}", thing.name()), "prd/when")
        }
        _ => no_trigger(),
    }
}

/// A library is called by programs, a command by people.
fn called_by(thing: &Thing) -> Text {
    let text = match thing.kind() {
        ProductKind::Library => format!("a program calls {} for this", thing.name()),
        _ => format!("someone runs {}", thing.name()),
    };
    Text::rule(text, "prd/when")
}

fn has_predicate(taken: &Taken) -> bool {
    #[rustfmt::skip]
    const BEING: &[&str] = &[
        "is", "are", "be", "has", "have", "must", "should", "can", "will", "cannot", "could", "may",
    ];
    taken.clause.tokens.iter().any(|t| t.any(BEING))
}

/// "get a number", "has a card": something that can be seen, though no rule knows a deed in it.
fn has_deed_of_being(taken: &Taken) -> bool {
    taken.clause.tokens.iter().any(|t| t.any(&["get", "gets", "has", "have", "returns", "becomes"]))
}

/// The case of a stated limit: what goes beyond it is refused.
fn limit(taken: &Taken) -> Option<Acceptance> {
    #[rustfmt::skip]
    const UPPER: &[&str] = &[
        "at most", "up to", "no more than", "not more than", "max", "maximum", "no longer than", "not longer than",
        "only once",
    ];
    let limit = taken.parts.limit.filter(|_| taken.person_acts() && taken.clause.says(UPPER))?;
    let words = taken.words(limit);
    let rule = |text: String| Text::rule(text, "prd/limit");
    Some(Acceptance {
        given: rule(format!("the limit {words} is reached")),
        when: rule("more than that is asked for".to_owned()),
        then: rule("it is refused, and the reason is said".to_owned()),
    })
}
