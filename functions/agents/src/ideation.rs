//! `agent-ideation`: several cuts of the same needs, each from a named point of view.
//!
//! | rule | what |
//! |---|---|
//! | `ideation/whole` | desirability: everything that was asked for |
//! | `ideation/smallest` | feasibility: what concerns the main thing and no other system |
//! | `ideation/fewest-parts` | cost: what needs no other system; people send what a system would |
//! | `ideation/choice` | the cut that leaves nothing out is gone on with, until a person chooses |

use std::collections::BTreeSet;

use ideamine_authoring::check::{repeated, unknown};
use ideamine_authoring::{NewArtifact, Problem, Work};
use ideamine_core::artifacts::{Brief, Concept, Concepts, Need, OpenQuestion, assign_ids};
use ideamine_core::{Failure, Text};

use crate::drafts::answers::answers;
use crate::drafts::brief;
use crate::intake::Intake;
use crate::shape::{clip, question, says, thing};
use crate::trace::{Pair, each};
use crate::typed::Body;

const WHOLE: &str = "Everything asked for";
const SMALLEST: &str = "The smallest useful cut";
const FEWEST: &str = "Fewest moving parts";
/// Most steps, benefits or drawbacks of a composed concept.
const POINTS_MAX: usize = 8;
/// Fewest needs of the smallest cut, where there are as many.
const KEPT_MIN: usize = 3;
/// What asks for messages or other systems.
const DEPENDING: &[&str] = &[
    "sms", "e-mail*", "email*", "whatsapp", "notif*", "remind*", "alert*", "import*", "export*", "sync*",
    "pay*", "invoice*", "offline",
];

/// The ideation agent.
pub struct Ideation;

impl Body for Ideation {
    type Answer = Concepts;
    const NAME: &'static str = "agent-ideation";
    const FORM: &'static str = "concepts";

    fn compose(&self, work: &Work) -> Result<Concepts, Failure> {
        let brief = brief(work);
        let lens = work.role.as_ref().map_or("desirability", |role| role.role.as_str());
        let concept = match lens {
            "feasibility" => smallest(&brief, lens),
            "cost" => fewest_parts(&brief, lens),
            _ => whole(&brief, lens),
        };
        let rationale = rationale(&brief, &concept);
        Ok(Concepts {
            chosen: concept.name.clone(),
            concepts: vec![concept],
            rationale,
            questions: asks(&brief),
        })
    }
    fn check(&self, work: &Work, concepts: &Concepts) -> Vec<Problem> {
        let needs: BTreeSet<String> = brief(work).needs.into_iter().map(|n| n.id).collect();
        let names: BTreeSet<String> = concepts.concepts.iter().map(|c| c.name.clone()).collect();
        let mut problems = repeated("/concepts", concepts.concepts.iter().map(|c| c.name.as_str()));
        for (index, concept) in concepts.concepts.iter().enumerate() {
            problems.extend(unknown(
                &format!("/concepts/{index}/serves"),
                "need",
                concept.serves.iter(),
                &needs,
            ));
        }
        let chosen = Some(&concepts.chosen).filter(|chosen| !chosen.is_empty());
        problems.extend(unknown("/chosen", "concept", chosen.into_iter(), &names));
        problems
    }
    fn number(concepts: &mut Concepts) {
        assign_ids("C", concepts.concepts.iter_mut().map(|c| &mut c.id));
    }
    fn traces(concepts: &Concepts) -> Vec<Pair> {
        concepts.concepts.iter().flat_map(|c| each(&c.id, &c.serves)).collect()
    }
    /// Besides the concepts the brief, once more, when a person has answered questions about it: with each answer in
    /// its field.
    fn artifacts(&self, work: &Work, concepts: Concepts) -> Result<Vec<NewArtifact>, Failure> {
        let traces = Self::traces(&concepts);
        let generator = work.generator();
        let mut all =
            vec![NewArtifact::document(&work.phase.output, Self::FORM, generator, concepts, traces)?];
        if work.composes() && !answers(work).is_empty() {
            let brief = brief(work);
            let traces = Intake::traces(&brief);
            all.push(NewArtifact::document("brief.json", Intake::FORM, work.generator(), brief, traces)?);
        }
        Ok(all)
    }
    fn questions(concepts: &mut Concepts) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut concepts.questions)
    }
}

fn whole(brief: &Brief, lens: &str) -> Concept {
    let all: Vec<&Need> = brief.needs.iter().collect();
    let mut drawbacks = depends(brief);
    if all.len() > POINTS_MAX {
        drawbacks.push(Text::rule(
            "It is the largest cut: nothing can be used before much is built.",
            "ideation/whole",
        ));
    }
    concept(brief, lens, WHOLE, &all, drawbacks)
}

fn smallest(brief: &Brief, lens: &str) -> Concept {
    let main = brief.entities.first().map(|e| e.name.clone());
    let about_main = |n: &&Need| main.as_ref().is_none_or(|m| n.entities.contains(m));
    let alone = |n: &&Need| !depends_on_others(brief, n);
    let mut kept: Vec<&Need> = brief.needs.iter().filter(about_main).filter(alone).collect();
    // Too little of it concerns the main thing: the first needs that stand alone make the cut.
    for need in brief.needs.iter().filter(alone) {
        if kept.len() < KEPT_MIN && !kept.iter().any(|k| k.id == need.id) {
            kept.push(need);
        }
    }
    if kept.is_empty() {
        kept = brief.needs.iter().take(1).collect();
    }
    kept.sort_by_key(|k| brief.needs.iter().position(|n| n.id == k.id));
    let drawbacks = left_out(brief, &kept, "ideation/smallest");
    concept(brief, lens, SMALLEST, &kept, drawbacks)
}

fn fewest_parts(brief: &Brief, lens: &str) -> Concept {
    let kept: Vec<&Need> = brief.needs.iter().filter(|n| !depends_on_others(brief, n)).collect();
    let mut drawbacks = left_out(brief, &kept, "ideation/fewest-parts");
    let by_hand = brief.needs.iter().filter(|n| depends_on_others(brief, n)).take(2);
    drawbacks.extend(by_hand.map(|n| {
        Text::rule(
            format!("At first a person does this by hand: “{}”.", clip(&n.statement)),
            "ideation/fewest-parts",
        )
    }));
    drawbacks.truncate(POINTS_MAX);
    concept(brief, lens, FEWEST, &kept, drawbacks)
}

fn concept(brief: &Brief, lens: &str, name: &str, kept: &[&Need], mut drawbacks: Vec<Text>) -> Concept {
    if kept.len() == brief.needs.len() && name != WHOLE {
        let text = "Too little is said to cut anything away: it equals everything asked for.";
        drawbacks.push(Text::rule(text, "ideation/cut"));
    }
    if drawbacks.is_empty() {
        drawbacks.push(Text::missing("what speaks against it"));
    }
    let mut benefits = Vec::new();
    if brief.problem.is_substance() {
        let text = format!("It answers what is said to be wrong today: “{}”.", clip(&brief.problem));
        benefits.push(Text::rule(text, "ideation/problem"));
    } else {
        benefits.push(Text::missing("which problem it answers"));
    }
    benefits.extend(who_gains(kept));
    Concept {
        id: String::new(),
        name: name.to_owned(),
        lens: lens.to_owned(),
        pitch: pitch(brief, name, kept),
        approach: kept.iter().take(POINTS_MAX).map(|n| n.statement.clone()).collect(),
        benefits,
        drawbacks,
        serves: kept.iter().map(|n| n.id.clone()).collect(),
    }
}

/// One sentence that tells this cut from the others.
fn pitch(brief: &Brief, name: &str, kept: &[&Need]) -> Text {
    let Some(first) = kept.first().filter(|_| brief.summary.is_substance()) else {
        return brief.summary.clone();
    };
    let left = brief.needs.iter().find(|n| !kept.iter().any(|k| k.id == n.id));
    match (name, left) {
        (WHOLE, _) => brief.summary.clone(),
        (SMALLEST, _) => {
            Text::rule(format!("Begin with this alone: “{}”.", clip(&first.statement)), "ideation/smallest")
        }
        (_, Some(left)) => Text::rule(
            format!("The same with fewer parts, without this: “{}”.", clip(&left.statement)),
            "ideation/fewest-parts",
        ),
        (_, None) => Text::rule(
            format!("{} with nothing that others must provide.", thing(brief)),
            "ideation/fewest-parts",
        ),
    }
}

fn who_gains(kept: &[&Need]) -> Vec<Text> {
    let mut seen = BTreeSet::new();
    let actors = kept.iter().filter_map(|n| n.actor.clone()).filter(|a| seen.insert(a.clone()));
    actors
        .take(4)
        .map(|a| Text::rule(format!("“{a}” get what they are said to need."), "ideation/actors"))
        .collect()
}

/// Whether a need asks for another system or for messages.
fn depends_on_others(brief: &Brief, need: &Need) -> bool {
    let named = |i: &Text| need.statement.text.to_lowercase().contains(&i.text.to_lowercase());
    brief.integrations.iter().any(named) || says(&need.statement, DEPENDING)
}

fn depends(brief: &Brief) -> Vec<Text> {
    let one = |i: &Text| {
        Text::rule(
            format!("It depends on {}: while that is away, part of it does not work.", clip(i)),
            "ideation/whole",
        )
    };
    brief.integrations.iter().take(4).map(one).collect()
}

fn left_out(brief: &Brief, kept: &[&Need], rule: &str) -> Vec<Text> {
    let later = brief.needs.iter().filter(|n| !kept.iter().any(|k| k.id == n.id));
    later
        .take(POINTS_MAX)
        .map(|n| Text::rule(format!("Left for later: “{}”.", clip(&n.statement)), rule))
        .collect()
}

fn rationale(brief: &Brief, concept: &Concept) -> Text {
    if brief.needs.is_empty() {
        return Text::missing("what speaks for one way or another");
    }
    let text = match concept.name.as_str() {
        WHOLE => "Nothing of what was asked for is left out by a rule; a person may choose a smaller cut.",
        SMALLEST => "It can be tried first, because it needs no other system.",
        _ => "It has the fewest parts that cost money or can fail.",
    };
    Text::rule(text, "ideation/choice")
}

fn asks(brief: &Brief) -> Vec<OpenQuestion> {
    if brief.needs.len() < 2 {
        return Vec::new();
    }
    let text = format!("Which of the cuts of “{}” should be built first?", thing(brief));
    vec![question(text, "Rules lay the cuts side by side; choosing one is a person's decision.")]
}
