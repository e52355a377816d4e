//! `critique`: objections were raised, and what would stop a release was answered.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{
    Brief, Concepts, Critique, Finding, GateOutcome, Recommendation, Risk, Severity,
};

use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, Rule, at};
use crate::view::{GateView, Need};
use crate::wording::said;

/// A critique of a whole concept that finds less has not looked.
const FINDINGS_MIN: i64 = 3;
/// Whoever takes a concept apart finds more than one thing that may go wrong.
const RISKS_MIN: i64 = 2;
const FILE: &str = "critique.json";

/// The gate of the critique phase.
pub(crate) struct CritiqueGate;

impl Gate for CritiqueGate {
    fn id(&self) -> &'static str {
        "critique"
    }
    fn needs(&self) -> &'static [Need] {
        &[Need::Artifact("brief.json"), Need::Artifact("concepts.json"), Need::Artifact(FILE)]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("critique");
        let (Some(brief), Some(concepts), Some(critique)) = (
            j.read::<Brief>(view, "brief.json"),
            j.read::<Concepts>(view, "concepts.json"),
            j.read::<Critique>(view, FILE),
        ) else {
            return j;
        };
        let raised = critique.findings.iter().filter(|finding| said(&finding.statement)).count();
        let message =
            format!("{raised} objections to this concept: expected at least {FINDINGS_MIN} real ones");
        let place = format!("{FILE}#/body/findings");
        j.at_least(
            ("findings-raised", Severity::High, GateOutcome::Fail),
            raised,
            FINDINGS_MIN,
            (place, message),
        );
        answered(&mut j, FILE, &critique.findings);
        subjects(&mut j, &brief, &concepts, &critique);
        recommendation(&mut j, &critique);
        let risks = critique.risks.iter().filter(|risk| said(&risk.statement)).count();
        let message = format!("{risks} risks of this concept: expected at least {RISKS_MIN}");
        let place = format!("{FILE}#/body/risks");
        j.at_least(
            ("risks-named", Severity::Medium, GateOutcome::Concerns),
            risks,
            RISKS_MIN,
            (place, message),
        );
        mitigated(&mut j, FILE, &critique.risks);
        j.substance(view, FILE);
        j
    }
}

/// High findings must be answered, medium ones should be.
pub(crate) fn answered(j: &mut Judgement, file: &str, findings: &[Finding]) {
    let open = |least: Severity, most: Severity| -> Vec<Hit> {
        let open = findings
            .iter()
            .enumerate()
            .filter(|(_, f)| (least..=most).contains(&f.severity) && !f.answer.as_ref().is_some_and(said));
        let message = |f: &Finding| {
            format!(
                "{} about `{}` has no answer: say what stands against it and where, or change what it objects to: {}",
                f.id, f.subject, f.statement
            )
        };
        open.map(|(i, f)| (at(file, "findings", i), message(f))).collect()
    };
    let high: Rule = ("unanswered-high-findings", Severity::High, GateOutcome::Fail);
    j.none(high, open(Severity::High, Severity::Critical));
    let medium: Rule = ("unanswered-medium-findings", Severity::Medium, GateOutcome::Concerns);
    j.none(medium, open(Severity::Medium, Severity::Medium));
}

/// A risk that is likely or grave needs a mitigation; any other should have one.
pub(crate) fn mitigated(j: &mut Judgement, file: &str, risks: &[Risk]) {
    let open = |grave: bool| -> Vec<Hit> {
        let is_grave = |r: &Risk| r.likelihood >= Severity::High || r.impact >= Severity::High;
        let open = risks.iter().enumerate().filter(|(_, r)| is_grave(r) == grave && !said(&r.mitigation));
        let message = |r: &Risk| format!("{} has no mitigation that someone could do: {}", r.id, r.statement);
        open.map(|(i, r)| (at(file, "risks", i), message(r))).collect()
    };
    j.none(("unmitigated-high-risks", Severity::High, GateOutcome::Fail), open(true));
    j.none(("unmitigated-risks", Severity::Low, GateOutcome::Concerns), open(false));
}

fn subjects(j: &mut Judgement, brief: &Brief, concepts: &Concepts, critique: &Critique) {
    let known: BTreeSet<&str> = brief
        .needs
        .iter()
        .map(|need| need.id.as_str())
        .chain(brief.actors.iter().map(|actor| actor.id.as_str()))
        .chain(concepts.concepts.iter().map(|concept| concept.id.as_str()))
        .collect();
    let strange = critique
        .findings
        .iter()
        .enumerate()
        .filter(|(_, f)| is_id(&f.subject) && !known.contains(f.subject.as_str()));
    let strange = strange.map(|(i, f)| {
        (at(FILE, "findings", i), format!("`subject` names `{}`, which does not exist", f.subject))
    });
    j.none(("unknown-subject", Severity::Low, GateOutcome::Concerns), strange.collect::<Vec<_>>());
}

/// `N-2`, `C-1`, `A-3`: ids of needs, concepts and actors.
fn is_id(text: &str) -> bool {
    let parts = text.split_once('-').filter(|(letters, _)| matches!(*letters, "N" | "C" | "A"));
    parts.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn recommendation(j: &mut Judgement, critique: &Critique) {
    let place = format!("{FILE}#/body/recommendation");
    let said = match critique.recommendation {
        Recommendation::Stop => {
            "the critique recommends to stop: change the concept until its reasons no longer hold"
        }
        _ => "the critique recommends to revise: mend what it found",
    };
    let against =
        |which: Recommendation| (critique.recommendation == which).then(|| (place.clone(), said.to_owned()));
    j.none(("recommends-to-stop", Severity::Critical, GateOutcome::Fail), against(Recommendation::Stop));
    j.none(
        ("recommends-to-revise", Severity::Medium, GateOutcome::Concerns),
        against(Recommendation::Revise),
    );
    let place = format!("{FILE}#/body/reason");
    j.text(
        ("reason", Severity::High, GateOutcome::Fail),
        &critique.reason,
        &place,
        "the reason of the recommendation",
    );
}
