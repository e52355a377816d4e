//! `guard-provenance`: who wrote every byte of every artifact.
//!
//! The ledger says which function wrote an artifact and which model, or the composer, its words; a text inside says when it
//! is the person's own. Both become an origin map over all bytes, an in-toto statement; all of them stand in one document,
//! whose digest the sealed ledger covers. An artifact that the ledger does not know, a text that claims to be a quote and is none, and marks that nobody
//! sees are for review.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::records::{Fact, FactBody, Plan};
use ideamine_core::{Ctx, Digest, Failure, Origin, Text};
use ideamine_guarding::{Document, Guard, Look, Subject};
use ideamine_provenance::attest::Statement;
use ideamine_provenance::{Author, OriginMap, hidden};
use serde_json::Value;

/// Name of the input of the evidence that holds the statements, one for each document.
const ORIGINS: &str = "origins";
/// Most marks that are told of one document.
const MARKS_MAX: usize = 5;

/// Provenance of the artifacts of a run.
pub(crate) struct Provenance;

#[async_trait]
impl Guard for Provenance {
    fn id(&self) -> &'static str {
        "provenance"
    }

    async fn look(&self, ctx: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        let facts = ctx.env.ledger.facts(&ctx.tenant, &ctx.run).await?;
        let written = Written::of(&facts);
        let idea = subject.documents.iter().find(|document| document.phase.is_none());
        let idea = idea.map_or("", |idea| idea.text.as_str());
        let mut statements = Vec::new();
        for document in subject.documents.iter().filter(|document| document.phase.is_some()) {
            let mut find = |rule: &str, message: String| find(&mut look, document, rule, message);
            let Some(author) = written.author(document) else {
                find("unknown", "the ledger does not say who wrote it".to_owned());
                continue;
            };
            let (map, false_quotes) = map(document, &author, idea, subject.plan.idea);
            if false_quotes > 0 {
                find("false-quote", format!("{false_quotes} texts claim to be the person's own and are not"));
            }
            for mark in hidden::find(&document.text).iter().take(MARKS_MAX) {
                let (code, at) = (mark.character as u32, mark.span.start);
                find("hidden-mark", format!("U+{code:04X} at byte {at} has no work to do"));
            }
            if let Err(bad) = map.verify(document.text.as_bytes()) {
                find("uncovered", bad.to_string());
                continue;
            }
            let statement = Statement::origin(&document.name, &map);
            statements.push(statement.map_err(|e| Failure::bug(e.to_string()))?);
        }
        look.beside.push((ORIGINS.to_owned(), ctx.put_json(&statements).await?));
        look.review.sort_unstable();
        look.review.dedup();
        Ok(look)
    }
}

fn find(look: &mut Look, document: &Document, rule: &str, message: String) {
    look.review.push(format!("{rule} in {}", document.name));
    look.findings.push(GateFinding {
        rule: format!("provenance/{rule}"),
        severity: Severity::High,
        place: document.name.clone(),
        message,
    });
}

/// What the ledger says of who wrote what.
struct Written<'a> {
    /// Of artifacts: the author's name and the path of the step.
    artifacts: BTreeMap<Digest, (&'a str, &'a str)>,
    /// Requests that were answered, by the path of the call and the model.
    requests: Vec<(&'a str, &'a str, Digest)>,
}

impl<'a> Written<'a> {
    fn of(facts: &'a [Fact]) -> Self {
        let mut written = Self { artifacts: BTreeMap::new(), requests: Vec::new() };
        for fact in facts {
            match &fact.body {
                FactBody::Artifact { digest, author, .. } => {
                    written.artifacts.insert(*digest, (author, &fact.path));
                }
                FactBody::Cost { model, request, answer: Some(_), .. } => {
                    written.requests.push((&fact.path, model, *request));
                }
                _ => {}
            }
        }
        written
    }

    /// Rules, or a model with the last request that it answered in the attempt, or the story's try, that left the document.
    fn author(&self, document: &Document) -> Option<Author> {
        let (author, path) = *self.artifacts.get(&document.digest)?;
        if Plan::is_composer(author) {
            return Some(Author::Rule { rule: author.to_owned() });
        }
        let step = path.rsplit_once('/').map_or(path, |(step, _)| step);
        let near =
            |path: &str| path.starts_with(step) || step.starts_with(path.split('/').next().unwrap_or(path));
        let asked = self.requests.iter().rev().filter(|(_, model, _)| *model == author);
        let request = asked
            .clone()
            .find(|(path, ..)| path.strip_prefix(step).is_some_and(|rest| rest.starts_with('/')))
            .or_else(|| asked.clone().find(|(path, ..)| near(path)))?;
        Some(Author::Model { model: author.to_owned(), request: request.2 })
    }
}

/// The bytes of the document: the author's, besides the texts that are the person's own or the program's. Also how many
/// texts claim to be a quote of the idea and are none.
fn map(document: &Document, author: &Author, idea: &str, idea_digest: Digest) -> (OriginMap, usize) {
    let bytes = document.text.as_bytes();
    let mut texts = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(&document.text) {
        collect(&value, &mut texts);
    }
    let mut parts: Vec<(usize, Author)> = Vec::new();
    let (mut at, mut false_quotes) = (0, 0);
    for text in texts {
        let other = match &text.origin {
            Origin::Quote { start, end } => {
                if idea.get(*start as usize..*end as usize) != Some(text.text.as_str()) {
                    false_quotes += 1;
                    continue;
                }
                Author::Person { source: Some(idea_digest) }
            }
            Origin::Person => Author::Person { source: None },
            Origin::Template | Origin::Missing => Author::Template { template: "ideamine".to_owned() },
            Origin::Rule { rule } => Author::Rule { rule: rule.clone() },
            Origin::Model => continue,
        };
        let Ok(written) = serde_json::to_string(&text.text) else { continue };
        // Objects are read in the order of their canonical form, so that the next place is the text's own.
        let Some(found) = document.text[at..].find(&written) else { continue };
        parts.push((found, author.clone()));
        parts.push((written.len(), other));
        at += found + written.len();
    }
    parts.push((bytes.len() - at, author.clone()));
    (OriginMap::of(bytes, parts), false_quotes)
}

fn collect(value: &Value, texts: &mut Vec<Text>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => {
            let is_text = fields.len() == 2 && fields.contains_key("text") && fields.contains_key("origin");
            match serde_json::from_value::<Text>(value.clone()) {
                Ok(text) if is_text => texts.push(text),
                _ => fields.values().for_each(|field| collect(field, texts)),
            }
        }
        _ => {}
    }
}
