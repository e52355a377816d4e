//! What is to be seen when someone has done something, by the verb; no verb, no guess.

use ideamine_core::Text;

use super::missing::no_result;
use super::taken::Taken;
use crate::composer::Span;
use crate::composer::inflection::{is_plural, participle, singular};
use crate::composer::lexicon as lex;
use crate::composer::parts::Deed;
use crate::composer::words::{Token, TokenKind};

const TELLING: &[&str] =
    &["notify", "remind", "alert", "warn", "message", "inform", "send", "invite", "email"];
#[rustfmt::skip]
const DECIDING: &[&str] = &[
    "accept", "approve", "authorise", "authorize", "confirm", "decide", "decline", "refuse", "reject", "release", "sign",
    "vote",
];
const ENDING: &[&str] = &["cancel", "undo", "withdraw"];
const REMOVING: &[&str] = &["delete", "remove"];
const CHANGING: &[&str] = &["change", "correct", "edit", "rename", "update"];
const SEARCHING: &[&str] = &["filter", "find", "search"];
#[rustfmt::skip]
const LOOKING: &[&str] = &[
    "browse", "check", "display", "look", "monitor", "print", "read", "see", "show", "view", "watch",
];
const PAYING: &[&str] = &["bill", "charge", "invoice", "pay", "refund"];
const MEASURING: &[&str] = &["detect", "measure", "sense", "weigh"];
const SECURING: &[&str] = &["book", "borrow", "claim", "rent", "reserve"];
#[rustfmt::skip]
const KEEPING: &[&str] = &[
    "add", "comment", "create", "describe", "document", "enter", "keep", "list", "log", "note", "offer", "post", "record",
    "register", "report", "request", "save", "store", "submit", "track", "upload", "write",
];
/// Verbs after which nothing in particular is to be seen.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "answer", "belong", "bring", "come", "cost", "get", "give", "go", "have", "help", "hope", "know", "leave", "let",
    "like", "live", "love", "make", "mean", "need", "own", "play", "put", "run", "say", "sleep", "stay", "take", "think",
    "try", "use", "wait", "want", "work",
];

/// What is to be seen once the deed is done.
pub(super) fn outcome(taken: &Taken, deed: &Deed) -> Text {
    let object = taken.object(deed).filter(|o| is_noun(taken, *o));
    let what = object.map_or_else(|| "it".to_owned(), |o| taken.words(o));
    let rest = deed.rest.map(|rest| taken.words(rest));
    let is = |verbs: &[&str]| verbs.contains(&deed.verb);
    let rule = |text: String, rule: &str| Text::rule(text, rule);
    if is(TELLING) {
        let person = object.filter(|o| names_person(taken, *o)).map(|o| taken.words(o));
        let person = person.unwrap_or_else(|| "whoever it is for".to_owned());
        return rule(
            format!("the message reaches {person}, once, and says what it is about"),
            "prd/then-told",
        );
    }
    if is(DECIDING) {
        let about = object.map_or_else(String::new, |o| format!(" about {}", taken.words(o)));
        return rule(format!("the decision{about} stands, with who took it and when"), "prd/then-decided");
    }
    if is(ENDING) {
        return rule(
            format!("{what} no longer counts, and whoever relied on it can see that"),
            "prd/then-gone",
        );
    }
    if is(SEARCHING) {
        let by = rest.map_or_else(String::new, |rest| format!(" ({rest})"));
        return rule(format!("what fits is shown{by}, and nothing else"), "prd/then-found");
    }
    if is(PAYING) {
        let text = "the amount stands with what it was paid for, to the smallest unit of its currency";
        return rule(text.to_owned(), "prd/then-paid");
    }
    if is(MEASURING) {
        return rule("the value is there, with its unit and its moment".to_owned(), "prd/then-measured");
    }
    if let Some(rest) = rest.as_ref().filter(|_| is(LOOKING) && !is_pronoun(taken, deed)) {
        return rule(format!("{rest}: this is shown as it is at that moment"), "prd/then-shown");
    }
    let Some(object) = object.filter(|o| !is_amount(taken, *o)) else { return no_result() };
    if is(SECURING) {
        let done = participle(deed.verb);
        return rule(
            format!("{what} {} {done} by {}, and others can see that", be(taken, object), taken.who()),
            "prd/then-secured",
        );
    }
    if is(KEEPING) && taken.keeps() {
        let entered = deed.rest.and_then(|rest| entered(taken, object, rest)).unwrap_or(what);
        return rule(
            format!("{entered} can be read again as it was entered, also after a restart"),
            "prd/then-kept",
        );
    }
    if is(CHANGING) && taken.keeps() {
        return rule(
            format!("{what} can be read again as changed, also after a restart"),
            "prd/then-changed",
        );
    }
    if is(REMOVING) && taken.keeps() {
        return rule(format!("{what} can no longer be read, also after a restart"), "prd/then-removed");
    }
    if is(LOOKING) && taken.keeps() {
        let (are, each) = if be(taken, object) == "are" { ("are", ", each") } else { ("is", "") };
        let how = if taken.is_record(object) { "as it was entered" } else { "as it is at that moment" };
        return rule(format!("{what} {are} shown{each} {how}"), "prd/then-seen");
    }
    if is(PLAIN) || is(KEEPING) && !taken.keeps() && deed.verb == "keep" {
        return no_result();
    }
    rule(format!("one can see that {what} {} {}", be(taken, object), participle(deed.verb)), "prd/then-done")
}

fn is_pronoun(taken: &Taken, deed: &Deed) -> bool {
    deed.object.is_some() && taken.object(deed).is_none()
}

fn names_person(taken: &Taken, object: Span) -> bool {
    taken.inside(object).any(|t| lex::has(lex::PERSONS, &singular(&t.lower)))
}

/// The object with what is entered of it, without when and where: "an item with a photo", not "bags within a minute".
fn entered(taken: &Taken, object: Span, rest: Span) -> Option<String> {
    #[rustfmt::skip]
    const ENDS: &[&str] = &[
        "in", "within", "before", "after", "at", "by", "until", "afterwards", "on", "during", "so", "every", "between",
    ];
    let outside = |t: &&Token| t.span.start >= object.end && rest.holds(t.span);
    let end = taken.clause.tokens.iter().filter(outside).take_while(|t| !t.any(ENDS)).last();
    let end = end.map_or(object.end, |t| t.span.end);
    (object.start <= rest.start.max(object.start)).then(|| taken.words(Span::new(object.start, end)))
}

/// Whether the object is a thing, not a clause such as "whether they come".
fn is_noun(taken: &Taken, object: Span) -> bool {
    const CLAUSES: &[&str] = &["whether", "what", "how", "who", "that", "which", "if", "where", "when"];
    taken.inside(object).next().is_some_and(|t| !t.any(CLAUSES))
}

/// "8 percent": an amount is no thing that is kept or opened.
fn is_amount(taken: &Taken, object: Span) -> bool {
    let amount = |t: &Token| t.kind == TokenKind::Number || t.any(&["%", "percent", "€", "$", "£"]);
    taken.inside(object).any(amount)
}

/// "is" or "are", by the head of the object.
fn be(taken: &Taken, object: Span) -> &'static str {
    let words: Vec<&Token> = taken.inside(object).collect();
    let head = words.iter().position(|t| t.is("of")).unwrap_or(words.len());
    if head > 0 && is_plural(&words[head - 1].lower) { "are" } else { "is" }
}
