//! What a clause is about, by cue words: problem, need, constraint, exclusion.
//!
//! | rule | what |
//! |---|---|
//! | `cue/section` | the heading a clause stands under says what it is |
//! | `cue/goal` | what would show success: "we would be happy if", "goal" |
//! | `cue/continued` | a plain sentence after one about today is about today as well, until something is wanted |
//! | `cue/exclusion` | "out of scope", "not in the first version", a clause that begins with "no" |
//! | `cue/constraint` | "must not", "only", law, money, dates, platforms, physical limits |
//! | `cue/problem` | "today", "by hand", "forget", … without a modal of need |
//! | `cue/need` | a modal of need, an ability, a wish, or an actor or the system doing something |

use super::phrases::phrase;
use super::segment::Clause;
use super::words::{Token, verb};

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

/// What a heading announces, by words that it holds; the first line that fits decides.
#[rustfmt::skip]
const SECTIONS: &[(&[&str], Role)] = &[
    (&["out of scope", "not in", "non-goal", "non goal", "exclu", "won't", "not include", "later", "not now",
        "not yet", "leave out", "left out"], Role::Exclusion),
    (&["problem", "today", "background", "pain", "motivation", "current situation", "why we", "why this"],
        Role::Problem),
    (&["success", "metrics"], Role::Goal),
    (&["constraint", "limit", "legal", "budget", "deadline", "timeline", "boundar", "condition", "rules"],
        Role::Constraint),
    (&["integration", "interfaces", "works with", "connects"], Role::Integration),
    (&["question", "unclear"], Role::Question),
    (&["data", "records", "entities", "entity", "information kept", "fields"], Role::Data),
    (&["actors", "users", "who ", "people", "roles", "audience"], Role::People),
    (&["nice to have", "could", "optional"], Role::Need(Strength::Could)),
    (&["should", "wish"], Role::Need(Strength::Should)),
    (&["must", "need", "feature", "requirement", "what it does", "how it works", "flow", "goal", "stories",
        "use case", "function"], Role::Need(Strength::Plain)),
];

fn section_role(section: &str) -> Option<Role> {
    let exact = match section {
        "why" => Some(Role::Problem),
        "who" => Some(Role::People),
        _ => None,
    };
    let holds = |(words, _): &&(&[&str], Role)| words.iter().any(|word| section.contains(word));
    exact.or_else(|| SECTIONS.iter().find(holds).map(|(_, role)| *role)).filter(|_| !section.is_empty())
}

#[rustfmt::skip]
const EXCLUDED: &[&str] = &[
    "out of scope", "not part of", "not needed", "don't need", "do not need", "doesn't need", "don't want",
    "do not want", "won't need", "will not be part", "not include", "not included", "no need", "not now", "leave out",
    "left out", "can wait", "later version", "not yet", "not planned", "isn't needed", "not required",
    "not in the first", "not for now", "not necessary", "no plans", "comes later", "come later",
];
const FIRST_VERSION: &[&str] =
    &["first version", "first release", "version one", "v1", "mvp", "at first", "to begin with"];
const NEGATION: &[&str] = &["no", "not", "without", "won't", "neither"];
#[rustfmt::skip]
const BOUNDED: &[&str] = &[
    "must not", "may not", "must never", "should not", "shall not", "never", "may only", "must only", "can only",
    "only the", "only they", "only by", "only for", "only until", "only within", "only if", "only after", "only on",
    "only in", "only with", "need to start", "has to start", "must be ready", "should be ready", "go-live",
    "nobody may", "no one may", "nobody can", "no one can", "gdpr", "hipaa", "law", "laws", "legal*", "comply",
    "complies", "compliant", "compliance", "regulation*", "budget", "cannot cost", "deadline", "by the end of",
    "offline", "without internet", "no internet", "works on", "work on", "run on", "runs on", "weigh no more",
    "weigh less", "weighs less", "may weigh", "certified", "certificat*", "encrypted", "accessible", "accessib*",
    "deleted after", "data protection", "privacy", "has to fit", "must fit", "open source", "must cost", "cost less",
    "cheaper than", "cost no more",
];
/// Bounds that may also stand inside a need; where something is wanted they do not outweigh it.
#[rustfmt::skip]
const BOUNDED_WEAKLY: &[&str] = &[
    "at most", "no more than", "no longer than", "not longer than", "waterproof", "weatherproof", "licence",
    "license",
];
#[rustfmt::skip]
const MUST: &[&str] = &[
    "must", "has to", "have to", "need to", "needs to", "needs", "need", "required", "shall", "essential", "needed",
];
#[rustfmt::skip]
const SHOULD: &[&str] = &[
    "should", "want", "wants", "would like", "ought to", "wish*", "i'd like", "we'd like", "hope",
];
const COULD: &[&str] =
    &["could", "nice to have", "maybe", "perhaps", "optional*", "might", "would be nice", "ideally"];
#[rustfmt::skip]
const ABLE: &[&str] = &[
    "can", "able to", "lets", "let", "allows", "allow", "enables", "helps", "help", "will", "automatically",
    "so that",
];
/// Words for the thing itself.
#[rustfmt::skip]
pub const SYSTEM: &[&str] = &[
    "app", "application", "system", "tool", "website", "site", "platform", "device", "product", "service", "software",
    "bot", "robot", "machine", "box", "page", "program", "gadget", "it", "portal", "game", "plugin", "extension",
    "dashboard",
];
#[rustfmt::skip]
const TODAY: &[&str] = &[
    "today", "currently", "at the moment", "right now", "nowadays", "so far", "until now", "these days", "used to",
    "as of now",
];
/// How things are done without the thing.
#[rustfmt::skip]
const BY_HAND: &[&str] = &[
    "by hand", "on paper", "paper", "spreadsheet*", "manually", "whiteboard", "notebook", "in our heads", "by phone",
    "chat group", "clipboard", "sticky notes",
];
#[rustfmt::skip]
const WRONG: &[&str] = &[
    "problem*", "trouble*", "hard to", "difficult", "too slow", "too long", "forget*", "forgot*", "lost", "lose*",
    "waste*", "wasting", "by hand", "manually", "on paper", "spreadsheet*", "nobody knows", "no one knows",
    "never know*", "annoy*", "frustrat*", "struggl*", "tired of", "complain*", "mistake*", "stressful", "is a mess",
    "are a mess", "chaos", "chaotic", "confus*", "double-book*", "too much time", "no idea", "unfair", "too late",
    "too expensive", "takes hours", "takes days", "go missing", "goes missing", "is missing", "error-prone", "boring",
    "pile*", "hours a week", "out of date", "break down",
];
#[rustfmt::skip]
const GOALS: &[&str] = &[
    "would be happy if", "happy when", "success means", "successful if", "successful when", "our goal", "the goal",
    "we aim", "would be a success", "it worked if",
];

/// What each clause is, in order.
pub fn roles(clauses: &[Clause], blocks: &[usize], has_actor: &dyn Fn(&Clause) -> bool) -> Vec<Role> {
    let mut roles = Vec::with_capacity(clauses.len());
    let mut today: Option<usize> = None;
    for (clause, block) in clauses.iter().zip(blocks) {
        let continued = today == Some(*block) && !clause.item && goes_on(clause);
        let role = if continued { Role::Problem } else { role(clause, has_actor(clause)) };
        today = (role == Role::Problem).then_some(*block);
        roles.push(role);
    }
    roles
}

/// Whether a clause after one about today still is: nothing is wanted in it, and the thing is not named.
fn goes_on(clause: &Clause) -> bool {
    let thing = clause.tokens.iter().take(4).any(|t| SYSTEM.contains(&t.lower.as_str()) && !t.is("it"));
    let forced = clause.says(&["have to", "has to", "had to"]) && clause.says(WRONG);
    (strength(clause).is_none() && !thing && !is_exclusion(clause) && !clause.says(BOUNDED)) || forced
}

/// What the clause is by itself.
fn role(clause: &Clause, has_actor: bool) -> Role {
    let section = section_role(&clause.section);
    let wanted = strength(clause);
    let plain = wanted.is_none_or(|s| s == Strength::Plain);
    if clause.norm.trim().is_empty() {
        return Role::Other;
    }
    if is_exclusion(clause) || section == Some(Role::Exclusion) {
        return Role::Exclusion;
    }
    if clause.tokens.first().is_some_and(|t| t.is("later")) {
        return Role::Exclusion;
    }
    if clause.says(GOALS) || section == Some(Role::Goal) {
        return Role::Goal;
    }
    if clause.says(TODAY) || (section == Some(Role::Problem) && plain) {
        return Role::Problem;
    }
    let acts = does_something(clause, has_actor);
    let starts_only = clause.tokens.first().is_some_and(|t| t.is("only"));
    let weakly = clause.says(BOUNDED_WEAKLY) && wanted.is_none() && !acts;
    if clause.says(BOUNDED) || starts_only || section == Some(Role::Constraint) || weakly {
        return Role::Constraint;
    }
    if let Some(fixed @ (Role::People | Role::Data | Role::Integration | Role::Question)) = section {
        return fixed;
    }
    if let Some(strength) = wanted.filter(|s| *s != Strength::Plain) {
        return Role::Need(strength);
    }
    if clause.says(WRONG) && section.is_none() && wanted.is_none() {
        return Role::Problem;
    }
    match section {
        Some(Role::Need(strength)) => Role::Need(strength),
        _ if wanted.is_some() || acts => Role::Need(Strength::Plain),
        _ => Role::Other,
    }
}

/// Whether it says how things are done without the thing, for the alternatives.
pub fn is_today(clause: &Clause) -> bool {
    clause.says(TODAY) || clause.says(BY_HAND)
}

fn is_exclusion(clause: &Clause) -> bool {
    let begins = clause.tokens.first().is_some_and(|t| t.is("no")) && clause.words() <= 14;
    let later = clause.says(FIRST_VERSION) && clause.says(NEGATION);
    clause.says(EXCLUDED) || later || (begins && !clause.says(&["no one", "nobody"]))
}

/// How strongly the clause asks for something, if it does.
pub fn strength(clause: &Clause) -> Option<Strength> {
    let cues = [
        (COULD, Strength::Could),
        (MUST, Strength::Must),
        (SHOULD, Strength::Should),
        (ABLE, Strength::Plain),
    ];
    cues.into_iter().find(|(words, _)| clause.says(words)).map(|(_, strength)| strength)
}

/// An actor, the system or a bare verb does something.
fn does_something(clause: &Clause, has_actor: bool) -> bool {
    let tokens = &clause.tokens;
    let words: Vec<&str> = tokens.iter().filter(|t| t.is_word()).map(|t| t.lower.as_str()).collect();
    let first = |list: &[&str]| words.first().is_some_and(|w| list.contains(w));
    let acts = words.iter().skip(1).any(|w| verb(w).is_some());
    let command = first_is_verb(&words) && clause.item;
    let system = words.iter().take(4).any(|w| SYSTEM.contains(w));
    let present =
        |t: &Token| verb(&t.lower).is_some() && !t.lower.ends_with("ed") && !t.lower.ends_with("ing");
    // "They log each visit" asks; "we run a gym" tells who speaks.
    let spoken = first(&["they", "he", "she", "you"])
        && tokens.iter().filter(|t| t.is_word()).skip(1).take(2).any(present);
    let speaker = first(&["i", "we"]) && !system;
    let states = phrase(tokens, 0).is_some_and(|p| predicate(tokens, p.end, present));
    (acts && (has_actor && !speaker || system)) || spoken || command || states || describes(clause)
}

fn first_is_verb(words: &[&str]) -> bool {
    words.len() >= 2 && verb(words[0]).is_some()
}

/// "The pot waters the plant", "every flight is logged": what a noun phrase does, or what is done with it.
fn predicate(tokens: &[Token], at: usize, present: impl Fn(&Token) -> bool) -> bool {
    let passive = tokens.get(at).is_some_and(|t| t.any(&["is", "are", "gets"]));
    let done = |t: &Token| verb(&t.lower).is_some() && !present(t);
    tokens.get(at).is_some_and(&present) || passive && tokens.get(at + 1).is_some_and(done)
}

/// "A toaster that tells jokes", "an app to share recipes".
fn describes(clause: &Clause) -> bool {
    let tokens = &clause.tokens;
    let Some(thing) = phrase(tokens, 0) else { return false };
    let joined = tokens.get(thing.end).is_some_and(|t| t.any(&["that", "which", "to", "where"]));
    joined && tokens.iter().skip(thing.end + 1).take(3).any(|t| verb(&t.lower).is_some())
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
    }
}
