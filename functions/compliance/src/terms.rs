//! `guard-terms`: whether the idea, or what was made of it, is for a prohibited use.
//!
//! A grave finding in the idea ends the run before anything is made of it; any other is for a person to look at. What a run
//! writes is scanned as the prose in it: names of fields, ids and code say nothing of a use.

use async_trait::async_trait;
use ideamine_core::artifacts::{GateFinding, Severity as Weight};
use ideamine_core::records::{GuardAt, GuardOutcome};
use ideamine_core::{Ctx, Failure};
use ideamine_guarding::{Document, Guard, Look, Subject};
use ideamine_terms::{Finding, Kind, Severity, scan};
use serde_json::Value;

use crate::controls;

/// Shortest text of a document that is prose, characters: shorter ones are names and labels.
const PROSE_CHARS_MIN: usize = 40;

/// From here on a finding asks for a person: below it, too many honest ideas are found something in. The scanner's own
/// bound for what nobody need doubt, as a probability.
const SURE: f32 = 0.92;

/// The terms scanner at documents of a run.
pub(crate) struct Terms;

#[async_trait]
impl Guard for Terms {
    fn id(&self) -> &'static str {
        "terms"
    }

    async fn look(&self, ctx: &Ctx, subject: &Subject) -> Result<Look, Failure> {
        let mut look = Look::pass();
        for document in &subject.documents {
            let idea = document.phase.is_none();
            let (kind, text) =
                if idea { (Kind::Idea, document.text.clone()) } else { (Kind::Document, prose(document)) };
            for found in scan(&text, kind) {
                let category = found.category.name();
                if idea && found.severity == Severity::Grave && found.score >= SURE {
                    look.outcome = GuardOutcome::Blocked;
                    look.why = Some(format!("the idea asks for a prohibited use: {category}"));
                } else if found.severity > Severity::Notice && found.score >= SURE {
                    look.review.push(format!("{category} in {}", document.name));
                }
                look.findings.push(finding(document, &found));
            }
        }
        if subject.at == GuardAt::Post {
            let mapped = controls::mapped(ctx, subject).await?;
            look.beside.push(("controls".to_owned(), ctx.put_json(&mapped).await?));
        }
        look.review.sort_unstable();
        look.review.dedup();
        Ok(look)
    }
}

/// The texts of a JSON document that a person would read, one a line; a page or a source as it is.
fn prose(document: &Document) -> String {
    match serde_json::from_str::<Value>(&document.text) {
        Ok(value) => {
            let mut texts = Vec::new();
            collect(&value, &mut texts);
            texts.join("\n\n")
        }
        Err(_) => String::new(),
    }
}

fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if text.chars().count() >= PROSE_CHARS_MIN => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, texts)),
        _ => {}
    }
}

fn finding(document: &Document, found: &Finding) -> GateFinding {
    GateFinding {
        rule: format!("terms/{}", found.category.name()),
        severity: match found.severity {
            Severity::Notice => Weight::Low,
            Severity::Serious => Weight::High,
            Severity::Grave => Weight::Critical,
        },
        place: document.name.clone(),
        message: found.reason.clone(),
    }
}
