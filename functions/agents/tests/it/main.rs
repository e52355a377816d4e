//! The agents together: phases as configured, documents as composed.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod answers;
mod golden;
mod honest;
mod ideas;
mod phases;
mod pipeline;
mod triad;
