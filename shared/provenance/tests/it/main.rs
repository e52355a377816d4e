//! What this crate promises, by module.

mod attest;
mod hidden;
mod origin;
mod similar;
mod trailer;
mod watermark;
