//! Tests of the ledger as a whole, on a made-up closed run.

mod mutations;
mod proofs;
mod support;
mod verify;
