//! The test methods of each operation, as Python.

use super::first_text;
use crate::application::escape::python;
use crate::application::plan::{Column, Kind, Operation, Resource};
use crate::application::python::tuple;

/// One test method.
pub(super) struct TestMethod {
    pub(super) name: &'static str,
    /// Its statements, unindented lines.
    pub(super) body: String,
}

/// The tests of an operation.
pub(super) fn methods(resource: &Resource, operation: Operation) -> Vec<TestMethod> {
    let test = |name, body: String| TestMethod { name, body };
    match operation {
        Operation::Create => create_methods(resource),
        Operation::List => {
            vec![test("test_list", LIST.to_owned()), test("test_list_on_the_page", LIST_ON_PAGE.to_owned())]
        }
        Operation::Read => vec![
            test("test_read", READ.to_owned()),
            test("test_read_unknown", "self.assert_problem(self.send(\"GET\", UNKNOWN), 404)".to_owned()),
        ],
        Operation::Replace => vec![
            test("test_replace", REPLACE.replace("CHANGES", &changes(resource))),
            test("test_replace_unknown", REPLACE_UNKNOWN.to_owned()),
        ],
        Operation::Delete => vec![test("test_delete", DELETE.to_owned())],
    }
}

const LIST: &str = "\
records = [self.saved(), self.saved()]
listed = document(self.send(\"GET\", PATH))[\"items\"]
for record in records:
    self.assertIn(record, listed)";

const LIST_ON_PAGE: &str = "\
record = self.saved()
section = self.page().split(f'<section id=\"records-{RESOURCE.name}\"')[1].split(\"</section>\")[0]
self.assertIn(f'<th scope=\"row\">{record[\"id\"]}</th>', section)";

const READ: &str = "\
record = self.saved()
response = self.send(\"GET\", f\"{PATH}/{record['id']}\")
self.assertEqual((response.status, document(response)), (200, record))";

const REPLACE: &str = "\
record = self.saved()
body = self.body(CHANGES)
response = self.send(\"PUT\", f\"{PATH}/{record['id']}\", body)
self.assertEqual((response.status, document(response)), (200, {\"id\": record[\"id\"], **body}))
self.assertEqual(self.storage.get(RESOURCE, record[\"id\"]), document(response))";

const REPLACE_UNKNOWN: &str = "\
self.assert_problem(self.send(\"PUT\", UNKNOWN, self.body()), 404)
path = f\"{PATH}/{self.saved()['id']}\"
self.assert_problem(self.send(\"PUT\", path, self.body(unknown_field=1)), 400)";

const DELETE: &str = "\
record = self.saved()
path = f\"{PATH}/{record['id']}\"
self.assertEqual(self.send(\"DELETE\", path).status, 204)
self.assertIsNone(self.storage.get(RESOURCE, record[\"id\"]))
self.assert_problem(self.send(\"DELETE\", path), 404)";

const CREATE: &str = "\
body = self.body()
response = self.send(\"POST\", PATH, body)
record = document(response)
self.assertEqual((response.status, record), (201, {\"id\": record[\"id\"], **body}))
self.assertEqual(response.headers[\"Location\"], f\"{PATH}/{record['id']}\")
self.assertEqual(self.storage.get(RESOURCE, record[\"id\"]), record)";

const CREATE_BY_FORM: &str = "\
self.assertIn(f'action=\"/page/{RESOURCE.name}\"', self.page())
body = self.body()
form = {field.name: text_from(field, body[field.name]) for field in RESOURCE.fields}
self.assertEqual(self.send_form(f\"/page/{RESOURCE.name}\", form).status, 303)
record = self.storage.newest(RESOURCE, 1)[0]
self.assertEqual(record, {\"id\": record[\"id\"], **body})";

const CREATE_REFUSES_UNKNOWN: &str = "\
problem = self.assert_problem(self.send(\"POST\", PATH, self.body(unknown_field=1)), 400)
self.assertEqual(problem[\"errors\"][0][\"pointer\"], \"#/unknown_field\")";

fn create_methods(resource: &Resource) -> Vec<TestMethod> {
    let test = |name, body: String| TestMethod { name, body };
    let mut methods = vec![
        test("test_create", CREATE.to_owned()),
        test("test_create_by_form", CREATE_BY_FORM.to_owned()),
        test("test_create_refuses_unknown_fields", CREATE_REFUSES_UNKNOWN.to_owned()),
    ];
    let required: Vec<String> =
        resource.columns.iter().filter(|column| column.required).map(|column| python(&column.name)).collect();
    if !required.is_empty() {
        methods.push(test("test_create_needs_what_is_required", missing(&tuple(required))));
    }
    if !resource.columns.is_empty() {
        methods.push(test("test_create_refuses_wrong_types", wrong_types(resource)));
    }
    if let Some(column) = first_text(resource) {
        methods.push(test("test_create_keeps_any_text", any_text(resource, column)));
    }
    methods
}

fn missing(names: &str) -> String {
    format!(
        "for name in {names}:\n    with self.subTest(field=name):\n        body = self.body()\n        del body[name]\n\
         \x20       problem = self.assert_problem(self.send(\"POST\", PATH, body), 422)\n\
         \x20       self.assertEqual(problem[\"errors\"], [{{\"pointer\": f\"#/{{name}}\", \"detail\": \"is required\"}}])"
    )
}

fn wrong_types(resource: &Resource) -> String {
    let wrong = |kind| match kind {
        Kind::Text => "5",
        Kind::Integer | Kind::MoneyMinor => "\"seven\"",
        Kind::Boolean => "\"yes\"",
        Kind::Date => "\"2026-02-30\"",
        Kind::Moment => "\"2026-11-22\"",
        Kind::Reference(_) => "999999999",
    };
    let values: String = resource
        .columns
        .iter()
        .map(|column| format!("    \"{}\": {},\n", column.name, wrong(column.kind)))
        .collect();
    format!(
        "wrong = {{\n{values}}}\nfor name, value in wrong.items():\n    with self.subTest(field=name):\n\
         \x20       problem = self.assert_problem(self.send(\"POST\", PATH, self.body(**{{name: value}})), 422)\n\
         \x20       self.assertEqual([error[\"pointer\"] for error in problem[\"errors\"]], [f\"#/{{name}}\"])"
    )
}

fn any_text(resource: &Resource, column: &Column) -> String {
    let name = &column.name;
    let mut body = format!(
        "for text in (HOSTILE, \"\\N{{GRINNING FACE}}\" * 2000, \"\\0\"):\n\
         \x20   response = self.send(\"POST\", PATH, self.body(**{{\"{name}\": text}}))\n\
         \x20   self.assertEqual((response.status, document(response)[\"{name}\"]), (201, text))\n\
         self.assert_problem(self.send(\"POST\", PATH, self.body(**{{\"{name}\": \"x\" * 2001}})), 422)"
    );
    if resource.offers(Operation::List) {
        body.push_str(
            "\nself.assertIn(\"&lt;script&gt;\", self.page())\nself.assertNotIn(\"<script\", self.page())",
        );
    }
    body
}

/// Other values than the samples' for what is easily changed.
pub(super) fn changes(resource: &Resource) -> String {
    let changed = |column: &Column| match column.kind {
        Kind::Text => Some("\"Changed\""),
        Kind::Integer | Kind::MoneyMinor => Some("8"),
        Kind::Boolean => Some("False"),
        Kind::Date => Some("\"2027-01-31\""),
        Kind::Moment => Some("\"2027-01-31T00:00:00Z\""),
        Kind::Reference(_) => None,
    };
    let first = resource.columns.iter().find_map(|column| Some((&column.name, changed(column)?)));
    first.map(|(name, value)| format!("**{{\"{name}\": {value}}}")).unwrap_or_default()
}
