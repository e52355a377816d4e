//! The architecture of the requirements, by rules.
//!
//! | rule | what |
//! |---|---|
//! | `architecture/sort` | what sort of thing it is decides which parts there are, and whether it has an HTTP interface |
//! | `architecture/library`, `…/command`, `…/page`, `…/interface`, `…/by-hand` | the part that a thing of its sort always has |
//! | `architecture/messages`, `…/timer`, `…/offline`, `…/device`, `…/gateway` | only when the words ask for it |
//! | `architecture/records` | an operation on records is there because a requirement asks for it, or because records need it |
//! | `architecture/flow` | the main flow: the primary actor keeps the primary entity, else the first case that can be told |
//! | `architecture/candidate` | what the words raise is a candidate decision; what they settle themselves is decided |

mod decisions;
mod endpoints;
mod flow;
mod parts;

use ideamine_core::Text;
use ideamine_core::artifacts::{AppKind, Architecture, Brief, Component, OpenQuestion, Prd, assign_ids};

use self::decisions::decisions;
use self::endpoints::endpoints;
use self::flow::{externals, people, relations, sequence};
use self::parts::{OFFLINE, components};
use crate::composer::Reading;
use crate::composer::inflection::plural;
use crate::composer::product::ProductKind;
use crate::records::asked;
use crate::shape::{clip, question, says};

/// The architecture of the requirements, with its ids assigned.
///
/// `sort`: the answer of the person who said what sort of thing it is.
pub(super) fn architecture_of(
    idea: &str,
    reading: &Reading,
    brief: &Brief,
    prd: &Prd,
    sort: Option<&Text>,
) -> Architecture {
    let kind = reading.product.kind;
    let parts = components(brief, prd, kind);
    let people = people(brief);
    let externals = externals(brief, &people, &parts);
    let served = app_kind(kind) == AppKind::Service;
    let asks = asked(brief, prd);
    let mut a = Architecture {
        system: system(brief),
        kind: app_kind(kind),
        relations: relations(&people, &externals, &parts),
        sequence: sequence(brief, prd, &people, &externals, &parts),
        entities: brief.entities.clone(),
        endpoints: if served { endpoints(idea, reading, brief, prd, &asks) } else { Vec::new() },
        decisions: decisions(idea, reading, brief, prd, sort),
        questions: questions(brief, &parts),
        people,
        externals,
        components: parts,
    };
    assign_ids("ADR", a.decisions.iter_mut().map(|d| &mut d.id));
    a
}

/// Only what is called by programs or typed in a terminal has no HTTP interface.
fn app_kind(kind: ProductKind) -> AppKind {
    match kind {
        ProductKind::Library => AppKind::Library,
        ProductKind::Command => AppKind::Command,
        _ => AppKind::Service,
    }
}

fn system(brief: &Brief) -> Text {
    if brief.title.is_substance() { brief.title.clone() } else { Text::template("The system") }
}

fn questions(brief: &Brief, parts: &[Component]) -> Vec<OpenQuestion> {
    let mut asks = Vec::new();
    let kinds: Vec<String> =
        brief.entities.iter().take(3).map(|e| plural(&e.name.replace('_', " "))).collect();
    if parts.iter().any(|c| c.name == OFFLINE) && !kinds.is_empty() {
        asks.push(question(
            format!(
                "Which {} must be there without a connection, and how old may they be?",
                kinds.join(", ")
            ),
            "It is to work without a connection.",
        ));
    }
    let bounded = brief
        .constraints
        .iter()
        .any(|c| says(c, &["may see", "may change", "only the", "may read", "only they"]));
    if brief.actors.len() > 1 && !kinds.is_empty() && !bounded {
        let names: Vec<String> =
            brief.actors.iter().take(3).map(|a| format!("“{}”", clip(&a.name))).collect();
        let text = format!("Which of the {} may {} each see and change?", kinds.join(", "), names.join(", "));
        asks.push(question(
            text,
            "Several people use the same records, and the interface must know who may do what.",
        ));
    }
    asks
}
