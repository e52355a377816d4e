//! The prompt shield: whether a text tries to turn a model against those it works for, of what type, where and why.
//!
//! [`screen`] reads the text in all its disguises (`ideamine-unmask`), applies rules over concepts that hold in twenty
//! languages, and a classifier over each stretch of text. It does no IO and keeps nothing; it is deterministic, linear
//! in the text, and never fails. What a person may ask and a document may not is told by [`Channel`]; how many false
//! alarms are accepted by [`Point`]. The figures, by sources that were left out, are in `training-report.md`.

mod concepts;
mod features;
mod long;
mod model;
mod rules;
mod screen;
mod threat;

pub use long::screen_long;
pub use model::Model;
pub use screen::screen;
pub use threat::{Channel, Finding, Point, Screening, Threat};

/// What the trainer needs of the inside.
#[doc(hidden)]
pub mod training {
    pub use crate::features::BUCKETS;
    pub use crate::screen::{RuleHit, Stretch, stretches, sum_of, text_sum};
}
