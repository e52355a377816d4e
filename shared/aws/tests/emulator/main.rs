//! The contracts of the ports, and what they do not say, on an emulator of AWS on this machine.
//!
//! The first test starts what `infra/local` pins, unless `AWS_ENDPOINT_URL=http://127.0.0.1:PORT` names one; where
//! neither is possible every test is skipped and says why.

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
mod weather;
mod workflows;
mod world;
