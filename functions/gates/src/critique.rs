//! `critique`: was the concept attacked in earnest, and is every serious objection answered?

use ideamine_core::artifacts::{Critique, GateOutcome, Recommendation, Severity};

use crate::gate::{Gate, Judgement};
use crate::view::GateView;

/// A critique with fewer objections looked too briefly.
const FINDINGS_MIN: usize = 3;
/// Risks that must be named.
const RISKS_MIN: usize = 2;
/// Share of texts that must say something about this idea, percent.
const SUBSTANCE_PERCENT: usize = 60;

/// The gate.
pub(crate) struct CritiqueGate;

impl Gate for CritiqueGate {
    fn id(&self) -> &'static str {
        "critique"
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let Some(critique) = view.body::<Critique>("critique.json") else {
            return Judgement::without("critique.json");
        };
        let mut judgement = Judgement::default();
        unanswered(&critique, &mut judgement);
        unmitigated(&critique, &mut judgement);
        recommendation(&critique, &mut judgement);
        judgement.at_least("objections", critique.findings.len(), FINDINGS_MIN, GateOutcome::Concerns);
        judgement.at_least("risks", critique.risks.len(), RISKS_MIN, GateOutcome::Concerns);
        judgement.none("critique/unanswered", GateOutcome::Fail);
        judgement.none("critique/unmitigated", GateOutcome::Fail);
        judgement.none("critique/stop", GateOutcome::Fail);
        judgement.none("critique/revise", GateOutcome::Concerns);
        let substance = view.coverage("critique.json").substance_percent() as usize;
        judgement.at_least("substance-percent", substance, SUBSTANCE_PERCENT, GateOutcome::Fail);
        judgement
    }
}

fn unanswered(critique: &Critique, judgement: &mut Judgement) {
    for (index, finding) in critique.findings.iter().enumerate() {
        let answered = finding.answer.as_ref().is_some_and(ideamine_core::Text::is_substance);
        if finding.severity >= Severity::High && !answered {
            let place = format!("critique.json#/body/findings/{index}");
            let message = format!("objection {} is {:?} and has no answer", finding.id, finding.severity)
                .to_lowercase();
            judgement.find("critique/unanswered", finding.severity, &place, message);
        }
    }
}

fn unmitigated(critique: &Critique, judgement: &mut Judgement) {
    for (index, risk) in critique.risks.iter().enumerate() {
        let serious = risk.likelihood.min(risk.impact) >= Severity::Medium && risk.impact >= Severity::High;
        if serious && !risk.mitigation.is_substance() {
            let place = format!("critique.json#/body/risks/{index}");
            judgement.find(
                "critique/unmitigated",
                Severity::High,
                &place,
                format!("risk {} has no mitigation", risk.id),
            );
        }
    }
}

fn recommendation(critique: &Critique, judgement: &mut Judgement) {
    let place = "critique.json#/body/recommendation";
    match critique.recommendation {
        Recommendation::Proceed => {}
        Recommendation::Revise => {
            judgement.find(
                "critique/revise",
                Severity::Medium,
                place,
                "the critic asks for changes first".to_owned(),
            );
        }
        Recommendation::Stop => {
            judgement.find(
                "critique/stop",
                Severity::Critical,
                place,
                "the critic advises against going on".to_owned(),
            );
        }
    }
}
