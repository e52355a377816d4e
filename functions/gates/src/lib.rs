//! The quality gates: deterministic verdicts over typed artifacts and evidence.
//!
//! A gate is a pure function from what the phase made ([`GateView`]) to measures and findings. Everything it may
//! look at is fixed beforehand in one document (`GateInputs`), so anyone can run it again and get the same
//! outcome. The outcome is the worst of the measures that do not hold. A text that nobody wrote about this idea
//! (a fixed sentence, a placeholder) counts as not there.
//!
//! | gate | lets through |
//! |---|---|
//! | `idea-quality` | a choice among real alternatives |
//! | `critique` | objections that were raised and answered |
//! | `prd-completeness` | requirements that serve every need and can be tested |
//! | `business-viability` | a case whose figures rest on something |
//! | `architecture-consistency` | a design whose parts agree with each other and with the requirements |
//! | `security` | threats answered, and source without dangerous constructs |
//! | `qa` | requirements shown by tests that exist and passed |
//! | `aesthetic` | pages that people can read and use (WCAG 2.2 AA, as far as rules can tell) |
//! | `release-readiness` | everything above, nothing open, and written for this idea |

mod aesthetic;
mod architecture_consistency;
mod business_viability;
mod critique;
mod function;
mod gate;
mod idea_quality;
mod prd_completeness;
mod qa;
mod release_readiness;
mod scan;
mod security;
mod view;
mod wording;

use ideamine_core::Registry;

pub use function::{GateFunction, Judged, rerun};
pub use gate::{Gate, Judgement};
pub use view::{GateView, Need, Page};

/// Every gate, in the order of the phases that they close.
pub fn gates() -> Vec<Box<dyn Gate>> {
    vec![
        Box::new(idea_quality::IdeaQuality),
        Box::new(critique::CritiqueGate),
        Box::new(prd_completeness::PrdCompleteness),
        Box::new(business_viability::BusinessViability),
        Box::new(architecture_consistency::ArchitectureConsistency),
        Box::new(security::Security),
        Box::new(qa::Qa),
        Box::new(aesthetic::Aesthetic),
        Box::new(release_readiness::ReleaseReadiness),
    ]
}

/// Every gate as a function `gate-<id>`.
pub fn registry() -> Registry {
    gates().into_iter().fold(Registry::default(), |registry, gate| {
        let name = format!("gate-{}", gate.id());
        registry.with_named(&name, GateFunction(gate))
    })
}
