//! What is done in a clause: the main deed, and those that follow it with the same subject.

use super::{is_number, span};
use crate::composer::lexicon as lex;
use crate::composer::phrases::{DETERMINERS, deed, phrase};
use crate::composer::span::Span;
use crate::composer::words::Token;

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Base form of its verb.
    pub verb: &'static str,
    /// From the verb to the end of this deed: "sends the claim to the carrier by e-mail".
    pub action: Span,
    /// What it is done to, with its determiner.
    pub object: Option<Span>,
    /// Everything of this deed after the verb.
    pub rest: Option<Span>,
    /// Whether the subject suffers it: "every invoice is recorded".
    pub passive: bool,
}

/// Most deeds of one clause that are told apart.
const DEEDS_MAX: usize = 4;
/// Verbs that lead to another: "wants to search", "helps to find".
const LEADING: &[&str] =
    &["want", "need", "wish", "hope", "like", "let", "help", "allow", "enable", "try", "go"];
#[rustfmt::skip]
const MODALS: &[&str] = &[
    "must", "should", "can", "could", "may", "will", "shall", "is", "are", "has", "have", "cannot", "can't", "never",
];

/// Index of the main verb: after a relative clause of the subject, after "wants to" and "can".
pub(super) fn first(tokens: &[Token], from: usize) -> Option<usize> {
    let all: Vec<usize> = (from..tokens.len()).filter(|at| deed(tokens, *at).is_some()).collect();
    let skip = from + after_relative(&tokens[from..]);
    let likes =
        |at: usize| tokens[at].is("like") && at > 0 && tokens[at - 1].any(&["is", "are", "names", "things"]);
    let leads = |at: usize| {
        let leading = deed(tokens, at).is_some_and(|v| LEADING.contains(&v));
        leading
            && tokens.get(at + 1).is_some_and(|t| t.any(&["to", "a", "an"]))
            && all.iter().any(|d| *d > at)
    };
    all.iter().copied().find(|at| *at >= skip && !leads(*at) && !likes(*at))
}

/// "Names that were sent must …": where the main clause goes on after what belongs to its subject.
fn after_relative(tokens: &[Token]) -> usize {
    let Some(found) = phrase(tokens, 0) else { return 0 };
    if !tokens.get(found.end).is_some_and(|t| t.any(&["that", "which", "who"])) {
        return 0;
    }
    let verb = (found.end + 1..tokens.len()).find(|at| deed(tokens, *at).is_some());
    let relative = |at: usize| tokens[at - 1].any(&["that", "which", "who", "what"]);
    let modal = verb.and_then(|v| (v + 1..tokens.len()).find(|at| tokens[*at].any(MODALS) && !relative(*at)));
    modal.map_or(0, |at| at + 1)
}

/// The deed at `main` and those after it with the same subject, in order.
pub(super) fn all(tokens: &[Token], main: usize) -> Vec<Deed> {
    let mut starts = vec![main];
    let tokens = &tokens[..other_subject(tokens, main).unwrap_or(tokens.len())];
    for at in main + 1..tokens.len() {
        if starts.len() < DEEDS_MAX && follows(tokens, main, at) {
            starts.push(at);
        }
    }
    let mut deeds: Vec<Deed> = Vec::new();
    for (index, at) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(tokens.len(), |next| before(tokens, *next));
        deeds.extend(one(tokens, *at, end.max(at + 1)));
    }
    // "approves or rejects the reservation": the object stands with the last.
    for index in (0..deeds.len().saturating_sub(1)).rev() {
        if deeds[index].rest.is_none() {
            deeds[index].object = deeds[index + 1].object;
        }
    }
    deeds
}

/// ", the others steer": where somebody or something else begins to act.
fn other_subject(tokens: &[Token], main: usize) -> Option<usize> {
    const JOINING: &[&str] = &["and", "but", "while", "only"];
    (main + 1..tokens.len()).find(|comma| {
        let mut at = comma + 1;
        while tokens.get(at).is_some_and(|t| t.any(JOINING)) {
            at += 1;
        }
        let found = phrase(tokens, at).filter(|p| tokens[at..p.at].iter().all(|t| !t.any(&["it", "them"])));
        let acts = |p: &crate::composer::phrases::Phrase| {
            let next = tokens.get(p.end);
            next.is_some_and(|t| t.any(MODALS)) || next.is_some() && deed(tokens, p.end).is_some()
        };
        let named = tokens.get(at).is_some_and(|t| t.any(DETERMINERS)) || at > comma + 1;
        tokens[*comma].is(",") && named && found.is_some_and(|p| acts(&p))
    })
}

/// Whether the deed at `at` has the same subject: joined by "and", "or" or a comma, and of the same form.
fn follows(tokens: &[Token], main: usize, at: usize) -> bool {
    let joined = tokens[at - 1].any(&["and", "or", ",", "then"])
        || at >= 2
            && tokens[at - 1].any(&["can", "must", "then", "also"])
            && tokens[at - 2].any(&["and", "or", ","]);
    let form = |t: &Token| (t.lower.ends_with('s'), t.lower.ends_with("ed"), t.lower.ends_with("ing"));
    let alike = form(&tokens[at]) == form(&tokens[main]) || tokens[at - 1].any(&["can", "must"]);
    // "names, addresses or numbers" are nouns: a verb has something after it that is no list.
    let next = tokens.get(at + 1);
    let third = tokens[at].lower.ends_with('s');
    let goes_on = match next {
        None => third || tokens[at - 1].is("or"),
        Some(t) if t.any(&[",", "and", "or", "of"]) => third && !t.is("of"),
        // "props and set pieces": what a bare noun follows may be one itself.
        Some(t) => third || !t.is_word() || t.any(DETERMINERS) || lex::has(lex::FUNCTION_WORDS, &t.lower),
    };
    joined && alike && goes_on && deed(tokens, at).is_some()
}

/// The end of a deed before the next one: without the words that join them.
fn before(tokens: &[Token], next: usize) -> usize {
    let mut end = next;
    while end > 0 && tokens[end - 1].any(&["and", "or", ",", "then", "can", "must", "also"]) {
        end -= 1;
    }
    end
}

fn one(tokens: &[Token], at: usize, end: usize) -> Option<Deed> {
    let inner = &tokens[..end];
    Some(Deed {
        verb: deed(tokens, at)?,
        action: span(inner, at, end)?,
        object: object(inner, at + 1),
        rest: span(inner, at + 1, end),
        passive: is_passive(tokens, at),
    })
}

/// The noun phrase after the verb, with its determiner and what belongs to it by "of".
fn object(tokens: &[Token], at: usize) -> Option<Span> {
    #[rustfmt::skip]
    const NO_OBJECTS: &[&str] = &[
        "off", "up", "out", "in", "by", "with", "without", "to", "for", "from", "on", "at", "into", "that", "what", "who",
        "whether", "how", "when", "if", "where", "which", "between", "within", "over", "through", "only", "about", "halfway",
    ];
    const PRONOUNS: &[&str] = &["it", "them", "him", "her", "us", "me"];
    let first = tokens.get(at)?;
    let mutual = first.is("each") && tokens.get(at + 1).is_some_and(|t| t.is("other"));
    if first.any(PRONOUNS) || mutual {
        return Some(first.span);
    }
    if first.any(NO_OBJECTS) || !first.is_word() && !is_number(first) {
        return None;
    }
    let found = phrase(tokens, at)?;
    let mut end = found.end;
    if tokens.get(end).is_some_and(|t| t.is("of")) {
        end = phrase(tokens, end + 1).map_or(end, |p| p.end);
    }
    // "the protocol first": what says when is no part of it.
    while end > found.at + 1 && lex::has(lex::ADJECTIVES, &tokens[end - 1].lower) {
        end -= 1;
    }
    span(tokens, at, end)
}

/// "is recorded", "must be sent", "are listed".
fn is_passive(tokens: &[Token], verb: usize) -> bool {
    const BEING: &[&str] = &["is", "are", "be", "been", "was", "were", "gets", "get"];
    let word = &tokens[verb].lower;
    let irregular = lex::PARTICIPLES.iter().any(|(base, done)| done == word && base != done);
    let done = word.ends_with("ed") || word.ends_with("en") || irregular;
    done && tokens[verb.saturating_sub(3)..verb].iter().any(|t| t.any(BEING))
}
