//! A clause taken apart: who does what, under which condition, up to which limit, what for.
//!
//! Rule `parts/split`: a condition begins with "when", "if", "once" … and ends at a comma or with the clause; a purpose
//! begins with "so that"; what is left is the deed, with the one who does it before its verb and what it is done to
//! after it. Each part is a place in the clause; nothing is reworded.

use super::lexicon as lex;
use super::phrases::{DETERMINERS, deed, phrase};
use super::span::Span;
use super::words::{Token, TokenKind};

/// Words with which a condition begins.
const CONDITIONS: &[&str] =
    &["when", "if", "once", "whenever", "unless", "until", "as", "after", "before", "while", "during"];
/// After these, "when" and "if" belong to what is known or asked.
#[rustfmt::skip]
const KNOWING: &[&str] = &[
    "see", "sees", "know", "knows", "ask", "asks", "check", "checks", "tell", "tells", "show", "shows", "say", "says",
    "decide", "decides", "choose", "chooses", "only", "find", "finds", "learn", "learns", "and", "or", "even", "answer",
];
/// Words of an upper limit.
#[rustfmt::skip]
const LIMITS: &[&[&str]] = &[
    &["at", "most"], &["up", "to"], &["no", "more", "than"], &["not", "more", "than"], &["no", "longer", "than"],
    &["not", "longer", "than"], &["longer", "than"], &["only", "once"], &["max"], &["maximum"], &["maximum", "of"], &["no", "later", "than"],
    &["less", "than"], &["fewer", "than"], &["under"], &["within"], &["below"], &["only"],
];

/// How firmly a deed is asked for, or that it is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It is done, can be done or must be done.
    Asked,
    /// It must not, may not or never be done.
    Forbidden,
}

/// The parts of a clause; spans are places in the text that was read.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What must be the case first, without its conjunction.
    pub condition: Option<Span>,
    /// The clause without condition and purpose.
    pub core: Span,
    /// Who or what does it.
    pub subject: Option<Span>,
    /// Base form of the first thing that is done.
    pub verb: Option<&'static str>,
    /// What it is done to, up to the end of its phrase.
    pub object: Option<Span>,
    /// Everything after the verb.
    pub rest: Option<Span>,
    /// From the verb on: "see every open reservation".
    pub action: Option<Span>,
    /// An upper limit with its number: "at most 6 repairs a day".
    pub limit: Option<Span>,
    /// What for, without "so that".
    pub purpose: Option<Span>,
    /// Whether what is done to the subject is told: "every invoice is recorded".
    pub passive: bool,
    /// Whether it is forbidden.
    pub mood: Mood,
    /// Index of the core's first token, and one past its last.
    pub range: (usize, usize),
}

/// Takes a clause apart.
pub fn parts(tokens: &[Token]) -> Option<Parts> {
    let end = purpose_at(tokens).unwrap_or(tokens.len());
    let purpose = (end < tokens.len()).then(|| {
        let skip = if tokens.get(end + 1).is_some_and(|t| t.is("that")) { 2 } else { 1 };
        span(tokens, end + skip, tokens.len())
    });
    let (condition, from, to) = condition(tokens, end);
    let core = span(tokens, from, to)?;
    let inner = &tokens[from..to];
    let verb = first_deed(inner);
    let subject = subject(inner, verb.map(|(at, _)| at));
    let object = verb.and_then(|(at, _)| object(inner, at + 1));
    let rest = verb.and_then(|(at, _)| span(inner, at + 1, inner.len()));
    let passive = verb.is_some_and(|(at, _)| is_passive(inner, at));
    Some(Parts {
        condition,
        core,
        subject,
        verb: verb.map(|(_, base)| base),
        object,
        rest,
        action: verb.and_then(|(at, _)| span(inner, at, inner.len())),
        limit: limit(inner),
        purpose: purpose.flatten(),
        passive,
        mood: if is_forbidden(inner) { Mood::Forbidden } else { Mood::Asked },
        range: (from, to),
    })
}

/// The place from one token to before another, without marks at its ends.
fn span(tokens: &[Token], mut from: usize, mut to: usize) -> Option<Span> {
    let mark = |t: &Token| t.any(&[",", ";", ":", "–", "—", "(", ".", "!"]);
    to = to.min(tokens.len());
    while from < to && mark(&tokens[from]) {
        from += 1;
    }
    while to > from && mark(&tokens[to - 1]) {
        to -= 1;
    }
    (from < to).then(|| Span::new(tokens[from].span.start, tokens[to - 1].span.end))
}

/// Where the purpose begins: "so that", "so" with somebody who then can, "in order to".
fn purpose_at(tokens: &[Token]) -> Option<usize> {
    (1..tokens.len()).find(|at| {
        let next = |n: usize| tokens.get(at + n);
        let that = next(1).is_some_and(|t| t.any(&["that", "nobody", "no"]));
        let able = (2..5).any(|n| next(n).is_some_and(|t| t.any(&["can", "may", "don't", "do"])));
        let so = tokens[*at].is("so") && (that || able);
        so || tokens[*at].is("in")
            && next(1).is_some_and(|t| t.is("order"))
            && next(2).is_some_and(|t| t.is("to"))
    })
}

/// The condition, and where the core begins and ends.
fn condition(tokens: &[Token], end: usize) -> (Option<Span>, usize, usize) {
    let begins = |at: usize| {
        tokens[at].any(CONDITIONS)
            && (!tokens[at].is("as") || tokens.get(at + 1).is_some_and(|t| t.is("soon")))
    };
    let skip = |at: usize| if tokens[at].is("as") { 3 } else { 1 };
    if begins(0) {
        let comma = (1..end).find(|at| tokens[*at].is(",")).map(|at| (at, at + 1));
        let split = comma.or_else(|| next_subject(tokens, end).map(|at| (at, at)));
        return split.map_or((None, 0, end), |(to, from)| (span(tokens, skip(0), to), from, end));
    }
    let inner = (2..end).find(|at| {
        let known = tokens[at - 1].any(KNOWING);
        let event =
            !tokens[*at].any(&["before", "after", "until", "during", "while"]) || is_event(tokens, *at, end);
        begins(*at) && !known && event
    });
    let Some(at) = inner else { return (None, 0, end) };
    // "one day before the item is due": the time belongs to the condition.
    let timed = tokens[at].any(&["before", "after"]);
    let first = if timed { back_to_number(tokens, at) } else { at };
    let comma = (at..end).find(|i| tokens[*i].is(","));
    let stop = comma.unwrap_or(end);
    let from = if first < at { first } else { at + skip(at) };
    (span(tokens, from, stop), 0, first)
}

/// "If a sensor fails | the window opens": where what acts next begins, when no comma tells.
fn next_subject(tokens: &[Token], end: usize) -> Option<usize> {
    let deeds: Vec<usize> = (1..end).filter(|at| deed(tokens, *at).is_some()).collect();
    let second = *deeds.get(1)?;
    let noun = |t: &Token| t.is_word() && !lex::has(lex::FUNCTION_WORDS, &t.lower);
    (deeds[0] + 1..second)
        .find(|at| tokens[*at].any(DETERMINERS) && at + 1 < second && tokens[at + 1..second].iter().all(noun))
}

/// Whether something happens after the word: "before the item is due", not "before 8".
fn is_event(tokens: &[Token], at: usize, end: usize) -> bool {
    const BEING: &[&str] = &["is", "are", "was", "were", "has", "have"];
    let inner = &tokens[at + 1..end];
    inner.iter().take(6).any(|t| t.any(BEING)) || (1..inner.len().min(6)).any(|i| deed(inner, i).is_some())
}

/// "… one day before": the index of the number.
fn back_to_number(tokens: &[Token], at: usize) -> usize {
    let number = |t: &Token| t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower);
    (at.saturating_sub(3)..at).find(|i| number(&tokens[*i])).unwrap_or(at)
}

/// The first verb that is a deed, after any "wants to", "can" or "is".
fn first_deed(tokens: &[Token]) -> Option<(usize, &'static str)> {
    const LEADING: &[&str] = &["want", "need", "wish", "hope", "like", "let", "help", "allow", "enable"];
    let deeds = (0..tokens.len()).filter_map(|at| deed(tokens, at).map(|base| (at, base)));
    let all: Vec<(usize, &'static str)> = deeds.collect();
    let leading = |(at, base): &(usize, &str)| {
        LEADING.contains(base) && (at + 1..tokens.len()).any(|i| all.iter().any(|(d, _)| *d == i))
    };
    all.iter().find(|d| !leading(d)).copied()
}

/// What stands before the verb and its modal.
fn subject(tokens: &[Token], verb: Option<usize>) -> Option<Span> {
    #[rustfmt::skip]
    const ENDS: &[&str] = &[
        "must", "should", "can", "could", "may", "will", "shall", "wants", "want", "needs", "need", "has", "have", "is",
        "are", "gets", "lets", "would", "cannot", "can't", "never", "also", "then", "to",
    ];
    let verb = verb.unwrap_or(tokens.len());
    let end = (1..verb).find(|at| tokens[*at].any(ENDS)).unwrap_or(verb);
    (end > 0 && end <= SUBJECT_WORDS_MAX).then(|| span(tokens, 0, end)).flatten()
}

/// Most words of a subject; what is longer is no subject but something that the rules did not understand.
const SUBJECT_WORDS_MAX: usize = 10;

/// The noun phrase after the verb, with its determiner and what belongs to it by "of".
fn object(tokens: &[Token], at: usize) -> Option<Span> {
    let found = phrase(tokens, at)?;
    let between = &tokens[at.min(found.at)..found.at];
    let close = between.iter().all(|t| {
        t.any(DETERMINERS)
            || t.kind == TokenKind::Number
            || lex::has(lex::ADJECTIVES, &t.lower)
            || t.is_word()
    });
    let mut end = found.end;
    if tokens.get(end).is_some_and(|t| t.is("of")) {
        end = phrase(tokens, end + 1).map_or(end, |p| p.end);
    }
    // "rocks and ships" are one object, but not what another verb follows.
    close.then(|| span(tokens, at, end)).flatten()
}

/// "is recorded", "must be sent", "are listed".
fn is_passive(tokens: &[Token], verb: usize) -> bool {
    const BEING: &[&str] = &["is", "are", "be", "been", "was", "were", "gets", "get"];
    let done = tokens[verb].lower.ends_with("ed")
        || tokens[verb].lower.ends_with("en")
        || is_irregular(&tokens[verb]);
    let before = &tokens[verb.saturating_sub(3)..verb];
    done && before.iter().any(|t| t.any(BEING))
}

fn is_irregular(token: &Token) -> bool {
    lex::PARTICIPLES.iter().any(|(base, done)| *done == token.lower && base != done)
}

fn is_forbidden(tokens: &[Token]) -> bool {
    tokens.iter().enumerate().any(|(at, t)| {
        let modal = tokens
            .get(at.wrapping_sub(1))
            .is_some_and(|m| m.any(&["must", "may", "should", "shall", "can", "will", "does", "do", "did"]));
        t.is("never")
            || t.is("not") && modal
            || t.any(&["cannot", "can't", "mustn't", "shouldn't", "won't", "doesn't", "don't"])
    })
}

/// An upper limit with the number and the unit after it.
fn limit(tokens: &[Token]) -> Option<Span> {
    let number =
        |t: &Token| t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower) && !t.is("half");
    let at = |at: usize, words: &[&str]| {
        words.iter().enumerate().all(|(i, w)| tokens.get(at + i).is_some_and(|t| t.is(w)))
    };
    (0..tokens.len()).find_map(|first| {
        let words = LIMITS.iter().find(|words| at(first, words))?;
        let count =
            (first + words.len()..first + words.len() + 2).find(|i| tokens.get(*i).is_some_and(number))?;
        // The number, its unit, and "a day" or "per person" after that.
        let mut end = count + 1;
        while end < tokens.len()
            && end <= count + 2
            && tokens[end].is_word()
            && !lex::has(lex::FUNCTION_WORDS, &tokens[end].lower)
        {
            end += 1;
        }
        if tokens.get(end).is_some_and(|t| t.any(&["a", "per", "each"]))
            && tokens.get(end + 1).is_some_and(Token::is_word)
        {
            end += 2;
        }
        span(tokens, first, end)
    })
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    fn shown(text: &str) -> String {
        let all = tokens(text, Span::new(0, text.len()));
        let parts = parts(&all).unwrap();
        let of = |span: Option<Span>| span.map_or("-", |s| s.of(text));
        let mood = if parts.mood == Mood::Forbidden { " !" } else { "" };
        format!(
            "{} | {} | {}{} | {}{mood}",
            of(parts.condition),
            of(parts.subject),
            if parts.passive { "being " } else { "" },
            parts.verb.unwrap_or("-"),
            of(parts.object)
        )
    }

    #[test]
    fn a_clause_falls_into_condition_subject_verb_and_object() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text), expected, "{text}");
        check("A neighbour can offer an item with a name", "- | A neighbour | offer | an item");
        check(
            "When the temperature falls below 1 °C, the grower must be woken within 2 minutes",
            "the temperature falls below 1 °C | the grower | being wake | -",
        );
        check(
            "The borrower gets a reminder by e-mail one day before the item is due",
            "one day before the item is due | The borrower | get | a reminder",
        );
        check("The conductor wants to search by voices", "- | The conductor | search | -");
        check(
            "The librarian must be able to record every score with title",
            "- | The librarian | record | every score",
        );
        check("It must never overwrite a file", "- | It | overwrite | a file !");
        check("The app shows who is late if nobody answered", "nobody answered | The app | show | -");
        check("If a sensor fails the window opens halfway", "a sensor fails | the window | open | halfway");
        check("Managers see when a tool is due", "- | Managers | see | -");
        check("Every invoice is recorded with supplier and amount", "- | Every invoice | being record | -");
    }

    #[test]
    fn limits_keep_their_unit_and_purposes_stand_apart() {
        let of = |text: &str| {
            let all = tokens(text, Span::new(0, text.len()));
            let parts = parts(&all).unwrap();
            let shown = |span: Option<Span>| span.map_or("-", |s| s.of(text)).to_owned();
            format!("{} | {} | {}", shown(Some(parts.core)), shown(parts.limit), shown(parts.purpose))
        };
        let check = |text: &str, expected: &str| assert_eq!(of(text), expected);
        check(
            "A member books a court for up to 2 hours so that others can play",
            "A member books a court for up to 2 hours | up to 2 hours | others can play",
        );
        check(
            "I do at most 6 repairs a day, within 8 km",
            "I do at most 6 repairs a day, within 8 km | at most 6 repairs a day | -",
        );
        check("It ends with one, so a script can use it", "It ends with one | - | a script can use it");
    }
}
