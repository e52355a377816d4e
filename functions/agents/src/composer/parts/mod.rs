//! A clause taken apart: who does what, under which condition, up to which limit, what for.
//!
//! Rule `parts/split`: a lead-in such as "we need a tool where" is left off; a condition begins with "when", "if", "once" …
//! and ends at a comma or with the clause; a purpose begins with "so that"; what is left is the core: the one who does
//! it, and what is done, one deed after the other. Each part is a place in the clause; nothing is reworded.

mod condition;
mod deeds;

use super::inflection::singular;
use super::lexicon as lex;
use super::phrases::{DETERMINERS, deed, phrase};
use super::span::Span;
use super::words::{Token, TokenKind};

pub use deeds::Deed;

/// Words of an upper limit.
#[rustfmt::skip]
const LIMITS: &[&[&str]] = &[
    &["at", "most"], &["up", "to"], &["no", "more", "than"], &["not", "more", "than"], &["no", "longer", "than"],
    &["not", "longer", "than"], &["longer", "than"], &["only", "once"], &["max"], &["maximum"], &["maximum", "of"],
    &["no", "later", "than"], &["less", "than"], &["fewer", "than"], &["under"], &["within"], &["below"], &["only"],
];

/// Whether a deed is asked for or forbidden.
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
    /// What stands before a colon: "damaged items: …".
    pub label: Option<Span>,
    /// What must be the case first, without its conjunction.
    pub condition: Option<Span>,
    /// The clause without lead-in, condition and purpose.
    pub core: Span,
    /// Who or what does it.
    pub subject: Option<Span>,
    /// What is done, in order.
    pub deeds: Vec<Deed>,
    /// An upper limit with its number: "at most 6 repairs a day".
    pub limit: Option<Span>,
    /// What for, without "so that".
    pub purpose: Option<Span>,
    /// Whether it is forbidden.
    pub mood: Mood,
    /// Index of the core's first token, and one past its last.
    pub range: (usize, usize),
}

impl Parts {
    /// The first thing that is done.
    pub fn deed(&self) -> Option<&Deed> {
        self.deeds.first()
    }
    /// Its verb.
    pub fn verb(&self) -> Option<&'static str> {
        self.deed().map(|d| d.verb)
    }
}

/// Takes a clause apart.
pub fn parts(tokens: &[Token]) -> Option<Parts> {
    let end = purpose_at(tokens).unwrap_or(tokens.len());
    let purpose = (end < tokens.len()).then(|| {
        let skip = if tokens.get(end + 1).is_some_and(|t| t.is("that")) { 2 } else { 1 };
        span(tokens, end + skip, tokens.len())
    });
    let (label, begin) = lead(tokens, end);
    let (condition, from, to) = condition::condition(tokens, begin, end);
    let core = span(tokens, from, to)?;
    let inner = &tokens[from..to];
    let main = deeds::first(&tokens[..to], from);
    Some(Parts {
        label,
        condition,
        core,
        subject: subject(inner, main.map(|at| at - from)),
        deeds: main.map(|at| deeds::all(&tokens[..to], at)).unwrap_or_default(),
        limit: limit(inner),
        purpose: purpose.flatten(),
        mood: if is_forbidden(inner) { Mood::Forbidden } else { Mood::Asked },
        range: (from, to),
    })
}

/// The place from one token to before another, without marks at its ends.
fn span(tokens: &[Token], mut from: usize, mut to: usize) -> Option<Span> {
    let mark = |t: &Token| t.any(&[",", ";", ":", "–", "—", "(", ")", ".", "!"]);
    to = to.min(tokens.len());
    while from < to && mark(&tokens[from]) {
        from += 1;
    }
    let opened = tokens[from..to.max(from)].iter().filter(|t| t.is("(")).count();
    let closed = tokens[from..to.max(from)].iter().filter(|t| t.is(")")).count();
    // "as JSON (`--json`)" ends with its own mark.
    let own = |t: &Token| t.is(")") && opened == closed;
    while to > from && mark(&tokens[to - 1]) && !own(&tokens[to - 1]) {
        to -= 1;
    }
    // A bracket that was opened inside stays closed.
    let opened = tokens.get(from..to)?.iter().any(|t| t.is("("));
    if opened && tokens.get(to).is_some_and(|t| t.is(")")) {
        to += 1;
    }
    (from < to).then(|| Span::new(tokens[from].span.start, tokens[to - 1].span.end))
}

/// What only leads in, and where the clause itself begins: "we need a tool: …", "a page on which …", "it lets a member …".
fn lead(tokens: &[Token], end: usize) -> (Option<Span>, usize) {
    const LEAD_WORDS_MAX: usize = 9;
    let has_deed = |from: usize| (from..end).any(|at| deed(&tokens[from..end], at - from).is_some());
    let near = end.min(LEAD_WORDS_MAX);
    if let Some(colon) = (1..near).find(|at| tokens[*at].is(":")).filter(|at| has_deed(at + 1)) {
        let wants = tokens[..colon].iter().any(|t| t.any(&["want", "need", "needs", "like", "idea", "is"]));
        let before = (0..colon).any(|at| deed(&tokens[..colon], at).is_some());
        if wants || !before || colon <= 3 {
            let label = span(tokens, 0, colon).filter(|_| !wants);
            return (label, colon + 1);
        }
    }
    // "could people just walk in?"
    let asks = tokens.last().is_some_and(|t| t.is("?"));
    if asks && tokens[0].any(&["could", "can", "should", "would", "might"]) {
        return (None, 1);
    }
    if let Some(at) = opening(tokens, end) {
        return (span(tokens, 0, at), at);
    }
    let place = (1..near).find(|at| {
        let which = tokens[*at].is("which") && tokens[at - 1].any(&["on", "in", "with", "through", "by"]);
        tokens[*at].is("where") || which
    });
    let introduced =
        |at: usize| tokens[..at].iter().any(|t| t.any(&["want", "need", "needs", "like", "is", "a", "an"]));
    if let Some(at) = place.filter(|at| introduced(*at) && has_deed(at + 1)) {
        return (None, at + 1);
    }
    let lets = (0..near).find(|at| tokens[*at].any(&["lets", "allows", "enables", "helps"]) && *at <= 4);
    match lets.filter(|at| phrase(tokens, at + 1).is_some() && has_deed(at + 1)) {
        Some(at) => (None, at + 1),
        None => (None, 0),
    }
}

/// "At the handover | both sides note …": when or where, before the subject.
fn opening(tokens: &[Token], end: usize) -> Option<usize> {
    const OPENING: &[&str] = &["at", "in", "on", "after", "during", "from", "by"];
    #[rustfmt::skip]
    const SUBJECTS: &[&str] = &["i", "we", "you", "they", "he", "she", "it", "both", "everyone", "everybody", "nobody"];
    let found = tokens.first().filter(|t| t.any(OPENING)).and_then(|_| phrase(tokens, 1))?;
    let at = found.end + usize::from(tokens.get(found.end).is_some_and(|t| t.is(",")));
    let named = |t: &Token| lex::has(lex::PERSONS, &singular(&t.lower));
    let begins = tokens.get(at).is_some_and(|t| t.any(DETERMINERS) || t.any(SUBJECTS) || named(t));
    let acts = (at + 1..end).any(|i| deed(tokens, i).is_some());
    (begins && acts && at < end).then_some(at)
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

/// Most words of a subject; what is longer is no subject but something that the rules did not understand.
const SUBJECT_WORDS_MAX: usize = 10;

/// What stands before the verb and its modal.
fn subject(tokens: &[Token], verb: Option<usize>) -> Option<Span> {
    #[rustfmt::skip]
    const ENDS: &[&str] = &[
        "must", "should", "can", "could", "may", "might", "will", "shall", "wants", "want", "needs", "need", "has",
        "have", "is", "are", "gets", "lets", "would", "cannot", "can't", "never", "also", "then", "to",
    ];
    let verb = verb.unwrap_or(tokens.len());
    // "names that were sent | must": what belongs to the subject may be a clause of its own.
    let relative = tokens.iter().take(verb).position(|t| t.any(&["that", "which", "who"]));
    let end = (relative.map_or(0, |at| at + 2)..verb).find(|at| tokens[*at].any(ENDS)).unwrap_or(verb);
    (end > 0 && end <= SUBJECT_WORDS_MAX).then(|| span(tokens, 0, end)).flatten()
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

fn is_number(token: &Token) -> bool {
    token.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &token.lower) && !token.is("half")
}

/// An upper limit with the number and the unit after it.
fn limit(tokens: &[Token]) -> Option<Span> {
    let at = |at: usize, words: &[&str]| {
        words.iter().enumerate().all(|(i, w)| tokens.get(at + i).is_some_and(|t| t.is(w)))
    };
    (0..tokens.len()).find_map(|first| {
        let words = LIMITS.iter().find(|words| at(first, words))?;
        let from = first + words.len();
        let count = (from..from + 2).find(|i| tokens.get(*i).is_some_and(is_number))?;
        // The number, its unit, and "a day" or "per person" after that.
        let mut end = count + 1;
        let plain = |t: &Token| t.is_word() && !lex::has(lex::FUNCTION_WORDS, &t.lower);
        while end <= count + 2 && tokens.get(end).is_some_and(plain) {
            end += 1;
        }
        let per = tokens.get(end).is_some_and(|t| t.any(&["a", "per", "each"]));
        if per && tokens.get(end + 1).is_some_and(Token::is_word) {
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
        let deed = |d: &Deed| format!("{}{} {}", if d.passive { "being " } else { "" }, d.verb, of(d.object));
        let deeds: Vec<String> = parts.deeds.iter().map(deed).collect();
        format!("{} | {} | {}{mood}", of(parts.condition), of(parts.subject), deeds.join(" + "))
    }

    #[test]
    fn a_clause_falls_into_condition_subject_and_deeds() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text), expected, "{text}");
        check("A neighbour can offer an item with a name", "- | A neighbour | offer an item");
        check(
            "When the temperature falls below 1 °C, the grower must be woken within 2 minutes",
            "the temperature falls below 1 °C | the grower | being wake -",
        );
        check(
            "The borrower gets a reminder by e-mail one day before the item is due",
            "one day before the item is due | The borrower | get a reminder",
        );
        check("The conductor wants to search by voices", "- | The conductor | search -");
        check(
            "The librarian must be able to record every score with title",
            "- | The librarian | record every score",
        );
        check("It must never overwrite a file", "- | It | overwrite a file !");
        check("The app shows who is late if nobody answered", "nobody answered | The app | show -");
        check("If a sensor fails the window opens halfway", "a sensor fails | the window | open -");
        check("When it rained a lot the app says that nothing is due", "it rained a lot | the app | say -");
        check("Managers see when a tool is due", "- | Managers | see -");
        check("Every invoice is recorded with supplier and amount", "- | Every invoice | being record -");
        check(
            "Names that were sent must not be stored for a day",
            "- | Names that were sent | being store - !",
        );
        check("members book evenings (max 4 people at once)", "- | members | book evenings");
    }

    #[test]
    fn one_does_several_things_and_a_lead_in_is_left_off() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text), expected, "{text}");
        check(
            "The team sees new ones the same day, sends the claim by e-mail and marks it as paid",
            "- | The team | see new ones + send the claim + mark it",
        );
        check(
            "the owner approves or rejects the reservation",
            "- | the owner | approve the reservation + reject the reservation",
        );
        check(
            "A school searches by size, and requests an item for two days",
            "- | A school | search - + request an item",
        );
        check(
            "We need a tool: a worker records each pallet with its carrier",
            "- | a worker | record each pallet",
        );
        check("I want a tool where an employee submits an expense", "- | an employee | submit an expense");
        check("Crumb lets a bakery post what is left", "- | a bakery | post -");
        check("Damaged items: the theatre can keep the deposit", "- | the theatre | keep the deposit");
        check("The board has to approve the protocol first", "- | The board | approve the protocol");
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
