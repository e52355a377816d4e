//! What sort of thing the idea asks for: a library, a command, an interface, a page, a device, or no software at all.
//!
//! | rule | what |
//! |---|---|
//! | `product/named` | a word for the sort stands in the idea; where the thing is named it counts most |
//! | `product/records` | no such word, but records are kept, found and changed: people need a page for that |
//! | `product/people` | no word for software anywhere, and words of what people do for each other |
//! | `product/language` | the programming language that stands beside the sort |
//!
//! What is left out ("no app in the first version") and what is asked never decides. Where nothing decides, the
//! sort is open, and a question asks for it.

use super::Reading;
use super::cues::Role;
use super::phrases::deeds;
use super::segment::Clause;
use super::span::Span;
use super::words::Token;

/// Sorts of things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProductKind {
    /// Code that other code calls.
    Library,
    /// A command for a terminal.
    Command,
    /// An HTTP interface for programs.
    Interface,
    /// Pages that people open: on the web, on a phone, inside a company.
    Page,
    /// Something to hold: electronics, mechanics.
    Device,
    /// What people do, without software.
    People,
    /// The idea does not say.
    Open,
}

impl ProductKind {
    /// For people, with its article.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Library => "a library",
            Self::Command => "a command",
            Self::Interface => "an interface for programs",
            Self::Page => "a page that people open",
            Self::Device => "a device",
            Self::People => "something that people do, without software",
            Self::Open => "of a sort that the idea does not name",
        }
    }
    /// What the skeleton lacks of it: the composer builds a small web application, whatever the thing is to be.
    pub const fn unbuilt(self) -> Option<&'static str> {
        match self {
            Self::Library => Some("the library itself is not built"),
            Self::Command => Some("the command itself is not built"),
            Self::Device => Some("the device itself is not built"),
            Self::People => Some("what people do is not part of it"),
            Self::Interface | Self::Page | Self::Open => None,
        }
    }
    /// Whether programs call it rather than people.
    pub const fn is_called(self) -> bool {
        matches!(self, Self::Library | Self::Command)
    }
}

/// The sort of the thing, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The sort.
    pub kind: ProductKind,
    /// The clause whose words say so; `None` when a rule concluded it from the rest.
    pub said: Option<Span>,
    /// The programming language that is named beside it.
    pub language: Option<Span>,
    /// Whether it is for the people of one organisation.
    pub internal: bool,
}

impl Product {
    /// The same thing when a person named its sort: words that spoke for another sort say nothing any more.
    pub(super) fn answered(self, kind: ProductKind) -> Self {
        let same = self.kind == kind;
        let said = self.said.filter(|_| same);
        Self { kind, said, language: self.language.filter(|_| kind.is_called()), internal: self.internal }
    }
}

/// The sort that an answer to "what should it be?" names; `None` where it names none. "Not an app" names none.
pub fn named_sort(answer: &str) -> Option<ProductKind> {
    #[rustfmt::skip]
    const NAMES: &[(&[&str], ProductKind)] = &[
        (&["people", "software"], ProductKind::People),
        (&["command", "command-line", "cli", "terminal", "script"], ProductKind::Command),
        (&["library", "package", "crate", "module", "sdk"], ProductKind::Library),
        (&["interface", "api"], ProductKind::Interface),
        (&["device", "gadget", "machine"], ProductKind::Device),
        (&["page", "pages", "app", "website", "site", "web", "application", "browser", "portal"], ProductKind::Page),
    ];
    let tokens = super::words::tokens(answer, Span::new(0, answer.len()));
    let denied =
        |at: usize| tokens[at.saturating_sub(2)..at].iter().any(|t| t.any(&["no", "not", "without"]));
    let own = |at: usize| {
        let token = &tokens[at];
        let (_, kind) = NAMES.iter().find(|(words, _)| token.any(words))?;
        match kind {
            // "A page that people open"; "something that people do, without software".
            ProductKind::People if token.is("software") => denied(at).then_some(*kind),
            ProductKind::People => tokens.get(at + 1).is_some_and(|t| t.is("do")).then_some(*kind),
            _ => Some(*kind).filter(|_| !denied(at)),
        }
    };
    (0..tokens.len()).find_map(own)
}

/// A clause that names the thing counts this much more than one that only mentions it.
const NAMING_WEIGHT: u32 = 3;
/// Words of a naming clause in which the sort stands.
const NAMING_WORDS: usize = 12;

#[rustfmt::skip]
const LANGUAGES: &[&str] = &[
    "c", "c#", "c++", "clojure", "dart", "elixir", "erlang", "f#", "go", "golang", "haskell", "java", "javascript", "julia",
    "kotlin", "lua", "node", "npm", "ocaml", "perl", "php", "pip", "python", "r", "ruby", "rust", "scala", "swift",
    "typescript", "zig",
];
/// Nouns for a library, which all mean other things too: beside a language they are plain, alone they need company.
const LIBRARY_NOUNS: &[&str] = &["library", "package", "crate", "module", "gem", "framework"];
#[rustfmt::skip]
const CODE_WORDS: &[&str] = &[
    "developer*", "programmer*", "function*", "dependency", "dependencies", "call it", "calls it", "imported", "api",
    "standard library", "compile*", "node", "npm", "pip", "cargo", "returns a", "their own code", "code*",
];
const LIBRARY: &[&str] =
    &["sdk", "header-only", "npm package", "npm module", "client library", "software library"];
#[rustfmt::skip]
const COMMAND: &[&str] = &[
    "command-line", "command line", "cli", "terminal", "shell script", "console tool", "git hook", "stdin", "stdout",
    "exit code", "exit status",
];
/// Words for a command that mean other things too: they count where the thing is named.
const COMMAND_NAMED: &[&str] = &["script", "scripts", "batch job", "cron job"];
#[rustfmt::skip]
const INTERFACE: &[&str] = &[
    "api", "rest", "http api", "endpoint*", "webhook*", "microservice*", "graphql", "web service", "backend",
];
#[rustfmt::skip]
const PAGE: &[&str] = &[
    "app", "apps", "application", "website*", "web site", "web page", "web app", "web shop", "webshop", "site",
    "homepage", "portal", "platform", "marketplace", "dashboard", "browser", "online", "intranet", "internal tool",
    "smartphone*", "android", "iphone*", "tablet*", "chatbot", "bot", "browser game", "video game", "game",
    "software", "database", "screens", "windows pc", "web", "program", "plugin", "extension", "page", "on the phone", "tool",
    "system",
];
#[rustfmt::skip]
const DEVICE: &[&str] = &["sensor*",
    "battery", "batteries", "coin cell", "waterproof", "weatherproof", "casing", "housing", "motor", "pcb", "circuit",
    "led", "leds", "solar", "microcontroller", "screws", "enclosure", "gram", "grams", "prototype", "firmware",
    "millimetres", "cm", "mm", "volt", "rechargeable", "usb-c", "usb", "3d-printed", "plastic", "aluminium", "buzzer",
    "knob", "beep*", "toaster", "toy", "lamp", "vibrates", "blinks", "receiver",
];
/// Things to hold: where one of them is what the idea is called, it is a device.
#[rustfmt::skip]
const OBJECTS: &[&str] = &[
    "alarm clock", "backpack", "bag", "bell", "bicycle light", "bottle", "cane", "chair", "charger", "clock", "collar",
    "controller", "cup", "device", "doorbell", "drone", "feeder", "firmware", "fridge", "gadget", "glove", "helmet",
    "jacket", "kettle", "lamp", "lock", "mask", "mirror", "mug", "oven", "pen", "pillow", "probe", "remote control",
    "robot", "scale", "sensor", "shoe", "thermometer", "thermostat", "toaster", "toy", "umbrella", "watch",
    "wheelchair",
];
/// What people do for each other, where no word for software stands anywhere.
#[rustfmt::skip]
const PEOPLE: &[&str] = &[
    "i come to", "we come to", "in person", "coaching", "workshop*", "course*", "lesson*", "meeting", "meetings", "consult*",
    "catering", "food truck", "shop", "café", "cafe", "restaurant", "bakery", "studio", "stall", "van", "cargo bike",
    "campaign", "festival", "concert*", "insurance", "i would charge", "i charge", "opening hours", "premises",
    "franchise", "ritual", "we meet", "community garden", "exhibition", "guided tour*", "lecture*", "training",
    "volunteers", "repair service", "cleaning service", "delivery service", "on the spot", "class", "classes",
    "camp", "party", "market", "club", "association", "team lead*",
];
#[rustfmt::skip]
const INTERNAL: &[&str] = &[
    "back office", "back-office", "internal", "intranet", "our department", "our accountants", "accounting",
    "colleague*", "our team", "our staff", "headquarters", "payroll", "our employees", "month-end", "erp",
    "our office", "in-house", "human resources", "hr", "warehouse*", "team lead*", "director",
];
/// Deeds that need records: several people enter and look up the same things.
const KEEPING: &[&str] =
    &["record", "register", "log", "enter", "track", "store", "save", "submit", "upload", "search", "filter"];

/// The sort of thing that the idea asks for.
pub fn product(idea: &str, reading: &Reading) -> Product {
    let internal = INTERNAL.iter().filter(|cue| reading.says(&[cue])).count() >= 2;
    let of = |kind, said| Product { kind, said, language: None, internal };
    if !reading.english {
        return of(ProductKind::Open, None);
    }
    let clauses: Vec<&Clause> = reading
        .clauses
        .iter()
        .filter(|c| !matches!(reading.role(c), Role::Exclusion | Role::Question))
        .collect();
    let title: Vec<&Clause> = reading.titles.iter().collect();
    let mut best: Option<(u32, ProductKind, Option<Span>)> = None;
    for kind in [
        ProductKind::Library,
        ProductKind::Command,
        ProductKind::Interface,
        ProductKind::Device,
        ProductKind::Page,
    ] {
        let scored = title.iter().chain(&clauses).map(|c| (score(idea, reading, c, kind), *c));
        let scored: Vec<(u32, &Clause)> = scored.filter(|(n, _)| *n > 0).collect();
        let total: u32 = scored.iter().map(|(n, _)| n).sum();
        let least = if kind == ProductKind::Device { 2 } else { 1 };
        let place = scored.iter().max_by_key(|(n, c)| (*n, std::cmp::Reverse(c.index))).map(|(_, c)| c.span);
        if total >= least && best.as_ref().is_none_or(|(n, ..)| total > *n) {
            best = Some((total, kind, place));
        }
    }
    if let Some((_, kind, said)) = best {
        let language = kind.is_called().then(|| language(idea, &clauses)).flatten();
        return Product { language, ..of(kind, said) };
    }
    if keeps(reading, &clauses) {
        return of(ProductKind::Page, None);
    }
    let people = title.iter().chain(&clauses).find(|c| c.says(PEOPLE) && !c.says(&["meeting room*"]));
    people.map_or_else(|| of(ProductKind::Open, None), |c| of(ProductKind::People, Some(c.span)))
}

/// How much a clause speaks for a sort.
fn score(idea: &str, reading: &Reading, clause: &Clause, kind: ProductKind) -> u32 {
    let naming = is_naming(reading, clause);
    let head = Clause { norm: first_words(&clause.norm, NAMING_WORDS), ..clause.clone() };
    let weigh = |words: &[&str]| {
        let said = words.iter().any(|w| clause.says(&[w]));
        let named = naming && words.iter().any(|w| head.says(&[w]));
        u32::from(said) + if named { NAMING_WEIGHT } else { 0 }
    };
    match kind {
        ProductKind::Library => {
            let named = library(clause, reading);
            weigh(LIBRARY) + u32::from(named) * if naming { NAMING_WEIGHT + 1 } else { 1 }
        }
        ProductKind::Command => {
            let named = naming && head.says(COMMAND_NAMED);
            weigh(COMMAND) + u32::from(has_flag(idea, clause)) + if named { NAMING_WEIGHT } else { 0 }
        }
        ProductKind::Interface => {
            // An "API key" opens someone's interface; it is none.
            let tokens = &clause.tokens;
            let key = |at: usize| tokens.get(at + 1).is_some_and(|t| t.any(&["key", "keys"]));
            let only_key = (0..tokens.len()).any(|at| tokens[at].is("api") && key(at))
                && !(0..tokens.len()).any(|at| tokens[at].is("api") && !key(at));
            let words = if only_key { &INTERFACE[1..] } else { INTERFACE };
            weigh(words) + u32::from(has_call(tokens)) * 2
        }
        ProductKind::Device => {
            let object = naming && named_object(clause);
            let cues = DEVICE.iter().filter(|cue| clause.says(&[cue])).count();
            u32::try_from(cues).unwrap_or(0) + if object { NAMING_WEIGHT } else { 0 }
        }
        ProductKind::Page => weigh(PAGE),
        ProductKind::People | ProductKind::Open => 0,
    }
}

/// Whether the clause says what the thing is: the title, the first clauses, "we need a …", "it is a …".
fn is_naming(reading: &Reading, clause: &Clause) -> bool {
    const FIRST: usize = 1;
    let title = reading.titles.iter().any(|t| t.span == clause.span);
    let first = clause.index < FIRST && reading.role(clause) != Role::Problem;
    let article = |t: Option<&Token>| t.is_some_and(|t| t.any(&["a", "an"]));
    let tokens = &clause.tokens;
    let lead = |at: usize| {
        let wants = tokens[at]
            .any(&["want", "need", "like", "build", "make", "create", "develop", "offer", "is", "it's"]);
        wants && article(tokens.get(at + 1))
    };
    title
        || first
        || (0..tokens.len().min(6)).any(lead)
        || article(tokens.first()) && clause.index < FIRST + 2
}

fn first_words(norm: &str, count: usize) -> String {
    format!(" {} ", norm.split_whitespace().take(count).collect::<Vec<_>>().join(" "))
}

/// "Python library", or "library" among words of those who write code.
fn library(clause: &Clause, reading: &Reading) -> bool {
    let tokens = &clause.tokens;
    let noun = |at: &usize| LIBRARY_NOUNS.contains(&tokens[*at].lower.as_str());
    let with_language = |at: &usize| tokens[at.saturating_sub(2)..*at].iter().any(|t| t.any(LANGUAGES));
    let company = || CODE_WORDS.iter().filter(|w| reading.says(&[w])).count() >= 2;
    (0..tokens.len()).filter(noun).any(|at| with_language(&at) || is_naming(reading, clause) && company())
}

/// `--json` and its like.
fn has_flag(idea: &str, clause: &Clause) -> bool {
    flags(idea, clause.span).next().is_some()
}

/// Options that a text names, without their dashes.
pub fn flags(idea: &str, span: Span) -> impl Iterator<Item = &str> {
    let words = span.of(idea).split(|c: char| c.is_whitespace() || matches!(c, '`' | '(' | ')' | ',' | '='));
    let name =
        words.filter_map(|word| word.strip_prefix("--")).map(|word| word.trim_end_matches(['.', ';', ':']));
    name.filter(|name| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

/// `POST /match`: a method and a path.
fn has_call(tokens: &[Token]) -> bool {
    let method = |t: &Token| t.capital && t.any(&["get", "post", "put", "delete", "patch"]);
    tokens.windows(2).any(|pair| method(&pair[0]) && pair[1].is("/"))
}

fn named_object(clause: &Clause) -> bool {
    let object = super::phrases::phrase(&clause.tokens, 0);
    object.is_some_and(|p| {
        let words = p.singular().join(" ");
        OBJECTS
            .iter()
            .any(|o| words == *o || words.ends_with(&format!(" {o}")) || words.starts_with(&format!("{o} ")))
    })
}

fn language(idea: &str, clauses: &[&Clause]) -> Option<Span> {
    let beside = |c: &&&Clause| {
        let tokens = &c.tokens;
        (0..tokens.len()).find(|at| {
            let noun = tokens
                .iter()
                .skip(at + 1)
                .take(2)
                .any(|t| t.any(LIBRARY_NOUNS) || t.any(&["script", "cli", "tool"]));
            tokens[*at].any(LANGUAGES) && (tokens[*at].capital || tokens[*at].lower.len() > 2) && noun
        })
    };
    let clause = clauses.iter().find(|c| beside(c).is_some())?;
    let span = clause.tokens.get(beside(&clause)?)?.span;
    (!span.of(idea).is_empty()).then_some(span)
}

/// Whether records are kept and looked up, as the needs say, or something lets people do things.
fn keeps(reading: &Reading, clauses: &[&Clause]) -> bool {
    let lets = |c: &&&Clause| {
        let first = c.tokens.iter().take(3).position(|t| t.any(&["lets", "allows", "enables", "helps"]));
        first.is_some_and(|at| at > 0 && c.tokens[0].capital)
    };
    if clauses.iter().any(|c| lets(&c)) {
        return true;
    }
    let needs = clauses.iter().filter(|c| matches!(reading.role(c), Role::Need(_)));
    needs.filter(|c| deeds(&c.tokens).iter().any(|v| KEEPING.contains(v))).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(idea: &str) -> ProductKind {
        Reading::of(idea).product.kind
    }

    #[test]
    fn the_words_say_what_sort_of_thing_it_is() {
        let check = |idea: &str, expected: ProductKind| assert_eq!(kind(idea), expected, "{idea}");
        check("A Python library that reads calendars.", ProductKind::Library);
        check("A Rust crate for retrying requests.", ProductKind::Library);
        check("The village library lends books to children.", ProductKind::Open);
        check("A command-line tool that counts words.", ProductKind::Command);
        check("# tally\n\nCounts words in files. `--json` prints JSON.", ProductKind::Command);
        check("Offer an HTTP API: POST /match takes names.", ProductKind::Interface);
        check("An app where members book a court.", ProductKind::Page);
        check("Clients log in with an API key on the website.", ProductKind::Page);
        check("A toaster that tells puns.", ProductKind::Device);
        check("The sensor has a battery and beeps. No app in the first version.", ProductKind::Device);
        check("I come to people's homes and fix their bikes.", ProductKind::People);
        check("Replace the Friday meeting with five written lines.", ProductKind::People);
        check("The clerk must record every letter. Members search letters by date.", ProductKind::Page);
        check("Crumb lets a bakery post what is left.", ProductKind::Page);
        check("Members swap plants. <script>alert(1)</script>", ProductKind::Open);
        check("Uber", ProductKind::Open);
        check(
            "Eine App für Bäcker, die das Brot von gestern an die Nachbarn verschenken.",
            ProductKind::Open,
        );
    }

    #[test]
    fn the_language_stands_beside_the_sort() {
        let language = |idea: &str| Reading::of(idea).product.language.map(|s| s.of(idea).to_owned());
        assert_eq!(language("A Rust crate for retrying requests."), Some("Rust".to_owned()));
        assert_eq!(language("A small JavaScript package for forms."), Some("JavaScript".to_owned()));
        assert_eq!(language("An app where members go to court."), None);
    }
}
