//! Bad weather for whole Lambdas: processes of their own behind a queue and state machines, on an emulator of AWS.
//!
//! A Lambda's program is this test binary itself ([`function`]). Nothing may be lost, nothing done twice, and whoever
//! waits hears of an end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod function;
mod scenes;
mod stack;
