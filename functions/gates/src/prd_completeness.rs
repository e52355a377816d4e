//! `prd-completeness`: is every need served by a requirement, and can one tell when a must is met?

use std::collections::BTreeSet;

use ideamine_core::artifacts::{Brief, GateOutcome, Prd, Priority, Requirement, Severity};

use crate::gate::{Gate, Judgement};
use crate::vague::is_only_vague;
use crate::view::GateView;

/// Share of texts that must say something about this idea, percent.
const SUBSTANCE_PERCENT: usize = 70;

/// The gate.
pub(crate) struct PrdCompleteness;

impl Gate for PrdCompleteness {
    fn id(&self) -> &'static str {
        "prd-completeness"
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let (Some(prd), Some(brief)) = (view.body::<Prd>("prd.json"), view.body::<Brief>("brief.json"))
        else {
            return Judgement::without("prd.json");
        };
        let mut judgement = Judgement::default();
        needs(&prd, &brief, &mut judgement);
        for (index, requirement) in prd.requirements.iter().enumerate() {
            one(requirement, index, &mut judgement);
        }
        unique(&prd, &mut judgement);
        judgement.at_least("must-requirements", musts(&prd), 1, GateOutcome::Fail);
        judgement.none("prd/need-unserved", GateOutcome::Fail);
        judgement.none("prd/acceptance-missing", GateOutcome::Fail);
        judgement.none("prd/vague", GateOutcome::Fail);
        judgement.none("prd/empty", GateOutcome::Fail);
        judgement.none("prd/repeated", GateOutcome::Concerns);
        judgement.at_least(
            "metrics",
            prd.metrics.iter().filter(|m| m.target.is_substance()).count(),
            1,
            GateOutcome::Concerns,
        );
        judgement.at_most("open-blocking-questions", view.own_blocking(), 0, GateOutcome::Fail);
        let substance = view.coverage("prd.json").substance_percent() as usize;
        judgement.at_least("substance-percent", substance, SUBSTANCE_PERCENT, GateOutcome::Fail);
        judgement
    }
}

fn musts(prd: &Prd) -> usize {
    prd.requirements.iter().filter(|requirement| requirement.priority == Priority::Must).count()
}

fn needs(prd: &Prd, brief: &Brief, judgement: &mut Judgement) {
    let served: BTreeSet<&str> =
        prd.requirements.iter().flat_map(|r| r.serves.iter().map(String::as_str)).collect();
    for need in brief.needs.iter().filter(|need| !served.contains(need.id.as_str())) {
        let message = format!("no requirement serves need {}", need.id);
        judgement.find("prd/need-unserved", Severity::High, "prd.json#/body/requirements", message);
    }
}

fn one(requirement: &Requirement, index: usize, judgement: &mut Judgement) {
    let place = format!("prd.json#/body/requirements/{index}");
    let id = &requirement.id;
    let acceptable = requirement.acceptance.iter().any(|a| a.when.is_substance() && a.then.is_substance());
    if requirement.priority == Priority::Must && !acceptable {
        let message = format!(
            "{id} is a must without an acceptance criterion that says what is done and what is then seen"
        );
        judgement.find("prd/acceptance-missing", Severity::High, &place, message);
    }
    if !requirement.statement.is_substance() {
        judgement.find("prd/empty", Severity::High, &place, format!("{id} states nothing about this idea"));
    } else if is_only_vague(&requirement.statement) {
        let message = format!("{id} promises without a measure; say by what one can tell");
        judgement.find("prd/vague", Severity::High, &place, message);
    }
}

fn unique(prd: &Prd, judgement: &mut Judgement) {
    let mut seen = BTreeSet::new();
    for (index, requirement) in prd.requirements.iter().enumerate() {
        if !seen.insert(requirement.statement.text.trim().to_lowercase()) {
            let place = format!("prd.json#/body/requirements/{index}");
            judgement.find(
                "prd/repeated",
                Severity::Low,
                &place,
                format!("{} says the same as an earlier one", requirement.id),
            );
        }
    }
}
