//! A sans-IO interpreter of the Amazon States Language in JSONata mode: parse, lint, step, draw.
//!
//! [`Machine`] is a parsed definition, [`Execution`] one run of it. An execution owns no clock, no
//! randomness and no IO: [`Execution::handle`] takes what happened and yields the [`Event`]s that
//! follow; the caller stores them and then performs their effects. [`Execution::apply`] folds
//! stored events back into the same state, without evaluating anything again.
//!
//! Outside the subset: JSONPath (refused by [`Machine::parse`]), distributed Maps (parsed, and failed
//! with States.Runtime when reached), redrive. Which task resources exist is the caller's business.

mod draw;
mod errors;
mod event;
mod execution;
mod expression;
mod functions;
mod history;
mod limits;
mod lint;
mod machine;
mod parse;
mod virtual_run;

pub mod conform;
pub mod dry_run;

pub use draw::draw;
pub use event::{Assigned, Data, Event, FrameId, ScheduledTask, StateKind, TaskId};
pub use execution::{Context, Execution, Input, PendingTask, Status};
pub use history::{HistoryEvent, history};
pub use limits::{MAX_HISTORY_EVENTS, MAX_PAYLOAD_BYTES};
pub use lint::{Finding, Known, lint};
pub use machine::Machine;
pub use parse::{ParseError, Problem};
