//! The contracts of the ports, and what they do not say, on an emulator of AWS on this machine.
//!
//! `AWS_ENDPOINT_URL=http://127.0.0.1:PORT` names it; without it every test is skipped and says so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod events;
mod jobs;
mod ledger;
mod objects;
mod queue;
mod recording;
mod records;
mod secrets;
mod signer;
mod workflows;
mod world;
