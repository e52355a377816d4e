//! The requirements of a brief, by rules.
//!
//! | rule | what |
//! |---|---|
//! | `prd/need` | every need is a functional requirement, in the person's own words |
//! | `prd/bound` | every constraint is a requirement; measurable ones are qualities |
//! | `prd/bound` | what a person answered stands in the brief's fields (`drafts::answers`) and is a requirement like them |
//! | `prd/care` | every kind of data that needs care is a constraint, where the thing keeps data |
//! | `prd/given`, `prd/when`, `prd/then-…` | how one can tell: see `acceptance`, `outcome` and `bounds` |
//! | `prd/metric` | what the idea calls its goal, or states as a share of something: see `metrics` |

mod acceptance;
mod bounds;
mod metrics;
mod missing;
mod outcome;
mod taken;

use std::collections::BTreeSet;

use ideamine_authoring::Work;
use ideamine_core::Text;
use ideamine_core::artifacts::{
    Acceptance, Brief, Concepts, Need, OpenQuestion, Prd, Priority, Requirement, RequirementKind,
};

use self::taken::Thing;
use crate::composer::Reading;
use crate::composer::cues::Strength;
use crate::composer::product::ProductKind;
use crate::drafts::answers::answers;
use crate::shape::{chosen, clip, question, strength};

/// Most questions about requirements that cannot be told.
const ASKS_MAX: usize = 6;

/// Assigns ids, numbered per kind.
pub(crate) fn number(prd: &mut Prd) {
    for kind in [RequirementKind::Functional, RequirementKind::Quality, RequirementKind::Constraint] {
        let of_kind = prd.requirements.iter_mut().filter(|r| r.kind == kind);
        for (index, requirement) in of_kind.enumerate() {
            requirement.id = format!("{}-{}", kind.prefix(), index + 1);
        }
    }
}

/// The requirements of a brief, with their ids assigned.
pub(super) fn requirements_of(work: &Work, reading: &Reading, brief: &Brief) -> Prd {
    let served: BTreeSet<String> = work
        .body::<Concepts>("concepts.json")
        .and_then(|c| chosen(&c).map(|c| c.serves.iter().cloned().collect()))
        .unwrap_or_else(|| brief.needs.iter().map(|n| n.id.clone()).collect());
    let (now, later): (Vec<&Need>, Vec<&Need>) = brief.needs.iter().partition(|n| served.contains(&n.id));
    let thing = Thing { idea: &work.idea, reading, brief };
    let mut requirements: Vec<Requirement> = now.iter().map(|n| functional(&thing, n)).collect();
    requirements.extend(brief.constraints.iter().map(|c| bounds::bound(&thing, c)));
    requirements
        .extend(brief.sensitive_data.iter().filter(|_| keeps_data(reading)).map(|kind| care(brief, kind)));
    let left = later.iter().map(|n| Text::rule(format!("Later: “{}”.", clip(&n.statement)), "prd/later"));
    let non_goals = brief.exclusions.iter().cloned().chain(left).collect();
    let questions = asks(&requirements);
    let metrics = metrics::metrics(&thing, &answers(work));
    let mut prd = Prd { summary: brief.summary.clone(), requirements, non_goals, metrics, questions };
    number(&mut prd);
    prd
}

/// A library and a command keep nothing of their own; whoever calls them does.
fn keeps_data(reading: &Reading) -> bool {
    !reading.product.kind.is_called() && reading.product.kind != ProductKind::Device
}

fn functional(thing: &Thing, need: &Need) -> Requirement {
    let priority = match strength(thing.reading, &need.statement) {
        Strength::Must | Strength::Plain => Priority::Must,
        Strength::Should => Priority::Should,
        Strength::Could => Priority::Could,
    };
    Requirement {
        id: String::new(),
        kind: RequirementKind::Functional,
        priority,
        statement: need.statement.clone(),
        acceptance: acceptance::cases(thing, need),
        serves: vec![need.id.clone()],
    }
}

fn care(brief: &Brief, kind: &Text) -> Requirement {
    let cue = kind.text.split(['“', '”']).nth(1).unwrap_or_default().to_lowercase();
    let touched = |n: &&Need| !cue.is_empty() && n.statement.text.to_lowercase().contains(&cue);
    let statement =
        format!("Only those who need {} see it, and it is deleted when it is no longer needed", clip(kind));
    let acceptance = Acceptance {
        given: Text::rule(format!("someone without a need for {}", clip(kind)), "prd/care"),
        when: Text::rule("they ask for it", "prd/care"),
        then: Text::rule("they do not get it", "prd/care"),
    };
    Requirement {
        id: String::new(),
        kind: RequirementKind::Constraint,
        priority: Priority::Must,
        statement: Text::rule(statement, "prd/care"),
        acceptance: vec![acceptance],
        serves: brief.needs.iter().filter(touched).map(|n| n.id.clone()).collect(),
    }
}

/// One question for each requirement with a missing part: which part decides what is asked.
fn asks(requirements: &[Requirement]) -> Vec<OpenQuestion> {
    let ask = |r: &Requirement| {
        let case = r.acceptance.first()?;
        let said = clip(&r.statement);
        let (text, why) = match (case.when.is_substance(), case.then.is_substance()) {
            (false, true) => (
                format!("What makes this happen, and when: “{said}”?"),
                "The sentence says what happens and not what starts it.",
            ),
            (true, false) => (
                format!("What would one see once this is done: “{said}”?"),
                "The sentence says what is done and not what comes of it.",
            ),
            (false, false) => (
                format!("How would someone try this out, and what would they have to see: “{said}”?"),
                "The sentence names neither a deed nor a measure.",
            ),
            (true, true) => return None,
        };
        Some(question(text, why))
    };
    requirements.iter().filter_map(ask).take(ASKS_MAX).collect()
}
