//! What moves a run along: plan, control, aggregate, settle, judge, seal, verdict, dossier, close.
//!
//! No function here calls another: the machines in `statemachines/` do. Each file is one function or one
//! family of small ones around the same rows; [`registry`] lists them all.
//!
//! | file | functions |
//! |---|---|
//! | [`plan`] | `run-plan`: phase files to a plan with waves |
//! | [`next`] | `run-next`, `run-control`, `run-pause`, `run-hold`: what is wanted, what is ready, where it waits |
//! | [`open`] | `run-open`, `run-phase-close`, `run-phase-stop`: a phase's row |
//! | [`join`] | `run-aggregate` and its custom kin: answers of branches become one; `run-keep`: one is kept for the next |
//! | [`settle`] | `run-settle`: artifacts and questions into the records |
//! | [`judge`] | `run-gate-inputs`, `run-judge`: what gates see, and what follows |
//! | `unstick` | what follows on work that did not pass: again, another model, a person, or an end with a reason |
//! | [`appeal`] | `run-appeal`, `run-waive`: a person's signed decision on a failed gate |
//! | [`story`] | `run-story-settle`, `run-story-judge`: one story's code and verdict |
//! | [`questions`] | `run-questions`, `run-answer-propose`, `run-ask`, `run-answer-conclude` |
//! | [`guarded`] | what guards said, and what follows |
//! | `cause` | a failure's name and message, for a person |
//! | [`index`] | what must be on the ledger, for sealing and verifying |
//! | [`seal`] | `run-seal`: the only one that numbers and signs |
//! | [`dossier`] | `run-dossier-content`, `run-dossier`: bound to the ledger, then one file |
//! | [`verdict`] | `run-verdict`, `run-close`, `run-reconcile` |
//! | [`model_call`] | `job-model-call`: the only paid step |

pub mod appeal;
mod cause;
pub mod dossier;
pub mod guarded;
pub mod index;
pub mod join;
pub mod judge;
pub mod model_call;
pub mod next;
pub mod open;
pub mod plan;
pub mod questions;
pub mod seal;
pub mod settle;
pub mod story;
mod unstick;
pub mod verdict;
#[cfg(test)]
mod world;

use std::sync::Arc;

pub use ideamine_authoring::{brief, rows};
use ideamine_core::Registry;
use ideamine_core::ports::Signer;

/// Functions without a task fact of their own: what they return depends on a person's wish or a
/// capability, or they are the sealing itself. The step index leaves them out.
pub const UNRECORDED: &[&str] = &[
    "run-next",
    "run-control",
    "run-hold",
    "run-open",
    "run-answer-propose",
    "run-ask",
    "run-appeal",
    "run-seal",
    "run-dossier",
    "run-close",
    "run-reconcile",
];

/// All functions of this family. `known` is what phase files may name, so that a plan can refuse anything else.
pub fn registry(signer: Arc<dyn Signer>, known: plan::Known) -> Registry {
    Registry::default()
        .with(plan::RunPlan { known })
        .with(next::RunNext)
        .with(next::RunControl)
        .with(next::RunPause)
        .with(next::RunHold)
        .with(open::RunOpen)
        .with(open::RunPhaseClose)
        .with(open::RunPhaseStop)
        .with(join::RunAggregate)
        .with_named("run-aggregate-substance", join::RunAggregateSubstance)
        .with(join::RunKeep)
        .with(settle::RunSettle)
        .with(judge::RunGateInputs)
        .with(judge::RunJudge)
        .with(appeal::RunAppeal)
        .with(appeal::RunWaive)
        .with(story::RunStorySettle)
        .with(story::RunStoryJudge)
        .with(questions::RunQuestions)
        .with(questions::RunAnswerPropose)
        .with(questions::RunAsk)
        .with(questions::RunAnswerConclude)
        .with(seal::RunSeal { signer })
        .with(verdict::RunVerdictFunction)
        .with(dossier::RunDossierContent)
        .with(dossier::RunDossier)
        .with(verdict::RunClose)
        .with(verdict::RunReconcile)
}
