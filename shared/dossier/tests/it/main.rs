//! Tests of the dossier as a whole, on a made-up closed run.

#![expect(clippy::unwrap_used, reason = "a test that meets None or Err has failed")]

mod approvals;
mod content;
mod mutations;
mod page;
mod support;
