//! Pairs of sentences that cannot both hold. What is missed is better than a false alarm.
//!
//! | rule | what |
//! |---|---|
//! | `contradiction/modality` | the same deed on the same thing is allowed or done in one sentence and forbidden in the other |
//! | `contradiction/count` | the same thing is counted with different numbers: "we have 50 members", "for 80 members" |
//! | `contradiction/kept` | the same thing is kept or deleted after different times |
//! | `contradiction/price` | the thing is free, and it costs something |
//!
//! A sentence with a condition, a limit or an exception contradicts nothing.

use std::collections::BTreeSet;

use super::Reading;
use super::cues::{Role, SYSTEM};
use super::inflection::singular;
use super::lexicon as lex;
use super::parts::{Mood, Parts, parts};
use super::quote::clip;
use super::segment::Clause;
use super::span::Span;
use super::words::Token;

/// Most pairs that are told.
pub const PAIRS_MAX: usize = 4;
/// Most clauses that are compared with each other.
const CLAUSES_MAX: usize = 200;

/// Two sentences that cannot both hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The one that stands first.
    pub first: Span,
    /// The other.
    pub second: Span,
}

impl Pair {
    /// What must be asked.
    pub fn question(&self, idea: &str) -> String {
        format!("Which of the two holds: “{}” or “{}”?", clip(idea, self.first), clip(idea, self.second))
    }
    /// What speaks against it.
    pub fn objection(&self, idea: &str) -> String {
        format!("These cannot both hold: “{}” and “{}”.", clip(idea, self.first), clip(idea, self.second))
    }
}

/// The pairs, in the order of the text.
pub fn contradictions(idea: &str, reading: &Reading) -> Vec<Pair> {
    if !reading.english {
        return Vec::new();
    }
    let stated = |c: &&Clause| {
        !matches!(reading.role(c), Role::Problem | Role::Question | Role::Goal | Role::Exclusion)
            && !c.says(OPEN)
    };
    let clauses: Vec<&Clause> = reading.clauses.iter().filter(stated).take(CLAUSES_MAX).collect();
    let taken: Vec<Taken> = clauses.into_iter().filter_map(|c| Taken::of(idea, reading, c)).collect();
    let mut pairs = Vec::new();
    for (at, a) in taken.iter().enumerate() {
        for b in &taken[at + 1..] {
            if pairs.len() < PAIRS_MAX && (modality(a, b) || counts(a, b) || kept(a, b) || price(a, b)) {
                pairs.push(Pair { first: a.clause.span, second: b.clause.span });
            }
        }
    }
    pairs
}

/// Words of exceptions, of other times and of estimates.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "except", "unless", "only", "otherwise", "but", "first", "later", "today", "currently", "last year", "next year", "each",
    "every", "per", "at most", "at least", "up to", "more than", "less than", "fewer than", "without", "other", "others",
    "another", "again", "twice", "until", "before", "after they", "if", "when", "once",
];

struct Taken<'a> {
    clause: &'a Clause,
    parts: Parts,
    /// Singular nouns and other words that carry meaning.
    words: BTreeSet<String>,
    /// Number and unit, in lower case and singular.
    amounts: Vec<(String, String, usize)>,
}

impl<'a> Taken<'a> {
    fn of(idea: &str, reading: &Reading, clause: &'a Clause) -> Option<Self> {
        let parts = parts(&clause.tokens)?;
        let amounts = reading.quantities.iter().filter(|q| q.clause == clause.span).filter_map(|q| {
            let unit = q.unit?.of(idea).to_lowercase();
            let at = clause.tokens.iter().position(|t| t.span.start == q.value.start)?;
            Some((q.value.of(idea).to_lowercase(), singular(&unit), at))
        });
        let amounts = amounts.collect();
        Some(Self { clause, parts, words: content(&clause.tokens), amounts })
    }
    fn inside(&self, span: Option<Span>) -> BTreeSet<String> {
        let held: Vec<Token> = span.map_or_else(Vec::new, |s| {
            self.clause.tokens.iter().filter(|t| s.holds(t.span)).cloned().collect()
        });
        content(&held)
    }
    fn is_time(&self) -> Option<&(String, String, usize)> {
        const TIMES: &[&str] = &["second", "minute", "hour", "day", "week", "month", "year"];
        self.amounts.iter().find(|(_, unit, _)| TIMES.contains(&unit.as_str()))
    }
}

fn content(tokens: &[Token]) -> BTreeSet<String> {
    let carries = |t: &&Token| t.is_word() && t.lower.len() > 2 && !lex::has(lex::FUNCTION_WORDS, &t.lower);
    tokens.iter().filter(carries).map(|t| singular(&t.lower)).collect()
}

/// "Members may change an entry", "members must never change an entry".
fn modality(a: &Taken, b: &Taken) -> bool {
    let (Some(one), Some(other)) = (a.parts.deed(), b.parts.deed()) else { return false };
    let bounded = |t: &Taken| t.parts.condition.is_some() || t.parts.limit.is_some();
    if a.parts.mood == b.parts.mood || one.verb != other.verb || bounded(a) || bounded(b) {
        return false;
    }
    // Refusing a habit forbids nothing.
    let forbidden = if a.parts.mood == Mood::Forbidden { a } else { b };
    if !forbidden.clause.says(&["must not", "may not", "never", "cannot", "can not", "shall not", "can't"]) {
        return false;
    }
    let thing = |t: &Taken, d: &super::parts::Deed| {
        let place = if d.passive { t.parts.subject } else { d.object };
        let mut words = t.inside(place);
        words.remove("never");
        words
    };
    let (x, y) = (thing(a, one), thing(b, other));
    let who = |t: &Taken, d: &super::parts::Deed| {
        if d.passive { BTreeSet::new() } else { t.inside(t.parts.subject) }
    };
    let (p, q) = (who(a, one), who(b, other));
    // What a deed is done with or for may tell the two apart.
    let rest = |t: &Taken, d: &super::parts::Deed| t.inside(Some(d.action)).len();
    let alike = rest(a, one).abs_diff(rest(b, other)) <= 2;
    !x.is_empty() && x == y && alike && (p.is_empty() || q.is_empty() || p == q)
}

/// "We have 50 members", "the club has 80 members".
fn counts(a: &Taken, b: &Taken) -> bool {
    const COUNTING: &[&str] =
        &["have", "has", "are", "with", "of", "about", "around", "for", "our", "all", "the"];
    const OWNERS: &[&str] =
        &["we", "our", "us", "all", "there", "club", "association", "company", "school", "team", "group"];
    let counted = |t: &Taken| -> Vec<(String, String)> {
        let owned = t.clause.tokens.iter().any(|w| w.any(OWNERS));
        let plain = |(_, unit, at): &&(String, String, usize)| {
            let before = at.checked_sub(1).map(|i| &t.clause.tokens[i]);
            let noun = unit.chars().all(char::is_alphabetic) && unit.len() > 3;
            let people = lex::has(lex::PERSONS, unit);
            noun && people && owned && before.is_some_and(|w| w.any(COUNTING))
        };
        t.amounts.iter().filter(plain).map(|(n, unit, _)| (n.clone(), unit.clone())).collect()
    };
    let (x, y) = (counted(a), counted(b));
    x.iter().any(|(n, unit)| y.iter().any(|(m, other)| unit == other && n != m))
}

/// "Invoices are kept for 10 years", "all invoices are deleted after 24 hours".
fn kept(a: &Taken, b: &Taken) -> bool {
    const KEPT: &[&str] =
        &["kept", "keep", "keeps", "stored", "store", "retained", "delete", "deletes", "deleted", "erased"];
    let (Some(one), Some(other)) = (a.is_time(), b.is_time()) else { return false };
    let told = |t: &Taken| t.clause.says(KEPT);
    let of = |t: &Taken| {
        let deed = t.parts.deed();
        let place = deed.and_then(|d| if d.passive { t.parts.subject } else { d.object });
        t.inside(place)
    };
    let (x, y) = (of(a), of(b));
    told(a) && told(b) && (&one.0, &one.1) != (&other.0, &other.1) && !x.is_empty() && x == y
}

/// "The app is free", "the app costs 3 EUR a month".
fn price(a: &Taken, b: &Taken) -> bool {
    let free = |t: &Taken| {
        let words = t.clause.says(&[
            "is free",
            "are free",
            "for free",
            "free of charge",
            "costs nothing",
            "cost nothing",
        ]);
        words
            && !t.clause.says(&[
                "free for",
                "which are free",
                "are free on",
                "is free on",
                "are free at",
                "is free at",
            ])
    };
    let costs = |t: &Taken| {
        const MONEY: &[&str] =
            &["€", "$", "£", "eur", "euro", "usd", "dollar", "gbp", "pound", "chf", "franc"];
        let sum = |(_, unit, _): &(String, String, usize)| {
            unit.split_whitespace().next().is_some_and(|u| MONEY.contains(&u))
        };
        t.clause.says(&["cost", "costs", "pay", "pays", "price", "fee", "charge*"])
            && t.amounts.iter().any(sum)
    };
    let about = |t: &Taken| t.clause.tokens.iter().any(|w| SYSTEM.contains(&w.lower.as_str()));
    let shared = a
        .words
        .intersection(&b.words)
        .any(|w| !["free", "month", "year", "cost", "pay"].contains(&w.as_str()));
    let pair = free(a) && costs(b) || free(b) && costs(a);
    pair && (shared || about(a) && about(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_both_hold_is_told_and_nothing_else() {
        let check = |idea: &str, expected: usize| {
            let found = contradictions(idea, &Reading::of(idea));
            assert_eq!(found.len(), expected, "{idea}: {found:?}");
        };
        check("An app. The app is free. The app costs 3 EUR a month.", 1);
        check("Members may change an entry. Members must never change an entry.", 1);
        check("Entries can be changed. Entries must never be changed.", 1);
        check("Members may read entries. Guests must not read entries.", 0);
        check("Members may change an entry. Members must not change an entry after they sent it.", 0);
        check("Members may change an entry. Members must never delete an entry.", 0);
        check("Invoices must be kept for 10 years. Invoices are deleted after 24 hours.", 1);
        check("Invoices must be kept for 10 years. Photos are deleted after 24 hours.", 0);
        check("An app for our club. We have 50 members. The club has 80 members.", 1);
        check("An app for our club. We have 50 members. A room holds 20 members.", 0);
        check("Search the items and see which are free. A deposit costs 5 EUR.", 0);
        check("A reminder is sent within 3 days. A report is sent within 5 days.", 0);
    }

    #[test]
    fn both_are_quoted() {
        let idea = "An app. Entries can be changed. Entries must never be changed.";
        let pair = contradictions(idea, &Reading::of(idea))[0];
        assert_eq!(
            pair.question(idea),
            "Which of the two holds: “Entries can be changed” or “Entries must never be changed”?"
        );
    }
}
