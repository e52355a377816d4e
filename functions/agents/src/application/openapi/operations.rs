//! Operations: on records, the application's own, and those that the architecture names besides.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Architecture, Endpoint, Method};
use serde_json::{Map, Value, json};

use super::schemas::{list_name, read_example, reference, write_example, write_name};
use crate::application::escape::one_line;
use crate::application::names::{identifier, unique};
use crate::application::plan::{Operation, Plan, Resource};

/// Most records of one list; the same as in the application's `api.py`.
const MAX_LIST: u32 = 200;
/// Records of a list when nothing is asked for; likewise.
const DEFAULT_LIST: u32 = 100;

/// Answers with problem details, by their name among the components.
const PROBLEMS: &[(&str, &str, &str)] = &[
    ("400", "BadRequest", "The body is not a JSON object, or has a field that is not known."),
    ("404", "NotFound", "There is no record with this id."),
    ("405", "MethodNotAllowed", "The path does not offer this method; `Allow` says which it offers."),
    ("409", "Conflict", "Other records refer to this one."),
    ("413", "ContentTooLarge", "The body is larger than 1 MiB."),
    ("415", "UnsupportedMediaType", "The body is not declared as application/json."),
    (
        "422",
        "UnprocessableContent",
        "A value is missing, of the wrong type or out of range, or names a record that is not there.",
    ),
    ("default", "Error", "Any other error."),
];

type Paths = BTreeMap<String, Map<String, Value>>;

/// `components/responses`.
pub(super) fn problem_responses() -> Map<String, Value> {
    let content = json!({ "application/problem+json": { "schema": reference("ProblemDetails") } });
    let response = |description: &str| json!({ "description": description, "content": content });
    PROBLEMS.iter().map(|(_, name, description)| ((*name).to_owned(), response(description))).collect()
}

/// The page and the health check, which every application has.
pub(super) fn own_paths() -> Paths {
    let page = json!({
        "operationId": "page",
        "summary": "The page for people",
        "responses": {
            "200": { "description": "The page.", "content": { "text/html": { "schema": { "type": "string" } } } },
            "default": problem("default"),
        },
    });
    let health = json!({
        "operationId": "health",
        "summary": "Whether the application can answer",
        "responses": { "200": answer("It can.", reference("Health")), "default": problem("default") },
    });
    let get = |operation: Value| Map::from_iter([("get".to_owned(), operation)]);
    BTreeMap::from([("/".to_owned(), get(page)), ("/health".to_owned(), get(health))])
}

/// Where an operation is served.
pub(super) fn path(resource: &Resource, operation: Operation) -> String {
    if operation.on_collection() { resource.path.clone() } else { format!("{}/{{id}}", resource.path) }
}

/// The method, in lower case, and the operation object.
pub(super) fn operation(plan: &Plan, resource: &Resource, operation: Operation) -> (&'static str, Value) {
    let (method, problems, success): (_, &[&str], _) = match operation {
        Operation::List => ("get", &["400", "422"], ("200", listed(resource))),
        Operation::Create => ("post", &["400", "413", "415", "422"], ("201", created(plan, resource))),
        Operation::Read => ("get", &["404"], ("200", record("The record.", plan, resource))),
        Operation::Replace => (
            "put",
            &["400", "404", "413", "415", "422"],
            ("200", record("The record as it is now.", plan, resource)),
        ),
        Operation::Delete => ("delete", &["404", "409"], ("204", json!({ "description": "It is gone." }))),
    };
    let mut responses: Map<String, Value> = problems
        .iter()
        .chain(&["405", "default"])
        .map(|status| ((*status).to_owned(), problem(status)))
        .collect();
    responses.insert(success.0.to_owned(), success.1);
    let mut document = json!({
        "operationId": format!("{}_{}", operation.name(), resource.name),
        "tags": [resource.name],
        "summary": resource.operations.get(&operation).map_or("", |served| served.summary.as_str()),
        "responses": responses,
        "x-operation": operation.name(),
        "x-entity": resource.entity,
    });
    let parameters = parameters(operation);
    if !parameters.is_empty() {
        document["parameters"] = json!(parameters);
    }
    if matches!(operation, Operation::Create | Operation::Replace) {
        document["requestBody"] = body(plan, resource);
    }
    (method, document)
}

/// Adds the endpoints that are no operation on records. What they answer is not designed yet.
pub(super) fn add_free(architecture: &Architecture, plan: &Plan, paths: &mut Paths) {
    let mut taken: BTreeSet<String> = operation_ids(paths);
    let mut shapes: BTreeMap<String, String> = paths.keys().map(|path| (shape(path), path.clone())).collect();
    for endpoint in plan.free.iter().filter_map(|index| architecture.endpoints.get(*index)) {
        if !is_path(&endpoint.path) {
            continue;
        }
        // Two templates that differ in a parameter's name alone are one path.
        let path = shapes.entry(shape(&endpoint.path)).or_insert_with(|| endpoint.path.clone());
        let method = method(endpoint.method);
        let item = paths.entry(path.clone()).or_default();
        if !item.contains_key(method) {
            let id = unique(&identifier(&format!("{method}_{path}")), &mut taken);
            item.insert(method.to_owned(), free(endpoint, path, &id));
        }
    }
}

fn free(endpoint: &Endpoint, path: &str, id: &str) -> Value {
    let mut document = json!({
        "operationId": id,
        "summary": one_line(&endpoint.summary.text),
        "description": "Named in the architecture; what it takes and answers is not designed yet.",
        "responses": { "default": problem("default"), "2XX": { "description": "Done." } },
    });
    let parameter =
        |name: &str| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    let names: BTreeSet<&str> =
        path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect();
    if !names.is_empty() {
        document["parameters"] = names.into_iter().map(parameter).collect();
    }
    document
}

fn operation_ids(paths: &Paths) -> BTreeSet<String> {
    let operations = paths.values().flat_map(Map::values);
    operations.filter_map(|operation| operation["operationId"].as_str()).map(str::to_owned).collect()
}

/// `/things/{id}` → `/things/{}`.
fn shape(path: &str) -> String {
    path.split('/')
        .map(|segment| if segment.starts_with('{') { "{}" } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

fn is_path(path: &str) -> bool {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
    };
    let segment = |segment: &str| match segment.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}').is_some_and(plain),
        None => plain(segment),
    };
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let distinct: BTreeSet<&&str> = segments.iter().filter(|segment| segment.starts_with('{')).collect();
    let parameters = segments.iter().filter(|segment| segment.starts_with('{')).count();
    path.starts_with('/') && distinct.len() == parameters && segments.into_iter().all(segment)
}

const fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Delete => "delete",
    }
}

fn parameters(operation: Operation) -> Vec<Value> {
    let whole = |minimum: u32| json!({ "type": "integer", "format": "int64", "minimum": minimum });
    let in_query = |name: &str, schema: Value, description: &str| json!({ "name": name, "in": "query", "description": description, "schema": schema });
    match operation {
        Operation::List => {
            let mut limit = whole(1);
            limit["maximum"] = json!(MAX_LIST);
            limit["default"] = json!(DEFAULT_LIST);
            vec![
                in_query("limit", limit, "Most records to answer with."),
                in_query("after", whole(0), "Only records with ids above this one."),
            ]
        }
        Operation::Create => Vec::new(),
        Operation::Read | Operation::Replace | Operation::Delete => {
            vec![json!({ "name": "id", "in": "path", "required": true, "schema": whole(1) })]
        }
    }
}

fn body(plan: &Plan, resource: &Resource) -> Value {
    json!({
        "required": true,
        "content": {
            "application/json": {
                "schema": reference(&write_name(resource)),
                "example": write_example(plan, resource),
            },
        },
    })
}

fn listed(resource: &Resource) -> Value {
    answer("The records, by id.", reference(&list_name(resource)))
}

fn record(description: &str, plan: &Plan, resource: &Resource) -> Value {
    let mut response = answer(description, reference(&resource.schema));
    response["content"]["application/json"]["example"] = read_example(plan, resource);
    response
}

fn created(plan: &Plan, resource: &Resource) -> Value {
    let mut response = record("The new record.", plan, resource);
    response["headers"] = json!({ "Location": { "description": "Its path.", "schema": { "type": "string", "format": "uri-reference" } } });
    response
}

fn answer(description: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn problem(status: &str) -> Value {
    let name = PROBLEMS.iter().find(|(known, ..)| *known == status).map_or("Error", |(_, name, _)| name);
    json!({ "$ref": format!("#/components/responses/{name}") })
}
