//! What a clause is about, by cue words: problem, need, constraint, exclusion.
//!
//! | rule | what |
//! |---|---|
//! | `cue/section` | the heading a clause stands under says what it is |
//! | `cue/goal` | what would show success: "we would be happy if", "goal" |
//! | `cue/continued` | a plain sentence after one about today is about today as well, until something is wanted |
//! | `cue/exclusion` | "out of scope", "not in the first version", a clause that begins with "no" |
//! | `cue/problem` | "today", "by hand", "forget", … without a modal of need; milder words only before anything is wanted |
//! | `cue/constraint` | "must not", "only", law, money, dates, platforms, physical limits |
//! | `cue/need` | a modal of need, an ability, a wish, an actor or the system doing something, or a part that is named |
//! | `cue/question` | what ends with a question mark is asked, or wished: "could people …?" |

use super::cue_words as cue;
use super::inflection::verb;
use super::lexicon as lex;
use super::parts::parts;
use super::phrases::{DETERMINERS, phrase};
use super::segment::Clause;
use super::span::Span;
use super::words::{Token, TokenKind};

pub use super::cue_words::SYSTEM;

/// How strongly something is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Nice to have.
    Could,
    /// Wished.
    Should,
    /// Stated plainly.
    Plain,
    /// Demanded.
    Must,
}

/// What a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What is wrong today.
    Problem,
    /// What it must do, and how strongly.
    Need(Strength),
    /// What bounds it.
    Constraint,
    /// What is left out.
    Exclusion,
    /// Who it is for, without a need of its own.
    People,
    /// What is kept, without a need of its own.
    Data,
    /// Another system.
    Integration,
    /// Asked by the author.
    Question,
    /// What would show that it succeeded.
    Goal,
    /// None of these.
    Other,
}

fn section_role(section: &str) -> Option<Role> {
    let exact = match section {
        "why" => Some(Role::Problem),
        "who" => Some(Role::People),
        _ => None,
    };
    let holds = |(words, _): &&(&[&str], Role)| words.iter().any(|word| section.contains(word));
    exact.or_else(|| cue::SECTIONS.iter().find(holds).map(|(_, role)| *role)).filter(|_| !section.is_empty())
}

/// What each clause is, in order.
pub fn roles(clauses: &[Clause], blocks: &[usize], has_actor: &dyn Fn(&Clause) -> bool) -> Vec<Role> {
    let mut roles = Vec::with_capacity(clauses.len());
    let mut today: Option<usize> = None;
    let mut wanted = false;
    let mut sentence: Option<usize> = None;
    for (clause, block) in clauses.iter().zip(blocks) {
        let continued = today == Some(*block) && !clause.item && goes_on(clause);
        let same = |of: Role| roles.last() == Some(&of) && sentence == Some(clause.sentence);
        let role = if continued {
            Role::Problem
        } else if same(Role::Goal) {
            // "We would be happy if half of us used it and nobody had to ask": one sentence, one goal.
            Role::Goal
        } else {
            role(clause, has_actor(clause), wanted)
        };
        sentence = Some(clause.sentence);
        // Only talk of how things are done now goes on; a trouble by itself does not.
        let how = continued || is_today(clause);
        today = (role == Role::Problem && how).then_some(*block);
        // What only says what the thing is does not end the talk of what is wrong.
        wanted |= matches!(role, Role::Need(_) | Role::Constraint | Role::Exclusion) && !describes(clause);
        roles.push(role);
    }
    roles
}

/// Whether a clause after one about today still is: nothing is wanted in it, and the thing is not named.
fn goes_on(clause: &Clause) -> bool {
    let thing = clause.tokens.iter().take(4).any(|t| SYSTEM.contains(&t.lower.as_str()) && !t.is("it"));
    let forced = clause.says(&["have to", "has to", "had to"]) && clause.says(cue::WRONG);
    let other = thing
        || describes(clause)
        || offers(clause)
        || asks(clause)
        || names_a_part(clause)
        || commands(clause);
    let bounded = clause.says(cue::BOUNDED) || clause.says(cue::GOALS);
    (strength(clause).is_none() && !other && !is_exclusion(clause) && !bounded) || forced
}

/// What the clause is by itself; `wanted`: something was asked for before it.
fn role(clause: &Clause, has_actor: bool, wanted: bool) -> Role {
    if clause.norm.trim().is_empty() {
        return Role::Other;
    }
    let section = label(clause).or_else(|| section_role(&clause.section));
    let strength = strength(clause);
    let plain = strength.is_none_or(|s| s == Strength::Plain);
    if is_exclusion(clause) || section == Some(Role::Exclusion) {
        return Role::Exclusion;
    }
    if clause.tokens.first().is_some_and(|t| t.is("later")) {
        return Role::Exclusion;
    }
    // What is not wanted is no feature.
    if clause.says(cue::UNWANTED) && !asks(clause) {
        return Role::Constraint;
    }
    if asks(clause) {
        return asked(clause);
    }
    if clause.says(cue::GOALS) || section == Some(Role::Goal) {
        return Role::Goal;
    }
    if clause.says(cue::TODAY) || (section == Some(Role::Problem) && plain) {
        return Role::Problem;
    }
    let forbidden = forbids(clause);
    if section.is_none() && strength.is_none() && !forbidden && troubles(clause, has_actor, wanted) {
        return Role::Problem;
    }
    let acts = does_something(clause, has_actor);
    let starts_only = clause.tokens.first().is_some_and(|t| t.is("only"));
    let weakly = clause.says(cue::BOUNDED_WEAKLY) && strength.is_none() && !acts;
    if clause.says(cue::BOUNDED)
        || only(clause)
        || forbidden
        || starts_only
        || section == Some(Role::Constraint)
        || weakly
        || is_dated(clause)
    {
        return Role::Constraint;
    }
    if let Some(fixed @ (Role::People | Role::Data | Role::Integration | Role::Question)) = section {
        return fixed;
    }
    if let Some(strength) = strength.filter(|s| *s != Strength::Plain) {
        return Role::Need(strength);
    }
    match section {
        Some(Role::Need(strength)) => Role::Need(strength),
        _ if counts_own(clause) => Role::Other,
        _ if strength.is_some() || acts || names_a_part(clause) => Role::Need(Strength::Plain),
        _ => Role::Other,
    }
}

/// What a few words before a colon announce: "Limit: 5 plants per member".
fn label(clause: &Clause) -> Option<Role> {
    let colon = clause.tokens.iter().take(4).position(|t| t.is(":"))?;
    let words: Vec<&str> = clause.tokens[..colon].iter().map(|t| t.lower.as_str()).collect();
    let announces = |role: &Role| {
        matches!(role, Role::Constraint | Role::Exclusion | Role::Goal | Role::Problem | Role::People)
    };
    section_role(&words.join(" ")).filter(announces)
}

/// "Replace it", "Try it for six weeks": a plain command.
fn commands(clause: &Clause) -> bool {
    let first = clause.tokens.first().filter(|t| t.is_word());
    let base = first.and_then(|t| verb(&t.lower).filter(|base| t.is(base)));
    let object =
        clause.tokens.get(1).is_some_and(|t| t.any(DETERMINERS) || t.kind == TokenKind::Number || t.is(":"));
    base.is_some() && object
}

fn asks(clause: &Clause) -> bool {
    clause.tokens.last().is_some_and(|t| t.is("?"))
}

/// "Could people just walk in?" wishes, "why is it always wrong?" tells what is wrong; anything else is asked.
fn asked(clause: &Clause) -> Role {
    let first = |words: &[&str]| clause.tokens.first().is_some_and(|t| t.any(words));
    if first(&["could", "can", "should", "would", "might"]) {
        Role::Need(Strength::Could)
    } else if first(&["why", "how"]) && (clause.says(cue::WRONG) || clause.says(cue::WRONG_AT_FIRST)) {
        Role::Problem
    } else {
        Role::Question
    }
}

/// Whether it tells what is wrong. Once something is asked for, only the speaker's troubles and people's suffering do.
fn troubles(clause: &Clause, has_actor: bool, wanted: bool) -> bool {
    const TROUBLED: &[&str] =
        &["i", "we", "our", "my", "people", "nobody", "half", "most", "many", "everyone", "everybody"];
    let thing = clause.tokens.iter().take(3).any(|t| SYSTEM.contains(&t.lower.as_str()));
    let speaks = clause.tokens.first().is_some_and(|t| t.any(TROUBLED));
    if wanted {
        let suffers = has_actor && clause.says(cue::WRONG_ALWAYS) && !clause.says(&["when", "if"]);
        return !thing && !offers(clause) && (clause.says(cue::WRONG) && speaks || suffers);
    }
    !thing
        && !describes(clause)
        && [cue::WRONG, cue::WRONG_AT_FIRST, cue::BY_HAND].iter().any(|words| clause.says(words))
}

/// "Seen only by members" bounds; "shows only the new lines" tells what is done.
fn only(clause: &Clause) -> bool {
    let words: Vec<&str> = clause.norm.split_whitespace().collect();
    let bounds = |at: usize| {
        let before = at.checked_sub(1).map(|i| words[i]);
        let after_deed = before.is_some_and(|w| verb(w).is_some_and(|base| w == base || w.ends_with('s')));
        words.get(at + 1).is_some_and(|next| cue::ONLY.contains(&format!("only {next}").as_str()))
            && !after_deed
    };
    (0..words.len()).any(|at| words[at] == "only" && bounds(at))
}

/// "Nobody outside the association may read it".
fn forbids(clause: &Clause) -> bool {
    let nobody = clause.tokens.first().is_some_and(|t| t.any(&["nobody", "no"]));
    nobody && clause.tokens.iter().any(|t| t.any(&["may", "can", "should", "must"]))
}

/// A day or month by which something must be there: "online by 1 March".
fn is_dated(clause: &Clause) -> bool {
    const UNTIL: &[&str] = &["by", "before", "until", "till", "from"];
    let month = |at: usize| {
        let near = |i: usize| clause.tokens.get(i).is_some_and(|t| t.any(cue::MONTHS) && t.capital);
        (at + 1..at + 4).any(near)
    };
    let until = clause.tokens.iter().enumerate().any(|(at, t)| t.any(UNTIL) && month(at));
    until && clause.tokens.iter().take(3).any(|t| SYSTEM.contains(&t.lower.as_str()))
}

/// Whether it says how things are done without the thing, for the alternatives.
pub fn is_today(clause: &Clause) -> bool {
    clause.says(cue::TODAY) || clause.says(cue::BY_HAND)
}

fn is_exclusion(clause: &Clause) -> bool {
    let words: Vec<&Token> = clause.tokens.iter().filter(|t| t.is_word()).collect();
    let adverb = words.first().is_some_and(|t| t.lower.ends_with("ly"));
    // "No company should earn from it" forbids; "no payments" leaves out.
    let forbids = words.iter().any(|t| t.any(&["should", "must", "may", "can"]));
    let no = words.get(usize::from(adverb)).is_some_and(|t| t.is("no"));
    let begins = no && clause.words() <= 14 && !forbids;
    let later = clause.says(cue::FIRST_VERSION) && clause.says(cue::NEGATION);
    let excluded = clause.first(cue::EXCLUDED).is_some_and(|said| !is_reported(clause, said));
    let money = clause.says(&["pay for anything", "want to pay"]);
    excluded && !money
        || later
        || (begins && !clause.says(&["no one", "nobody", "no dependencies", "no idea"]))
}

/// Whether what is said stands inside what someone says or asks: "it says that watering is not needed".
fn is_reported(clause: &Clause, said: &str) -> bool {
    let before = clause.norm.find(said).map_or("", |at| &clause.norm[..at]);
    before.split(' ').any(|word| cue::REPORTED.contains(&word))
}

/// How strongly the clause asks for something, if it does.
pub fn strength(clause: &Clause) -> Option<Strength> {
    // What something is for asks for nothing: "so you don't have to".
    let purpose = parts(&clause.tokens).and_then(|p| Some((p.range, p.purpose?)));
    if let Some(((from, to), _)) = purpose.filter(|((from, to), _)| from < to && *to < clause.tokens.len()) {
        let words =
            clause.tokens[..to].iter().filter(|t| t.kind != TokenKind::Mark).map(|t| t.lower.as_str());
        let norm = format!(" {} ", words.collect::<Vec<_>>().join(" "));
        let core = Clause { norm, tokens: clause.tokens[..to].to_vec(), ..clause.clone() };
        let plain = clause.says(&["so that"]).then_some(Strength::Plain);
        return stated(&core).or(plain).filter(|_| from < to);
    }
    stated(clause)
}

fn stated(clause: &Clause) -> Option<Strength> {
    let cues = [
        (cue::COULD, Strength::Could),
        (cue::MUST, Strength::Must),
        (cue::SHOULD, Strength::Should),
        (cue::ABLE, Strength::Plain),
    ];
    let said = cues.into_iter().find(|(words, _)| clause.says(words)).map(|(_, strength)| strength);
    said.filter(|s| matches!(s, Strength::Could | Strength::Must)).or_else(|| needs(clause)).or(said)
}

/// "We need a list" demands; "a light need" is a noun.
fn needs(clause: &Clause) -> Option<Strength> {
    let tokens = &clause.tokens;
    let verbal = |at: usize| {
        let before = at.checked_sub(1).map(|i| &tokens[i]);
        let noun = before.is_some_and(|t| t.any(DETERMINERS) || lex::has(lex::ADJECTIVES, &t.lower));
        let goes_on = tokens.get(at + 1).is_some_and(Token::is_word);
        // "guests say whether they need a bed" asks for something else.
        let asked = tokens[..at].iter().any(|t| t.any(&["whether", "if", "what", "who", "when"]));
        tokens[at].any(&["need", "needs"]) && !noun && !asked && goes_on
    };
    (0..tokens.len()).any(verbal).then_some(Strength::Must)
}

/// An actor, the system or a bare verb does something.
fn does_something(clause: &Clause, has_actor: bool) -> bool {
    let tokens = &clause.tokens;
    let words: Vec<&str> = tokens.iter().filter(|t| t.is_word()).map(|t| t.lower.as_str()).collect();
    let first = |list: &[&str]| words.first().is_some_and(|w| list.contains(w));
    let acts = words.iter().skip(1).any(|w| verb(w).is_some());
    let stated = words.first().is_some_and(|w| {
        verb(w).is_some_and(|v| v == *w && clause.item) || w.ends_with('s') && verb(w).is_some()
    });
    let third = words.len() >= 2 && stated;
    let command = third || commands(clause);
    let system = words.iter().take(4).any(|w| SYSTEM.contains(w));
    // "They log each visit" asks; "we run a gym" tells who speaks.
    let spoken = first(&["they", "he", "she", "you", "everyone", "everybody", "both", "others"])
        && tokens.iter().filter(|t| t.is_word()).skip(1).take(2).any(is_present);
    let us = words.get(1..3).is_some_and(|w| w == ["of", "us"] || w == ["of", "our"]);
    let speaker = (first(&["i", "we", "our", "my"]) || us) && !system;
    let core = parts(tokens).map_or(tokens.as_slice(), |p| &tokens[p.range.0..p.range.1]);
    let states = subject(core).is_some_and(|end| predicate(core, end)) || tells(tokens) && !speaker;
    (acts && (has_actor && !speaker || system))
        || spoken
        || command
        || states
        || describes(clause)
        || offers(clause)
}

/// Whether a subject of its own does something now: "the window opens halfway".
fn tells(tokens: &[Token]) -> bool {
    parts(tokens).is_some_and(|p| {
        let acts = |at: Span| tokens.iter().any(|t| t.span.start == at.start && is_present(t));
        p.subject.is_some() && p.deed().is_some_and(|d| acts(d.action))
    })
}

fn is_present(token: &Token) -> bool {
    verb(&token.lower).is_some() && !token.lower.ends_with("ed") && !token.lower.ends_with("ing")
}

/// Where the subject ends: a noun phrase with what belongs to it ("files without a date", "ships that hit a rock").
fn subject(tokens: &[Token]) -> Option<usize> {
    const JOINED: &[&str] =
        &["of", "for", "with", "without", "from", "in", "on", "at", "by", "under", "over", "between", "per"];
    let mut end = phrase(tokens, 0)?.end;
    while tokens.get(end).is_some_and(|t| t.any(JOINED)) {
        // "of the same second get a number": adjectives may stand for a noun.
        let next = || (end + 2..tokens.len().min(end + 6)).find(|at| is_present(&tokens[*at]));
        end = phrase(tokens, end + 1).map(|p| p.end).or_else(next)?;
    }
    if tokens.get(end).is_some_and(|t| t.any(&["that", "which", "who"])) {
        let verbs = (end + 1..tokens.len()).filter(|at| is_present(&tokens[*at]));
        end = verbs.into_iter().nth(1)?;
    }
    Some(end)
}

/// "The pot waters the plant", "every flight is logged": what a noun phrase does, or what is done with it.
fn predicate(tokens: &[Token], mut at: usize) -> bool {
    while tokens
        .get(at)
        .is_some_and(|t| t.any(&["then", "also", "always", "still", "only"]) || t.lower.ends_with("ly"))
    {
        at += 1;
    }
    let passive = tokens.get(at).is_some_and(|t| t.any(&["is", "are", "gets"]));
    let done = |t: &Token| verb(&t.lower).is_some() && !is_present(t);
    let known = |t: &Token| verb(&t.lower).is_some() && !t.lower.ends_with("ing");
    tokens.get(at).is_some_and(is_present)
        || passive && tokens.get(at + 1).is_some_and(|t| done(t) || known(t) && !t.lower.ends_with('s'))
}

/// "A toaster that tells jokes", "an app to share recipes", "a crate for retrying requests", "X is a place where …".
fn describes(clause: &Clause) -> bool {
    let tokens = &clause.tokens;
    let is = (1..tokens.len().min(6))
        .find(|at| tokens[*at].any(&["is"]) && tokens.get(at + 1).is_some_and(|t| t.any(&["a", "an"])));
    let from = is.map_or(0, |at| at + 1);
    let Some(thing) = phrase(tokens, from) else { return false };
    let near = |at: usize| tokens.iter().skip(at + 1).take(3).any(|t| verb(&t.lower).is_some());
    (thing.end..tokens.len().min(thing.end + 5)).any(|at| {
        let joined = tokens[at].any(&["that", "which", "to", "where"]) && near(at);
        let gerund = tokens[at].is("for")
            && tokens.get(at + 1).is_some_and(|t| t.lower.ends_with("ing") && verb(&t.lower).is_some());
        (joined && (at == thing.end || tokens[thing.end].any(&["with", "for"]))) || gerund
    })
}

/// "I keep 14 hives", "every month we get around 900 invoices": how many the speaker has to do with asks for nothing.
fn counts_own(clause: &Clause) -> bool {
    const AROUND: &[&str] = &["about", "around", "some", "roughly", "nearly", "almost", "over", "between"];
    let tokens = &clause.tokens;
    let number =
        |t: &Token| t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower) && !t.is("one");
    let speaker = (0..tokens.len().min(5)).find(|at| tokens[*at].any(&["i", "we"]));
    let Some(at) = speaker.filter(|_| strength(clause).is_none()) else { return false };
    let deed = tokens
        .get(at + 1)
        .is_some_and(|t| verb(&t.lower).is_some() || t.any(&["have", "get", "own", "are", "run"]));
    let skip = usize::from(tokens.get(at + 2).is_some_and(|t| t.any(AROUND)));
    deed && tokens.get(at + 2 + skip).is_some_and(number)
}

/// "I come to people's homes", "we deliver on Fridays": what the speaker offers to do.
fn offers(clause: &Clause) -> bool {
    let speaker = clause.tokens.first().is_some_and(|t| t.any(&["i", "we"]));
    let mut after = clause.tokens.iter().skip(1).filter(|t| t.is_word()).take(2);
    speaker && after.any(|t| verb(&t.lower).is_some_and(|v| cue::OFFERING.contains(&v)))
}

/// "Reminders for unpaid fees": a part that is asked for by naming it, without a verb.
fn names_a_part(clause: &Clause) -> bool {
    let also = usize::from(clause.tokens.first().is_some_and(|t| t.any(&["also", "plus", "and"])));
    let named = phrase(&clause.tokens, also)
        .is_some_and(|p| cue::PARTS.contains(&p.head.as_str()) && p.at <= also + 3);
    if clause.says(&["exit code", "exit status"]) {
        return true;
    }
    named && !clause.tokens.iter().any(|t| t.any(&["is", "are", "was", "were"]))
}

#[cfg(test)]
mod tests {
    use super::super::segment::segment;
    use super::super::source::Source;
    use super::*;

    fn of(idea: &str) -> Role {
        let (_, clauses) = segment(idea, &Source::of(idea));
        *roles(&clauses, &vec![0; clauses.len()], &|_| false).last().unwrap()
    }

    #[test]
    fn cue_words_decide() {
        let check = |idea: &str, expected: Role| assert_eq!(of(idea), expected, "{idea}");
        check("Today we write it on paper.", Role::Problem);
        check("Customers forget to collect their shoes.", Role::Problem);
        check("The app must remind them.", Role::Need(Strength::Must));
        check("Parents want to see the plan.", Role::Need(Strength::Should));
        check("It could also sing.", Role::Need(Strength::Could));
        check("The pot waters the plant.", Role::Need(Strength::Plain));
        check("No payments in the first version.", Role::Exclusion);
        check("Payments are out of scope.", Role::Exclusion);
        check("Photos must never leave the shop.", Role::Constraint);
        check("It has to work offline.", Role::Constraint);
        check("Green is a colour.", Role::Other);
        check("Today we queue. The list is on the wall.", Role::Problem);
        check("Today we queue. The app keeps the list.", Role::Need(Strength::Plain));
        check("We would be happy if half of us used it.", Role::Goal);
        check("Nobody may read it.", Role::Constraint);
        check("## Not included\n\n- Payments", Role::Exclusion);
        check("## Features\n\n- Sorting by colour", Role::Need(Strength::Plain));
        check("## Problem\n\nThe shelf is full.", Role::Problem);
        check("I have many photos and I never find anything.", Role::Problem);
        check("The app sorts photos. It must never overwrite a file.", Role::Constraint);
        check("When it rained the app says that watering is not needed.", Role::Need(Strength::Plain));
        check("We are nine families and we don't want to pay for anything.", Role::Constraint);
        check("Files without a date are listed and left alone.", Role::Need(Strength::Plain));
        check("Reminders at seven in the evening.", Role::Need(Strength::Plain));
        check("Could people just tap the door?", Role::Need(Strength::Could));
        check("Who would pay for that?", Role::Question);
        check("It has to be online by 1 March.", Role::Constraint);
        check("I come to people's homes and fix their bikes.", Role::Need(Strength::Plain));
        check("A crate for retrying requests.", Role::Need(Strength::Plain));
        check(
            "We lose two hours every Friday. Replace it: each of us writes five lines.",
            Role::Need(Strength::Plain),
        );
        check("Limit: 5 plants per member.", Role::Constraint);
        check("Each plant has a photo and a light need.", Role::Other);
        check("A tool that compares files and shows only the new lines.", Role::Need(Strength::Plain));
        check("Pictures are seen only by members.", Role::Constraint);
        check("An umbrella that complains so you don't have to.", Role::Need(Strength::Plain));
        check("A round lasts five minutes.", Role::Need(Strength::Plain));
        check("Two photos of the same second get a number at the end.", Role::Need(Strength::Plain));
        check("It waters. If a sensor fails the window opens halfway.", Role::Need(Strength::Plain));
        check("No company should earn from our data.", Role::Constraint);
        check("People are fed up with the queue.", Role::Problem);
        check("A tool that reads dates. Our scripts break on every second mail.", Role::Problem);
        check("I keep 14 hives on a slope.", Role::Other);
        check("Every month we get around 900 PDF invoices.", Role::Other);
        check("We do not want to pay anything from the program.", Role::Constraint);
        check("We must record 3 visits a week.", Role::Need(Strength::Must));
        check("no idea what it costs but she can pay 50 a month", Role::Constraint);
    }
}
