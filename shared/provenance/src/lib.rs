//! Where every byte of an artifact comes from, said so that it cannot be unsaid.
//!
//! | module | what |
//! |---|---|
//! | [`origin`] | which author wrote which bytes of a text, kept through edits |
//! | [`attest`] | in-toto statements in signed DSSE envelopes; SLSA provenance of what was built |
//! | [`trailer`] | what a commit message declares about who wrote it |
//! | [`hidden`] | marks made of characters that nobody sees |
//! | [`watermark`] | a statistical mark in tokens, where its key is known |
//! | [`similar`] | what two texts have in common, by winnowed fingerprints |
//!
//! Nothing here guesses whether a machine wrote a text: what is not declared, recorded or marked with a known key is not
//! found, and nobody should claim it.

pub mod attest;
pub mod hidden;
pub mod origin;
pub mod similar;
pub mod trailer;
pub mod watermark;

pub use origin::{Author, BadMap, OriginMap, Segment};
