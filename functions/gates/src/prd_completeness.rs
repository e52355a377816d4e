//! `prd-completeness`: every need is met by a requirement that someone could test.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Brief, GateOutcome, Prd, Priority, Requirement, RequirementKind, Severity};

use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, at};
use crate::view::{GateView, Need};
use crate::wording::{has_number, is_vague_only, plain, said};

/// More than elsewhere: requirements are what everything later is held against, percent.
const SUBSTANCE_PERCENT_MIN: i64 = 70;
const FILE: &str = "prd.json";

/// The gate of the product requirements phase.
pub(crate) struct PrdCompleteness;

impl Gate for PrdCompleteness {
    fn id(&self) -> &'static str {
        "prd-completeness"
    }
    fn needs(&self) -> &'static [Need] {
        &[Need::Artifact("brief.json"), Need::Artifact(FILE)]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("prd");
        let (Some(brief), Some(prd)) = (j.read::<Brief>(view, "brief.json"), j.read::<Prd>(view, FILE))
        else {
            return j;
        };
        identity(&mut j, &prd);
        service(&mut j, &brief, &prd);
        testability(&mut j, &prd);
        let metrics = prd.metrics.iter().filter(|metric| said(&metric.name) && said(&metric.target)).count();
        let message = "no metric says how success would be seen: expected at least one with its target";
        let place = format!("{FILE}#/body/metrics");
        j.at_least(
            ("metrics", Severity::Low, GateOutcome::Concerns),
            metrics,
            1,
            (place, message.to_owned()),
        );
        j.no_blocking_question_of_its_own(view);
        j.substance_of(view, FILE, SUBSTANCE_PERCENT_MIN);
        j
    }
}

/// Requirements that match, with their place.
fn those(prd: &Prd, which: impl Fn(&Requirement) -> bool) -> impl Iterator<Item = (String, &Requirement)> {
    let indexed = prd.requirements.iter().enumerate();
    indexed.filter(move |(_, r)| which(r)).map(|(i, r)| (at(FILE, "requirements", i), r))
}

fn identity(j: &mut Judgement, prd: &Prd) {
    let musts =
        prd.requirements.iter().filter(|r| r.priority == Priority::Must && said(&r.statement)).count();
    let place = format!("{FILE}#/body/requirements");
    let message = "no requirement is a `must`: say without what there is no release";
    j.at_least(("musts", Severity::High, GateOutcome::Fail), musts, 1, (place, message.to_owned()));
    let mut ids = BTreeSet::new();
    let repeated: Vec<Hit> = those(prd, |_| true)
        .filter(|(_, r)| r.id.is_empty() || !ids.insert(r.id.clone()))
        .map(|(place, r)| (place, format!("the id `{}` is empty or comes twice: ids must be unique", r.id)))
        .collect();
    j.none(("id-not-unique", Severity::High, GateOutcome::Fail), repeated);
    let mut statements: BTreeMap<String, &str> = BTreeMap::new();
    let mut twice = Vec::new();
    for (place, r) in those(prd, |_| true) {
        if let Some(first) = statements.insert(plain(&r.statement.text), &r.id) {
            twice.push((place, format!("{} says the same as {first}: keep one", r.id)));
        }
    }
    j.none(("said-twice", Severity::Medium, GateOutcome::Concerns), twice);
}

fn service(j: &mut Judgement, brief: &Brief, prd: &Prd) {
    let known: BTreeSet<&str> = brief.needs.iter().map(|need| need.id.as_str()).collect();
    let served: BTreeSet<&str> =
        those(prd, |r| said(&r.statement)).flat_map(|(_, r)| r.serves.iter().map(String::as_str)).collect();
    let unserved = brief.needs.iter().filter(|need| !served.contains(need.id.as_str()));
    let unserved: Vec<Hit> = unserved
        .map(|need| {
            (
                format!("{FILE}#/body/requirements"),
                format!("need {} is served by no requirement: {}", need.id, need.statement),
            )
        })
        .collect();
    j.share(("needs-served-percent", Severity::High, GateOutcome::Fail), brief.needs.len(), 100, unserved);
    let strange = those(prd, |_| true).flat_map(|(place, r)| {
        let strange = r.serves.iter().filter(|id| !known.contains(id.as_str()));
        strange
            .map(move |id| (place.clone(), format!("{} serves `{id}`, which is no need of the brief", r.id)))
            .collect::<Vec<_>>()
    });
    j.none(("unknown-need", Severity::High, GateOutcome::Fail), strange.collect::<Vec<_>>());
    let idle = those(prd, |r| r.kind != RequirementKind::Constraint && r.serves.is_empty());
    let idle = idle.map(|(place, r)| {
        (place, format!("{} serves no need: name it in `serves`, or remove the requirement", r.id))
    });
    j.none(("serves-nothing", Severity::Medium, GateOutcome::Concerns), idle.collect::<Vec<_>>());
}

fn testability(j: &mut Judgement, prd: &Prd) {
    let accepted = |r: &Requirement| r.acceptance.iter().any(|case| said(&case.when) && said(&case.then));
    let musts = prd.requirements.iter().filter(|r| r.priority == Priority::Must).count();
    let open = those(prd, |r| r.priority == Priority::Must && !accepted(r));
    let open: Vec<Hit> = open
        .map(|(place, r)| {
            (
                place,
                format!(
                    "{} is a must without acceptance: add given/when/then with an observable result",
                    r.id
                ),
            )
        })
        .collect();
    j.share(("acceptance-missing", Severity::High, GateOutcome::Fail), musts, 100, open);
    let unsaid = those(prd, |r| !said(&r.statement));
    let unsaid = unsaid
        .map(|(place, r)| (place, format!("{} states nothing about this idea: `{}`", r.id, r.statement)));
    j.none(("statement-missing", Severity::High, GateOutcome::Fail), unsaid.collect::<Vec<_>>());
    let vague = those(prd, |r| is_vague_only(&r.statement.text));
    let vague = vague.map(|(place, r)| {
        (
            place,
            format!(
                "{} is only praise (`{}`): say what can be observed, with a figure where there is one",
                r.id, r.statement
            ),
        )
    });
    j.none(("vague-statement", Severity::High, GateOutcome::Fail), vague.collect::<Vec<_>>());
    let measured = |r: &Requirement| {
        has_number(&r.statement.text)
            || r.acceptance.iter().any(|case| has_number(&case.then.text) || has_number(&case.when.text))
    };
    let unmeasured = those(prd, |r| r.kind == RequirementKind::Quality && !measured(r) && !accepted(r));
    let unmeasured = unmeasured.map(|(place, r)| {
        (
            place,
            format!(
                "{} is a quality without a figure or an acceptance: say how much, or how one can tell",
                r.id
            ),
        )
    });
    j.none(("quality-unmeasured", Severity::Medium, GateOutcome::Concerns), unmeasured.collect::<Vec<_>>());
}
