//! What facts name.

use super::{APPROVAL_PURPOSE, Reference, References};
use crate::Digest;
use crate::records::{FactBody, Said};

impl References for FactBody {
    fn references(&self) -> Vec<Reference> {
        match self {
            // Said between steps and kept in the executions' histories, not in the store.
            Self::Task { function: _, input: _, output: _ } => vec![],
            Self::Gate { gate, outcome: _, evidence, artifacts } => {
                let read = artifacts.iter().map(|digest| Reference::plain("an artifact it read", *digest));
                std::iter::once(Reference::evidence(gate, *evidence)).chain(read).collect()
            }
            Self::Decision { decision, choice, by: _, subject } if decision == Said::DECISION => {
                let guard = choice.split(':').next().unwrap_or_default();
                subject.map(|pack| Reference::named(&format!("guard:{guard}"), pack)).into_iter().collect()
            }
            Self::Decision { decision, choice: _, by: _, subject } => {
                let about =
                    |digest| Reference::plain(format!("subject of the decision `{decision}`"), digest);
                subject.map(about).into_iter().collect()
            }
            // What it was made from is the idea, other artifacts, or parts of itself: all named by facts of their own.
            Self::Artifact {
                name,
                digest,
                media_type: _,
                bytes: _,
                producer: _,
                author: _,
                inputs: _,
                traces: _,
            } => vec![Reference::named(name, *digest)],
            Self::Cost {
                model: _,
                request,
                answer,
                tokens_in: _,
                tokens_out: _,
                usd_micros: _,
                class: _,
            } => call(*request, *answer),
            Self::Signature { over, signature: _, purpose } if purpose == APPROVAL_PURPOSE => {
                vec![Reference::plain("approval", *over)]
            }
            // A head is on the ledger itself.
            Self::Signature { over: _, signature: _, purpose: _ } => vec![],
        }
    }
}

/// What a model call names.
pub(super) fn call(request: Digest, answer: Option<Digest>) -> Vec<Reference> {
    let answer = answer.map(|answer| Reference::plain("a model's answer", answer));
    std::iter::once(Reference::plain("a model's request", request)).chain(answer).collect()
}
