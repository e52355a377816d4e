//! Who uses the thing or is affected by it.
//!
//! | rule | what |
//! |---|---|
//! | `actor/person-noun` | nouns for people, with the nouns before them: "workshop manager" |
//! | `actor/listed` | what stands in a list under a heading such as "Users" |
//! | `actor/agent` | a noun in -er or -or made of a verb, or any such noun that can, must or wants something |
//! | `actor/speaker` | "I" or "we", when nobody else is named |

use super::Reading;
use super::cues::{Role, SYSTEM};
use super::lexicon as lex;
use super::phrases::{self, phrase};
use super::segment::Clause;
use super::span::Span;
use super::words::{Token, TokenKind, is_plural, singular, verb};

/// Most actors that are told apart.
pub const ACTORS_MAX: usize = 12;

/// Someone who is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// As written at the first mention.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Head noun, singular.
    pub head: String,
    /// Nouns before the head.
    pub modifiers: Vec<String>,
}

/// A mention of a person in a clause.
#[derive(Debug, Clone)]
pub struct Mention {
    /// Head noun, singular.
    pub head: String,
    /// Nouns before it.
    pub modifiers: Vec<String>,
    /// Where it stands.
    pub span: Span,
    /// Index of its head's token.
    pub at: usize,
}

/// People mentioned among these tokens.
pub fn mentions(tokens: &[Token]) -> Vec<Mention> {
    let person = |at: usize| is_person(tokens, at).then(|| mention(tokens, at));
    (0..tokens.len()).filter_map(person).collect()
}

fn is_person(tokens: &[Token], at: usize) -> bool {
    let head = singular(&tokens[at].lower);
    if tokens[at].kind != TokenKind::Word || qualifies(tokens, at) {
        return false;
    }
    let acts =
        verb(&tokens[at].lower).is_some() && tokens.get(at + 1).is_some_and(|t| t.any(phrases::DETERMINERS));
    let before = at.checked_sub(1).map(|i| &tokens[i]);
    let after_to = before.is_some_and(|t| t.any(&["to", "can", "must", "should", "will", "may", "not"]));
    lex::has(lex::PERSONS, &head) && !after_to && !acts || is_agent_noun(tokens, at, &head)
}

/// Whether the word only says which: "customer data", "dad jokes".
fn qualifies(tokens: &[Token], at: usize) -> bool {
    let word = &tokens[at].lower;
    let plain = |t: &Token| {
        let known = lex::has(lex::FUNCTION_WORDS, &t.lower) || lex::has(lex::ADJECTIVES, &t.lower);
        t.is_word() && !known && !lex::has(lex::NUMBER_WORDS, &t.lower) && !t.lower.ends_with("ly")
    };
    let Some(next) = tokens.get(at + 1).filter(|t| plain(t)) else { return false };
    let person = lex::has(lex::PERSONS, &singular(&next.lower));
    let acts = phrases::deed(tokens, at + 1).is_some();
    !word.ends_with("'s") && (person || (!is_plural(word) && !acts))
}

/// Nouns in -er and -or that are people: what they are called after is a verb, and they are no known thing.
fn is_agent_noun(tokens: &[Token], at: usize, head: &str) -> bool {
    const MODALS: &[&str] =
        &["can", "must", "should", "want", "wants", "may", "need", "needs", "has", "have", "would"];
    let thing =
        SYSTEM.contains(&head) || lex::has(lex::NOT_PERSONS, head) || lex::has(lex::NOT_ENTITIES, head);
    if thing || head.len() <= 5 {
        return false;
    }
    let stem = head.strip_suffix("er").or_else(|| head.strip_suffix("or"));
    let called_after = stem.is_some_and(|s| verb(s).is_some() || verb(&format!("{s}e")).is_some());
    let ending = ["er", "or", "ist", "ian", "eer", "ee"].iter().any(|e| head.ends_with(e));
    let wants = tokens.get(at + 1).is_some_and(|t| t.any(MODALS));
    let named = at > 0 && tokens[at - 1].any(phrases::DETERMINERS) || is_plural(&tokens[at].lower);
    (called_after && named) || (ending && wants)
}

fn mention(tokens: &[Token], at: usize) -> Mention {
    const MODIFIERS_MAX: usize = 2;
    let mut first = at;
    while first > 0 && at - first < MODIFIERS_MAX && is_modifier(tokens, first - 1) {
        first -= 1;
    }
    let modifiers = tokens[first..at].iter().map(|t| t.lower.clone()).collect();
    let end =
        tokens[at].span.end - if tokens[at].lower.ends_with("'s") { suffix_bytes(&tokens[at]) } else { 0 };
    Mention {
        head: singular(&tokens[at].lower),
        modifiers,
        span: Span::new(tokens[first].span.start, end),
        at,
    }
}

/// Bytes of a possessive ending as written: the apostrophe may be typographic.
fn suffix_bytes(token: &Token) -> usize {
    let written = token.span.end - token.span.start;
    written - (token.lower.len() - 2).min(written)
}

fn is_modifier(tokens: &[Token], at: usize) -> bool {
    const SUBJECTS: &[&str] = &["i", "we", "you", "they", "he", "she", "who", "to", "and", "that"];
    let token = &tokens[at];
    let known = |list| lex::has(list, &token.lower);
    // "we chase managers": a word right after a pronoun is a verb, known or not.
    let acts = at > 0 && tokens[at - 1].any(SUBJECTS) || verb(&token.lower).is_some();
    token.kind == TokenKind::Word
        && !known(lex::FUNCTION_WORDS)
        && !known(lex::ADJECTIVES)
        && !known(lex::NUMBER_WORDS)
        && !lex::has(lex::PERSONS, &singular(&token.lower))
        && !acts
        && !token.lower.ends_with("'s")
        && !token.lower.ends_with("ly")
        && !SYSTEM.contains(&token.lower.as_str())
}

/// All actors of the idea, in order of first mention.
pub fn actors(idea: &str, reading: &Reading) -> Vec<Actor> {
    let mut found: Vec<Actor> = Vec::new();
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        if reading.role(clause) == Role::People {
            found.extend(listed(idea, clause).filter(|a| !knows(&found, a)));
        }
        for m in mentions(&clause.tokens) {
            let name = m.span.of(idea).to_owned();
            let actor = Actor { name, span: m.span, head: m.head, modifiers: m.modifiers };
            if !knows(&found, &actor) {
                found.push(actor);
            }
        }
    }
    if found.is_empty() {
        found.extend(speaker(idea, reading));
    }
    found.truncate(ACTORS_MAX);
    found
}

/// The first noun phrase of a list item under "Users".
fn listed(idea: &str, clause: &Clause) -> Option<Actor> {
    if !clause.item {
        return None;
    }
    let p = phrase(&clause.tokens, 0).filter(|p| p.at == 0 || !p.words.is_empty())?;
    let known_person = !mentions(&clause.tokens).is_empty();
    let modifiers = p.words[..p.words.len() - 1].to_vec();
    (!known_person).then(|| Actor { name: p.span.of(idea).to_owned(), span: p.span, head: p.head, modifiers })
}

/// Two mentions are one actor when the heads agree and the nouns before them do not contradict.
fn knows(found: &[Actor], actor: &Actor) -> bool {
    let same = |a: &Actor| {
        a.head == actor.head
            && (a.modifiers.is_empty()
                || actor.modifiers.is_empty()
                || a.modifiers.last() == actor.modifiers.last())
    };
    found.iter().any(same)
}

fn speaker(idea: &str, reading: &Reading) -> Option<Actor> {
    let mut tokens = reading.clauses.iter().flat_map(|c| &c.tokens);
    let token = tokens.find(|t| t.any(&["i", "we"]))?;
    Some(Actor {
        name: token.span.of(idea).to_owned(),
        span: token.span,
        head: token.lower.clone(),
        modifiers: vec![],
    })
}

/// The actor who acts in a clause: the first one named before its first verb or modal, else the first one named.
pub fn subject<'a>(actors: &'a [Actor], clause: &Clause) -> Option<&'a Actor> {
    let of = |m: &Mention| {
        let same = |a: &&Actor| a.head == m.head && (m.modifiers.is_empty() || a.modifiers == m.modifiers);
        actors.iter().find(same).or_else(|| actors.iter().find(|a| a.head == m.head))
    };
    let first = mentions(&clause.tokens).first().and_then(of);
    let spoken =
        || actors.iter().find(|a| a.name.len() <= 2 && clause.tokens.iter().any(|t| t.lower == a.head));
    first.or_else(spoken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(idea: &str) -> Vec<String> {
        Reading::of(idea).actors.iter().map(|a| a.name.clone()).collect()
    }

    #[test]
    fn people_are_found_by_what_they_are() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(names(idea), expected, "{idea}");
        check(
            "Members borrow tools. The workshop manager repairs them; each member pays.",
            &["Members", "workshop manager"],
        );
        check("A patient’s family can see it.", &["patient", "family"]);
        check("The beekeeper must weigh hives. The tasters can vote.", &["beekeeper", "tasters"]);
        check("I want to sleep.", &["I"]);
        check("The sensor can beep.", &[]);
        check("## Users\n\n- Night owls\n- Nurses", &["Night owls", "Nurses"]);
    }
}
