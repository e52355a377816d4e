//! The documents that later ones rest on: from the inputs, or else derived from the idea by rules.
//!
//! Agents read these; nothing here reads an agent.

mod architecture;
mod brief;
mod requirements;

use ideamine_authoring::Work;
use ideamine_core::artifacts::{Architecture, Brief, Prd};

use crate::composer::Reading;

pub use brief::{NEEDS_MAX, brief_of};
pub(crate) use requirements::number;

/// The brief, from the inputs or else read from the idea.
pub(crate) fn brief(work: &Work) -> Brief {
    work.body("brief.json").unwrap_or_else(|| brief_of(&work.idea))
}

/// The requirements, from the inputs or else derived from the brief.
pub(crate) fn requirements(work: &Work) -> Prd {
    work.body("prd.json").unwrap_or_else(|| requirements_of(work))
}

/// The requirements of the brief, by rules.
pub(crate) fn requirements_of(work: &Work) -> Prd {
    requirements::requirements_of(work, &Reading::of(&work.idea), &brief(work))
}

/// The architecture, from the inputs or else derived from the requirements.
pub(crate) fn design(work: &Work) -> Architecture {
    work.body("architecture.json").unwrap_or_else(|| design_of(work))
}

/// The architecture of the requirements, by rules.
pub(crate) fn design_of(work: &Work) -> Architecture {
    architecture::architecture_of(&work.idea, &Reading::of(&work.idea), &brief(work), &requirements(work))
}
