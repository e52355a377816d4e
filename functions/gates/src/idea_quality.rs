//! `idea-quality`: are there really different ways to do it, and was one chosen for a reason?

use std::collections::BTreeSet;

use ideamine_core::artifacts::{Brief, Concepts, GateOutcome, Severity};

use crate::gate::{Gate, Judgement};
use crate::view::{GateView, are_questions};

/// Fewer alternatives than this are no choice.
const CONCEPTS_MIN: usize = 3;
/// Points of view from which they must have been made.
const LENSES_MIN: usize = 2;
/// Share of texts that must say something about this idea, percent: below it the document is mostly frame.
const SUBSTANCE_PERCENT: usize = 60;

/// The gate.
pub(crate) struct IdeaQuality;

impl Gate for IdeaQuality {
    fn id(&self) -> &'static str {
        "idea-quality"
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let (Some(concepts), Some(brief)) =
            (view.body::<Concepts>("concepts.json"), view.body::<Brief>("brief.json"))
        else {
            return Judgement::without("concepts.json");
        };
        let mut judgement = Judgement::default();
        choice(&concepts, &mut judgement);
        served(&concepts, &brief, &mut judgement);
        if !are_questions(&concepts.questions) {
            judgement.find(
                "idea/question-form",
                Severity::Low,
                "concepts.json#/body/questions",
                "a question does not end with `?`".to_owned(),
            );
        }
        let distinct: BTreeSet<String> =
            concepts.concepts.iter().map(|c| c.pitch.text.to_lowercase()).collect();
        let lenses: BTreeSet<&str> = concepts.concepts.iter().map(|c| c.lens.as_str()).collect();
        judgement.at_least("distinct-concepts", distinct.len(), CONCEPTS_MIN, GateOutcome::Fail);
        judgement.at_least("points-of-view", lenses.len(), LENSES_MIN, GateOutcome::Fail);
        judgement.none("idea/nothing-chosen", GateOutcome::Fail);
        judgement.none("idea/one-sided", GateOutcome::Concerns);
        judgement.none("idea/need-unserved", GateOutcome::Fail);
        let substance = view.coverage("concepts.json").substance_percent() as usize;
        judgement.at_least("substance-percent", substance, SUBSTANCE_PERCENT, GateOutcome::Fail);
        judgement
    }
}

fn choice(concepts: &Concepts, judgement: &mut Judgement) {
    let chosen = concepts
        .concepts
        .iter()
        .find(|concept| concept.name == concepts.chosen || concept.id == concepts.chosen);
    if chosen.is_none() || !concepts.rationale.is_substance() {
        let message = "choose one of the concepts by its name and say why it and not the others";
        judgement.find(
            "idea/nothing-chosen",
            Severity::High,
            "concepts.json#/body/chosen",
            message.to_owned(),
        );
    }
    for (index, concept) in concepts.concepts.iter().enumerate() {
        if concept.benefits.is_empty() || concept.drawbacks.is_empty() {
            let place = format!("concepts.json#/body/concepts/{index}");
            let message =
                format!("concept `{}` names no benefit or no drawback; every way has both", concept.name);
            judgement.find("idea/one-sided", Severity::Medium, &place, message);
        }
    }
}

/// The chosen concept must serve every need of the brief.
fn served(concepts: &Concepts, brief: &Brief, judgement: &mut Judgement) {
    let chosen = concepts.concepts.iter().filter(|c| c.name == concepts.chosen || c.id == concepts.chosen);
    let served: BTreeSet<&str> =
        chosen.flat_map(|concept| concept.serves.iter().map(String::as_str)).collect();
    for need in &brief.needs {
        if !served.contains(need.id.as_str()) {
            let message =
                format!("the chosen concept does not serve need {}; serve it or choose another", need.id);
            judgement.find("idea/need-unserved", Severity::High, "concepts.json#/body/chosen", message);
        }
    }
}
