//! The documents that later ones rest on: from the inputs, or else derived from the idea by rules.
//!
//! Agents read these; nothing here reads an agent.

pub(crate) mod answers;
mod architecture;
mod brief;
pub(crate) mod gaps;
mod requirements;

use ideamine_authoring::Work;
use ideamine_core::artifacts::{Architecture, Brief, Prd};

use crate::composer::Reading;

pub use brief::{NEEDS_MAX, brief_of};
pub(crate) use requirements::number;

/// The brief, from the inputs or else read from the idea, with what a person answered in its fields.
pub(crate) fn brief(work: &Work) -> Brief {
    let brief = work.body("brief.json").unwrap_or_else(|| brief_of(&work.idea));
    let answers = answers::answers(work);
    if answers.is_empty() { brief } else { answers::apply(brief, &answers, &reading(work)) }
}

/// The idea as rules read it; the sort of thing that a person named in an answer counts before the words.
pub(crate) fn reading(work: &Work) -> Reading {
    Reading::of_sort(&work.idea, answers::sort(&answers::answers(work)).map(|(kind, _)| kind))
}

/// The requirements, from the inputs or else derived from the brief.
pub(crate) fn requirements(work: &Work) -> Prd {
    work.body("prd.json").unwrap_or_else(|| requirements_of(work))
}

/// The requirements of the brief, by rules.
pub(crate) fn requirements_of(work: &Work) -> Prd {
    requirements::requirements_of(work, &reading(work), &brief(work))
}

/// The architecture, from the inputs or else derived from the requirements.
pub(crate) fn design(work: &Work) -> Architecture {
    work.body("architecture.json").unwrap_or_else(|| design_of(work))
}

/// The architecture of the requirements, by rules.
pub(crate) fn design_of(work: &Work) -> Architecture {
    let sort = answers::sort(&answers::answers(work)).map(|(_, said)| said);
    architecture::architecture_of(
        &work.idea,
        &reading(work),
        &brief(work),
        &requirements(work),
        sort.as_ref(),
    )
}
