//! `architecture-consistency`: does it carry every requirement, does every name resolve, do its parts agree?

use std::collections::BTreeSet;

use ideamine_core::artifacts::{
    Architecture, DecisionStatus, FieldKind, GateOutcome, Prd, Priority, Requirement, RequirementKind,
    Severity,
};
use serde_json::Value;

use crate::gate::{Gate, Judgement};
use crate::view::GateView;

/// Share of texts that must say something about this idea, percent.
const SUBSTANCE_PERCENT: usize = 60;
const DOCUMENT: &str = "architecture.json";

/// The gate.
pub(crate) struct ArchitectureConsistency;

impl Gate for ArchitectureConsistency {
    fn id(&self) -> &'static str {
        "architecture-consistency"
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let (Some(architecture), Some(prd)) =
            (view.body::<Architecture>(DOCUMENT), view.body::<Prd>("prd.json"))
        else {
            return Judgement::without(DOCUMENT);
        };
        let mut judgement = Judgement::default();
        carried(&architecture, &prd.requirements, &mut judgement);
        relations(&architecture, &mut judgement);
        entities(&architecture, &mut judgement);
        decisions(&architecture, &mut judgement);
        derived(&architecture, view, &mut judgement);
        for rule in [
            "not-carried",
            "no-endpoint",
            "unknown-requirement",
            "unknown-name",
            "unknown-entity",
            "interface-differs",
        ] {
            judgement.none(&format!("architecture/{rule}"), GateOutcome::Fail);
        }
        judgement.none("architecture/undecided", GateOutcome::Fail);
        judgement.at_least("components", architecture.components.len(), 1, GateOutcome::Fail);
        judgement.at_least("steps-of-main-flow", architecture.sequence.len(), 1, GateOutcome::Concerns);
        judgement.at_most("open-blocking-questions", view.own_blocking(), 0, GateOutcome::Fail);
        let share = view.coverage(DOCUMENT).substance_percent() as usize;
        judgement.at_least("substance-percent", share, SUBSTANCE_PERCENT, GateOutcome::Fail);
        judgement
    }
}

/// Every must is carried by a component; a functional one, where records are kept, is served by an endpoint.
fn carried(architecture: &Architecture, requirements: &[Requirement], judgement: &mut Judgement) {
    let known: BTreeSet<&str> = requirements.iter().map(|r| r.id.as_str()).collect();
    let carried: BTreeSet<&str> =
        architecture.components.iter().flat_map(|c| c.carries.iter().map(String::as_str)).collect();
    let served: BTreeSet<&str> =
        architecture.endpoints.iter().flat_map(|e| e.serves.iter().map(String::as_str)).collect();
    for requirement in requirements.iter().filter(|r| r.priority == Priority::Must) {
        let id = requirement.id.as_str();
        if !carried.contains(id) {
            let message = format!("no component carries {id}");
            judgement.find(
                "architecture/not-carried",
                Severity::High,
                "architecture.json#/body/components",
                message,
            );
        }
        let functional = requirement.kind == RequirementKind::Functional && !architecture.entities.is_empty();
        if functional && !served.contains(id) {
            let message = format!("no endpoint serves {id}");
            judgement.find(
                "architecture/no-endpoint",
                Severity::High,
                "architecture.json#/body/endpoints",
                message,
            );
        }
    }
    for id in carried.iter().chain(&served).filter(|id| !known.contains(*id)) {
        let message = format!("{id} is named and is no requirement of the PRD");
        judgement.find("architecture/unknown-requirement", Severity::High, DOCUMENT, message);
    }
}

/// Arrows and messages are between people, externals, components and the system itself.
fn relations(architecture: &Architecture, judgement: &mut Judgement) {
    let mut known: BTreeSet<&str> = BTreeSet::from(["system", architecture.system.text.as_str()]);
    known.extend(architecture.people.iter().map(|p| p.name.as_str()));
    known.extend(architecture.externals.iter().map(|e| e.name.as_str()));
    known.extend(architecture.components.iter().map(|c| c.name.as_str()));
    let relations =
        architecture.relations.iter().enumerate().map(|(i, r)| (format!("relations/{i}"), &r.from, &r.to));
    let steps =
        architecture.sequence.iter().enumerate().map(|(i, s)| (format!("sequence/{i}"), &s.from, &s.to));
    for (place, from, to) in relations.chain(steps) {
        for name in [from, to].into_iter().filter(|name| !known.contains(name.as_str())) {
            let place = format!("architecture.json#/body/{place}");
            let message = format!("`{name}` is no person, external, component or `system`");
            judgement.find("architecture/unknown-name", Severity::High, &place, message);
        }
    }
}

fn entities(architecture: &Architecture, judgement: &mut Judgement) {
    let known: BTreeSet<&str> = architecture.entities.iter().map(|e| e.name.as_str()).collect();
    let mut unknown = |name: &str, place: String| {
        let message = format!("entity `{name}` is not defined");
        judgement.find("architecture/unknown-entity", Severity::High, &place, message);
    };
    for (index, entity) in architecture.entities.iter().enumerate() {
        for field in &entity.fields {
            match &field.kind {
                FieldKind::Reference(name) if !known.contains(name.as_str()) => {
                    unknown(name, format!("architecture.json#/body/entities/{index}"));
                }
                _ => {}
            }
        }
    }
    for (index, endpoint) in architecture.endpoints.iter().enumerate() {
        if let Some(name) = endpoint.entity.as_deref().filter(|name| !known.contains(name)) {
            unknown(name, format!("architecture.json#/body/endpoints/{index}"));
        }
    }
}

fn decisions(architecture: &Architecture, judgement: &mut Judgement) {
    for (index, decision) in architecture.decisions.iter().enumerate() {
        if decision.status == DecisionStatus::Candidate || !decision.choice.is_substance() {
            let place = format!("architecture.json#/body/decisions/{index}");
            judgement.find(
                "architecture/undecided",
                Severity::High,
                &place,
                format!("{} is not decided", decision.id),
            );
        }
    }
}

/// The OpenAPI document has exactly the endpoints, the SQL schema a table for every entity.
fn derived(architecture: &Architecture, view: &GateView, judgement: &mut Judgement) {
    let place = "openapi.json#/paths";
    let openapi: Option<Value> = view.text("openapi.json").and_then(|text| serde_json::from_str(text).ok());
    let paths = openapi.as_ref().and_then(|o| o["paths"].as_object());
    for endpoint in &architecture.endpoints {
        let method = format!("{:?}", endpoint.method).to_lowercase();
        let there =
            paths.and_then(|paths| paths.get(&endpoint.path)).is_some_and(|item| item.get(&method).is_some());
        if !there {
            let message =
                format!("{} {} is not in the OpenAPI document", method.to_uppercase(), endpoint.path);
            judgement.find("architecture/interface-differs", Severity::High, place, message);
        }
    }
    let sql = view.text("schema.sql").unwrap_or_default().to_lowercase();
    let tables = sql.matches("create table").count();
    if tables < architecture.entities.len() {
        let message = format!("{} entities and {tables} tables", architecture.entities.len());
        judgement.find("architecture/interface-differs", Severity::High, "schema.sql", message);
    }
}
