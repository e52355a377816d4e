//! Sandboxed checks of generated applications, judged from outside.
//!
//! One function, `job-check`, with four checks over an application (`app.json`). What the code says about
//! itself decides nothing: exit statuses, answers to requests that it has never seen, and tests run by a runner of ours
//! on copies of the application do. A check always leaves an evidence pack, also where no sandbox is installed.
//!
//! | check | passes when |
//! |---|---|
//! | `compile` | every source file compiles |
//! | `start` | it serves `GET /health` and an HTML page at `/`; a command explains itself, a library shows its example |
//! | `own-tests` | its tests pass, on harmless copies too, and notice an emptied application and small faults |
//! | `held-out` | it does what `openapi.json` says, for values drawn from the run's seed; a command bears arguments drawn from it |

mod app;
mod check;
mod command;
mod compile;
mod draw;
mod held_out;
mod meter;
mod own_tests;
mod pages;
mod start;
mod steady;
mod verdict;

use std::sync::Arc;

use ideamine_core::Registry;
use ideamine_core::ports::Jobs;

pub use check::{Check, CheckInput, CheckOutput};
pub use ideamine_core::records::CheckKind;

/// The functions of this family.
pub fn registry(jobs: Arc<dyn Jobs>) -> Registry {
    Registry::default().with(Check::new(jobs))
}
