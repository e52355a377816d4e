//! The architecture of the requirements, by rules.
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

use ideamine_core::Text;
use ideamine_core::artifacts::{Architecture, Brief, Component, OpenQuestion, Prd, assign_ids};

use self::decisions::{decisions, endpoints};
use self::flow::{externals, people, relations, sequence};
use self::parts::{OFFLINE, components};
use crate::composer::Reading;
use crate::shape::{clip, question, thing};

/// The architecture of the requirements, with its ids assigned.
pub(super) fn architecture_of(reading: &Reading, brief: &Brief, prd: &Prd) -> Architecture {
    let kind = reading.product.kind;
    let parts = components(brief, prd, kind);
    let people = people(brief);
    let externals = externals(brief, &people, &parts);
    let mut a = Architecture {
        system: system(brief),
        relations: relations(&people, &externals, &parts),
        sequence: sequence(brief, &people, &externals, &parts),
        entities: brief.entities.clone(),
        endpoints: endpoints(brief, prd),
        decisions: decisions(brief, prd, kind),
        questions: asks(brief, &parts),
        people,
        externals,
        components: parts,
    };
    assign_ids("ADR", a.decisions.iter_mut().map(|d| &mut d.id));
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
