//! `agent-prd`: requirements with ids, each traced to needs and with a way to tell whether it holds.

use std::collections::BTreeSet;

use ideamine_authoring::check::unknown;
use ideamine_authoring::{Problem, Work};
use ideamine_core::Failure;
use ideamine_core::artifacts::{OpenQuestion, Prd, Priority, RequirementKind};

use crate::drafts::{brief, number, requirements_of};
use crate::trace::{Pair, each};
use crate::typed::Body;

/// The PRD agent.
pub struct PrdWriter;

impl Body for PrdWriter {
    type Answer = Prd;
    const NAME: &'static str = "agent-prd";
    const FORM: &'static str = "prd";

    fn compose(&self, work: &Work) -> Result<Prd, Failure> {
        // In an iterative fan-out the draft is complete already: rules have nothing to revise.
        Ok(work.before_as().filter(|_| work.findings.is_empty()).unwrap_or_else(|| requirements_of(work)))
    }
    fn check(&self, work: &Work, prd: &Prd) -> Vec<Problem> {
        let needs: BTreeSet<String> = brief(work).needs.into_iter().map(|n| n.id).collect();
        let mut problems = Vec::new();
        for (index, r) in prd.requirements.iter().enumerate() {
            problems.extend(unknown(
                &format!("/requirements/{index}/serves"),
                "need",
                r.serves.iter(),
                &needs,
            ));
            if r.priority == Priority::Must && r.acceptance.is_empty() {
                let place = format!("/requirements/{index}/acceptance");
                problems.push(Problem::new(
                    place,
                    "acceptance",
                    "a `must` needs at least one acceptance criterion",
                ));
            }
            if r.serves.is_empty() && r.kind == RequirementKind::Functional {
                let place = format!("/requirements/{index}/serves");
                problems.push(Problem::new(
                    place,
                    "untraced",
                    "a functional requirement serves at least one need",
                ));
            }
        }
        problems
    }
    fn number(prd: &mut Prd) {
        number(prd);
    }
    fn traces(prd: &Prd) -> Vec<Pair> {
        prd.requirements.iter().flat_map(|r| each(&r.id, &r.serves)).collect()
    }
    fn questions(prd: &mut Prd) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut prd.questions)
    }
}
