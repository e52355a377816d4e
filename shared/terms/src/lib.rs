//! Prohibited uses in ideas, documents, code and outputs, and control lists mapped to what a run has to show for them.
//!
//! [`scan`] joins two layers: concepts of intent and target that stand near each other ("stop" beside "program" is not "stop"
//! beside "neighbour"), and a linear classifier over words and concepts, learned by `examples/train`. A finding says where,
//! which category and why, never the text. [`controls::map`] yields evidence for a control, never "compliant".
//!
//! Not caught: uses spread over many paragraphs that are harmless one by one, other languages than English, pictures.

pub mod categories;
pub mod concepts;
pub mod controls;
pub mod features;
pub mod model;
mod scan;

pub use categories::{Category, Severity};
pub use scan::{Finding, Kind, MAX_BYTES, scan, score};
