//! The condition of a clause: what must be the case, or happen, before the rest does.

use super::{is_number, span};
use crate::composer::lexicon as lex;
use crate::composer::phrases::{DETERMINERS, deed};
use crate::composer::span::Span;
use crate::composer::words::Token;

/// Words with which a condition begins.
const CONDITIONS: &[&str] =
    &["when", "if", "once", "whenever", "unless", "until", "as", "after", "before", "while", "during"];
/// After these, "when" and "if" belong to what is known or asked.
#[rustfmt::skip]
const KNOWING: &[&str] = &[
    "see", "sees", "know", "knows", "ask", "asks", "check", "checks", "tell", "tells", "show", "shows", "say", "says",
    "decide", "decides", "choose", "chooses", "only", "find", "finds", "learn", "learns", "and", "or", "even", "answer",
    "at",
];

/// The condition, and where the core begins and ends.
pub(super) fn condition(tokens: &[Token], begin: usize, end: usize) -> (Option<Span>, usize, usize) {
    let begins = |at: usize| {
        tokens[at].any(CONDITIONS)
            && (!tokens[at].is("as") || tokens.get(at + 1).is_some_and(|t| t.is("soon")))
    };
    let skip = |at: usize| if tokens[at].is("as") { 3 } else { 1 };
    if begin >= end {
        return (None, begin, end);
    }
    if begins(begin) {
        let comma = (begin + 1..end).find(|at| tokens[*at].is(",")).map(|at| (at, at + 1));
        let split = comma.or_else(|| next_subject(tokens, begin, end).map(|at| (at, at)));
        return split
            .map_or((None, begin, end), |(to, from)| (span(tokens, begin + skip(begin), to), from, end));
    }
    let inner = (begin + 2..end).find(|at| {
        let known = tokens[at - 1].any(KNOWING);
        let event =
            !tokens[*at].any(&["before", "after", "until", "during", "while"]) || is_event(tokens, *at, end);
        begins(*at) && !known && event
    });
    let Some(at) = inner else { return (None, begin, end) };
    // "one day before the item is due": the time belongs to the condition.
    let timed = tokens[at].any(&["before", "after"]);
    let first = if timed { back_to_number(tokens, begin, at) } else { at };
    if first <= begin {
        return (None, begin, end);
    }
    let stop = (at..end).find(|i| tokens[*i].is(",")).unwrap_or(end);
    let from = if first < at { first } else { at + skip(at) };
    (span(tokens, from, stop), begin, first)
}

/// "If a sensor fails | the window opens": where what acts next begins, when no comma tells.
fn next_subject(tokens: &[Token], begin: usize, end: usize) -> Option<usize> {
    let deeds: Vec<usize> = (begin + 1..end).filter(|at| deed(tokens, *at).is_some()).collect();
    let second = *deeds.get(1)?;
    let noun = |t: &Token| t.is_word() && !lex::has(lex::FUNCTION_WORDS, &t.lower);
    (deeds[0] + 1..second)
        .rev()
        .find(|at| tokens[*at].any(DETERMINERS) && at + 1 < second && tokens[at + 1..second].iter().all(noun))
}

/// Whether something happens after the word: "before the item is due", not "before 8".
fn is_event(tokens: &[Token], at: usize, end: usize) -> bool {
    const BEING: &[&str] = &["is", "are", "was", "were", "has", "have"];
    let inner = &tokens[at + 1..end];
    let other = inner.first().is_some_and(|t| t.any(CONDITIONS));
    !other
        && (inner.iter().take(6).any(|t| t.any(BEING))
            || (1..inner.len().min(6)).any(|i| deed(inner, i).is_some()))
}

/// "… one day before": the index of the number.
fn back_to_number(tokens: &[Token], begin: usize, at: usize) -> usize {
    let number = (at.saturating_sub(3).max(begin)..at).find(|i| is_number(&tokens[*i]));
    // "within 30 days after": the time belongs to what is done.
    let bound = |i: &usize| *i > 0 && tokens[i - 1].any(&["within", "in", "for", "until"]);
    number.filter(|i| !bound(i)).unwrap_or(at)
}
