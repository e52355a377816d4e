//! Language models behind one port: real providers, scripted and recorded answers, and what they cost.
//!
//! | module | what |
//! |---|---|
//! | [`catalogue`] | prices and capabilities of known models, a dated snapshot |
//! | [`tokens`] | an upper bound of a request's tokens |
//! | [`scripted`] | answers from a file, by label |
//! | [`recorded`] | answers of an earlier run, by request |
//! | `providers` | Anthropic, OpenAI, Gemini and OpenAI-compatible servers (feature `providers`) |

pub mod catalogue;
#[cfg(feature = "providers")]
pub mod providers;
pub mod recorded;
pub mod scripted;
pub mod tokens;

pub use catalogue::Catalogue;
#[cfg(feature = "providers")]
pub use providers::{Providers, Settings};
pub use recorded::Recorded;
pub use scripted::Scripted;
