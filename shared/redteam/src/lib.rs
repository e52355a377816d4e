//! Attacks on what should resist them: guards, agents, whole runs.
//!
//! An [`Attack`] is a text on a channel, of one of ten [`Vector`]s, made from a goal that names a canary, phrased in one of many
//! ways, and changed by [`Mutation`]s. A [`search()`](search::search) tries attacks on a [`Target`] and learns which changes get
//! through; a [`Report`] says how much was resisted, by vector, with the lower end of the confidence interval. Everything
//! follows from a seed.
//!
//! What got through is written as labelled rows, which the shield's evaluation reads: a finding becomes a regression case.
//! A [`Sealed`] set is committed by its digest before a build and opened later.

mod attack;
mod mutation;
mod phrase;
mod report;
mod sealed;
pub mod search;

pub use attack::{Attack, Channel, Vector};
pub use mutation::Mutation;
pub use report::{Figure, Report, wilson_lower};
pub use sealed::{Sealed, WrongSeal};
pub use search::{Effort, Target, Trial};
