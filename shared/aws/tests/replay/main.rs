//! What the adapters make of answers that an emulator does not give: errors, races, and what Batch, Step Functions
//! and Bedrock say as documented.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod bedrock;
mod errors;
mod history;
mod jobs;
mod ledger;
mod objects;
mod ports;
mod records;
mod replay;
mod roles;
mod weather;
