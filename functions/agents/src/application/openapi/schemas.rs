//! Schemas: each resource as it is read, as it is written, and as a list; problem details; health.

use serde_json::{Map, Value, json};

use crate::application::names::label;
use crate::application::plan::{Column, Kind, Operation, Plan, Resource};
use crate::application::{INTEGER_LIMIT, MOMENT_LIMIT, TEXT_LIMIT};

/// Name of the schema of a body that creates or replaces a record.
pub(super) fn write_name(resource: &Resource) -> String {
    format!("{}_Write", resource.schema)
}

/// Name of the schema of a list of records.
pub(super) fn list_name(resource: &Resource) -> String {
    format!("{}_List", resource.schema)
}

/// A reference to a schema among the components.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// All schemas by name.
pub(super) fn schemas(plan: &Plan) -> Map<String, Value> {
    let mut schemas = Map::new();
    schemas.insert("ProblemDetails".to_owned(), problem_details());
    schemas.insert("Health".to_owned(), health());
    for resource in plan.resources.iter().filter(|resource| !resource.operations.is_empty()) {
        schemas.insert(resource.schema.clone(), read(plan, resource));
        schemas.insert(write_name(resource), write(plan, resource));
        schemas.insert(list_name(resource), list(plan, resource));
    }
    schemas
}

/// An example body; a reference is to the record with id 1.
pub(super) fn write_example(plan: &Plan, resource: &Resource) -> Value {
    resource
        .columns
        .iter()
        .map(|column| (column.name.clone(), example(plan, column)))
        .collect::<Map<_, _>>()
        .into()
}

/// An example record.
pub(super) fn read_example(plan: &Plan, resource: &Resource) -> Value {
    let mut example = write_example(plan, resource);
    example["id"] = json!(1);
    example
}

fn read(plan: &Plan, resource: &Resource) -> Value {
    let mut properties = properties(plan, resource);
    properties.insert(
        "id".to_owned(),
        json!({ "type": "integer", "format": "int64", "minimum": 1, "readOnly": true }),
    );
    let required: Vec<&String> = properties.keys().collect();
    let required = json!(required);
    described(object(properties, required, read_example(plan, resource)), &resource.description)
}

fn write(plan: &Plan, resource: &Resource) -> Value {
    let required: Vec<&str> =
        resource.columns.iter().filter(|column| column.required).map(|column| column.name.as_str()).collect();
    object(properties(plan, resource), json!(required), write_example(plan, resource))
}

fn list(plan: &Plan, resource: &Resource) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["items", "next_after"],
        "properties": {
            "items": { "type": "array", "items": reference(&resource.schema) },
            "next_after": {
                "type": ["integer", "null"],
                "format": "int64",
                "description": "Give it as `after` to go on; null at the end.",
            },
        },
        "examples": [{ "items": [read_example(plan, resource)], "next_after": null }],
    })
}

fn object(properties: Map<String, Value>, required: Value, example: Value) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
        "examples": [example],
    })
}

fn properties(plan: &Plan, resource: &Resource) -> Map<String, Value> {
    resource.columns.iter().map(|column| (column.name.clone(), property(plan, column))).collect()
}

fn property(plan: &Plan, column: &Column) -> Value {
    let mut schema = described(values(plan, column.kind), &column.reason);
    if column.required {
        if column.kind == Kind::Text {
            schema["minLength"] = json!(1);
        }
    } else if schema["type"] != "null" {
        schema["type"] = json!([schema["type"], "null"]);
    }
    schema
}

fn values(plan: &Plan, kind: Kind) -> Value {
    let whole = || json!({ "type": "integer", "format": "int64", "minimum": -INTEGER_LIMIT, "maximum": INTEGER_LIMIT });
    match kind {
        Kind::Text => json!({ "type": "string", "maxLength": TEXT_LIMIT }),
        Kind::Integer => whole(),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Date => {
            json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
        }
        Kind::Moment => json!({ "type": "string", "format": "date-time", "maxLength": MOMENT_LIMIT }),
        Kind::MoneyMinor => {
            let mut money = whole();
            money["description"] = json!("Money in the smallest unit of its currency.");
            money
        }
        Kind::Reference(target) if !can_be_named(plan, target) => {
            json!({ "type": "null", "description": "Nothing can be named here: its records cannot be created." })
        }
        Kind::Reference(target) => {
            let target = &plan.resources[target];
            json!({
                "type": "integer",
                "format": "int64",
                "minimum": 1,
                "maximum": INTEGER_LIMIT,
                "description": format!("The id of a record of {}.", target.path),
                "x-reference": target.schema,
            })
        }
    }
}

/// Whether there can be a record to refer to.
fn can_be_named(plan: &Plan, target: usize) -> bool {
    plan.resources[target].offers(Operation::Create)
}

/// The description before what the schema says already.
fn described(mut schema: Value, description: &str) -> Value {
    if !description.is_empty() {
        let said = schema["description"].as_str().map(|said| format!(" {said}")).unwrap_or_default();
        schema["description"] = json!(format!("{description}{said}"));
    }
    schema
}

fn example(plan: &Plan, column: &Column) -> Value {
    match column.kind {
        Kind::Text => json!(format!("Sample {}", label(&column.name).to_lowercase())),
        Kind::Integer => json!(7),
        Kind::Boolean => json!(true),
        Kind::Date => json!("2026-11-22"),
        Kind::Moment => json!("2026-11-22T09:30:00Z"),
        Kind::MoneyMinor => json!(1250),
        Kind::Reference(target) if can_be_named(plan, target) => json!(1),
        Kind::Reference(_) => Value::Null,
    }
}

fn problem_details() -> Value {
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": { "type": "string" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string" },
            "errors": {
                "type": "array",
                "description": "What is wrong, by JSON Pointer into the body.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": { "pointer": { "type": "string" }, "detail": { "type": "string" } },
                },
            },
        },
        "examples": [{
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "some values are missing or wrong",
            "errors": [{ "pointer": "#/name", "detail": "is required" }],
        }],
    })
}

fn health() -> Value {
    json!({
        "type": "object",
        "required": ["status"],
        "properties": { "status": { "const": "ok" } },
        "examples": [{ "status": "ok" }],
    })
}
