//! The application's own test of one resource: a Python test class made from the plan.
//!
//! It depends on the architecture alone, never on the story that asks for it, so that two stories
//! about the same records write the same file.

use std::collections::BTreeMap;

use super::HEADER;
use super::escape::python;
use super::names::{label, pascal};
use super::plan::{Column, Kind, Operation, Plan, Resource};
use super::python::tuple;

/// A test file and the names of its tests by the operation that they show.
pub(super) struct TestModule {
    pub(super) path: String,
    pub(super) source: String,
    pub(super) tests: BTreeMap<Operation, Vec<String>>,
}

/// One test method.
struct TestMethod {
    operation: Operation,
    name: &'static str,
    /// Its statements, unindented lines.
    body: String,
}

/// `tests/test_<name>.py`.
pub(super) fn test_module(plan: &Plan, index: usize) -> TestModule {
    let resource = &plan.resources[index];
    let class = format!("Test{}", pascal(&resource.name));
    let methods: Vec<TestMethod> =
        resource.operations.keys().flat_map(|operation| methods(resource, *operation)).collect();
    let mut source = head(plan, index, &class);
    let mut tests: BTreeMap<Operation, Vec<String>> = BTreeMap::new();
    for method in &methods {
        source.push_str(&rendered(resource, method));
        let full = format!("tests.test_{}.{class}.{}", resource.name, method.name);
        tests.entry(method.operation).or_default().push(full);
    }
    source.push_str(&other_methods(resource));
    TestModule { path: format!("tests/test_{}.py", resource.name), source, tests }
}

fn head(plan: &Plan, index: usize, class: &str) -> String {
    let resource = &plan.resources[index];
    let forms = if resource.offers(Operation::Create) { "from app.forms import text_from\n" } else { "" };
    let hostile = if uses_hostile(resource) { "HOSTILE, " } else { "" };
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
         {forms}from app.resources.{name} import RESOURCE\nfrom tests.support import {hostile}AppCase{document}\n\n\
         PATH = \"{path}\"\nUNKNOWN = PATH + \"/999999999\"\n\n\nclass {class}(AppCase):\n\
         \x20   def body(self, **changes):\n        \"\"\"A body that is accepted, with changes.\"\"\"\n\
         \x20       body = {body}\n        return {{**body, **changes}}\n\n\
         \x20   def saved(self):\n        \"\"\"A new record as it is served.\"\"\"\n        body = self.body()\n\
         \x20       return {{\"id\": self.storage.insert(RESOURCE, body), **body}}\n",
        name = resource.name,
        path = resource.path,
    )
}

fn rendered(resource: &Resource, method: &TestMethod) -> String {
    let served = resource.operations.get(&method.operation);
    let ids: Vec<&str> = served.into_iter().flat_map(|served| &served.serves).map(String::as_str).collect();
    let ids: Vec<&str> = ids.into_iter().filter(|id| is_id(id)).collect();
    let shows = if ids.is_empty() {
        String::new()
    } else {
        format!("        \"\"\"Shows {}.\"\"\"\n", ids.join(", "))
    };
    let lines: String = method.body.lines().map(|line| format!("        {line}\n")).collect();
    format!("\n    def {}(self):\n{shows}{lines}", method.name)
}

/// Requirement ids are assigned, `FR-12`; anything else has no place in a docstring.
fn is_id(id: &str) -> bool {
    id.split_once('-').is_some_and(|(kind, number)| {
        kind.len() == 2
            && kind.bytes().all(|b| b.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

fn methods(resource: &Resource, operation: Operation) -> Vec<TestMethod> {
    let test = |name, body: String| TestMethod { operation, name, body };
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
section = self.page().split(f'<section id=\"{RESOURCE.name}\"')[1].split(\"</section>\")[0]
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
    let test = |name, body: String| TestMethod { operation: Operation::Create, name, body };
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

/// Other values than [`sample`]'s for what is easily changed.
fn changes(resource: &Resource) -> String {
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

fn first_text(resource: &Resource) -> Option<&Column> {
    resource.columns.iter().find(|column| column.kind == Kind::Text)
}

fn uses_hostile(resource: &Resource) -> bool {
    resource.offers(Operation::Create) && first_text(resource).is_some()
}
