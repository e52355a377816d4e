//! Whether a gate's stated outcome is on the ledger. A gate never says *waived* itself: a person does.

use ideamine_core::Digest;
use ideamine_core::artifacts::GateOutcome;
use ideamine_core::records::{Fact, FactBody, GateRef};
use ideamine_core::references::APPROVAL_PURPOSE;

use crate::approval::WAIVE;

/// Whether these facts say what is stated of a gate in the phase with this path. A waived gate has its own row, which
/// says that it failed, the decision to waive it, and the record of the signature over that decision.
pub fn gate_is_recorded<'a>(
    facts: impl Iterator<Item = &'a Fact> + Clone,
    phase: &str,
    stated: &GateRef,
) -> bool {
    let within = |fact: &&Fact| fact.path.split('/').next() == Some(phase);
    let said = match stated.outcome {
        GateOutcome::Waived => GateOutcome::Fail,
        outcome => outcome,
    };
    let spoken = facts.clone().filter(within).any(|fact| {
        matches!(&fact.body, FactBody::Gate { gate, outcome, evidence, .. }
            if *gate == stated.id && *outcome == said && *evidence == stated.evidence)
    });
    let waived = || facts.clone().filter(within).filter_map(|fact| waives(fact, &stated.id));
    spoken && (stated.outcome != GateOutcome::Waived || waived().any(|over| is_signed(facts.clone(), over)))
}

/// What the decision to waive this gate is about.
fn waives(fact: &Fact, stated: &str) -> Option<Digest> {
    match &fact.body {
        FactBody::Decision { decision, choice, subject, .. } if decision == WAIVE && choice == stated => {
            *subject
        }
        _ => None,
    }
}

fn is_signed<'a>(mut facts: impl Iterator<Item = &'a Fact>, approval: Digest) -> bool {
    facts.any(|fact| {
        matches!(&fact.body, FactBody::Signature { over, purpose, .. } if purpose == APPROVAL_PURPOSE && *over == approval)
    })
}
