//! Architectures of very different kinds, for all tests here.

use ideamine_core::Text;
use ideamine_core::artifacts::{
    Architecture, Component, Endpoint, Entity, External, Field, FieldKind, Method, OpenQuestion, Person, Prd,
    Priority, Relation, Requirement, RequirementKind, SequenceStep, Story,
};

use crate::application::Operation;
use crate::records::Ask;

/// A field.
pub(super) fn field(name: &str, kind: FieldKind, required: bool) -> Field {
    Field { name: name.into(), kind, required, reason: Text::rule(format!("Why {name} is kept."), "test") }
}

/// An entity.
pub(super) fn entity(name: &str, fields: Vec<Field>) -> Entity {
    Entity { name: name.into(), description: Text::rule(format!("What a {name} is."), "test"), fields }
}

fn endpoint(method: Method, path: String, entity: &str, serves: &str) -> Endpoint {
    let summary = Text::rule(format!("{method:?} {path}"), "test");
    Endpoint { method, path, entity: Some(entity.into()), summary, serves: vec![serves.into()] }
}

/// All five operations; the requirement is `FR-n` with the entity's number.
pub(super) fn crud(entity: &str, number: usize) -> Vec<Endpoint> {
    let (collection, serves) = (format!("/{entity}s"), format!("FR-{number}"));
    let item = format!("{collection}/{{id}}");
    vec![
        endpoint(Method::Get, collection.clone(), entity, &serves),
        endpoint(Method::Post, collection, entity, &serves),
        endpoint(Method::Get, item.clone(), entity, &serves),
        endpoint(Method::Put, item.clone(), entity, &serves),
        endpoint(Method::Delete, item, entity, &serves),
    ]
}

/// An architecture of these entities, all of them fully served.
pub(super) fn architecture(entities: Vec<Entity>) -> Architecture {
    let endpoints =
        entities.iter().enumerate().flat_map(|(index, entity)| crud(&entity.name, index + 1)).collect();
    let step = |from: &str, to: &str| SequenceStep {
        from: from.into(),
        to: to.into(),
        message: Text::template("asks"),
    };
    Architecture {
        system: Text::rule("Meter Book", "test"),
        kind: ideamine_core::artifacts::AppKind::Service,
        people: vec![Person { name: "Technician".into(), does: Text::rule("reads meters", "test") }],
        externals: vec![External { name: "Mail".into(), purpose: Text::rule("sends letters", "test") }],
        relations: vec![
            Relation { from: "Technician".into(), to: "web".into(), label: Text::rule("uses", "test") },
            Relation {
                from: "system".into(),
                to: "Mail".into(),
                label: Text::rule("hands letters to", "test"),
            },
        ],
        components: vec![Component {
            name: "web".into(),
            responsibility: Text::template("pages"),
            carries: vec![],
        }],
        entities,
        endpoints,
        sequence: vec![step("Technician", "web"), step("web", "Mail")],
        decisions: vec![],
        questions: vec![question("Who may read?")],
    }
}

fn question(text: &str) -> OpenQuestion {
    OpenQuestion { id: "Q-1".into(), text: text.into(), why: String::new(), blocking: true }
}

/// No records at all.
pub(super) fn none() -> Architecture {
    architecture(vec![])
}

/// One kind of record without a required field.
pub(super) fn one() -> Architecture {
    architecture(vec![entity("note", vec![field("body", FieldKind::Text, false)])])
}

/// Three kinds, the last referring to both others; every kind of field, required and not.
pub(super) fn three() -> Architecture {
    let reference = |name: &str| FieldKind::Reference(name.to_owned());
    architecture(vec![
        entity("customer", vec![field("name", FieldKind::Text, true)]),
        entity(
            "meter",
            vec![field("serial", FieldKind::Text, true), field("owner", reference("customer"), true)],
        ),
        entity(
            "visit",
            vec![
                field("remark", FieldKind::Text, false),
                field("title", FieldKind::Text, true),
                field("reading", FieldKind::Integer, true),
                field("spare", FieldKind::Integer, false),
                field("paid", FieldKind::Boolean, true),
                field("late", FieldKind::Boolean, false),
                field("day", FieldKind::Date, true),
                field("due", FieldKind::Date, false),
                field("started", FieldKind::Moment, true),
                field("ended", FieldKind::Moment, false),
                field("fee", FieldKind::MoneyMinor, true),
                field("tip", FieldKind::MoneyMinor, false),
                field("meter", reference("meter"), true),
                field("customer", reference("customer"), false),
                field("previous", reference("visit"), false),
            ],
        ),
    ])
}

/// Eight kinds: words of SQL and Python, circles of required references, no fields, few operations.
pub(super) fn eight() -> Architecture {
    let reference = |name: &str| FieldKind::Reference(name.to_owned());
    let mut architecture = architecture(vec![
        entity("order", vec![field("group", FieldKind::Text, true), field("class", FieldKind::Text, false)]),
        entity("class", vec![field("order", reference("order"), true), field("from", FieldKind::Date, true)]),
        entity("hen", vec![field("egg", reference("egg"), true)]),
        entity("egg", vec![field("hen", reference("hen"), true), field("self_ref", reference("egg"), true)]),
        entity("empty", vec![]),
        entity("server", vec![field("select", FieldKind::Boolean, true)]),
        entity(
            "log_line",
            vec![field("at", FieldKind::Moment, true), field("of", reference("nowhere"), true)],
        ),
        entity("index", vec![field("log", reference("log_line"), true)]),
    ]);
    architecture.endpoints.retain(|endpoint| {
        let of = |entity: &str| endpoint.entity.as_deref() == Some(entity);
        let read_only = of("log_line") && endpoint.method != Method::Get;
        let collection_only = of("server") && endpoint.path.contains('{');
        !(read_only || collection_only)
    });
    architecture
}

/// All samples.
pub(super) fn all() -> [(&'static str, Architecture); 4] {
    [("none", none()), ("one", one()), ("three", three()), ("eight", eight())]
}

/// Requirements to go with them.
pub(super) fn prd() -> Prd {
    let requirement = |number: usize| Requirement {
        id: format!("FR-{number}"),
        kind: RequirementKind::Functional,
        priority: Priority::Must,
        statement: Text::rule(format!("Requirement {number} holds."), "test"),
        acceptance: vec![],
        serves: vec![],
    };
    Prd {
        summary: Text::rule("Technicians read meters, and the office sees what they read.", "test"),
        requirements: (1..=8).map(requirement).collect(),
        non_goals: vec![],
        metrics: vec![],
        questions: vec![question("Who may read?"), question("How long are records kept?")],
    }
}

/// Every operation on each kind of record, asked by the requirement with its number and by nothing else.
pub(super) fn asks(architecture: &Architecture) -> Vec<Ask> {
    let all = [Operation::List, Operation::Create, Operation::Read, Operation::Replace, Operation::Delete];
    let of = |(index, entity): (usize, &Entity)| {
        let (requirement, entity) = (format!("FR-{}", index + 1), entity.name.clone());
        all.map(|operation| Ask {
            requirement: requirement.clone(),
            entity: entity.clone(),
            operation,
            shown: true,
        })
    };
    architecture.entities.iter().enumerate().flat_map(of).collect()
}

/// A story that implements one requirement.
pub(super) fn story(number: usize, i_want: &str) -> Story {
    Story {
        id: format!("ST-{number}"),
        title: Text::template("Records"),
        as_a: Text::template("person"),
        i_want: Text::rule(i_want, "test"),
        so_that: Text::template("they are there"),
        implements: vec![format!("FR-{number}")],
        acceptance: vec![],
        coded: true,
    }
}
