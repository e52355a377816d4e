//! Pairs of ids for the traceability matrix: the first serves, shows or implements the second.
//!
//! Ids are those of the documents (`N-1`, `FR-2`, `ST-3`, `TC-4`, `ADR-1`); the idea itself is `idea` or, for a
//! quote, `idea:START-END` in bytes; a component is `component:NAME`, an operation `endpoint:METHOD PATH`, a file
//! its path (`app/…`), a test `test:NAME`.

use ideamine_core::{Origin, Text};

/// A pair of ids.
pub type Pair = (String, String);

/// `id` with each of the ids it serves.
pub fn each<'a>(id: &str, serves: impl IntoIterator<Item = &'a String>) -> Vec<Pair> {
    serves.into_iter().map(|to| (id.to_owned(), to.clone())).collect()
}

/// Where a text stands in the idea.
pub fn place(text: &Text) -> String {
    match text.origin {
        Origin::Quote { start, end } => format!("idea:{start}-{end}"),
        _ => "idea".to_owned(),
    }
}
