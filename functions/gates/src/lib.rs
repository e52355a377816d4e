//! The quality gates: deterministic verdicts over typed artifacts and evidence.
//!
//! A gate is a pure function from what the phase made ([`GateView`]) to measures and findings. Everything it may
//! look at is fixed beforehand in one document (`GateInputs`), so anyone can run it again and get the same
//! outcome. The outcome is the worst of the measures that do not hold.
//!
//! | gate | looks at |
//! |---|---|
//! | `idea-quality` | concepts: different, complete, one chosen |
//! | `critique` | findings answered, risks mitigated |
//! | `prd-completeness` | every need served, every must acceptable |
//! | `business-viability` | customers, value, costs and what they rest on |
//! | `architecture-consistency` | requirements carried, references resolved, one interface |

mod architecture_consistency;
mod business_viability;
mod critique;
mod function;
mod gate;
mod idea_quality;
mod prd_completeness;
mod vague;
mod view;

use ideamine_core::Registry;

pub use function::{GateFunction, Judged, rerun};
pub use gate::{Gate, Judgement};
pub use view::GateView;

/// Every gate.
pub fn gates() -> Vec<Box<dyn Gate>> {
    vec![
        Box::new(idea_quality::IdeaQuality),
        Box::new(critique::CritiqueGate),
        Box::new(prd_completeness::PrdCompleteness),
        Box::new(business_viability::BusinessViability),
        Box::new(architecture_consistency::ArchitectureConsistency),
    ]
}

/// Every gate as a function `gate-<id>`.
pub fn registry() -> Registry {
    gates().into_iter().fold(Registry::default(), |registry, gate| {
        let name = format!("gate-{}", gate.id());
        registry.with_named(&name, GateFunction(gate))
    })
}
