//! The levels of a budget's row against the ledger: what each phase, story and branch has booked is the sum of its own cost
//! rows, and children add up to their parents.

use std::collections::BTreeMap;

use ideamine_core::UsdMicros;
use ideamine_core::budget::part_of;
use ideamine_core::records::{BudgetRow, Fact, FactBody, PhaseSpend};
use ideamine_ledger::{Problem, ProblemKind, phase_of};

use super::record;

/// Money, tokens read and tokens written.
type Sums = (UsdMicros, u64, u64);

/// Rows from before there were levels have none, and nothing is held against them; nor against the parts of a run that
/// another build went on with, which may have begun it without parts.
pub(super) fn check(budget: &BudgetRow, facts: &[Fact]) -> Vec<Problem> {
    let mut problems = vec![];
    let phases = &budget.phases;
    if phases.is_empty() {
        return problems;
    }
    let one_build = !facts
        .iter()
        .any(|fact| matches!(&fact.body, FactBody::Decision { decision, .. } if decision == "build"));
    let in_parts = one_build && phases.values().any(|spend| !spend.parts.is_empty());
    let (mut of_phases, mut of_parts) = (BTreeMap::new(), BTreeMap::new());
    for fact in facts {
        let FactBody::Cost { tokens_in, tokens_out, usd_micros, .. } = &fact.body else { continue };
        let Some(phase) = phase_of(&fact.path) else { continue };
        let sums = (*usd_micros, tokens_in.unwrap_or(0), tokens_out.unwrap_or(0));
        add(of_phases.entry(phase).or_default(), sums);
        if let Some(part) = part_of(&fact.path).filter(|_| in_parts) {
            add(of_parts.entry((phase, part)).or_default(), sums);
        }
    }
    let mut hold = |phase: &str, whose: String, booked: Sums, sealed: Sums| {
        if booked != sealed {
            let what = format!(
                "the budget's row states {booked:?} of {whose}, its costs on the ledger are {sealed:?}"
            );
            problems.push(Problem { kind: ProblemKind::Costs, ..record(Some(phase), what) });
        }
    };
    let none = PhaseSpend::default();
    let spend_of =
        |name: &str| phases.iter().find(|(id, _)| id.as_str() == name).map_or(&none, |(_, spend)| spend);
    for (phase, spend) in phases {
        of_phases.entry(phase.as_str()).or_default();
        for part in spend.parts.keys().filter(|_| in_parts) {
            of_parts.entry((phase.as_str(), part.as_str())).or_default();
        }
    }
    for (phase, sealed) in of_phases {
        hold(phase, format!("phase {phase}"), sums(spend_of(phase)), sealed);
    }
    for ((phase, part), sealed) in of_parts {
        let spend = spend_of(phase).parts.get(part).unwrap_or(&none);
        hold(phase, format!("{part} of phase {phase}"), sums(spend), sealed);
    }
    problems
}

fn sums(spend: &PhaseSpend) -> Sums {
    (spend.settled.plus(spend.uncertain), spend.tokens_in, spend.tokens_out)
}

fn add(to: &mut Sums, (usd, tokens_in, tokens_out): Sums) {
    *to = (to.0.plus(usd), to.1.saturating_add(tokens_in), to.2.saturating_add(tokens_out));
}
