//! What the guards of a run share.
//!
//! A [`Guard`] looks at a [`Subject`], the idea or what phases left, and says what it found ([`Look`]). [`GuardFunction`]
//! makes it the function `guard-<id>`: it loads the subject, stores the evidence, and puts what was said on the ledger.
//! What follows is not a guard's: the functions that close a phase or a run write the rows and end the run.
//!
//! [`Policies`] asks the run's own policy about an action; each decision is on the ledger before anything is done.

mod follow;
mod function;
mod policies;
mod subject;

pub use follow::{guard, reason, stop, write};
pub use function::{Guard, GuardFunction, Input, Look, plural};
pub use policies::{Ask, Policies};
pub use subject::{Document, Subject};
