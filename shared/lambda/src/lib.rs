//! Serves functions: as a Lambda of its own each, or as a worker of a queue.
//!
//! A family of functions is one artifact; the Lambda's `Handler` says which of them it is ([`serve`]). Three kinds of
//! events come in:
//!
//! | event | from | what becomes of it |
//! |---|---|---|
//! | an envelope | a state machine | the function is called, its output or failure goes back |
//! | a batch of messages | SQS, for `job-*` | each is worked once, and its task token is answered |
//! | a notice | EventBridge | becomes an envelope, or sends a waiting message again |
//!
//! A failure is reported under its stable name, also when the function panicked or ran out of time. The one
//! surprising thing: a message counts as done when its token is answered, with a failure too; only what could not be
//! answered is delivered again.

mod call;
mod event;
#[cfg(feature = "http")]
mod http;
mod job;
mod notice;
mod once;
mod report;
mod serve;
mod server;
mod worker;

#[cfg(test)]
mod tests;

#[cfg(feature = "http")]
pub use http::serve_http;
pub use ideamine_aws::Aws;
pub use job::HEARTBEAT;
pub use lambda_runtime::Error;
pub use once::LEASE;
pub use serve::{log_as_json, serve};
pub use server::{Host, Identity, Server};
pub use worker::work_queue;
