//! Do the cost rows add up to what the run states, in all and per phase.

use std::collections::BTreeMap;

use super::verdict::{Findings, ProblemKind as Kind};
use crate::{LedgerDocument, Usage};

pub(super) fn check(document: &LedgerDocument, findings: &mut Findings) {
    let Some(index) = &document.index else {
        return findings.add(Kind::Costs, None, "no totals are stated: the run is not closed".to_owned());
    };
    let mut by_phase: BTreeMap<&str, Usage> = BTreeMap::new();
    for fact in document.facts() {
        let first = fact.path.split('/').next().unwrap_or_default();
        by_phase.entry(first).or_default().add(&fact.body);
    }
    compare("the run", "", &Usage::of(document.facts()), &index.usage, findings);
    for phase in &index.phases {
        let found = by_phase.remove(&*phase.path).unwrap_or_default();
        compare(phase.id.as_str(), &phase.path, &found, &phase.usage, findings);
    }
    for (path, found) in by_phase {
        if found != Usage::default() && crate::phase_of(path).is_some() {
            compare("a phase that is not stated", path, &found, &Usage::default(), findings);
        }
    }
}

fn compare(whose: &str, path: &str, found: &Usage, stated: &Usage, findings: &mut Findings) {
    for ((name, found), (_, stated)) in found.figures().into_iter().zip(stated.figures()) {
        if found != stated {
            let what = format!("{whose} states {name} {stated}, its cost rows sum to {found}");
            findings.path(Kind::Costs, path, what);
        }
    }
}
