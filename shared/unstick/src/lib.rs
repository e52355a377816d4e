//! Work that is tried again and again: whether it gets anywhere, what to try next, and when to end it.
//!
//! | file | what |
//! |---|---|
//! | [`attempt`] | what is seen of one attempt: digests, open findings, shortfall, cost; nothing that an agent says of itself |
//! | [`monitor`] | the slope monitor: weighs each attempt for or against "it is stuck" |
//! | [`ladder`] | the rungs to fall back on, and the supervisor that says *go on*, *next rung* or *stop* |
//! | [`chunk`] | a text too large for a model's window, cut with overlap, and joined again in any order of arrival |
//! | [`tokens`] | how many tokens a text is: the model's own tokenizer where it is public, else a careful estimate |
//! | [`simulate`] | agents that stall, loop, oscillate, lie and slowly succeed, to measure the supervisor by |
//!
//! Pure: no IO, no clock, no randomness of its own. The surprising thing is what is missing: no decision says that
//! the work succeeded. Gates say that; whoever asks here has already been told that it did not.

pub mod attempt;
pub mod chunk;
pub mod ladder;
pub mod monitor;
pub mod simulate;
pub mod tokens;

pub use attempt::{Attempt, Standing};
pub use ladder::{Decision, Limits, Rung, StopReason, Supervisor, supervise};
