//! The cost statement: cost facts by phase and model, and their sum.

use std::collections::BTreeMap;

use ideamine_core::records::{Fact, FactBody};
use ideamine_ledger::{Usage, phase_of};

use crate::content::{CostLine, Costs};

pub(super) fn costs(facts: &[&Fact]) -> Costs {
    let mut sums: BTreeMap<(String, String), Usage> = BTreeMap::new();
    for fact in facts {
        if let FactBody::Cost { model, .. } = &fact.body {
            // The first component begins with the phase's place in the plan, and so sorts.
            let first = fact.path.split('/').next().unwrap_or_default();
            sums.entry((first.to_owned(), model.clone())).or_default().add(&fact.body);
        }
    }
    let line = |((path, model), usage): ((String, String), Usage)| CostLine {
        phase: phase_of(&path).unwrap_or("run").to_owned(),
        model,
        usage,
    };
    Costs { lines: sums.into_iter().map(line).collect(), total: Usage::of(facts.iter().copied()) }
}
