//! Who is around the system, who talks to whom, and the main flow.

use ideamine_core::Text;
use ideamine_core::artifacts::{Brief, Component, External, Person, Prd, Relation, SequenceStep};

use super::parts::{
    COMMAND, DEVICE, GATEWAY, INTERFACE, LIBRARY, MESSAGES, OFFLINE, PAGE, RECORDS, TELLING, TIMER,
    is_reserved,
};
use crate::shape::{an, clip, says};

pub(super) fn people(brief: &Brief) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for actor in &brief.actors {
        let name = clip(&actor.name);
        let does = brief.needs.iter().find(|n| n.actor.as_deref() == Some(actor.name.text.as_str()));
        let does = does.map_or_else(|| Text::missing("what they do with it"), |n| n.statement.clone());
        if !people.iter().any(|p| p.name == name) && !is_reserved(&name) {
            people.push(Person { name, does });
        }
    }
    people
}

pub(super) fn externals(brief: &Brief, people: &[Person], parts: &[Component]) -> Vec<External> {
    let mut externals: Vec<External> = Vec::new();
    for i in &brief.integrations {
        let name = clip(i);
        let taken = externals.iter().any(|e| e.name == name)
            || people.iter().any(|p| p.name == name)
            || parts.iter().any(|c| c.name == name)
            || is_reserved(&name);
        if taken {
            continue;
        }
        let lower = name.to_lowercase();
        let said = brief.needs.iter().map(|n| &n.statement).chain(&brief.constraints);
        let purpose = said.into_iter().find(|t| t.text.to_lowercase().contains(&lower));
        let purpose = purpose.cloned().unwrap_or_else(|| Text::missing("what it is used for"));
        externals.push(External { name, purpose });
    }
    externals
}

fn relation(from: &str, to: &str, label: &str) -> Relation {
    Relation { from: from.to_owned(), to: to.to_owned(), label: Text::rule(label, "architecture/relation") }
}

pub(super) fn relations(people: &[Person], externals: &[External], parts: &[Component]) -> Vec<Relation> {
    let there = |name: &str| parts.iter().any(|c| c.name == name);
    let door = if there(PAGE) { PAGE } else { parts.first().map_or("system", |c| c.name.as_str()) };
    let mut relations: Vec<Relation> = people.iter().map(|p| relation(&p.name, door, "uses")).collect();
    for (from, to, label) in [
        (PAGE, INTERFACE, "asks and tells"),
        (INTERFACE, RECORDS, "reads and writes"),
        (TIMER, RECORDS, "looks for what is due"),
        (TIMER, MESSAGES, "has something to tell"),
        (INTERFACE, MESSAGES, "has something to tell"),
        (PAGE, OFFLINE, "works on"),
        (OFFLINE, INTERFACE, "brings changes"),
        (DEVICE, INTERFACE, "reports"),
        (INTERFACE, GATEWAY, "asks others"),
        (COMMAND, RECORDS, "reads and writes"),
        (LIBRARY, RECORDS, "reads and writes"),
        (COMMAND, GATEWAY, "asks others"),
    ] {
        if there(from) && there(to) {
            relations.push(relation(from, to, label));
        }
    }
    let speaker = |e: &External| {
        let wanted = if says(&e.purpose, TELLING) { MESSAGES } else { GATEWAY };
        [wanted, MESSAGES, GATEWAY, INTERFACE].into_iter().find(|n| there(n)).unwrap_or("system")
    };
    relations.extend(externals.iter().map(|e| relation(speaker(e), &e.name, "uses")));
    relations
}

/// The main flow. With records: someone keeps one and sees it again. Without: someone uses the thing.
pub(super) fn sequence(
    brief: &Brief,
    prd: &Prd,
    people: &[Person],
    externals: &[External],
    parts: &[Component],
) -> Vec<SequenceStep> {
    let there = |name: &str| parts.iter().any(|c| c.name == name);
    let handles = brief
        .entities
        .first()
        .and_then(|e| brief.needs.iter().find(|n| n.entities.contains(&e.name) && n.actor.is_some()));
    let known = |name: &String| people.iter().find(|p| p.name == *name);
    let actor = handles.and_then(|n| n.actor.as_ref()).and_then(known).or_else(|| people.first());
    let who = actor.map_or("system", |p| p.name.as_str());
    let step = |from: &str, to: &str, message: Text| SequenceStep {
        from: from.to_owned(),
        to: to.to_owned(),
        message,
    };
    let rule = |text: String| Text::rule(text, "architecture/flow");
    let entity = brief.entities.first().map(|e| e.name.replace('_', " "));
    let mut steps = Vec::new();
    match entity.filter(|_| there(PAGE) && there(INTERFACE) && there(RECORDS)) {
        Some(entity) => {
            steps.push(step(who, PAGE, rule(format!("enters {}", an(&entity)))));
            steps.push(step(PAGE, INTERFACE, rule(format!("create the {entity}"))));
            steps.push(step(INTERFACE, RECORDS, rule(format!("keep the {entity}"))));
            steps.push(step(RECORDS, INTERFACE, rule("kept, with its id".to_owned())));
            steps.push(step(INTERFACE, PAGE, rule(format!("the {entity} as it was kept"))));
            steps.push(step(PAGE, who, rule(format!("shows the {entity}"))));
        }
        None => {
            // The first requirement that can be told: what is done, and what comes of it.
            let part = parts.first().map_or("system", |c| c.name.as_str());
            let cases = prd.requirements.iter().flat_map(|r| &r.acceptance);
            let told = cases.clone().find(|a| a.when.is_substance() && a.then.is_substance());
            let (when, then) = told.or_else(|| cases.clone().next()).map_or_else(
                || (Text::missing("what people do with it"), Text::missing("what they get back")),
                |case| (case.when.clone(), case.then.clone()),
            );
            steps.push(step(who, part, when));
            steps.push(step(part, who, then));
        }
    }
    let told = externals.iter().find(|e| says(&e.purpose, TELLING));
    if let Some(external) = told.filter(|_| there(MESSAGES)) {
        let from = if there(INTERFACE) { INTERFACE } else { MESSAGES };
        if from != MESSAGES {
            steps.push(step(from, MESSAGES, rule("there is something to tell".to_owned())));
        }
        steps.push(step(MESSAGES, &external.name, external.purpose.clone()));
    }
    steps
}
