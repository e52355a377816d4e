//! One axum router: health and the run routes, over a [`Desk`] that does the work.
//!
//! The same routes are served on one machine and behind API Gateway. What differs lies before them: on one machine
//! there is no authentication, so [`serve`] listens on loopback alone, turns away what a web page of another origin
//! sends, and every caller works on the one local tenant; on AWS an authorizer has verified a token, and the tenant
//! is the one that the token names. Errors are RFC 9457 problem details. Heads, bodies and connections are bounded in
//! size, number and time.

mod desk;
mod document;
mod guard;
pub mod guards;
mod new_run;
mod problem;
mod routes;
mod server;

pub use desk::Desk;
pub use new_run::{Accepted, NewFork, NewLimits, NewRun};
pub use problem::Problem;
pub use routes::router;
pub use server::serve;

/// Largest request body, bytes.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
