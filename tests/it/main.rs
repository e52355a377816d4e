//! What holds over the whole workspace, in one binary (one link).

mod architecture;
mod compat;
mod generated;
mod keys;
mod machines;
mod workspace;
