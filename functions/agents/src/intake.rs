//! `agent-intake`: the idea taken apart into what it says and what it does not say.

use std::collections::BTreeSet;

use ideamine_authoring::check::{is_snake, repeated, unknown};
use ideamine_authoring::{Problem, Work};
use ideamine_core::Failure;
use ideamine_core::artifacts::{Brief, Entity, FieldKind, OpenQuestion, assign_ids};

use crate::drafts::brief_of;
use crate::trace::{Pair, place};
use crate::typed::Body;

/// The intake agent.
pub struct Intake;

impl Body for Intake {
    type Answer = Brief;
    const NAME: &'static str = "agent-intake";
    const FORM: &'static str = "brief";

    fn compose(&self, work: &Work) -> Result<Brief, Failure> {
        Ok(brief_of(&work.idea))
    }
    fn check(&self, _: &Work, brief: &Brief) -> Vec<Problem> {
        check(brief)
    }
    fn number(brief: &mut Brief) {
        assign_ids("A", brief.actors.iter_mut().map(|a| &mut a.id));
        assign_ids("N", brief.needs.iter_mut().map(|n| &mut n.id));
    }
    fn traces(brief: &Brief) -> Vec<Pair> {
        brief.needs.iter().map(|need| (need.id.clone(), place(&need.statement))).collect()
    }
    fn questions(brief: &mut Brief) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut brief.questions)
    }
}

fn check(brief: &Brief) -> Vec<Problem> {
    let actors: BTreeSet<String> = brief.actors.iter().map(|a| a.name.text.clone()).collect();
    let mut problems = repeated("/actors", brief.actors.iter().map(|a| a.name.text.as_str()));
    problems.extend(check_entities(&brief.entities));
    let names: BTreeSet<String> = brief.entities.iter().map(|e| e.name.clone()).collect();
    for (index, need) in brief.needs.iter().enumerate() {
        problems.extend(unknown(&format!("/needs/{index}/actor"), "actor", need.actor.iter(), &actors));
        problems.extend(unknown(&format!("/needs/{index}/entities"), "entity", need.entities.iter(), &names));
    }
    problems
}

/// Names of entities and fields are plain, unrepeated, and references lead to entities.
pub fn check_entities(entities: &[Entity]) -> Vec<Problem> {
    let names: BTreeSet<String> = entities.iter().map(|e| e.name.clone()).collect();
    let mut problems = repeated("/entities", entities.iter().map(|e| e.name.as_str()));
    for (index, entity) in entities.iter().enumerate() {
        let place = format!("/entities/{index}");
        let all = std::iter::once(&entity.name).chain(entity.fields.iter().map(|f| &f.name));
        let told = |name: &String| {
            let message =
                format!("`{name}` is no name: expected [a-z][a-z0-9_]*, at most 40 bytes, not `id`");
            Problem::new(&place, "name", message)
        };
        problems.extend(all.filter(|name| !is_snake(name) || *name == "id").map(told));
        problems.extend(repeated(&format!("{place}/fields"), entity.fields.iter().map(|f| f.name.as_str())));
        let targets = entity.fields.iter().filter_map(|f| match &f.kind {
            FieldKind::Reference(to) => Some(to),
            _ => None,
        });
        problems.extend(unknown(&format!("{place}/fields"), "entity", targets, &names));
    }
    problems
}
