//! `business-viability`: who wants it, what it costs, and what the figures rest on.

use ideamine_core::artifacts::{BusinessCase, GateOutcome, Line, Severity};

use crate::gate::{Gate, Judgement};
use crate::view::GateView;

/// Share of texts that must say something about this idea, percent.
const SUBSTANCE_PERCENT: usize = 60;

/// The gate.
pub(crate) struct BusinessViability;

impl Gate for BusinessViability {
    fn id(&self) -> &'static str {
        "business-viability"
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let Some(case) = view.body::<BusinessCase>("business-case.json") else {
            return Judgement::without("business-case.json");
        };
        let mut judgement = Judgement::default();
        lines(&case.costs, "costs", &mut judgement);
        lines(&case.revenue, "revenue", &mut judgement);
        for (index, risk) in case.risks.iter().enumerate() {
            if risk.impact >= Severity::High && !risk.mitigation.is_substance() {
                let place = format!("business-case.json#/body/risks/{index}");
                judgement.find(
                    "business/unmitigated",
                    Severity::High,
                    &place,
                    format!("risk {} has no mitigation", risk.id),
                );
            }
        }
        let substance =
            |texts: &[ideamine_core::Text]| texts.iter().filter(|text| text.is_substance()).count();
        judgement.at_least("customers", substance(&case.customers), 1, GateOutcome::Fail);
        judgement.at_least("value-stated", usize::from(case.value.is_substance()), 1, GateOutcome::Fail);
        judgement.at_least("cost-lines", case.costs.len(), 1, GateOutcome::Fail);
        judgement.at_least("revenue-or-savings", case.revenue.len(), 1, GateOutcome::Concerns);
        judgement.at_least("assumptions", substance(&case.assumptions), 1, GateOutcome::Concerns);
        judgement.none("business/amount-without-basis", GateOutcome::Fail);
        judgement.none("business/unmitigated", GateOutcome::Fail);
        judgement.at_most("open-blocking-questions", view.own_blocking(), 0, GateOutcome::Fail);
        let share = view.coverage("business-case.json").substance_percent() as usize;
        judgement.at_least("substance-percent", share, SUBSTANCE_PERCENT, GateOutcome::Fail);
        judgement
    }
}

/// An amount that rests on nothing is a guess in disguise.
fn lines(lines: &[Line], field: &str, judgement: &mut Judgement) {
    for (index, line) in lines.iter().enumerate() {
        if !line.amount.is_substance() || !line.basis.is_substance() {
            let place = format!("business-case.json#/body/{field}/{index}");
            let message =
                "state the amount and what it rests on (a source, a count, an assumption)".to_owned();
            judgement.find("business/amount-without-basis", Severity::High, &place, message);
        }
    }
}
