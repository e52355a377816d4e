//! What a clause is about, by cue words: problem, need, constraint, exclusion.
//!
//! | rule | what |
//! |---|---|
//! | `cue/section` | the heading a clause stands under says what it is |
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
    /// None of these.
    Other,
}

/// What a heading announces.
fn section_role(section: &str) -> Option<Role> {
    let any = |cues: &[&str]| cues.iter().any(|cue| section.contains(cue));
    if section.is_empty() {
        None
    } else if any(&[
        "out of scope",
        "not in",
        "non-goal",
        "non goal",
        "exclu",
        "won't",
        "not include",
        "later",
        "not now",
        "not yet",
        "leave out",
        "left out",
    ]) {
        Some(Role::Exclusion)
    } else if any(&["problem", "today", "background", "pain", "motivation", "current situation"])
        || section == "why"
    {
        Some(Role::Problem)
    } else if any(&[
        "constraint",
        "limit",
        "legal",
        "budget",
        "deadline",
        "timeline",
        "boundar",
        "condition",
        "rules",
    ]) {
        Some(Role::Constraint)
    } else if any(&["integration", "interfaces", "works with", "connects"]) {
        Some(Role::Integration)
    } else if any(&["question", "unclear"]) {
        Some(Role::Question)
    } else if any(&["data", "records", "entities", "entity", "information kept", "fields"]) {
        Some(Role::Data)
    } else if any(&["actors", "users", "who ", "people", "roles", "audience"]) || section == "who" {
        Some(Role::People)
    } else if any(&["nice to have", "could", "optional"]) {
        Some(Role::Need(Strength::Could))
    } else if any(&["should", "wish"]) {
        Some(Role::Need(Strength::Should))
    } else if any(&[
        "must",
        "need",
        "feature",
        "requirement",
        "what it does",
        "how it works",
        "flow",
        "goal",
        "stories",
        "use case",
        "function",
    ]) {
        Some(Role::Need(Strength::Plain))
    } else {
        None
    }
}

const EXCLUDED: &[&str] = &[
    "out of scope",
    "not part of",
    "not needed",
    "don't need",
    "do not need",
    "doesn't need",
    "don't want",
    "do not want",
    "won't need",
    "will not be part",
    "not include",
    "not included",
    "no need",
    "not now",
    "leave out",
    "left out",
    "can wait",
    "later version",
    "not yet",
    "not planned",
    "isn't needed",
    "not required",
    "not in the first",
    "not for now",
    "not necessary",
    "no plans",
    "comes later",
    "come later",
];
const FIRST_VERSION: &[&str] =
    &["first version", "first release", "version one", "v1", "mvp", "at first", "to begin with"];
const NEGATION: &[&str] = &["no", "not", "without", "won't", "neither"];
const BOUNDED: &[&str] = &[
    "must not",
    "may not",
    "must never",
    "should not",
    "shall not",
    "never",
    "only",
    "gdpr",
    "hipaa",
    "law",
    "laws",
    "legal*",
    "comply",
    "complies",
    "compliant",
    "compliance",
    "regulation*",
    "budget",
    "cannot cost",
    "no more than",
    "at most",
    "deadline",
    "by the end of",
    "offline",
    "without internet",
    "no internet",
    "works on",
    "work on",
    "run on",
    "runs on",
    "waterproof",
    "weigh*",
    "weatherproof",
    "battery",
    "certified",
    "certificat*",
    "encrypted",
    "accessible",
    "accessib*",
    "no longer than",
    "not longer than",
    "deleted after",
    "data protection",
    "privacy",
    "has to fit",
    "must fit",
    "licence",
    "license",
    "open source",
    "must cost",
    "cost less",
    "cheaper than",
];
const MUST: &[&str] = &[
    "must",
    "has to",
    "have to",
    "need to",
    "needs to",
    "needs",
    "required",
    "shall",
    "we need",
    "essential",
    "needed",
];
const SHOULD: &[&str] = &[
    "should",
    "want",
    "wants",
    "would like",
    "ought to",
    "wish*",
    "i'd like",
    "we'd like",
    "hope",
    "so that",
];
const COULD: &[&str] =
    &["could", "nice to have", "maybe", "perhaps", "optional*", "might", "would be nice", "ideally"];
const ABLE: &[&str] = &[
    "can",
    "able to",
    "lets",
    "let",
    "allows",
    "allow",
    "enables",
    "helps",
    "help",
    "will",
    "automatically",
];
/// Words for the thing itself.
pub const SYSTEM: &[&str] = &[
    "app",
    "application",
    "system",
    "tool",
    "website",
    "site",
    "platform",
    "device",
    "product",
    "service",
    "software",
    "bot",
    "robot",
    "machine",
    "box",
    "page",
    "program",
    "gadget",
    "it",
    "portal",
    "game",
    "plugin",
    "extension",
    "dashboard",
];
const TODAY: &[&str] = &[
    "today",
    "currently",
    "at the moment",
    "right now",
    "nowadays",
    "so far",
    "until now",
    "these days",
    "used to",
    "as of now",
];
const WRONG: &[&str] = &[
    "problem*",
    "trouble*",
    "hard to",
    "difficult",
    "too slow",
    "too long",
    "forget*",
    "forgot*",
    "lost",
    "lose*",
    "waste*",
    "wasting",
    "by hand",
    "manually",
    "on paper",
    "spreadsheet*",
    "nobody knows",
    "no one knows",
    "never know*",
    "annoy*",
    "frustrat*",
    "struggl*",
    "tired of",
    "complain*",
    "mistake*",
    "stressful",
    "is a mess",
    "chaos",
    "chaotic",
    "confus*",
    "double-book*",
    "too much time",
    "no idea",
    "unfair",
    "too late",
    "too expensive",
    "takes hours",
    "takes days",
    "go missing",
    "goes missing",
    "error-prone",
    "boring",
    "pile*",
    "hours a week",
];

/// What the clause is.
pub fn role(clause: &Clause, has_actor: bool) -> Role {
    let section = section_role(&clause.section);
    let wanted = strength(clause);
    if clause.norm.trim().is_empty() {
        Role::Other
    } else if is_exclusion(clause) || section == Some(Role::Exclusion) {
        Role::Exclusion
    } else if clause.says(TODAY)
        || section == Some(Role::Problem) && wanted.is_none_or(|s| s == Strength::Plain)
    {
        Role::Problem
    } else if clause.says(BOUNDED) || section == Some(Role::Constraint) {
        Role::Constraint
    } else if let Some(fixed @ (Role::People | Role::Data | Role::Integration | Role::Question)) = section {
        fixed
    } else if let Some(strength) = wanted.filter(|s| *s != Strength::Plain) {
        Role::Need(strength)
    } else if clause.says(WRONG) && section.is_none() && wanted.is_none() {
        Role::Problem
    } else if let Some(Role::Need(strength)) = section {
        Role::Need(strength)
    } else if wanted.is_some() || does_something(clause, has_actor) {
        Role::Need(Strength::Plain)
    } else {
        Role::Other
    }
}

/// Whether it says what is done today, for the alternatives.
pub fn is_today(clause: &Clause) -> bool {
    clause.says(TODAY)
        || clause.says(&["by hand", "on paper", "spreadsheet*", "manually", "whiteboard", "notebook"])
}

fn is_exclusion(clause: &Clause) -> bool {
    let begins = clause.tokens.first().is_some_and(|t| t.is("no")) && clause.words() <= 14;
    let later = clause.says(FIRST_VERSION) && clause.says(NEGATION);
    let nobody = clause.says(&["no one", "nobody"]);
    clause.says(EXCLUDED) || later || (begins && !nobody)
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
    let words: Vec<&str> = clause.tokens.iter().filter(|t| t.is_word()).map(|t| t.lower.as_str()).collect();
    let acts = words.iter().skip(1).any(|w| verb(w).is_some());
    let command = words.first().is_some_and(|w| verb(w).is_some()) && words.len() >= 2;
    let system = words.iter().take(4).any(|w| SYSTEM.contains(w));
    // "The pot waters the plant": a noun phrase, then a verb in the present.
    let present = |t: &Token| verb(&t.lower).is_some() && !t.lower.ends_with("ed") && !t.lower.ends_with("ing");
    let states = phrase(&clause.tokens, 0).and_then(|p| clause.tokens.get(p.end)).is_some_and(present);
    (acts && (has_actor || system)) || (command && clause.item) || states
}

#[cfg(test)]
mod tests {
    use super::super::segment::segment;
    use super::super::source::Source;
    use super::*;

    fn of(idea: &str) -> Role {
        let (_, clauses) = segment(idea, &Source::of(idea));
        role(clauses.last().unwrap(), false)
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
        check("## Not included\n\n- Payments", Role::Exclusion);
        check("## Features\n\n- Sorting by colour", Role::Need(Strength::Plain));
        check("## Problem\n\nThe shelf is full.", Role::Problem);
    }
}
