//! Words that give away what a clause is about. A `*` at the end stands for any ending.

use super::cues::{Role, Strength};

/// What a heading announces, by words that it holds; the first line that fits decides.
#[rustfmt::skip]
pub(super) const SECTIONS: &[(&[&str], Role)] = &[
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

#[rustfmt::skip]
pub(super) const EXCLUDED: &[&str] = &[
    "out of scope", "not part of", "not needed", "don't need", "do not need", "doesn't need", "don't want",
    "do not want", "doesn't want", "won't need", "will not be part", "not include", "not included", "no need",
    "not now", "leave out", "left out", "can wait", "later version", "not yet", "not planned", "isn't needed",
    "not required", "not in the first", "not for now", "not necessary", "no plans", "comes later", "come later",
    "not by us", "not our job", "none of our business",
];
/// What somebody does not want: where it is not left out, it bounds.
pub(super) const UNWANTED: &[&str] =
    &["do not want", "don't want", "does not want", "doesn't want", "do not wish", "never want"];
pub(super) const FIRST_VERSION: &[&str] =
    &["first version", "first release", "version one", "v1", "mvp", "at first", "to begin with"];
pub(super) const NEGATION: &[&str] = &["no", "not", "without", "won't", "neither"];
/// "when it rains it says that watering is not needed" leaves nothing out.
pub(super) const REPORTED: &[&str] = &["that", "whether", "if", "when", "because"];

#[rustfmt::skip]
pub(super) const BOUNDED: &[&str] = &[
    "must not", "may not", "must never", "should not", "should never", "shall not", "can never", "never", "may only",
    "must only", "can only", "need to start", "has to start", "must be ready",
    "should be ready", "go-live", "nobody may", "no one may", "nobody can", "no one can", "gdpr", "hipaa", "law",
    "laws", "legal*", "comply", "complies", "compliant", "compliance", "regulation*", "budget", "cannot cost",
    "deadline", "by the end of", "offline", "without internet", "no internet", "works on", "work on", "run on",
    "runs on", "works in", "weigh no more", "weigh less", "weighs less", "may weigh", "certified", "certificat*",
    "encrypted", "accessible", "accessib*", "deleted after", "data protection", "privacy", "has to fit", "must fit",
    "open source", "must cost", "cost less", "cheaper than", "cost no more", "pay for anything", "for free", "can pay", "can spend", "can afford",
    "must leave", "standard library", "no dependencies",
];
/// Bounds unless they say what is done only so: "shows only the new lines".
#[rustfmt::skip]
pub(super) const ONLY: &[&str] = &[
    "only the", "only they", "only by", "only for", "only until", "only within", "only if", "only after", "only on",
    "only in", "only with",
];
/// Bounds that may also stand inside a need; where something is wanted they do not outweigh it.
#[rustfmt::skip]
pub(super) const BOUNDED_WEAKLY: &[&str] = &[
    "at most", "no more than", "no longer than", "not longer than", "waterproof", "weatherproof", "licence",
    "license", "licensed", "max", "maximum",
];
#[rustfmt::skip]
pub(super) const MONTHS: &[&str] = &[
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];

#[rustfmt::skip]
pub(super) const MUST: &[&str] = &[
    "must", "has to", "have to", "need to", "needs to", "is required", "are required", "shall", "essential", "is needed", "are needed",
];
#[rustfmt::skip]
pub(super) const SHOULD: &[&str] = &[
    "should", "want", "wants", "would like", "ought to", "wish*", "i'd like", "we'd like", "hope", "prefer*",
];
pub(super) const COULD: &[&str] =
    &["could", "nice to have", "maybe", "perhaps", "optional*", "might", "would be nice", "ideally"];
#[rustfmt::skip]
pub(super) const ABLE: &[&str] = &[
    "can", "able to", "lets", "let", "allows", "allow", "enables", "helps", "help", "will", "would",
    "automatically", "so that",
];

/// Words for the thing itself.
#[rustfmt::skip]
pub const SYSTEM: &[&str] = &[
    "app", "application", "system", "tool", "website", "site", "platform", "device", "product", "service", "software",
    "bot", "robot", "machine", "box", "page", "program", "gadget", "it", "portal", "game", "plugin", "extension",
    "dashboard", "library", "package", "crate", "module", "sdk", "cli", "command", "script", "api", "firmware",
];

#[rustfmt::skip]
pub(super) const TODAY: &[&str] = &[
    "today", "currently", "at the moment", "right now", "nowadays", "so far", "until now", "these days", "used to",
    "as of now",
];
/// How things are done without the thing.
#[rustfmt::skip]
pub(super) const BY_HAND: &[&str] = &[
    "by hand", "on paper", "paper", "spreadsheet*", "manually", "whiteboard", "notebook", "in our heads", "by phone",
    "chat group", "clipboard", "sticky notes", "status meeting",
];
#[rustfmt::skip]
pub(super) const WRONG: &[&str] = &[
    "problem*", "trouble*", "hard to", "difficult", "too slow", "too long", "forget*", "forgot*", "lost", "lose*",
    "waste*", "wasting", "by hand", "manually", "on paper", "spreadsheet*", "nobody knows", "no one knows",
    "never know*", "annoy*", "frustrat*", "struggl*", "tired of", "complain*", "mistake*", "stressful", "is a mess",
    "are a mess", "chaos", "chaotic", "confus*", "double-book*", "too much time", "no idea", "unfair", "too late",
    "too expensive", "takes hours", "takes days", "go missing", "goes missing", "is missing", "error-prone", "boring",
    "pile*", "hours a week", "out of date", "break down", "fed up", "burn out", "burns out", "never find*",
    "can't find", "cannot find", "drama", "always wrong", "the wrong", "too many", "too few", "painful", "unreliable",
    "suffer*", "nobody has", "nobody reads", "in vain", "a nightmare", "whole sunday", "whole day",
];
/// What is wrong whenever people are said to suffer it, also after something was asked for.
#[rustfmt::skip]
pub(super) const WRONG_ALWAYS: &[&str] = &[
    "burn out", "burns out", "fed up", "tired of", "frustrat*", "annoy*", "struggl*", "stressful", "chaos", "is a mess",
    "are a mess", "complain*", "suffer*", "too expensive", "unfair", "in vain", "nobody knows", "no one knows",
    "double-book*", "by hand", "hours a week", "error-prone", "go missing", "goes missing",
];
/// What is wrong only where nothing has been asked for yet: later the same words tell what is asked for.
#[rustfmt::skip]
pub(super) const WRONG_AT_FIRST: &[&str] = &[
    "miss", "misses", "missed", "break", "breaks", "breaking", "throw away", "throws away", "thrown away", "have no",
    "has no", "get no", "gets no", "not enough", "half of", "never", "differ*", "only knows", "don't know",
    "doesn't know", "do not know", "does not know", "wait", "waits", "late", "messy", "useless", "expensive", "slow",
    "crowded", "fails", "fail", "keep getting", "nobody", "no one", "wrong",
];
#[rustfmt::skip]
pub(super) const GOALS: &[&str] = &[
    "would be happy if", "happy when", "success means", "success is", "successful if", "successful when", "our goal",
    "the goal", "goal", "we aim", "aim is", "target is", "would be a success", "it worked if", "we measure",
    "measured by", "should recommend",
];

/// Parts of a thing that are asked for by naming them: "a weekly report", "reminders for unpaid fees".
#[rustfmt::skip]
pub(super) const PARTS: &[&str] = &[
    "alarm", "alert", "backup", "booking", "button", "calendar", "chart", "comparison", "dashboard", "export", "feed",
    "filter", "form", "history", "import", "invoice", "list", "log", "login", "map", "message", "newsletter", "note",
    "notification", "output", "overview", "page", "poll", "quiz", "receipt", "registration", "reminder", "report",
    "search", "statistic", "summary", "survey", "table", "timeline", "undo", "view",
];
/// What people who offer something say that they do.
#[rustfmt::skip]
pub(super) const OFFERING: &[&str] = &[
    "bring", "charge", "clean", "coach", "collect", "come", "cook", "deliver", "drive", "fix", "host", "keep", "make",
    "offer", "organise", "organize", "paint", "pick", "play", "print", "provide", "rent", "repair", "sell", "send",
    "ship", "teach", "train", "visit",
];
