//! What rules derive from an architecture: diagrams, interface, schema and a small application.
//!
//! All of it is pure: the same input gives the same bytes. Names and texts come from documents that
//! people or models wrote, so nothing of them reaches a place where it could act as code.
//!
//! The OpenAPI document marks each operation on records for those who generate requests from it:
//! `x-operation` (list, create, read, replace, delete) and `x-entity`; a property that holds another
//! record's id has `x-reference`, the name of the schema of such records.

mod diagrams;
mod escape;
mod names;
mod openapi;
mod plan;
mod python;
mod python_tests;
mod skeleton;
mod sql;
mod story;
mod theme;

#[cfg(test)]
mod tests;

pub use diagrams::diagrams;
pub use openapi::openapi;
pub(crate) use plan::Operation;
pub use skeleton::skeleton;
pub use sql::sql;
pub(crate) use story::{can_code, story_code};

/// First line of every generated file, after its comment mark.
const HEADER: &str = "Composed by rules. No licence is stated.";
/// Most characters of a text value.
const TEXT_LIMIT: u32 = 2_000;
/// Most characters of a moment.
const MOMENT_LIMIT: u32 = 40;
/// Largest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
const INTEGER_LIMIT: i64 = (1 << 53) - 1;
