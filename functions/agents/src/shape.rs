//! Small shapes that several composing agents share.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{
    Acceptance, Brief, Concept, Concepts, Endpoint, Method, Need, OpenQuestion, Prd, Requirement,
};
use ideamine_core::{Origin, Text};

use crate::composer::Reading;
use crate::composer::cues::{self, Role, Strength};
use crate::composer::name::short;
use crate::composer::segment::{Clause, segment};
use crate::composer::source::Source;

/// Longest quotation inside a derived sentence, characters.
const CLIP_CHARS_MAX: usize = 110;

/// A text's words on one line, cut at a word, for use inside a derived sentence.
pub(crate) fn clip(text: &Text) -> String {
    let line = text.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(['.', ',', ';', ':']).replace(['“', '”'], "\"");
    if line.chars().count() <= CLIP_CHARS_MAX {
        return line;
    }
    let cut: String = line.chars().take(CLIP_CHARS_MAX).collect();
    format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept))
}

/// An open question that does not block.
pub(crate) fn question(text: impl Into<String>, why: impl Into<String>) -> OpenQuestion {
    OpenQuestion { id: String::new(), text: text.into(), why: why.into(), blocking: false }
}

/// The name of the thing as it stands in a sentence.
pub(crate) fn thing(brief: &Brief) -> String {
    match brief.title.origin {
        Origin::Missing => "this idea".to_owned(),
        _ => short(&clip(&brief.title)).to_owned(),
    }
}

/// The name in quotation marks: in a derived sentence one sees where it ends.
pub(crate) fn named(brief: &Brief) -> String {
    match brief.title.origin {
        Origin::Missing => "this idea".to_owned(),
        _ => format!("“{}”", short(&clip(&brief.title))),
    }
}

/// How strongly a quoted sentence asks, by the clause it stands in; plain when it is none of the idea's clauses.
pub(crate) fn strength(reading: &Reading, text: &Text) -> Strength {
    let clause = match text.origin {
        Origin::Quote { start, end } => {
            reading.clauses.iter().find(|c| c.span.start <= start as usize && end as usize <= c.span.end)
        }
        _ => None,
    };
    match clause.map(|c| reading.role(c)) {
        Some(Role::Need(strength)) => strength,
        _ => parsed(text).first().and_then(cues::strength).unwrap_or(Strength::Plain),
    }
}

/// A text as clauses of its own, for cue words; places in it mean nothing.
pub(crate) fn parsed(text: &Text) -> Vec<Clause> {
    segment(&text.text, &Source::of(&text.text)).1
}

/// Whether a text says one of these phrases.
pub(crate) fn says(text: &Text, phrases: &[&str]) -> bool {
    parsed(text).iter().any(|c| c.says(phrases))
}

/// Whether a text names an entity.
pub(crate) fn names_entity(text: &Text, entity: &str) -> bool {
    let words: Vec<&str> = entity.split('_').collect();
    parsed(text).iter().any(|clause| {
        let singular: Vec<String> = clause
            .tokens
            .iter()
            .map(|t| crate::composer::inflection::singular(&t.lower).replace('-', "_"))
            .collect();
        singular.windows(words.len()).any(|w| w.iter().map(String::as_str).eq(words.iter().copied()))
    })
}

/// Whether a requirement is about an entity: it names it, or the need whose words it has speaks of it.
pub(crate) fn about(brief: &Brief, requirement: &Requirement, entity: &str) -> bool {
    let own = |n: &&Need| n.statement == requirement.statement;
    let spoken = brief.needs.iter().filter(own).any(|n| n.entities.iter().any(|e| e == entity));
    spoken || names_entity(&requirement.statement, entity)
}

/// Ids of requirements.
pub(crate) fn requirement_ids(prd: &Prd) -> BTreeSet<String> {
    prd.requirements.iter().map(|r| r.id.clone()).collect()
}

/// A word with its article.
pub(crate) fn an(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}

/// Given, when, then in one sentence.
pub(crate) fn case(acceptance: &Acceptance) -> String {
    format!("{}; {}; {}", clip(&acceptance.given), clip(&acceptance.when), clip(&acceptance.then))
}

/// Requirements of one kind of id.
pub(crate) fn of_prefix<'a>(prd: &'a Prd, prefix: &str) -> impl Iterator<Item = &'a Requirement> {
    let prefix = format!("{prefix}-");
    prd.requirements.iter().filter(move |r| r.id.starts_with(&prefix))
}

/// The concept that work goes on with: the chosen one, else the first.
pub(crate) fn chosen(concepts: &Concepts) -> Option<&Concept> {
    let named = concepts.concepts.iter().find(|c| c.name == concepts.chosen);
    named.or_else(|| concepts.concepts.first())
}

/// `GET /tools/{id}`.
pub(crate) fn operation(e: &Endpoint) -> String {
    let method = match e.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    format!("{method} {}", e.path)
}
