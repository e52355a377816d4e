//! The composer: reads an idea by rules and never adds to it.
//!
//! [`Reading`] is what rules find in the text, each finding with its place in it. The agents turn it into
//! documents. Same idea, same reading; time is bounded by the limits named in each file. English is read;
//! of other languages only sentences are quoted.

pub mod actors;
pub mod block;
pub mod contradictions;
mod cue_words;
pub mod cues;
pub mod entities;
pub mod fields;
pub mod inflection;
pub mod integrations;
mod json;
pub mod language;
pub mod lexicon;
pub mod name;
pub mod parts;
pub mod phrases;
pub mod product;
pub mod quantities;
pub mod questions;
pub mod quote;
pub mod segment;
pub mod sensitive;
pub mod source;
pub mod span;
pub mod usage;
pub mod words;

use ideamine_core::Text;

pub use span::Span;

use cues::Role;
use product::{Product, ProductKind};
use segment::{Clause, Sentence};
use source::Source;

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
    /// Its title as a clause, where it has one.
    pub titles: Vec<Clause>,
    /// What sort of thing it is.
    pub product: Product,
    /// Where its name stands.
    pub name: Option<Span>,
}

impl Reading {
    /// Reads an idea.
    pub fn of(idea: &str) -> Self {
        Self::of_sort(idea, None)
    }

    /// Reads an idea of which a person said what sort of thing it is.
    pub fn of_sort(idea: &str, sort: Option<ProductKind>) -> Self {
        let source = Source::of(idea);
        let (sentences, clauses) = segment::segment(idea, &source);
        let english = language::is_english(&clauses);
        let roles = if english { roles(&sentences, &clauses) } else { vec![Role::Other; clauses.len()] };
        let open = Product { kind: ProductKind::Open, said: None, language: None, internal: false };
        let mut reading = Self {
            titles: segment::titles(idea, &source),
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
            product: open,
            name: None,
        };
        reading.quantities = quantities::quantities(idea, &reading);
        reading.integrations = integrations::integrations(idea, &reading);
        reading.product = product::product(idea, &reading);
        if let Some(kind) = sort {
            reading.product = reading.product.answered(kind);
        }
        reading.name = name::name(idea, &reading);
        if english {
            reading.actors = actors::actors(idea, &reading);
            reading.entities = entities::entities(&reading);
            reading.sensitive = sensitive::sensitive(&reading);
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
