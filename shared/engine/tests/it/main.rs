//! The engine on the embedded store, as a program uses it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod bench;
mod broken_log;
mod contract;
mod crash;
mod machines;
mod restart;
mod support;
mod tasks;
