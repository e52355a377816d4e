//! `business-viability`: who pays, what it costs, and what both rest on.

use ideamine_core::Text;
use ideamine_core::artifacts::{BusinessCase, GateOutcome, Line, Severity};

use crate::critique::mitigated;
use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, Rule, at};
use crate::view::{GateView, Need};
use crate::wording::{has_number, said};

const FILE: &str = "business-case.json";
const FAILS: GateOutcome = GateOutcome::Fail;
const WEAK: GateOutcome = GateOutcome::Concerns;

/// The gate of the business case phase.
pub(crate) struct BusinessViability;

impl Gate for BusinessViability {
    fn id(&self) -> &'static str {
        "business-viability"
    }
    fn needs(&self) -> &'static [Need] {
        &[Need::Artifact(FILE)]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("business");
        let Some(case) = j.read::<BusinessCase>(view, FILE) else { return j };
        j.text(
            ("value", Severity::High, FAILS),
            &case.value,
            &format!("{FILE}#/body/value"),
            "what customers get out of it",
        );
        some(&mut j, ("customers", Severity::High, FAILS), &case.customers, "who it is for and who pays");
        some(
            &mut j,
            ("assumptions", Severity::Medium, FAILS),
            &case.assumptions,
            "what must be true for it to work",
        );
        some(&mut j, ("alternatives", Severity::Medium, WEAK), &case.alternatives, "what they use today");
        some(
            &mut j,
            ("go-to-market", Severity::Low, WEAK),
            &case.go_to_market,
            "how the first users are reached",
        );
        lines(&mut j, "revenue", ("revenue-lines", "revenue-without-basis"), &case.revenue);
        lines(&mut j, "costs", ("cost-lines", "cost-without-basis"), &case.costs);
        figures(&mut j, &case);
        mitigated(&mut j, FILE, &case.risks);
        j.no_blocking_question_of_its_own(view);
        j.substance(view, FILE);
        j
    }
}

fn some(j: &mut Judgement, rule: Rule, texts: &[Text], what: &str) {
    let count = texts.iter().filter(|text| said(text)).count();
    let list = rule.0.replace('-', "_");
    let message = format!("{what} is not stated: expected at least one sentence about this idea");
    j.at_least(rule, count, 1, (format!("{FILE}#/body/{list}"), message));
}

fn lines(j: &mut Judgement, list: &str, rules: (&'static str, &'static str), lines: &[Line]) {
    let stated = lines.iter().filter(|line| said(&line.item) && said(&line.amount)).count();
    let message = format!("no line of {list} says what for and how much (or how that would be found out)");
    j.at_least((rules.0, Severity::High, FAILS), stated, 1, (format!("{FILE}#/body/{list}"), message));
    let loose = lines.iter().enumerate().filter(|(_, line)| said(&line.amount) && !said(&line.basis));
    let message = |line: &Line| {
        format!(
            "`{}` ({}) rests on nothing: name the passage, assumption or arithmetic in `basis`",
            line.item, line.amount
        )
    };
    let loose: Vec<Hit> = loose.map(|(i, line)| (at(FILE, list, i), message(line))).collect();
    j.none((rules.1, Severity::High, FAILS), loose);
}

/// A case without any figure can hold, but nobody can tell by how much.
fn figures(j: &mut Judgement, case: &BusinessCase) {
    let all = case.revenue.iter().chain(&case.costs);
    let figures = all.filter(|line| said(&line.amount) && has_number(&line.amount.text)).count();
    let message = "no amount has a figure: nobody can tell whether it earns more than it costs".to_owned();
    j.at_least(("lines-with-figures", Severity::Low, WEAK), figures, 1, (FILE.to_owned(), message));
}
