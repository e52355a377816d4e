//! Python files that vary: the declaration of a resource, the list of resources, the test of a resource.

use std::fmt::Write as _;

use super::HEADER;
use super::escape::{python, python_wrapped};
use super::names::label;
use super::plan::{Column, Kind, Operation, Plan, Resource};
use super::sql::statements;

/// Folder of the resources' modules.
pub(super) const RESOURCES: &str = "app/resources/";

/// Path of a resource's declaration.
pub(super) fn module_path(resource: &Resource) -> String {
    format!("{RESOURCES}{}.py", resource.name)
}

/// `app/resources/<name>.py`.
pub(super) fn module(plan: &Plan, index: usize) -> String {
    let resource = &plan.resources[index];
    let collection = resource.path.rsplit('/').next().unwrap_or_default();
    let mut out = format!(
        "# {HEADER}\n\"\"\"What is kept as `{name}`, and how it is served.\"\"\"\n\n\
         from app.model import Field, Resource\n\n\
         RESOURCE = Resource(\n    name=\"{name}\",\n    path=\"{path}\",\n    label=\"{label}\",\n    plural=\"{plural}\",\n",
        name = resource.name,
        path = resource.path,
        label = label(&resource.name),
        plural = label(collection),
    );
    if !resource.description.is_empty() {
        let _ = writeln!(out, "    description={},", python_wrapped(&resource.description, 4));
    }
    let operations = resource.operations.keys().map(|operation| python(operation.name()));
    let _ = writeln!(out, "    operations={},", tuple(operations.collect()));
    out.push_str(&block("fields", resource.columns.iter().map(|column| field(plan, column))));
    out.push_str(&block("migrations", statements(plan, index).iter().map(|statement| migration(statement))));
    out + ")\n"
}

/// `app/resources/__init__.py`: every module that is there, and nothing else, so that it does not
/// matter in which order they came.
pub(super) fn registration<'a>(modules: impl Iterator<Item = &'a str>) -> String {
    let modules: Vec<&str> = modules.collect();
    let mut out =
        format!("# {HEADER}\n\"\"\"All resources, by name. Written anew whenever one is added.\"\"\"\n\n");
    if modules.is_empty() {
        return out + "RESOURCES = ()\n";
    }
    out.push_str("from app.resources import (\n");
    modules.iter().for_each(|module| out.push_str(&format!("    {module},\n")));
    out.push_str(")\n\nRESOURCES = (\n");
    modules.iter().for_each(|module| out.push_str(&format!("    {module}.RESOURCE,\n")));
    out + ")\n"
}

/// The resource modules among paths, sorted.
pub(super) fn modules_in<'a>(paths: impl Iterator<Item = &'a str>) -> std::collections::BTreeSet<&'a str> {
    let module = |path: &'a str| path.strip_prefix(RESOURCES)?.strip_suffix(".py");
    paths.filter_map(module).filter(|name| !name.starts_with('_') && !name.contains('/')).collect()
}

fn field(plan: &Plan, column: &Column) -> String {
    let mut out =
        format!("Field(\"{}\", \"{}\", \"{}\"", column.name, kind(column.kind), label(&column.name));
    if column.required {
        out.push_str(", required=True");
    }
    if column.column != column.name {
        let _ = write!(out, ", column=\"{}\"", column.column);
    }
    if let Kind::Reference(target) = column.kind {
        let _ = write!(out, ", target=\"{}\"", plan.resources[target].name);
    }
    if !column.reason.is_empty() {
        let _ = write!(out, ", reason={}", python_wrapped(&column.reason, 8));
    }
    out + ")"
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Moment => "moment",
        Kind::MoneyMinor => "money_minor",
        Kind::Reference(_) => "reference",
    }
}

/// A statement as it stands in the schema; it has names and fixed words only, so no quotes to escape.
fn migration(statement: &str) -> String {
    if !statement.contains('\n') {
        return python(statement);
    }
    format!("\"\"\"\n        {}\n        \"\"\"", statement.replace('\n', "\n        "))
}

fn block(name: &str, items: impl Iterator<Item = String>) -> String {
    let lines: String = items.map(|item| format!("        {item},\n")).collect();
    if lines.is_empty() { format!("    {name}=(),\n") } else { format!("    {name}=(\n{lines}    ),\n") }
}

/// A tuple on one line; of one item it needs its comma.
pub(super) fn tuple(items: Vec<String>) -> String {
    match items.as_slice() {
        [one] => format!("({one},)"),
        _ => format!("({})", items.join(", ")),
    }
}

/// Name of the operation in prose.
pub(super) const fn verb(operation: Operation) -> &'static str {
    match operation {
        Operation::List => "listed",
        Operation::Create => "created",
        Operation::Read => "read",
        Operation::Replace => "replaced",
        Operation::Delete => "deleted",
    }
}
