//! What holds over the whole workspace, in one binary (one link).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its subject has failed")]

mod architecture;
mod compat;
mod generated;
mod keys;
mod machines;
mod template;
mod workspace;
