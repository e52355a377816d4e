//! The release dossier: one JSON document, and the HTML rendered from it.
//!
//! How it is made, so that it verifies on its own:
//! 1. the content is built from the run's rows, facts and documents ([`Content::build`]);
//! 2. its digest, and those of its sections, go into an artifact fact `dossier-content.json` ([`Content::fact`]);
//!    beside it stands the one of the step index, `steps.json`;
//! 3. the ledger is sealed and its head signed;
//! 4. the dossier is the content and that ledger ([`Dossier::new`], [`Dossier::to_bytes`]).
//!
//! The signature so covers the content through the row that names its digest, and the dossier states
//! nothing that is not bound by it. [`verify_dossier`] checks that from the file alone.
//!
//! There is no PDF writer: without fonts of its own a light one has no letters beyond Latin-1, and an
//! idea may be written in any script. The page prints well from any browser instead.

mod agree;
mod build;
pub mod content;
mod derive;
mod dossier;
pub mod graph;
mod html;
mod shelf;
mod verify;
mod withheld;

pub use agree::{Disagreement, disagreements};
pub use build::{INLINE_BYTES_MAX, INLINE_TOTAL_BYTES_MAX, Sources, missing};
pub use content::Content;
pub use dossier::{Dossier, SCHEMA};
pub use html::{RenderError, render};
pub use verify::{is_dossier, verify_dossier, verify_dossier_with};
