//! The command line as a person or a script uses it: the real binary, real directories, real kills.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its subject has failed")]

mod bad_input;
mod budgets;
mod control;
mod crash;
mod disk;
mod fork;
mod guarded;
mod ideas;
mod out;
#[cfg(feature = "providers")]
mod outage;
mod phases;
mod queue;
mod recorded;
#[cfg(feature = "aws")]
mod remote;
mod retain;
mod serve;
mod support;
mod unstick;
mod verify;
mod why;
