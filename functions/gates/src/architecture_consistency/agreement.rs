//! Whether the OpenAPI document and the SQL schema say the same as the architecture.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Architecture, Endpoint, Entity, FieldKind, GateOutcome, Method, Severity};
use serde_json::{Map, Value};

use super::FILE;
use crate::gate::Judgement;
use crate::gate::{Hit, Rule, at};
use crate::view::GateView;

const OPENAPI: &str = "openapi.json";
const SQL: &str = "schema.sql";
const DIFFERS: Rule = ("openapi-differs", Severity::High, GateOutcome::Fail);
const SQL_DIFFERS: Rule = ("sql-differs", Severity::High, GateOutcome::Fail);
/// Paths that every application of ours has.
const OWN_PATHS: [&str; 2] = ["/", "/health"];
/// Deepest chain of references in a schema.
const DEPTH_MAX: usize = 16;

/// `/things/{id}` and `/things/{thing_id}` are one path.
pub(super) fn shape(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.trim_end_matches('/').split('/').map(part).collect::<Vec<_>>().join("/")
}

const fn word(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Delete => "delete",
    }
}

/// Compares operations both ways, and the body of each creation with its entity.
pub(super) fn with_openapi(j: &mut Judgement, view: &GateView, a: &Architecture) {
    let Some(document) = view.json(OPENAPI) else {
        let hit =
            (OPENAPI.to_owned(), "there is no readable openapi.json beside the architecture".to_owned());
        return j.none(DIFFERS, (!a.endpoints.is_empty()).then_some(hit));
    };
    let described = operations(&document);
    let mut hits: Vec<Hit> = Vec::new();
    for (i, e) in a.endpoints.iter().enumerate() {
        match described.get(&(word(e.method).to_owned(), shape(&e.path))) {
            None => hits.push((
                at(FILE, "endpoints", i),
                format!("{} {} is not in openapi.json", word(e.method), e.path),
            )),
            Some(operation) => hits.extend(body_differs(&document, operation, e, &a.entities)),
        }
    }
    let designed: BTreeSet<(String, String)> =
        a.endpoints.iter().map(|e| (word(e.method).to_owned(), shape(&e.path))).collect();
    let extra = described.keys().filter(|key| !designed.contains(key) && !is_own(&key.1));
    hits.extend(extra.map(|(method, path)| {
        (OPENAPI.to_owned(), format!("{method} {path} is in openapi.json and not in the architecture"))
    }));
    j.none(DIFFERS, hits);
}

fn is_own(shape: &str) -> bool {
    shape.is_empty() || OWN_PATHS.contains(&shape)
}

type Operations = BTreeMap<(String, String), Value>;

fn operations(document: &Value) -> Operations {
    let paths = document["paths"].as_object().into_iter().flatten();
    let of = |(path, item): (&String, &Value)| -> Vec<((String, String), Value)> {
        let operations = item.as_object().into_iter().flatten();
        let methods = ["get", "post", "put", "delete", "patch"];
        let known = operations.filter(|(method, _)| methods.contains(&method.as_str()));
        known.map(|(method, operation)| ((method.clone(), shape(path)), operation.clone())).collect()
    };
    paths.flat_map(of).collect()
}

fn resolve(document: &Value, schema: &Value) -> Value {
    let mut at = schema.clone();
    for _ in 0..DEPTH_MAX {
        let Some(target) = at["$ref"].as_str().and_then(|target| target.strip_prefix('#')) else { return at };
        at = document.pointer(target).cloned().unwrap_or_default();
    }
    Value::Null
}

fn body_differs(document: &Value, operation: &Value, endpoint: &Endpoint, entities: &[Entity]) -> Vec<Hit> {
    let creates = endpoint.method == Method::Post && !endpoint.path.contains('{');
    let entity = entities.iter().find(|entity| creates && endpoint.entity.as_ref() == Some(&entity.name));
    let Some(entity) = entity else { return Vec::new() };
    let body = resolve(document, &operation["requestBody"]);
    let content =
        body["content"].as_object().into_iter().flatten().next().map(|(_, media)| media["schema"].clone());
    let schema = resolve(document, &content.unwrap_or_default());
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let place = || format!("{OPENAPI}#/paths/{}", endpoint.path.replace('/', "~1"));
    let mut hits: Vec<Hit> = Vec::new();
    let mut matched = BTreeSet::from(["id"]);
    for field in &entity.fields {
        let Some((name, property)) = properties.iter().find(|(name, _)| is_named(name, &field.name)) else {
            hits.push((
                place(),
                format!("the body has no `{}`, which entity `{}` has", field.name, entity.name),
            ));
            continue;
        };
        matched.insert(name);
        let property = resolve(document, property);
        if !fits(&property, &field.kind) {
            hits.push((
                place(),
                format!(
                    "`{name}` is of type {}, but entity `{}` has it as {:?}",
                    property["type"], entity.name, field.kind
                ),
            ));
        }
        if required.contains(name.as_str()) != field.required {
            hits.push((
                place(),
                format!("`{name}` is required in one of openapi.json and entity `{}` only", entity.name),
            ));
        }
    }
    let extra = properties.keys().filter(|name| !matched.contains(name.as_str()));
    hits.extend(
        extra.map(|name| (place(), format!("the body has `{name}`, which entity `{}` has not", entity.name))),
    );
    hits
}

/// Names may end in `_` where the plain one is reserved, and in `_id` where they refer to another record.
fn is_named(name: &str, field: &str) -> bool {
    let name = name.trim_end_matches('_');
    name == field.trim_end_matches('_') || name.strip_suffix("_id") == Some(field)
}

fn fits(property: &Value, kind: &FieldKind) -> bool {
    let is = |wanted: &str| match &property["type"] {
        Value::String(kind) => kind == wanted,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    };
    match kind {
        FieldKind::Text | FieldKind::Date | FieldKind::Moment => is("string"),
        FieldKind::Integer | FieldKind::MoneyMinor => is("integer"),
        FieldKind::Boolean => is("boolean"),
        FieldKind::Reference(_) => is("integer") || is("string"),
    }
}

/// Each entity has its table, with its fields as columns and no others.
pub(super) fn with_sql(j: &mut Judgement, view: &GateView, a: &Architecture) {
    let Some(text) = view.text(SQL) else {
        let hit = (SQL.to_owned(), "there is no readable schema.sql beside the architecture".to_owned());
        return j.none(SQL_DIFFERS, (!a.entities.is_empty()).then_some(hit));
    };
    let tables = tables(text);
    let mut hits: Vec<Hit> = Vec::new();
    let mut known = BTreeSet::new();
    for (i, entity) in a.entities.iter().enumerate() {
        let Some((table, columns)) = tables.iter().find(|(table, _)| is_table_of(table, &entity.name)) else {
            hits.push((
                at(FILE, "entities", i),
                format!("entity `{}` has no table in schema.sql", entity.name),
            ));
            continue;
        };
        known.insert(table);
        let lost = entity.fields.iter().filter(|f| !columns.iter().any(|c| is_named(c, &f.name)));
        hits.extend(lost.map(|f| {
            (SQL.to_owned(), format!("table `{table}` has no column for `{}.{}`", entity.name, f.name))
        }));
        let extra =
            columns.iter().filter(|c| *c != "id" && !entity.fields.iter().any(|f| is_named(c, &f.name)));
        hits.extend(extra.map(|c| {
            (SQL.to_owned(), format!("column `{table}.{c}` belongs to no field of entity `{}`", entity.name))
        }));
    }
    let extra = tables.keys().filter(|table| !known.contains(table));
    hits.extend(extra.map(|table| (SQL.to_owned(), format!("table `{table}` belongs to no entity"))));
    j.none(SQL_DIFFERS, hits);
}

fn is_table_of(table: &str, entity: &str) -> bool {
    let (table, entity) = (table.trim_end_matches('_'), entity.trim_end_matches('_'));
    let ys = entity.strip_suffix('y').map(|stem| format!("{stem}ies"));
    let forms = [Some(entity.to_owned()), Some(format!("{entity}s")), Some(format!("{entity}es")), ys];
    forms.into_iter().flatten().any(|form| form == table)
}

/// Tables with their columns, as the `CREATE TABLE` statements name them.
fn tables(sql: &str) -> BTreeMap<String, Vec<String>> {
    let text: String =
        sql.lines().map(|line| line.split("--").next().unwrap_or(line)).collect::<Vec<_>>().join("\n");
    let mut tables = BTreeMap::new();
    for statement in text.split(';') {
        let Some((head, rest)) = statement.split_once('(') else { continue };
        let words: Vec<String> = head.split_whitespace().map(str::to_lowercase).collect();
        if words.first().map(String::as_str) != Some("create") || !words.iter().any(|word| word == "table") {
            continue;
        }
        let Some(name) = words.last() else { continue };
        let columns = parts(rest).into_iter().filter_map(|part| column(&part)).collect();
        tables.insert(unquoted(name), columns);
    }
    tables
}

/// Definitions inside the brackets, apart at commas of the outer level.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quoted) = (0_i32, false);
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            break;
        }
        match (c, parts.last_mut()) {
            (',', _) if depth == 0 && !quoted => parts.push(String::new()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    parts
}

fn column(definition: &str) -> Option<String> {
    let name = definition.split_whitespace().next()?;
    let constraint = ["primary", "foreign", "unique", "check", "constraint"];
    let plain = name.to_lowercase();
    let plain = plain.split('(').next().unwrap_or(&plain);
    (!constraint.contains(&plain)).then(|| unquoted(name))
}

fn unquoted(name: &str) -> String {
    name.trim_matches(|c| matches!(c, '"' | '`' | '[' | ']')).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_columns_are_read_from_sql() {
        let sql = "-- a; comment (x)\nPRAGMA foreign_keys = ON;\nCREATE TABLE IF NOT EXISTS \"visit\" (\n id INTEGER PRIMARY KEY,\n due TEXT NOT NULL CHECK (due GLOB '[0-9],('),\n \
                   technician INTEGER REFERENCES technician (id),\n FOREIGN KEY (technician) REFERENCES technician (id)\n);\nCREATE INDEX x ON visit (due);";
        let expected =
            BTreeMap::from([("visit".to_owned(), ["id", "due", "technician"].map(str::to_owned).to_vec())]);
        assert_eq!(tables(sql), expected);
    }

    #[test]
    fn paths_are_compared_without_their_parameters_names() {
        assert_eq!(shape("/things/{id}"), shape("/things/{thing_id}/"));
        assert_ne!(shape("/things/{id}"), shape("/things/all"));
    }

    #[test]
    fn a_table_is_named_for_its_entity() {
        let check =
            |table: &str, entity: &str, yes: bool| assert_eq!(is_table_of(table, entity), yes, "{table}");
        check("visit", "visit", true);
        check("visits", "visit", true);
        check("order_", "order", true);
        check("companies", "company", true);
        check("visitor", "visit", false);
    }
}
