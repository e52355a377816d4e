//! Who uses the thing or is affected by it.
//!
//! | rule | what |
//! |---|---|
//! | `actor/person-noun` | nouns for people, with the nouns before them: "workshop manager" |
//! | `actor/listed` | what stands in a list under a heading such as "Users" |
//! | `actor/body` | a company, a school, a theatre, where it does something |
//! | `actor/agent` | a noun in -er or -or made of a verb, or any such noun that can, must or wants something |
//! | `actor/speaker` | "I" or "we", when nobody else is named |

use super::Reading;
use super::cues::{Role, SYSTEM};
use super::inflection::{is_plural, singular, verb};
use super::lexicon as lex;
use super::parts::parts;
use super::phrases::{self, phrase};
use super::product::ProductKind;
use super::segment::Clause;
use super::span::Span;
use super::words::{Token, TokenKind};

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
    let body = lex::has(lex::BODIES, &head) && does(tokens, at + 1);
    let program = before.is_some_and(|t| t.any(PROGRAMS));
    if before.is_some_and(|t| t.is("no")) {
        return false;
    }
    let lead = head == "lead" && before.is_some_and(|t| t.any(&["team", "project", "tech", "group"]));
    if lead {
        return true;
    }
    !program
        && (lex::has(lex::PERSONS, &head) && !after_to && !acts || body || is_agent_noun(tokens, at, &head))
}

/// "HTTP client", "mail agent": programs.
const PROGRAMS: &[&str] = &["http", "api", "rest", "web", "mail", "e-mail", "email", "sql", "user"];

/// Whether what stands here is done by what stands before it: "a theatre lists", "companies or schools rent".
fn does(tokens: &[Token], at: usize) -> bool {
    const MODALS: &[&str] = &["can", "must", "should", "may", "will", "want", "wants", "need", "needs"];
    let Some(token) = tokens.get(at) else { return false };
    let other = || {
        phrase(tokens, at + 1).is_some_and(|p| phrases::deed(tokens, p.end.min(tokens.len() - 1)).is_some())
    };
    token.any(MODALS) || phrases::deed(tokens, at).is_some() || token.any(&["or", "and"]) && other()
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
    const NEVER: &[&str] = &["way", "time", "kind", "sort", "lot", "number", "bit", "case"];
    let token = &tokens[at];
    let known = |list| lex::has(list, &token.lower);
    let team_lead = token.is("team") && tokens.get(at + 1).is_some_and(|t| t.any(&["lead", "leads"]));
    if team_lead || token.any(NEVER) {
        return team_lead;
    }
    // "we chase managers": a word right after a pronoun is a verb, known or not.
    let acts = at > 0 && tokens[at - 1].any(SUBJECTS) || verb(&token.lower).is_some();
    // "the claims team", "our sales department"
    let collective = tokens.get(at + 1).is_some_and(|t| t.any(COLLECTIVES))
        && at > 0
        && tokens[at - 1].any(phrases::DETERMINERS);
    token.kind == TokenKind::Word
        && !known(lex::FUNCTION_WORDS)
        && !known(lex::ADJECTIVES)
        && !known(lex::NUMBER_WORDS)
        && !lex::has(lex::PERSONS, &singular(&token.lower))
        && (!acts || collective)
        && !token.lower.ends_with("'s")
        && !token.lower.ends_with("ly")
        && !SYSTEM.contains(&token.lower.as_str())
}

const COLLECTIVES: &[&str] =
    &["board", "committee", "council", "crew", "department", "group", "staff", "team"];
/// Names for anyone: they tell nothing where somebody else is named.
const ANYONE: &[&str] = &["everybody", "everyone", "person", "people", "somebody", "someone", "user"];

/// All actors of the idea, in order of first mention.
pub fn actors(idea: &str, reading: &Reading) -> Vec<Actor> {
    let mut found: Vec<Actor> = Vec::new();
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        if reading.role(clause) == Role::People {
            found.extend(listed(idea, clause).filter(|a| !knows(&found, a)));
        }
        for m in mentions(&clause.tokens) {
            // A library of code is nobody.
            if reading.product.kind == ProductKind::Library && SYSTEM.contains(&m.head.as_str()) {
                continue;
            }
            let anyone = ANYONE.contains(&m.head.as_str()) && m.modifiers.is_empty();
            // "the way people write" speaks of nobody in particular.
            if anyone && matches!(reading.role(clause), Role::Problem | Role::Goal) {
                continue;
            }
            let span = if anyone { with_relative(clause, &m) } else { m.span };
            let name = span.of(idea).to_owned();
            let actor = Actor { name, span, head: m.head, modifiers: m.modifiers };
            if !knows(&found, &actor) {
                found.push(actor);
            }
        }
    }
    let somebody = |a: &Actor| !ANYONE.contains(&a.head.as_str()) || a.name.contains(' ');
    if found.iter().any(somebody) {
        found.retain(somebody);
    }
    if found.is_empty() {
        found.extend(speaker(idea, reading));
    }
    found.truncate(ACTORS_MAX);
    found
}

/// "people who share a garden": who they are, up to the next mark.
fn with_relative(clause: &Clause, mention: &Mention) -> Span {
    const WORDS_MAX: usize = 8;
    let tokens = &clause.tokens;
    let many = is_plural(&tokens[mention.at].lower);
    if !many || !tokens.get(mention.at + 1).is_some_and(|t| t.any(&["who", "with", "without"])) {
        return mention.span;
    }
    const ENDS: &[&str] = &["so", "because", "can", "must", "should", "will", "may", "and", "is", "are"];
    let end = |t: &Token| !t.is_word() || t.any(ENDS);
    let after = tokens.iter().skip(mention.at + 2);
    let words = after.take_while(|t| !end(t)).take(WORDS_MAX).last();
    words.map_or(mention.span, |t| Span::new(mention.span.start, t.span.end))
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

/// The actor who acts in a clause: named before its first verb, made able ("lets a member …"), or after "by"; where the
/// thing itself or nobody acts, the first one named; "I" and "we" where they speak.
pub fn subject<'a>(actors: &'a [Actor], clause: &Clause) -> Option<&'a Actor> {
    const ENABLING: &[&str] =
        &["lets", "let", "allows", "allow", "helps", "help", "enables", "by", "where", "which", "for"];
    let tokens = &clause.tokens;
    let of = |m: &Mention| {
        let same = |a: &&Actor| a.head == m.head && (m.modifiers.is_empty() || a.modifiers == m.modifiers);
        let anyone = |head: &str| ANYONE.contains(&head);
        let found = actors.iter().find(same).or_else(|| actors.iter().find(|a| a.head == m.head));
        found.or_else(|| actors.iter().find(|a| anyone(&m.head) && anyone(&a.head)))
    };
    let mentions = mentions(tokens);
    // Who acts under a condition is not who acts when it holds.
    let (from, to) = parts(tokens).map_or((0, tokens.len()), |p| p.range);
    let verb = (from..to).find(|at| phrases::deed(tokens, *at).is_some() || tokens[*at].any(MODAL));
    let before = mentions.iter().find(|m| m.at >= from && verb.is_none_or(|v| m.at < v));
    let enabled = |m: &&Mention| {
        let first = m.at - m.modifiers.len();
        (first.saturating_sub(2)..first).any(|at| tokens[at].any(ENABLING))
    };
    let spoken = || {
        let speaks = tokens.iter().take(3).any(|t| t.any(&["i", "we"]));
        actors.iter().find(|a| a.name.len() <= 2).filter(|_| speaks)
    };
    let says = tokens.first().is_some_and(|t| t.any(&["i", "we"]));
    let thing = tokens.iter().take(4).any(|t| SYSTEM.contains(&t.lower.as_str())) || verb.is_none();
    before
        .and_then(of)
        .or_else(|| mentions.iter().find(enabled).and_then(of))
        .or_else(spoken)
        .or_else(|| mentions.first().filter(|_| thing && !says).and_then(of))
}

/// Words that stand before what is done.
const MODAL: &[&str] =
    &["must", "should", "can", "could", "may", "will", "shall", "wants", "want", "needs", "need"];

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
        check("A theatre lists an item. Schools or clubs rent it.", &["theatre", "Schools", "clubs"]);
        check("We keep getting supplier lists. It must not need an HTTP client.", &["We"]);
        check("The claims team sends it, and the person who answers writes.", &["claims team"]);
        check("An app for people who share a garden.", &["people who share a garden"]);
        check("The village has a library.", &[]);
        check("## Users\n\n- Night owls\n- Nurses", &["Night owls", "Nurses"]);
    }
}
