//! What can be asked about runs, over the ports: the same on one machine and on AWS.
//!
//! The command line asks through the process that owns a data directory, the API through its routes; both end in
//! [`Runs`]. Nothing here knows where the ports lead.
//!
//! | module | what |
//! |---|---|
//! | [`build`] | the state machines and phase files that this build carries |
//! | [`idea`] | what an idea may be |
//! | `start` | a run's rows and its execution |
//! | `control` | pause, resume, cancel |
//! | `fork` | going on from a state of a run in a new one |
//! | `kill_switch` | the end of all runs at once |
//! | `answer`, `approval` | what people say: to a question, to a failed gate |
//! | `breakers` | which models are not asked now |
//! | `shown`, `tree`, `documents`, `gate` | what there is to see, and to judge again |
//! | [`recording`] | what a replay needs |

mod answer;
mod approval;
mod breakers;
pub mod build;
mod control;
mod documents;
mod fork;
mod gate;
pub mod idea;
mod kill_switch;
mod lookup;
pub mod recording;
mod shown;
mod start;
mod tree;

use ideamine_core::ports::Random;
use ideamine_core::{Env, Failure, RunId, Tenant};

pub use control::Resume;
pub use documents::{Found, bytes, render};
pub use fork::Change;
pub use kill_switch::Throw;
pub use shown::timestamp;
pub use start::{Start, budget};

/// The runs of one tenant. Clones are cheap.
#[derive(Clone)]
pub struct Runs {
    /// The ports.
    pub env: Env,
    /// Whose runs.
    pub tenant: Tenant,
}

/// An id that sorts after all before it.
///
/// # Errors
/// Never, as long as a ULID is a run id.
pub fn new_run_id(now_ms: i64, random: &dyn Random) -> Result<RunId, Failure> {
    let now = u64::try_from(now_ms).unwrap_or(0);
    let random = (u128::from(random.next_u64()) << 64) | u128::from(random.next_u64());
    RunId::new(&ulid::Ulid::from_parts(now, random).to_string()).map_err(|e| Failure::bug(e.to_string()))
}
