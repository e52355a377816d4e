//! Tests of what requirements ask of records: each enters records, starts the application anew and looks.
//!
//! A test is here only for a requirement that asks for nothing else, so that it may stand for it.

use std::collections::BTreeMap;

use super::methods::changes;
use crate::application::names::pascal;
use crate::application::plan::{Operation, Resource};
use crate::records::Ask;

/// A test class, and the full names of its tests by requirement.
pub(super) struct Asked {
    pub(super) source: String,
    pub(super) tests: BTreeMap<String, Vec<String>>,
}

/// The class for one resource; `None` when no requirement is wholly about its records.
pub(super) fn asked_class(resource: &Resource, asks: &[Ask]) -> Option<Asked> {
    let mut methods: BTreeMap<String, (&Ask, String)> = BTreeMap::new();
    for ask in asks.iter().filter(|ask| ask.shown && ask.entity == resource.entity) {
        let Some(body) = body(resource, ask.operation) else { continue };
        let id = identifier(&ask.requirement)?;
        methods.insert(format!("test_{id}_{}", what(ask.operation)), (ask, body));
    }
    if methods.is_empty() {
        return None;
    }
    let class = format!("Test{}Asked", pascal(&resource.name));
    let mut source = format!(
        "\n\nclass {class}(Bodies, KeptCase):\n    \"\"\"What the requirements ask of these records.\"\"\"\n"
    );
    let mut tests: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, (ask, body)) in &methods {
        let lines: String = body.lines().map(|line| format!("        {line}\n")).collect();
        source.push_str(&format!(
            "\n    def {name}(self):\n        \"\"\"Shows {}.\"\"\"\n{lines}",
            ask.requirement
        ));
        let full = format!("tests.test_{}.{class}.{name}", resource.name);
        tests.entry(ask.requirement.clone()).or_default().push(full);
    }
    Some(Asked { source, tests })
}

/// `FR-12` as `fr_12`; ids are assigned, anything else has no place in a name.
fn identifier(requirement: &str) -> Option<String> {
    let (kind, number) = requirement.split_once('-')?;
    let plain = kind.len() == 2
        && kind.bytes().all(|b| b.is_ascii_uppercase())
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| format!("{}_{number}", kind.to_lowercase()))
}

/// What the test shows, as the end of its name.
const fn what(operation: Operation) -> &'static str {
    match operation {
        Operation::List => "all_that_is_entered_is_shown",
        Operation::Create => "what_is_entered_can_be_read_again",
        Operation::Read => "what_is_entered_is_shown",
        Operation::Replace => "what_is_changed_can_be_read_again",
        Operation::Delete => "what_is_removed_can_no_longer_be_read",
    }
}

const ENTER: &str = "\
body = self.body()
entered = document(self.send(\"POST\", PATH, body))
place = f\"{PATH}/{entered['id']}\"
";

const CREATED: &str = "\
self.restart()
read_again = document(self.send(\"GET\", place))
self.assertEqual(read_again, {\"id\": entered[\"id\"], **body})";

const CREATED_LISTED: &str = "\
self.restart()
read_again = document(self.send(\"GET\", PATH))[\"items\"]
self.assertEqual(read_again, [{\"id\": entered[\"id\"], **body}])";

const SHOWN: &str = "\
shown = document(self.send(\"GET\", place))
self.assertEqual(shown, entered)
self.assertEqual(shown, {\"id\": entered[\"id\"], **body})";

const ALL_SHOWN: &str = "\
entered = [document(self.send(\"POST\", PATH, self.body())) for _ in range(3)]
shown = document(self.send(\"GET\", PATH))[\"items\"]
can_see = self.page()
for record in entered:
    self.assertIn(record, shown)
    self.assertIn(f'<th scope=\"row\">{record[\"id\"]}</th>', can_see)";

const CHANGED: &str = "\
changed = self.body(CHANGES)
self.send(\"PUT\", place, changed)
self.restart()
read_again = document(self.send(\"GET\", place))
self.assertEqual(read_again, {\"id\": entered[\"id\"], **changed})";

const REMOVED: &str = "\
removed = self.send(\"DELETE\", place)
self.assertEqual(removed.status, 204)
self.restart()
no_longer_read = self.send(\"GET\", place)
self.assert_problem(no_longer_read, 404)";

/// The statements of a test; `None` when the resource does not offer what the test needs.
fn body(resource: &Resource, operation: Operation) -> Option<String> {
    let offers = |all: &[Operation]| all.iter().all(|o| resource.offers(*o));
    let entered = |rest: &str| format!("{ENTER}{rest}");
    match operation {
        Operation::Create if offers(&[Operation::Create, Operation::Read]) => Some(entered(CREATED)),
        // A record of the same kind that is referred to would be one more than was entered.
        Operation::Create if offers(&[Operation::Create, Operation::List]) => {
            resource.references().next().is_none().then(|| entered(CREATED_LISTED).replace(PLACE, ""))
        }
        Operation::List if offers(&[Operation::Create, Operation::List]) => Some(ALL_SHOWN.to_owned()),
        Operation::Read if offers(&[Operation::Create, Operation::Read]) => Some(entered(SHOWN)),
        Operation::Replace if offers(&[Operation::Create, Operation::Read, Operation::Replace]) => {
            let changes = changes(resource);
            (!changes.is_empty()).then(|| entered(CHANGED).replace("CHANGES", &changes))
        }
        Operation::Delete if offers(&[Operation::Create, Operation::Read, Operation::Delete]) => {
            Some(entered(REMOVED))
        }
        _ => None,
    }
}

const PLACE: &str = "place = f\"{PATH}/{entered['id']}\"\n";
