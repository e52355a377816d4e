//! Re-expressing trivial JSONPath in JSONata, so that recorded control flow can be run.
//!
//! Mechanical: each field of the five-step JSONPath data flow becomes an expression over `$states`.
//! Trivial are reference paths (`$.a.b[0]`), constants, and comparisons with them; what needs more
//! (filters, intrinsic functions, readers) is left out, with the reason.

mod choice;
mod path;
mod states;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::row::Row;
use super::subset;

/// Errors that only JSONPath's data flow can raise.
const RUNTIME: &str = "States.Runtime";

pub(super) type Fields = Map<String, Value>;
/// A translated part, or why the data flow is not trivial.
pub(super) type Part<T> = Result<T, String>;

/// Translates a row into one with the same recording and a JSONata definition.
///
/// # Errors
/// Why its data flow is not trivial.
pub fn translate(row: &Row) -> Result<Row, String> {
    if subset::supported(&row.definition).is_ok() {
        return Err("JSONata already".into());
    }
    if row.expected.error.as_deref() == Some(RUNTIME) {
        return Err("records a data-flow error of JSONPath".into());
    }
    let mut definition = region(&row.definition)?;
    definition.insert("QueryLanguage".into(), "JSONata".into());
    Ok(Row { definition: Value::Object(definition), ..row.clone() })
}

/// Translates an object with `StartAt` and `States`.
fn region(region: &Value) -> Part<Fields> {
    let mut translated = region.as_object().cloned().unwrap_or_default();
    let mut states = Map::new();
    for (name, state) in region["States"].as_object().into_iter().flatten() {
        states.insert(name.clone(), Value::Object(states::state(state)?));
    }
    translated.insert("States".into(), Value::Object(states));
    Ok(translated)
}

/// An expression as a field of a definition holds it.
fn braces(expression: &str) -> Value {
    Value::String(format!("{{% {expression} %}}"))
}
