//! The ports on one machine: journal, records, content-addressed store, queue, sandbox.

pub mod sandbox;
