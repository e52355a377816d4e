//! The SQL schema: the tables of an architecture's entities, for SQLite.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ideamine_core::artifacts::Architecture;

use super::names::unique;
use super::plan::{Column, Kind, Plan, Resource};
use super::{HEADER, INTEGER_LIMIT, MOMENT_LIMIT, TEXT_LIMIT};

/// Longest definition of a column on one line, characters.
const LINE: usize = 88;

/// `schema.sql`: types, NOT NULL, checks, foreign keys and an index for each of these.
pub fn sql(architecture: &Architecture) -> String {
    let plan = Plan::of(architecture);
    let mut out = format!("-- {HEADER}\n-- Schema for SQLite 3.\nPRAGMA foreign_keys = ON;\n");
    if plan.resources.is_empty() {
        out.push_str("\n-- The architecture names nothing of which records are kept.\n");
    }
    for index in 0..plan.resources.len() {
        out.push('\n');
        if !plan.resources[index].description.is_empty() {
            let _ = writeln!(out, "-- {}", plan.resources[index].description);
        }
        for statement in statements(&plan, index) {
            let _ = writeln!(out, "{statement};");
        }
    }
    out
}

/// The statements that make a resource's table and indexes, without their semicolons.
pub(super) fn statements(plan: &Plan, index: usize) -> Vec<String> {
    let resource = &plan.resources[index];
    let columns = resource.columns.iter().map(|column| wrapped(definition(plan, column)));
    let lines: Vec<String> =
        std::iter::once("id INTEGER PRIMARY KEY AUTOINCREMENT".to_owned()).chain(columns).collect();
    let table = format!("CREATE TABLE {} (\n    {}\n)", resource.name, lines.join(",\n    "));
    std::iter::once(table).chain(indexes(plan, resource)).collect()
}

/// A long definition has its checks on a line of their own.
fn wrapped(definition: String) -> String {
    if definition.len() <= LINE {
        definition
    } else {
        definition.replacen(" CHECK (", "\n        CHECK (", 1)
    }
}

fn definition(plan: &Plan, column: &Column) -> String {
    let name = &column.column;
    let null = if column.required { " NOT NULL" } else { "" };
    // A check that is NULL passes, so that only typeof() must name null.
    let integer = if column.required { "= 'integer'" } else { "IN ('integer', 'null')" };
    let whole = format!("INTEGER{null} CHECK (typeof({name}) {integer}");
    match column.kind {
        Kind::Text => {
            // length() stops at a NUL character, which text may hold: so emptiness is compared, not counted.
            let filled = if column.required { format!("{name} <> '' AND ") } else { String::new() };
            format!("{name} TEXT{null} CHECK ({filled}length({name}) <= {TEXT_LIMIT})")
        }
        Kind::Integer | Kind::MoneyMinor => {
            format!("{name} {whole} AND {name} BETWEEN -{INTEGER_LIMIT} AND {INTEGER_LIMIT})")
        }
        Kind::Boolean => format!("{name} INTEGER{null} CHECK ({name} IN (0, 1))"),
        Kind::Date => {
            format!("{name} TEXT{null} CHECK ({name} GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]')")
        }
        Kind::Moment => format!("{name} TEXT{null} CHECK (length({name}) BETWEEN 20 AND {MOMENT_LIMIT})"),
        Kind::Reference(target) => {
            let target = &plan.resources[target].name;
            format!("{name} {whole}) REFERENCES {target} (id) ON DELETE RESTRICT")
        }
    }
}

/// Tables and indexes share one space of names.
fn indexes(plan: &Plan, resource: &Resource) -> Vec<String> {
    let mut taken: BTreeSet<String> = plan.resources.iter().map(|other| other.name.clone()).collect();
    let mut made = Vec::new();
    for other in &plan.resources {
        for column in other.columns.iter().filter(|column| matches!(column.kind, Kind::Reference(_))) {
            let name = unique(&format!("{}_{}", other.name, column.column), &mut taken);
            if other.name == resource.name {
                made.push(format!("CREATE INDEX {name} ON {} ({})", other.name, column.column));
            }
        }
    }
    made
}
