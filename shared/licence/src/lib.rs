//! Which licences a file is under, whether they suit what it is used for, and what they ask.
//!
//! [`identify`] looks at one file: tags, copyright files, manifests, whole texts and notices. [`manifest::components`] reads
//! what a package depends on. [`compat`] holds a licence against a use, with the source of each rule; [`sbom`] writes the
//! list of parts. Pure: no file, network or clock is touched. What cannot be read is unknown, and unknown is never allowed.

pub mod compat;
mod dep5;
pub mod expression;
mod gnu;
mod identify;
pub mod ids;
pub mod library;
pub mod manifest;
pub mod notice;
mod notices;
pub mod sbom;
mod tags;
pub mod texts;
pub mod tokens;

pub use expression::Expression;
pub use identify::{How, Identified, MAX_BYTES, Sign, identify, identify_bytes};
