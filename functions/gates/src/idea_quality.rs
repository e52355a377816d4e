//! `idea-quality`: a choice among real alternatives, not the first thought.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{Brief, Concept, Concepts, GateOutcome, Severity};

use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, at};
use crate::view::{GateView, Need};
use crate::wording::{likeness_percent, plain, said};

/// Fewer is no choice; three is one per point of view (desirable, feasible, cheap).
const CONCEPTS_MIN: i64 = 3;
/// Points of view: alternatives from one side alone are variants of each other.
const LENSES_MIN: i64 = 2;
/// Two pitches that share this much of their words are one concept told twice, percent.
const SAME_PITCH_PERCENT: usize = 80;
const FILE: &str = "concepts.json";

/// The gate of the ideation phase.
pub(crate) struct IdeaQuality;

impl Gate for IdeaQuality {
    fn id(&self) -> &'static str {
        "idea-quality"
    }
    fn needs(&self) -> &'static [Need] {
        &[Need::Artifact("brief.json"), Need::Artifact(FILE)]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("idea");
        let (Some(brief), Some(concepts)) =
            (j.read::<Brief>(view, "brief.json"), j.read::<Concepts>(view, FILE))
        else {
            return j;
        };
        alternatives(&mut j, &concepts);
        choice(&mut j, &concepts);
        service(&mut j, &brief, &concepts);
        let one_sided = |c: &Concept| !c.drawbacks.iter().any(said) || !c.benefits.iter().any(said);
        let hits = concepts.concepts.iter().enumerate().filter(|(_, c)| one_sided(c));
        let message =
            |c: &Concept| format!("concept `{}` names no benefit or no drawback: every way has both", c.name);
        let hits = hits.map(|(i, c)| (at(FILE, "concepts", i), message(c)));
        j.none(("one-sided", Severity::Medium, GateOutcome::Concerns), hits.collect::<Vec<Hit>>());
        j.question_form(FILE, &concepts.questions);
        j.substance(view, FILE);
        j
    }
}

/// Concepts that say something and differ from those before.
fn distinct(concepts: &[Concept]) -> Vec<&Concept> {
    let mut kept: Vec<&Concept> = Vec::new();
    for concept in concepts.iter().filter(|c| said(&c.pitch)) {
        let same = |other: &&Concept| {
            plain(&other.name) == plain(&concept.name)
                || likeness_percent(&other.pitch.text, &concept.pitch.text) >= SAME_PITCH_PERCENT
        };
        if !kept.iter().any(&same) {
            kept.push(concept);
        }
    }
    kept
}

fn alternatives(j: &mut Judgement, concepts: &Concepts) {
    let distinct = distinct(&concepts.concepts);
    let count = distinct.len();
    let message = format!(
        "{count} distinct concepts with a pitch about this idea: expected at least {CONCEPTS_MIN} that differ in kind"
    );
    let place = format!("{FILE}#/body/concepts");
    j.at_least(
        ("distinct-concepts", Severity::High, GateOutcome::Fail),
        count,
        CONCEPTS_MIN,
        (place.clone(), message),
    );
    let lenses: BTreeSet<String> =
        distinct.iter().map(|c| plain(&c.lens)).filter(|lens| !lens.is_empty()).collect();
    let message = format!(
        "{} points of view among the concepts: expected at least {LENSES_MIN} (`lens`)",
        lenses.len()
    );
    j.at_least(
        ("distinct-lenses", Severity::High, GateOutcome::Fail),
        lenses.len(),
        LENSES_MIN,
        (place, message),
    );
}

fn is_chosen(concept: &Concept, concepts: &Concepts) -> bool {
    concept.name == concepts.chosen || (!concept.id.is_empty() && concept.id == concepts.chosen)
}

fn choice(j: &mut Judgement, concepts: &Concepts) {
    let exists = concepts.concepts.iter().any(|c| is_chosen(c, concepts));
    let message = format!(
        "the chosen concept `{}` is not among the concepts: `chosen` must be the name of one",
        concepts.chosen
    );
    j.must(
        ("chosen-exists", Severity::High, GateOutcome::Fail),
        exists,
        (format!("{FILE}#/body/chosen"), message),
    );
    let place = format!("{FILE}#/body/rationale");
    j.text(
        ("rationale", Severity::High, GateOutcome::Fail),
        &concepts.rationale,
        &place,
        "why this concept was chosen",
    );
}

fn service(j: &mut Judgement, brief: &Brief, concepts: &Concepts) {
    let known: BTreeSet<&str> = brief.needs.iter().map(|need| need.id.as_str()).collect();
    let chosen = concepts.concepts.iter().filter(|c| is_chosen(c, concepts));
    let served: BTreeSet<&String> = chosen.flat_map(|c| &c.serves).collect();
    let open = brief.needs.iter().filter(|need| !served.contains(&need.id));
    let message =
        |id: &str| format!("the chosen concept does not serve need {id}: extend it, or choose another");
    let open: Vec<Hit> = open.map(|need| (format!("{FILE}#/body/chosen"), message(&need.id))).collect();
    let rule = ("needs-served-percent", Severity::High, GateOutcome::Fail);
    j.share(rule, brief.needs.len(), 100, open);
    let unknown = concepts.concepts.iter().enumerate().flat_map(|(i, c)| {
        let strange = c.serves.iter().filter(|id| !known.contains(id.as_str()));
        strange.map(move |id| {
            (at(FILE, "concepts", i), format!("`serves` names `{id}`, which is no need of the brief"))
        })
    });
    j.none(("unknown-need", Severity::Medium, GateOutcome::Fail), unknown.collect::<Vec<_>>());
}
