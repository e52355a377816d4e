//! The application's own test of one resource: a Python test class made from the plan.
//!
//! It depends on the architecture and on what the requirements ask, never on the story that asks for it, so that two
//! stories about the same records write the same file.

mod asked;
mod methods;

use std::collections::BTreeMap;

use super::HEADER;
use super::escape::python;
use super::names::{label, pascal};
use super::plan::{Column, Kind, Operation, Plan, Resource};
use super::python::tuple;
use crate::records::Ask;
use asked::asked_class;
use methods::methods;

/// A test file, and the names of the tests that show a requirement, by requirement. The others are of the machinery
/// of records: they show no requirement, whatever it speaks of.
pub(super) struct TestModule {
    pub(super) path: String,
    pub(super) source: String,
    pub(super) tests: BTreeMap<String, Vec<String>>,
}

/// `tests/test_<name>.py`.
pub(super) fn test_module(plan: &Plan, index: usize, asks: &[Ask]) -> TestModule {
    let resource = &plan.resources[index];
    let asked = asked_class(resource, asks);
    let class = format!("Test{}", pascal(&resource.name));
    let mut source = head(plan, index, &class, asked.is_some());
    for method in resource.operations.keys().flat_map(|operation| methods(resource, *operation)) {
        let lines: String = method.body.lines().map(|line| format!("        {line}\n")).collect();
        source.push_str(&format!("\n    def {}(self):\n{lines}", method.name));
    }
    source.push_str(&other_methods(resource));
    let (more, tests) = asked.map(|asked| (asked.source, asked.tests)).unwrap_or_default();
    TestModule { path: format!("tests/test_{}.py", resource.name), source: source + &more, tests }
}

fn head(plan: &Plan, index: usize, class: &str, kept: bool) -> String {
    let resource = &plan.resources[index];
    let forms = if resource.offers(Operation::Create) { "from app.forms import text_from\n" } else { "" };
    let hostile = if uses_hostile(resource) { "HOSTILE, " } else { "" };
    let kept = if kept { ", KeptCase" } else { "" };
    let document = if resource.operations.keys().any(|operation| *operation != Operation::Delete) {
        ", document"
    } else {
        ""
    };
    let values: String = resource
        .columns
        .iter()
        .map(|column| format!("            \"{}\": {},\n", column.name, sample(plan, index, column)))
        .collect();
    let body = if values.is_empty() { "{}".to_owned() } else { format!("{{\n{values}        }}") };
    format!(
        "# {HEADER}\n\"\"\"Records of `{name}`, over the JSON interface and on the page.\"\"\"\n\n\
         {forms}from app.resources.{name} import RESOURCE\nfrom tests.support import {hostile}AppCase{kept}{document}\n\n\
         PATH = \"{path}\"\nUNKNOWN = PATH + \"/999999999\"\n\n\nclass Bodies:\n\
         \x20   def body(self, **changes):\n        \"\"\"A body that is accepted, with changes.\"\"\"\n\
         \x20       body = {body}\n        return {{**body, **changes}}\n\n\n\
         class {class}(Bodies, AppCase):\n\
         \x20   def saved(self):\n        \"\"\"A new record as it is served.\"\"\"\n        body = self.body()\n\
         \x20       return {{\"id\": self.storage.insert(RESOURCE, body), **body}}\n",
        name = resource.name,
        path = resource.path,
    )
}

/// Methods that no operation uses are refused, where the path is served at all.
fn other_methods(resource: &Resource) -> String {
    let mut lines = String::new();
    for (path, operations) in [
        ("PATH", [("GET", Operation::List), ("POST", Operation::Create)].as_slice()),
        ("UNKNOWN", &[("GET", Operation::Read), ("PUT", Operation::Replace), ("DELETE", Operation::Delete)]),
    ] {
        let offered: Vec<&str> = operations
            .iter()
            .filter(|(_, operation)| resource.offers(*operation))
            .map(|(method, _)| *method)
            .collect();
        if offered.is_empty() {
            continue;
        }
        let refused =
            ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().filter(|method| !offered.contains(method));
        let refused = tuple(refused.map(python).collect());
        lines.push_str(&format!(
            "        for method in {refused}:\n            self.assert_problem(self.send(method, {path}), 405)\n"
        ));
    }
    if lines.is_empty() { lines } else { format!("\n    def test_other_methods_are_refused(self):\n{lines}") }
}

/// A value that is accepted, as Python.
fn sample(plan: &Plan, index: usize, column: &Column) -> String {
    match column.kind {
        Kind::Text => python(&format!("Sample {}", label(&column.name).to_lowercase())),
        Kind::Integer => "7".to_owned(),
        Kind::Boolean => "True".to_owned(),
        Kind::Date => "\"2026-11-22\"".to_owned(),
        Kind::Moment => "\"2026-11-22T09:30:00Z\"".to_owned(),
        Kind::MoneyMinor => "1250".to_owned(),
        // A record of the same kind would be one more than the test made.
        Kind::Reference(target) if target == index => "None".to_owned(),
        Kind::Reference(target) => format!("self.stored(\"{}\")", plan.resources[target].name),
    }
}

fn first_text(resource: &Resource) -> Option<&Column> {
    resource.columns.iter().find(|column| column.kind == Kind::Text)
}

fn uses_hostile(resource: &Resource) -> bool {
    resource.offers(Operation::Create) && first_text(resource).is_some()
}
