//! Operations on records, and the decisions that someone must still take.

use std::collections::BTreeSet;

use ideamine_core::Text;
use ideamine_core::artifacts::{
    Brief, Decision, DecisionStatus, Endpoint, Entity, FieldKind, Method, Prd, Requirement,
};

use super::parts::OFFLINE_CUES;
use crate::composer::inflection::plural;
use crate::composer::product::ProductKind;
use crate::shape::{about, an, keeps_records, of_prefix, says};

/// Operations on the entities that some requirement keeps records of, and on those that these refer to.
pub(super) fn endpoints(brief: &Brief, prd: &Prd) -> Vec<Endpoint> {
    let kept = kept_entities(brief, prd);
    kept.into_iter().flat_map(|entity| crud(brief, entity, prd)).collect()
}

fn kept_entities<'a>(brief: &'a Brief, prd: &Prd) -> Vec<&'a Entity> {
    let records = |e: &Entity| of_prefix(prd, "FR").any(|r| keeps_records(r) && about(brief, r, &e.name));
    let mut names: BTreeSet<&str> =
        brief.entities.iter().filter(|e| records(e)).map(|e| e.name.as_str()).collect();
    // Each round follows one reference further; there are never more rounds than entities.
    for _ in &brief.entities {
        let there = brief.entities.iter().filter(|e| names.contains(e.name.as_str()));
        let referred: Vec<&str> = there.flat_map(references).collect();
        names.extend(referred);
    }
    brief.entities.iter().filter(|e| names.contains(e.name.as_str())).collect()
}

fn references(entity: &Entity) -> impl Iterator<Item = &str> {
    entity.fields.iter().filter_map(|f| match &f.kind {
        FieldKind::Reference(to) => Some(to.as_str()),
        _ => None,
    })
}

fn crud(brief: &Brief, entity: &Entity, prd: &Prd) -> Vec<Endpoint> {
    let served = of_prefix(prd, "FR").filter(|r| about(brief, r, &entity.name));
    let serves: Vec<String> = served.map(|r| r.id.clone()).collect();
    let path = format!("/{}", plural(&entity.name));
    let words = entity.name.replace('_', " ");
    let one = |method, path: String, what: &str| Endpoint {
        method,
        path,
        entity: Some(entity.name.clone()),
        summary: Text::rule(
            format!("{what} {}", if what.ends_with("kind") { words.clone() } else { an(&words) }),
            "architecture/crud",
        ),
        serves: serves.clone(),
    };
    let item = format!("{path}/{{id}}");
    vec![
        one(Method::Get, path.clone(), "List records of the kind"),
        one(Method::Post, path, "Create"),
        one(Method::Get, item.clone(), "Read"),
        one(Method::Put, item.clone(), "Replace"),
        one(Method::Delete, item, "Remove"),
    ]
}

/// Checklist entries that words raise: cue words, title, options.
#[rustfmt::skip]
pub(super) const TOPICS: &[(&[&str], &str, &[&str])] = &[
    (OFFLINE_CUES, "Work without a connection", &["Keep a local copy and bring changes together later",
        "Allow reading only while offline", "Refuse to work offline and say so"]),
    (&["photo*", "picture*", "image*", "video*", "camera"], "Where pictures are kept",
        &["As files beside the records", "In an object store", "Not at all: keep a reference only"]),
    (&["sms", "whatsapp", "e-mail*", "email*", "notif*", "remind*"], "Which channel tells people",
        &["A provider for that channel", "Only inside the application", "A person tells them"]),
    (&["pay*", "invoice*", "deposit*", "refund*", "fee", "fees", "price*"], "How money is handled",
        &["A payment provider; the application keeps references", "Recorded here, paid elsewhere",
        "Not handled in the first version"]),
    (&["delete*", "retention", "gdpr", "personal data", "privacy", "phone number*", "address*"],
        "How long data about people is kept", &["Deleted after a stated time", "Deleted on request",
        "Made anonymous and kept for statistics"]),
    (&["log in", "login", "password*", "account*", "only the", "only they", "may see", "role*", "permission*"],
        "How people are known to it", &["Accounts of its own", "An identity provider that is there already",
        "One shared place without accounts"]),
    (&["gps", "location*", "map*", "route*"], "Where someone is", &["Asked of the device each time",
        "Entered by hand", "Not kept"]),
    (&["sensor*", "battery", "bluetooth", "lora*", "wifi", "wi-fi"], "How the device reports",
        &["Radio with low power", "The network of the place", "Read out by hand"]),
    (&["import*", "spreadsheet*", "excel", "csv"], "What is taken over from today's records", &["Once, by hand",
        "By an import that can be repeated", "Nothing: start empty"]),
];

pub(super) fn decisions(brief: &Brief, prd: &Prd, kind: ProductKind) -> Vec<Decision> {
    let candidate = |title: &str, options: &[&str], about: &Requirement, serves: Vec<String>| Decision {
        id: String::new(),
        title: Text::rule(title, "architecture/candidate"),
        context: about.statement.clone(),
        options: options.iter().map(|o| Text::rule(*o, "architecture/candidate")).collect(),
        choice: Text::missing("which of the options; someone must decide"),
        status: DecisionStatus::Candidate,
        serves,
    };
    let mut decisions = Vec::new();
    for (cues, title, options) in TOPICS {
        let about: Vec<&Requirement> = prd.requirements.iter().filter(|r| says(&r.statement, cues)).collect();
        if let Some(first) = about.first() {
            decisions.push(candidate(title, options, first, about.iter().map(|r| r.id.clone()).collect()));
        }
    }
    if kind != ProductKind::Device || !brief.entities.is_empty() {
        decisions.push(skeleton_decision(brief, prd));
    }
    decisions
}

/// The one thing that is decided: what the generated application is made of.
fn skeleton_decision(brief: &Brief, prd: &Prd) -> Decision {
    let rule = |text: &str| Text::rule(text, "architecture/skeleton");
    Decision {
        id: String::new(),
        title: rule("What the first skeleton is made of"),
        context: rule(
            "It must run anywhere, without a service or an account, so that people can look at it.",
        ),
        options: vec![
            rule("Python's standard library and one file of records"),
            rule("A framework and a database server"),
        ],
        choice: rule(
            "Python's standard library and one file of records; nothing of it binds what is built later",
        ),
        status: DecisionStatus::Decided,
        serves: of_prefix(prd, "FR")
            .filter(|r| brief.entities.iter().any(|e| about(brief, r, &e.name)))
            .map(|r| r.id.clone())
            .collect(),
    }
}
