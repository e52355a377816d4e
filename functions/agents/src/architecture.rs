//! `agent-architecture`: the typed model from which diagrams, interface and schema are derived.

use std::collections::BTreeSet;

use ideamine_authoring::check::{repeated, unknown};
use ideamine_authoring::{NewArtifact, Problem, Work};
use ideamine_core::Failure;
use ideamine_core::artifacts::{Architecture, OpenQuestion, assign_ids};
use ideamine_core::digest::canonical;

use crate::application;
use crate::drafts::{design_of, requirements};
use crate::intake::check_entities;
use crate::shape::{clip, operation, requirement_ids};
use crate::trace::{Pair, each};
use crate::typed::Body;

/// The architecture agent.
pub struct Architect;

impl Body for Architect {
    type Answer = Architecture;
    const NAME: &'static str = "agent-architecture";
    const FORM: &'static str = "architecture";

    fn compose(&self, work: &Work) -> Result<Architecture, Failure> {
        Ok(design_of(work))
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
