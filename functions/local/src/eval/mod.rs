//! `eval`: a guard held against labelled rows that others wrote.
//!
//! A row that cannot be read ends the evaluation: a figure over the rows that happened to fit would say nothing.

mod components;
mod figures;
mod rows;

use std::time::Instant;

pub(crate) use components::{NAMES, component};
pub(crate) use figures::{Figures, Outcome, groups};
pub(crate) use rows::{Row, read};

/// What a component said of a row.
pub(crate) struct Said {
    /// Whether it found what it looks for.
    pub positive: bool,
    /// Whether what it named is exactly right, where that is asked.
    pub exact: Option<bool>,
}

/// A component that can be evaluated.
pub(crate) struct Component {
    /// Its name on the command line.
    pub name: &'static str,
    /// What the label of a row says: whether it is a positive. `None` where the row has no such label.
    pub label: fn(&Row) -> Option<bool>,
    /// What the component says.
    pub judge: Box<dyn Fn(&Row) -> Said>,
}

/// Judges every row, in order.
///
/// # Errors
/// The first row without a label for this component, by its id.
pub(crate) fn evaluate(component: &Component, rows: &[Row]) -> Result<Vec<Outcome>, String> {
    let judged = |row: &Row| {
        let actual = (component.label)(row)
            .ok_or_else(|| format!("{}: no label for `{}` in this row", row.id, component.name))?;
        let begun = Instant::now();
        let said = (component.judge)(row);
        let took_ns = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Ok(Outcome {
            id: row.id.clone(),
            kind: row.kind.clone(),
            source: row.source.clone(),
            actual,
            said: said.positive,
            exact: said.exact,
            took_ns,
        })
    };
    rows.iter().map(judged).collect()
}
