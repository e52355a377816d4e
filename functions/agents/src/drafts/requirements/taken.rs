//! A statement taken apart, so that each part can be quoted at its place.

use ideamine_core::artifacts::Brief;
use ideamine_core::{Origin, Text};

use crate::composer::cues::SYSTEM;
use crate::composer::inflection::is_plural;
use crate::composer::parts::{Deed, Parts, parts};
use crate::composer::product::ProductKind;
use crate::composer::segment::Clause;
use crate::composer::words::Token;
use crate::composer::{Reading, Span, actors};
use crate::shape::{clip, named, names_entity, parsed};

/// The idea, what was read in it, and what was made of that.
pub(super) struct Thing<'a> {
    pub(super) idea: &'a str,
    pub(super) reading: &'a Reading,
    pub(super) brief: &'a Brief,
}

impl Thing<'_> {
    pub(super) fn kind(&self) -> ProductKind {
        self.reading.product.kind
    }
    /// What it is called, in quotation marks.
    pub(super) fn name(&self) -> String {
        named(self.brief)
    }
    /// The situation in which the thing is there and nothing else is said.
    pub(super) fn given(&self) -> Text {
        let name = self.name();
        let text = match self.kind() {
            ProductKind::Library => format!("a program uses {name}"),
            ProductKind::Command => format!("{name} is installed"),
            ProductKind::Interface => format!("{name} is running"),
            ProductKind::Device => format!("{name} is in its place and switched on"),
            ProductKind::People => format!("{name} has begun"),
            ProductKind::Page | ProductKind::Open => format!("{name} is in use"),
        };
        Text::rule(text, "prd/given")
    }
    /// A statement and its parts; `None` for one that has no words.
    pub(super) fn take(&self, statement: &Text) -> Option<Taken<'_>> {
        let own = match statement.origin {
            Origin::Quote { start, end } => {
                let span = Span::new(start as usize, end as usize);
                let holds = |c: &&Clause| span.holds(c.span) || c.span.holds(span);
                self.reading.clauses.iter().find(holds).cloned()
            }
            _ => None,
        };
        let quoted = own.is_some();
        let clause = own.or_else(|| parsed(statement).into_iter().next())?;
        let parts = parts(&clause.tokens)?;
        let text = if quoted { self.idea.to_owned() } else { statement.text.clone() };
        Some(Taken { thing: self, clause, parts, quoted, text })
    }
}

/// A statement taken apart.
pub(super) struct Taken<'a> {
    thing: &'a Thing<'a>,
    pub(super) clause: Clause,
    pub(super) parts: Parts,
    quoted: bool,
    text: String,
}

impl Taken<'_> {
    /// A part as a text of its own: a quote where the statement is one.
    pub(super) fn text(&self, span: Span) -> Text {
        if self.quoted {
            self.thing.reading.quote(self.thing.idea, span)
        } else {
            Text::rule(span.of(&self.text), "prd/part")
        }
    }
    /// A part inside a derived sentence, in quotation marks.
    pub(super) fn words(&self, span: Span) -> String {
        format!("“{}”", clip(&self.text(span)))
    }
    /// The tokens of a part.
    pub(super) fn inside(&self, span: Span) -> impl Iterator<Item = &Token> {
        self.clause.tokens.iter().filter(move |t| span.holds(t.span))
    }
    fn subject_is(&self, words: &[&str]) -> bool {
        self.parts.subject.and_then(|s| self.inside(s).next()).is_some_and(|t| t.any(words))
    }
    /// Whether a person does it: somebody is named before the verb, or a pronoun stands for people.
    pub(super) fn person_acts(&self) -> bool {
        #[rustfmt::skip]
        const PEOPLE: &[&str] = &[
            "i", "we", "you", "they", "he", "she", "everyone", "everybody", "anyone", "nobody", "both", "somebody",
        ];
        let Some(subject) = self.parts.subject else { return false };
        let thing = self.inside(subject).any(|t| SYSTEM.contains(&t.lower.as_str()) || t.is("that"));
        let named = || actors::mentions(&self.clause.tokens).iter().any(|m| subject.holds(m.span));
        !thing && (self.subject_is(PEOPLE) || named())
    }
    /// Whether what is entered is kept by the thing itself.
    pub(super) fn keeps(&self) -> bool {
        !matches!(self.thing.kind(), ProductKind::People | ProductKind::Device | ProductKind::Library)
    }
    /// Whether a part names a kind of record.
    pub(super) fn is_record(&self, span: Span) -> bool {
        let text = self.text(span);
        self.thing.brief.entities.iter().any(|e| names_entity(&text, &e.name))
    }
    /// Whether whoever wrote the idea does it.
    pub(super) fn speaks(&self) -> bool {
        self.subject_is(&["i", "we"])
    }
    /// Who does it, for a sentence; "I" and "we" are whoever wrote the idea.
    pub(super) fn who(&self) -> String {
        let subject = self.parts.subject.filter(|_| !self.speaks() && !self.subject_is(&["you"]));
        subject.map_or_else(|| "you".to_owned(), |s| self.words(s))
    }
    /// Who does it with a verb that agrees: "A neighbour uses", "members use".
    pub(super) fn who_does(&self, one: &str, many: &str) -> String {
        let last = self.parts.subject.and_then(|s| self.inside(s).filter(|t| t.is_word()).last());
        let several = self.who() == "you"
            || self.subject_is(&["both", "they"])
            || last.is_some_and(|t| is_plural(&t.lower))
            || self.parts.subject.is_some_and(|s| self.inside(s).any(|t| t.is("and")));
        format!("{} {}", self.who(), if several { many } else { one })
    }
    /// What a deed is done to, unless a pronoun stands there, which says nothing by itself.
    pub(super) fn object(&self, deed: &Deed) -> Option<Span> {
        const PRONOUNS: &[&str] =
            &["it", "them", "this", "that", "one", "each", "other", "us", "me", "him", "her"];
        deed.object.filter(|object| !self.inside(*object).all(|t| t.any(PRONOUNS)))
    }
}
