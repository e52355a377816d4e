//! The embedded ports: their contracts, and what they survive.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod cas;
mod contracts;
mod crash;
mod form1;
mod full_disk;
mod harm;
mod queue;
mod signer;
mod support;
