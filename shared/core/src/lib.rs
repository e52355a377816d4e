//! Ids, digests, verdicts, ports and record types that every function speaks.
//!
//! Types and traits only: nothing here does IO, and nothing here knows which side (one machine or
//! AWS) it runs on. The one surprising thing: a document field is a [`Text`], a string that knows
//! whether a person, a rule or a model wrote it.
//!
//! | module | what |
//! |---|---|
//! | [`id`] | tenant, run and phase ids |
//! | [`digest`] | SHA-256 digests and canonical JSON |
//! | [`money`] | amounts of money as whole micro-dollars |
//! | [`failure`] | the stable names of everything that can go wrong |
//! | [`function`] | what a function is, and the registry that names them |
//! | [`text`] | strings with their origin |
//! | [`artifacts`] | the typed documents of the thirteen phases |
//! | [`budget`] | what a run, its phases, stories and branches may use: the arithmetic |
//! | [`criteria`] | whether a test speaks of an acceptance criterion |
//! | [`records`] | rows that a run writes, with their keys |
//! | [`references`] | which stored documents a fact, a row or a document names |
//! | [`ports`] | the outside world as traits |

pub mod artifacts;
pub mod budget;
pub mod criteria;
pub mod digest;
pub mod failure;
pub mod function;
pub mod id;
pub mod money;
pub mod ports;
pub mod records;
pub mod references;
pub mod seed;
pub mod text;

pub use digest::Digest;
pub use failure::Failure;
pub use function::{Ctx, Env, Function, Registry};
pub use id::{PhaseId, RunId, Tenant};
pub use money::UsdMicros;
pub use text::{Origin, Text};
