//! The documents: OpenAPI by its rules and by JSON Schema, the schema by SQLite, diagrams line by line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::samples::{all, eight, one, three};
use super::tree::{has_python, python, said};
use crate::application::{diagrams, openapi, sql};

#[test]
fn references_resolve_and_operation_ids_are_unique() {
    for (name, architecture) in all() {
        let document = openapi(&architecture, "Title");
        walk(&document, &mut |key, value| {
            if key == "$ref" {
                let pointer = value.as_str().unwrap().strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{name}: {pointer}");
            }
            assert!(!value.is_f64(), "{name}: {key} is {value}");
        });
        let ids: Vec<&str> =
            operations(&document).iter().map(|op| op["operationId"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{name}: {ids:?}");
    }
}

#[test]
fn every_operation_has_what_openapi_demands() {
    for (name, architecture) in all() {
        let document = openapi(&architecture, "Title");
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let place = format!("{name}: {method} {path}");
                assert!(!operation["responses"].as_object().unwrap().is_empty(), "{place}");
                let declared: Vec<&str> = parameters(operation, "path");
                let named: Vec<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
                assert_eq!(declared, named, "{place}");
                assert!(
                    operation.get("requestBody").is_none_or(|body| body["content"].is_object()),
                    "{place}"
                );
            }
        }
    }
}

#[test]
fn schemas_compile_and_hold_for_their_examples() {
    for (name, architecture) in all() {
        let document = openapi(&architecture, "Title");
        for (schema, value) in document["components"]["schemas"].as_object().unwrap() {
            let reference = json!({ "$ref": format!("#/components/schemas/{schema}"), "components": document["components"] });
            let validator = jsonschema::draft202012::new(&reference).unwrap();
            let examples = value["examples"].as_array().unwrap();
            for example in examples {
                assert!(validator.is_valid(example), "{name}: {schema}: {example}");
            }
            assert!(!validator.is_valid(&json!("not an object")), "{name}: {schema}");
        }
    }
}

#[test]
fn what_is_written_is_described_precisely() {
    let document = openapi(&three(), "Title");
    let write = &document["components"]["schemas"]["Visit_Write"];
    assert_eq!(write["additionalProperties"], false);
    assert_eq!(write["required"], json!(["title", "reading", "paid", "day", "started", "fee", "meter"]));
    for (property, expected) in [
        ("/title/maxLength", json!(2000)),
        ("/title/minLength", json!(1)),
        ("/remark/type", json!(["string", "null"])),
        ("/fee/type", json!("integer")),
        ("/day/format", json!("date")),
        ("/started/format", json!("date-time")),
        ("/meter/x-reference", json!("Meter")),
    ] {
        assert_eq!(write["properties"].pointer(property), Some(&expected), "{property}");
    }
    let create = &document["paths"]["/visits"]["post"];
    assert_eq!(create["x-operation"], "create");
    let mut statuses: Vec<&String> = create["responses"].as_object().unwrap().keys().collect();
    statuses.sort();
    assert_eq!(statuses, ["201", "400", "405", "413", "415", "422", "default"]);
}

#[test]
fn a_circle_of_required_references_can_still_be_entered() {
    let document = openapi(&eight(), "Title");
    let required = |schema: &str| document["components"]["schemas"][schema]["required"].clone();
    assert_eq!(required("Hen_Write"), json!(["egg"]));
    assert_eq!(required("Egg_Write"), json!([]));
}

#[test]
fn nothing_can_be_named_where_no_record_can_be_created() {
    let document = openapi(&eight(), "Title");
    let write = &document["components"]["schemas"]["Index_Write"];
    assert_eq!((&write["required"], &write["properties"]["log"]["type"]), (&json!([]), &json!("null")));
}

#[test]
fn an_endpoint_that_is_no_record_operation_is_named_but_not_designed() {
    let mut architecture = one();
    let mut endpoint = architecture.endpoints[0].clone();
    endpoint.path = "/reports/{year}".into();
    endpoint.entity = None;
    architecture.endpoints.push(endpoint);
    let operation = &openapi(&architecture, "Title")["paths"]["/reports/{year}"]["get"];
    assert_eq!(operation["parameters"][0]["name"], "year");
    assert_eq!(operation.get("x-operation"), None);
}

#[test]
fn the_schema_loads_and_holds_what_it_says() {
    if !has_python() {
        return;
    }
    let check = "import sqlite3, sys\n\
        db = sqlite3.connect(':memory:')\n\
        db.executescript(sys.argv[1])\n\
        assert not db.execute('PRAGMA foreign_key_check').fetchall()\n\
        names = {row[0] for row in db.execute(\"SELECT name FROM sqlite_schema WHERE type = 'table'\")} - {'sqlite_sequence'}\n\
        for name in sorted(names):\n\
        \x20   for key in db.execute(f'PRAGMA foreign_key_list({name})'):\n\
        \x20       assert key[2] in names, key\n\
        print(len(names))\n";
    for (name, architecture) in all() {
        let folder = tempfile::tempdir().unwrap();
        let output = python(folder.path(), &["-c", check, &sql(&architecture)]);
        assert_eq!(said(&output), format!("{}\n", architecture.entities.len()), "{name}");
    }
}

#[test]
fn the_schema_refuses_what_the_application_refuses() {
    if !has_python() {
        return;
    }
    let check = "import sqlite3, sys\n\
        db = sqlite3.connect(':memory:')\n\
        db.executescript(sys.argv[1])\n\
        db.execute(\"INSERT INTO customer (name) VALUES ('Ada')\")\n\
        for name in (None, '', 'x' * 2001):\n\
        \x20   try:\n\
        \x20       db.execute('INSERT INTO customer (name) VALUES (?)', [name])\n\
        \x20   except sqlite3.IntegrityError:\n\
        \x20       continue\n\
        \x20   raise SystemExit(f'taken: {name!r}')\n\
        for owner in (None, 99, 'x'):\n\
        \x20   try:\n\
        \x20       db.execute(\"INSERT INTO meter (serial, owner) VALUES ('7', ?)\", [owner])\n\
        \x20   except sqlite3.IntegrityError:\n\
        \x20       continue\n\
        \x20   raise SystemExit(f'taken: {owner!r}')\n";
    let folder = tempfile::tempdir().unwrap();
    let output = python(folder.path(), &["-c", check, &sql(&three())]);
    assert_eq!(said(&output), "");
}

#[test]
fn diagrams_show_who_is_there() {
    let (context, sequence) = diagrams(&three());
    assert!(context.contains("flowchart TB\n    system[\"<b>Meter Book</b>"));
    assert!(context.contains("person0 -->|\"uses\"| system"), "{context}");
    assert!(context.contains("system -->|\"hands letters to\"| external0"), "{context}");
    assert!(sequence.contains("    actor p0 as Technician\n    participant p1 as web\n"));
    assert!(sequence.contains("    p0->>p1: asks\n"));
}

fn operations(document: &Value) -> Vec<&Value> {
    document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .collect()
}

fn parameters<'a>(operation: &'a Value, place: &str) -> Vec<&'a str> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.filter(|parameter| parameter["in"] == place)
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect()
}

fn walk(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            visit(key, value);
            walk(value, visit);
        }),
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}
