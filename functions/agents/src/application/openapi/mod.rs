//! The OpenAPI 3.1 document of an architecture: everything that a client, or a test written without
//! sight of the code, needs to know.

mod operations;
mod schemas;

use std::collections::BTreeMap;

use ideamine_core::artifacts::Architecture;
use serde_json::{Map, Value, json};

use super::plan::Plan;

const DESCRIPTION: &str = "Composed by rules from the architecture. Errors are problem details (RFC 9457). \
    Unknown paths answer 404, methods that a path does not offer 405 with an Allow header, bodies in another \
    media type 415, bodies above 1 MiB 413. A body with an unknown field, and one that is not a JSON object, \
    answers 400; a missing, mistyped or otherwise wrong value 422. What is optional may be null or left out, \
    and is null when read.";

/// `openapi.json`.
pub fn openapi(architecture: &Architecture, title: &str) -> Value {
    let plan = Plan::of(architecture);
    json!({
        "openapi": "3.1.0",
        "info": { "title": non_empty(title), "version": "0.1.0", "description": DESCRIPTION },
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "servers": [{ "url": "/" }],
        "tags": tags(&plan),
        "paths": paths(architecture, &plan),
        "components": { "schemas": schemas::schemas(&plan), "responses": operations::problem_responses() },
    })
}

fn non_empty(title: &str) -> String {
    match super::escape::one_line(title) {
        empty if empty.is_empty() => "Application".to_owned(),
        title => title,
    }
}

fn tags(plan: &Plan) -> Vec<Value> {
    let tag = |resource: &super::plan::Resource| match resource.description.as_str() {
        "" => json!({ "name": resource.name }),
        description => json!({ "name": resource.name, "description": description }),
    };
    plan.resources.iter().filter(|resource| !resource.operations.is_empty()).map(tag).collect()
}

fn paths(architecture: &Architecture, plan: &Plan) -> Map<String, Value> {
    let mut paths: BTreeMap<String, Map<String, Value>> = operations::own_paths();
    for resource in &plan.resources {
        for operation in resource.operations.keys() {
            let path = operations::path(resource, *operation);
            let (method, document) = operations::operation(plan, resource, *operation);
            paths.entry(path).or_default().insert(method.to_owned(), document);
        }
    }
    operations::add_free(architecture, plan, &mut paths);
    paths.into_iter().map(|(path, item)| (path, Value::Object(item))).collect()
}
