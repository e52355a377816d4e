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
        let role = |c: &Clause| cues::role(c, !actors::mentions(&c.tokens).is_empty());
        let roles =
            if english { clauses.iter().map(role).collect() } else { vec![Role::Other; clauses.len()] };
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
    /// The idea's title: its first heading of the first level, else none.
    pub fn title(&self) -> Option<Span> {
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

const HARDWARE: &[&str] = &[
    "sensor*",
    "battery",
    "batteries",
    "waterproof",
    "weatherproof",
    "casing",
    "housing",
    "motor",
    "pcb",
    "circuit",
    "led",
    "leds",
    "solar",
    "microcontroller",
    "screws",
    "enclosure",
    "gram",
    "grams",
    "prototype",
    "firmware",
    "millimetres",
    "cm",
    "mm",
    "volt",
    "rechargeable",
    "usb-c",
    "usb",
    "3d-printed",
    "plastic",
    "aluminium",
    "buzzer",
    "knob",
    "beep*",
    "toaster",
    "toy",
    "lamp",
];
const INTERNAL: &[&str] = &[
    "back office",
    "back-office",
    "internal",
    "intranet",
    "our department",
    "our accountants",
    "accounting",
    "colleague*",
    "our team",
    "our staff",
    "headquarters",
    "payroll",
    "our employees",
    "month-end",
    "erp",
    "our office",
    "in-house",
    "human resources",
    "hr",
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
