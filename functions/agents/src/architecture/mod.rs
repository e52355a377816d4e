//! `agent-architecture`: the typed model from which diagrams, interface and schema are derived.
//!
//! | rule | what |
//! |---|---|
//! | `architecture/page`, `…/interface`, `…/records` | what every application with records has |
//! | `architecture/messages`, `…/timer`, `…/offline`, `…/device`, `…/gateway` | only when the words ask for it |
//! | `architecture/crud` | each entity can be listed, made, read, changed and removed |
//! | `architecture/flow` | the main flow is the primary actor keeping the primary entity |
//! | `architecture/candidate` | what the words raise is a candidate decision, never a decided one |

mod decisions;
mod flow;
mod parts;

use std::collections::BTreeSet;

use ideamine_authoring::check::{repeated, unknown};
use ideamine_authoring::{NewArtifact, Problem, Work};
use ideamine_core::artifacts::{Architecture, Brief, Component, Endpoint, Method, OpenQuestion, assign_ids};
use ideamine_core::digest::canonical;
use ideamine_core::{Failure, Text};

use self::decisions::{decisions, endpoints};
use self::flow::{externals, people, relations, sequence};
use self::parts::{OFFLINE, components};
use crate::application;
use crate::composer::Reading;
use crate::intake::check_entities;
use crate::shape::{brief, clip, question, requirement_ids, requirements, thing};
use crate::trace::{Pair, each};
use crate::typed::Body;

/// The architecture agent.
pub struct Architect;

impl Body for Architect {
    type Answer = Architecture;
    const NAME: &'static str = "agent-architecture";
    const FORM: &'static str = "architecture";

    fn compose(&self, work: &Work) -> Result<Architecture, Failure> {
        Ok(architecture_of(work))
    }
    fn check(&self, work: &Work, a: &Architecture) -> Vec<Problem> {
        check(a, &requirement_ids(&requirements(work)))
    }
    fn number(a: &mut Architecture) {
        assign_ids("ADR", a.decisions.iter_mut().map(|d| &mut d.id));
    }
    fn traces(a: &Architecture) -> Vec<Pair> {
        let components = a.components.iter().flat_map(|c| each(&format!("component:{}", c.name), &c.carries));
        let endpoints =
            a.endpoints.iter().flat_map(|e| each(&format!("endpoint:{}", operation(e)), &e.serves));
        let decisions = a.decisions.iter().flat_map(|d| each(&d.id, &d.serves));
        components.chain(endpoints).chain(decisions).collect()
    }
    fn questions(a: &mut Architecture) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut a.questions)
    }
    fn artifacts(&self, work: &Work, a: Architecture) -> Result<Vec<NewArtifact>, Failure> {
        let (context, sequence) = application::diagrams(&a);
        let openapi = canonical(&application::openapi(&a, &clip(&a.system)))?;
        let sql = application::sql(&a);
        let traces = Self::traces(&a);
        let openapi = NewArtifact {
            name: "openapi.json".to_owned(),
            media_type: "application/vnd.oai.openapi+json;version=3.1".to_owned(),
            bytes: openapi,
            traces: Vec::new(),
        };
        Ok(vec![
            NewArtifact::document(&work.phase.output, Self::FORM, work.generator(), a, traces)?,
            NewArtifact::text("context.mmd", "text/vnd.mermaid", context),
            NewArtifact::text("sequence.mmd", "text/vnd.mermaid", sequence),
            openapi,
            NewArtifact::text("schema.sql", "application/sql", sql),
        ])
    }
}

/// `GET /tools/{id}`.
pub fn operation(e: &Endpoint) -> String {
    let method = match e.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    format!("{method} {}", e.path)
}

fn check(a: &Architecture, requirements: &BTreeSet<String>) -> Vec<Problem> {
    let mut problems = check_entities(&a.entities);
    let named = a.people.iter().map(|p| &p.name).chain(a.externals.iter().map(|e| &e.name));
    let named: Vec<String> = named.chain(a.components.iter().map(|c| &c.name)).cloned().collect();
    problems.extend(repeated("/components", named.iter().map(String::as_str)));
    let mut known: BTreeSet<String> = named.into_iter().collect();
    known.extend(["system".to_owned(), a.system.text.clone()]);
    let ends = a.relations.iter().flat_map(|r| [&r.from, &r.to]);
    problems.extend(unknown("/relations", "person, external, component or `system`", ends, &known));
    let ends = a.sequence.iter().flat_map(|s| [&s.from, &s.to]);
    problems.extend(unknown("/sequence", "person, external, component or `system`", ends, &known));
    for (place, ids) in [
        ("/components", a.components.iter().flat_map(|c| &c.carries).collect::<Vec<_>>()),
        ("/endpoints", a.endpoints.iter().flat_map(|e| &e.serves).collect()),
        ("/decisions", a.decisions.iter().flat_map(|d| &d.serves).collect()),
    ] {
        problems.extend(unknown(place, "requirement", ids.into_iter(), requirements));
    }
    let entities: BTreeSet<String> = a.entities.iter().map(|e| e.name.clone()).collect();
    problems.extend(unknown(
        "/endpoints",
        "entity",
        a.endpoints.iter().filter_map(|e| e.entity.as_ref()),
        &entities,
    ));
    let operations: Vec<String> = a.endpoints.iter().map(operation).collect();
    problems.extend(repeated("/endpoints", operations.iter().map(String::as_str)));
    problems.extend(a.endpoints.iter().filter(|e| !is_path(&e.path)).map(|e| {
        Problem::new(
            "/endpoints",
            "path",
            format!("`{}` is no path template such as `/things/{{id}}`", e.path),
        )
    }));
    problems
}

fn is_path(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'{' | b'}' | b'.');
    path.starts_with('/') && path.len() <= 200 && path.bytes().all(plain) && !path.contains("//")
}

/// The architecture of the requirements, with its ids assigned.
pub fn architecture_of(work: &Work) -> Architecture {
    let (brief, prd) = (brief(work), requirements(work));
    let kind = Reading::of(&work.idea).product.kind;
    let parts = components(&brief, &prd, kind);
    let people = people(&brief);
    let externals = externals(&brief, &people, &parts);
    let mut a = Architecture {
        system: system(&brief),
        relations: relations(&people, &externals, &parts),
        sequence: sequence(&brief, &people, &externals, &parts),
        entities: brief.entities.clone(),
        endpoints: endpoints(&brief, &prd),
        decisions: decisions(&brief, &prd, kind),
        questions: asks(&brief, &parts),
        people,
        externals,
        components: parts,
    };
    Architect::number(&mut a);
    a
}

fn system(brief: &Brief) -> Text {
    if brief.title.is_substance() { brief.title.clone() } else { Text::template("The system") }
}

fn asks(brief: &Brief, parts: &[Component]) -> Vec<OpenQuestion> {
    let mut asks = Vec::new();
    if brief.entities.is_empty() {
        let text = format!("What should {} keep records of, if anything?", thing(brief));
        asks.push(question(
            text,
            "No record was found in the idea, so there is no interface and no schema to derive.",
        ));
    }
    if parts.iter().any(|c| c.name == OFFLINE) {
        asks.push(question(
            "Which records must be on the device, and how old may they be?",
            "It is to work without a connection.",
        ));
    }
    if brief.actors.len() > 1 && !brief.entities.is_empty() {
        let names: Vec<String> =
            brief.actors.iter().take(3).map(|a| format!("“{}”", clip(&a.name))).collect();
        let text = format!("Which records may {} each see and change?", names.join(", "));
        asks.push(question(
            text,
            "Several people use the same records, and the interface must know who may do what.",
        ));
    }
    asks
}
