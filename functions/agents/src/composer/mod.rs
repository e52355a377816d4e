//! The composer: reads an idea by rules and never adds to it.
//!
//! [`Reading`] is what rules find in the text, each finding with its place in it. The agents turn it into
//! documents. Same idea, same reading; time is bounded by the limits named in each file. English is read;
//! of other languages only sentences are quoted.

pub mod actors;
pub mod cues;
pub mod entities;
pub mod fields;
pub mod integrations;
mod json;
pub mod language;
pub mod lexicon;
pub mod phrases;
pub mod quantities;
pub mod questions;
pub mod segment;
pub mod sensitive;
pub mod source;
pub mod span;
pub mod words;

use ideamine_core::Text;

pub use span::Span;

use cues::Role;
use segment::{Clause, Sentence};
use source::{BlockKind, Source};

/// What sort of thing the idea is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Something to hold: electronics, mechanics.
    Hardware,
    /// For the people of one organisation.
    Internal,
    /// For anyone.
    Service,
}

/// What rules find in an idea.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The idea as blocks.
    pub source: Source,
    /// Its sentences.
    pub sentences: Vec<Sentence>,
    /// Its clauses.
    pub clauses: Vec<Clause>,
    roles: Vec<Role>,
    /// Whether it is English.
    pub english: bool,
    /// Who uses it or is affected.
    pub actors: Vec<actors::Actor>,
    /// What records are kept of.
    pub entities: Vec<entities::Entity>,
    /// Stated numbers.
    pub quantities: Vec<quantities::Quantity>,
    /// Other systems.
    pub integrations: Vec<integrations::Integration>,
    /// Data that needs care.
    pub sensitive: Vec<sensitive::Sensitive>,
    /// What sort of thing it is.
    pub sort: Sort,
}

impl Reading {
    /// Reads an idea.
    pub fn of(idea: &str) -> Self {
        let source = Source::of(idea);
        let (sentences, clauses) = segment::segment(idea, &source);
        let english = language::is_english(&clauses);
        let roles = if english { roles(&sentences, &clauses) } else { vec![Role::Other; clauses.len()] };
        let mut reading = Self {
            source,
            sentences,
            clauses,
            roles,
            english,
            actors: Vec::new(),
            entities: Vec::new(),
            quantities: Vec::new(),
            integrations: Vec::new(),
            sensitive: Vec::new(),
            sort: Sort::Service,
        };
        reading.quantities = quantities::quantities(idea, &reading);
        reading.integrations = integrations::integrations(idea, &reading);
        if english {
            reading.actors = actors::actors(idea, &reading);
            reading.entities = entities::entities(&reading);
            reading.sensitive = sensitive::sensitive(&reading);
            reading.sort = sort(&reading);
        }
        reading
    }

    /// The first heading, else what stands in bold first, else the first words of the first sentence up to its
    /// verb; a sentence that begins with its speaker names nothing, and then it is what the speaker wants.
    pub fn title(&self, idea: &str) -> Option<Span> {
        let first = self.sentences.first()?.span;
        let named = self.heading().or_else(|| bold(idea, self.source.blocks.first()?.span));
        let wanted = || self.clauses.iter().take(WANTS_MAX).find_map(wanted_thing);
        named.or_else(|| first_words(idea, first)).or_else(wanted)
    }

    /// What a clause is.
    pub fn role(&self, clause: &Clause) -> Role {
        self.roles.get(clause.index).copied().unwrap_or(Role::Other)
    }
    /// Clauses with this role.
    pub fn with(&self, role: Role) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(move |c| self.role(c) == role)
    }
    /// The words of a span as a quote.
    pub fn quote(&self, idea: &str, span: Span) -> Text {
        span::quote(idea, span, self.source.json)
    }
    fn heading(&self) -> Option<Span> {
        let heading =
            |b: &&source::Block| matches!(b.kind, BlockKind::Heading(1 | 2)) && b.section.len() < 200;
        let first = self.source.blocks.first().filter(heading);
        first.or_else(|| self.source.blocks.iter().find(|b| b.kind == BlockKind::Heading(1))).map(|b| b.span)
    }
    /// Whether any clause says one of these phrases.
    pub fn says(&self, phrases: &[&str]) -> bool {
        self.clauses.iter().any(|c| c.says(phrases))
    }
    /// The first clause that says one of these phrases.
    pub fn clause_saying(&self, phrases: &[&str]) -> Option<&Clause> {
        self.clauses.iter().find(|c| c.says(phrases))
    }
}

fn roles(sentences: &[Sentence], clauses: &[Clause]) -> Vec<Role> {
    let blocks: Vec<usize> = clauses.iter().map(|c| sentences[c.sentence].block).collect();
    cues::roles(clauses, &blocks, &|c| !actors::mentions(&c.tokens).is_empty())
}

/// Words that end a name at the beginning of a sentence.
#[rustfmt::skip]
const AFTER_NAME: &[&str] = &[
    "is", "are", "was", "were", "must", "can", "should", "will", "has", "have", "where", "when", "who", "because",
    ",", ";", ":", "(", "—", "–", "-",
];
/// A short sentence is a title as it stands; a longer one gives its first words.
const TITLE_WORDS: usize = 8;

/// Clauses in which the wanted thing is looked for.
const WANTS_MAX: usize = 8;

/// `**Name** and more`.
fn bold(idea: &str, span: Span) -> Option<Span> {
    const BYTES_MAX: usize = 80;
    let text = span.of(idea);
    let rest = text.strip_prefix("**")?;
    let end = rest.find("**").filter(|end| (1..=BYTES_MAX).contains(end))?;
    Some(Span::new(span.start + 2, span.start + 2 + end))
}

/// "I'd like a tablet app at the desk", "build me a library": what stands after the article.
fn wanted_thing(clause: &Clause) -> Option<Span> {
    const LEADS: &[&str] = &["want", "need", "like", "build", "make", "create", "develop", "me"];
    let tokens = &clause.tokens;
    let speaks = tokens
        .first()
        .is_some_and(|t| t.any(&["i", "we", "i'd", "we'd", "i'm", "build", "make", "create", "develop"]));
    let lead = tokens.iter().take(5).position(|t| t.any(LEADS)).filter(|_| speaks)?;
    let article = (lead + 1..tokens.len().min(lead + 3)).find(|i| tokens[*i].any(&["a", "an"]))?;
    #[rustfmt::skip]
const ENDS: &[&str] = &[
    "that", "which", "where", "who", "to", "so", "because", "with", "for", ",", ".", ";", ":", "(", "on",
    ];
    let end = (article + 1..tokens.len().min(article + 7)).find(|i| tokens[*i].any(ENDS));
    let last =
        end.unwrap_or_else(|| tokens.len().min(article + 7)).checked_sub(1).filter(|l| *l > article)?;
    Some(Span::new(tokens[article + 1].span.start, tokens[last].span.end))
}

fn first_words(idea: &str, span: Span) -> Option<Span> {
    let tokens = words::tokens(idea, span);
    const SPEAKERS: &[&str] =
        &["i", "we", "i'd", "we'd", "i'm", "our", "my", "build", "make", "create", "develop"];
    if tokens.first().is_some_and(|t| t.any(SPEAKERS)) {
        return None;
    }
    let whole = tokens.iter().filter(|t| t.is_word()).count() <= TITLE_WORDS;
    let end = tokens.iter().skip(2).position(|t| t.any(AFTER_NAME)).map_or(tokens.len(), |n| n + 2);
    let last = if whole { tokens.len() } else { end.min(TITLE_WORDS) };
    let end = tokens.get(last.checked_sub(1)?)?.span.end;
    Some(Span::new(span.start, end).trimmed(idea, &['.', '!', '?', ',', ';', ':']))
}
#[rustfmt::skip] const HARDWARE: &[&str] = &["sensor*",
        "battery", "batteries", "waterproof", "weatherproof", "casing", "housing", "motor", "pcb", "circuit", "led",
        "leds", "solar", "microcontroller", "screws", "enclosure", "gram", "grams", "prototype", "firmware",
        "millimetres", "cm", "mm", "volt", "rechargeable", "usb-c", "usb", "3d-printed", "plastic", "aluminium",
        "buzzer", "knob", "beep*", "toaster", "toy", "lamp",
];
#[rustfmt::skip]
const INTERNAL: &[&str] = &[
    "back office", "back-office", "internal", "intranet", "our department", "our accountants", "accounting",
    "colleague*", "our team", "our staff", "headquarters", "payroll", "our employees", "month-end", "erp",
    "our office", "in-house", "human resources", "hr",
];

/// Rule `sort/cues`: two different cue words decide; hardware first.
fn sort(reading: &Reading) -> Sort {
    let count = |cues: &[&str]| cues.iter().filter(|cue| reading.says(&[cue])).count();
    if count(HARDWARE) >= 2 {
        Sort::Hardware
    } else if count(INTERNAL) >= 2 {
        Sort::Internal
    } else {
        Sort::Service
    }
}
