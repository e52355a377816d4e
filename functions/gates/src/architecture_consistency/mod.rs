//! `architecture-consistency`: the parts of the design agree with each other and with the requirements.

mod agreement;

use std::collections::BTreeSet;

use ideamine_core::artifacts::{
    Architecture, Brief, DecisionStatus, FieldKind, GateOutcome, Prd, Priority, Requirement, RequirementKind,
    Severity,
};

use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, Rule, at};
use crate::view::{GateView, Need};
use crate::wording::{plain, said};

pub(crate) const FILE: &str = "architecture.json";
const FAILS: GateOutcome = GateOutcome::Fail;
const WEAK: GateOutcome = GateOutcome::Concerns;
/// A decision that had no alternative decided nothing.
const OPTIONS_MIN: usize = 2;

/// The gate of the architecture phase.
pub(crate) struct ArchitectureConsistency;

impl Gate for ArchitectureConsistency {
    fn id(&self) -> &'static str {
        "architecture-consistency"
    }
    fn needs(&self) -> &'static [Need] {
        &[
            Need::Artifact("brief.json"),
            Need::Artifact("prd.json"),
            Need::Artifact(FILE),
            Need::Artifact("openapi.json"),
            Need::Artifact("schema.sql"),
        ]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("architecture");
        let (Some(brief), Some(prd), Some(architecture)) = (
            j.read::<Brief>(view, "brief.json"),
            j.read::<Prd>(view, "prd.json"),
            j.read::<Architecture>(view, FILE),
        ) else {
            return j;
        };
        carried(&mut j, &brief, &prd, &architecture);
        known_requirements(&mut j, &prd, &architecture);
        known_names(&mut j, &architecture);
        entities(&mut j, &architecture);
        endpoints(&mut j, &architecture);
        agreement::with_openapi(&mut j, view, &architecture);
        agreement::with_sql(&mut j, view, &architecture);
        decisions(&mut j, &architecture);
        whole(&mut j, &architecture);
        j.no_blocking_question_of_its_own(view);
        j.substance(view, FILE);
        j
    }
}

fn carried(j: &mut Judgement, brief: &Brief, prd: &Prd, a: &Architecture) {
    let by_component: BTreeSet<&String> =
        a.components.iter().filter(|c| said(&c.responsibility)).flat_map(|c| &c.carries).collect();
    let by_endpoint: BTreeSet<&String> = a.endpoints.iter().flat_map(|e| &e.serves).collect();
    let musts: Vec<&Requirement> = prd.requirements.iter().filter(|r| r.priority == Priority::Must).collect();
    let open = musts.iter().filter(|r| !by_component.contains(&r.id));
    let message = |r: &Requirement| {
        format!(
            "{} is carried by no component: add it to `carries` of the one that is responsible: {}",
            r.id, r.statement
        )
    };
    let open: Vec<Hit> = open.map(|r| (format!("{FILE}#/body/components"), message(r))).collect();
    j.share(("musts-carried-percent", Severity::High, FAILS), musts.len(), 100, open);

    let has_entities = |id: &String| brief.needs.iter().any(|n| n.id == *id && !n.entities.is_empty());
    let about_records =
        |r: &&&Requirement| r.kind == RequirementKind::Functional && r.serves.iter().any(has_entities);
    let recorded: Vec<&&Requirement> = musts.iter().filter(about_records).collect();
    let open = recorded.iter().filter(|r| !by_endpoint.contains(&r.id));
    let message = |r: &Requirement| {
        format!(
            "{} is about records and served by no endpoint: add it to `serves` of the one that does it: {}",
            r.id, r.statement
        )
    };
    let open: Vec<Hit> = open.map(|r| (format!("{FILE}#/body/endpoints"), message(r))).collect();
    j.share(("record-musts-served-percent", Severity::High, FAILS), recorded.len(), 100, open);
}

fn known_requirements(j: &mut Judgement, prd: &Prd, a: &Architecture) {
    let known: BTreeSet<&String> = prd.requirements.iter().map(|r| &r.id).collect();
    let components = a.components.iter().enumerate().map(|(i, c)| (at(FILE, "components", i), &c.carries));
    let endpoints = a.endpoints.iter().enumerate().map(|(i, e)| (at(FILE, "endpoints", i), &e.serves));
    let decisions = a.decisions.iter().enumerate().map(|(i, d)| (at(FILE, "decisions", i), &d.serves));
    let strange = components.chain(endpoints).chain(decisions).flat_map(|(place, ids)| {
        let strange = ids.iter().filter(|id| !known.contains(id));
        strange
            .map(|id| (place.clone(), format!("`{id}` is no requirement of the PRD")))
            .collect::<Vec<Hit>>()
    });
    j.none(("unknown-requirement", Severity::High, FAILS), strange.collect::<Vec<_>>());
}

fn known_names(j: &mut Judgement, a: &Architecture) {
    let people = a.people.iter().map(|p| &p.name);
    let own: Vec<&String> = people
        .chain(a.externals.iter().map(|e| &e.name))
        .chain(a.components.iter().map(|c| &c.name))
        .collect();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let twice = own.iter().filter(|name| !known.insert(plain(name)));
    let twice: Vec<Hit> = twice.map(|name| (FILE.to_owned(), format!("the name `{name}` stands for two things: names of people, externals and components must differ"))).collect();
    j.none(("name-not-unique", Severity::Medium, FAILS), twice);
    known.extend(["system".to_owned(), plain(&a.system.text)]);
    let relations = a.relations.iter().enumerate().map(|(i, r)| (at(FILE, "relations", i), [&r.from, &r.to]));
    let sequence = a.sequence.iter().enumerate().map(|(i, s)| (at(FILE, "sequence", i), [&s.from, &s.to]));
    let strange = relations.chain(sequence).flat_map(|(place, names)| {
        let strange = names.into_iter().filter(|name| !known.contains(&plain(name)));
        strange
            .map(|name| (place.clone(), format!("`{name}` is no person, external, component or the system")))
            .collect::<Vec<Hit>>()
    });
    j.none(("unknown-name", Severity::High, FAILS), strange.collect::<Vec<_>>());
    let silent = a.components.iter().enumerate().filter(|(_, c)| !said(&c.responsibility));
    let silent = silent
        .map(|(i, c)| (at(FILE, "components", i), format!("component `{}` has no responsibility", c.name)));
    j.none(("responsibility-missing", Severity::Medium, FAILS), silent.collect::<Vec<_>>());
}

fn entities(j: &mut Judgement, a: &Architecture) {
    let names: BTreeSet<&str> = a.entities.iter().map(|e| e.name.as_str()).collect();
    let mut hits: Vec<Hit> = Vec::new();
    let mut seen = BTreeSet::new();
    for (i, entity) in a.entities.iter().enumerate() {
        let place = at(FILE, "entities", i);
        if !is_name(&entity.name) || !seen.insert(&entity.name) {
            hits.push((
                place.clone(),
                format!("entity `{}`: expected a unique name of a-z, 0-9 and _", entity.name),
            ));
        }
        let mut fields = BTreeSet::new();
        for field in &entity.fields {
            if !is_name(&field.name) || field.name == "id" || !fields.insert(&field.name) {
                hits.push((
                    place.clone(),
                    format!(
                        "field `{}.{}`: expected a unique name of a-z, 0-9 and _ other than id",
                        entity.name, field.name
                    ),
                ));
            }
        }
    }
    j.none(("bad-name", Severity::High, FAILS), hits);
    let dangling = a.entities.iter().enumerate().flat_map(|(i, entity)| {
        let lost = entity.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Reference(target) if !names.contains(target.as_str()) => Some((field, target)),
            _ => None,
        });
        let message = |field: &str, target: &str| {
            format!("`{}.{field}` refers to `{target}`, which is no entity", entity.name)
        };
        lost.map(|(f, t)| (at(FILE, "entities", i), message(&f.name, t))).collect::<Vec<Hit>>()
    });
    j.none(("dangling-reference", Severity::High, FAILS), dangling.collect::<Vec<_>>());
    let unreachable = a
        .entities
        .iter()
        .enumerate()
        .filter(|(_, entity)| !a.endpoints.iter().any(|e| e.entity.as_ref() == Some(&entity.name)));
    let unreachable = unreachable.map(|(i, entity)| {
        (
            at(FILE, "entities", i),
            format!("no endpoint serves entity `{}`: nobody could read or write it", entity.name),
        )
    });
    j.none(("entity-without-endpoint", Severity::Medium, WEAK), unreachable.collect::<Vec<_>>());
}

/// `[a-z][a-z0-9_]*`: becomes table, path and type names.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn endpoints(j: &mut Judgement, a: &Architecture) {
    let names: BTreeSet<&String> = a.entities.iter().map(|e| &e.name).collect();
    let mut seen = BTreeSet::new();
    let mut hits: Vec<Hit> = Vec::new();
    for (i, endpoint) in a.endpoints.iter().enumerate() {
        let place = at(FILE, "endpoints", i);
        if !endpoint.path.starts_with('/') || endpoint.path.contains(char::is_whitespace) {
            hits.push((
                place.clone(),
                format!("`{}` is no path: expected it to begin with / and to hold no space", endpoint.path),
            ));
        }
        if !seen.insert((endpoint.method, agreement::shape(&endpoint.path))) {
            hits.push((place.clone(), format!("{:?} {} comes twice", endpoint.method, endpoint.path)));
        }
        if let Some(entity) = endpoint.entity.as_ref().filter(|entity| !names.contains(entity)) {
            hits.push((place, format!("{} serves entity `{entity}`, which does not exist", endpoint.path)));
        }
    }
    j.none(("bad-endpoint", Severity::High, FAILS), hits);
}

fn whole(j: &mut Judgement, a: &Architecture) {
    let parts = a.components.iter().filter(|c| said(&c.responsibility)).count();
    let message = "no component says what it is responsible for".to_owned();
    j.at_least(
        ("components", Severity::High, FAILS),
        parts,
        1,
        (format!("{FILE}#/body/components"), message),
    );
    let steps = a.sequence.iter().filter(|step| said(&step.message)).count();
    let message = "the main flow has no step".to_owned();
    j.at_least(
        ("steps-of-main-flow", Severity::Low, WEAK),
        steps,
        1,
        (format!("{FILE}#/body/sequence"), message),
    );
}

fn decisions(j: &mut Judgement, a: &Architecture) {
    let those = |which: &dyn Fn(&ideamine_core::artifacts::Decision) -> bool, what: &str| -> Vec<Hit> {
        let hits = a.decisions.iter().enumerate().filter(|(_, d)| which(d));
        hits.map(|(i, d)| (at(FILE, "decisions", i), format!("{} `{}` {what}", d.id, d.title))).collect()
    };
    let made = a.decisions.iter().filter(|d| d.status == DecisionStatus::Decided && said(&d.choice)).count();
    let message = "nothing is decided: say what is dear to change later, and choose".to_owned();
    let rule: Rule = ("decisions-made", Severity::Medium, WEAK);
    j.at_least(rule, made, 1, (format!("{FILE}#/body/decisions"), message));
    let open = those(&|d| d.status == DecisionStatus::Candidate, "is a candidate: someone must decide it");
    j.none(("decision-open", Severity::High, FAILS), open);
    let empty =
        those(&|d| d.status == DecisionStatus::Decided && !said(&d.choice), "is decided without a choice");
    j.none(("choice-missing", Severity::High, FAILS), empty);
    let alone = those(
        &|d| d.options.iter().filter(|o| said(o)).count() < OPTIONS_MIN,
        "names no alternative: give at least two options",
    );
    j.none(("options-missing", Severity::Low, WEAK), alone);
}
