//! The operations of the HTTP interface: those that the idea states itself, and those that its requirements ask of records.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Text;
use ideamine_core::artifacts::{Brief, Endpoint, Entity, FieldKind, Method, Prd};

use crate::application::Operation;
use crate::composer::Reading;
use crate::composer::inflection::{plural, singular};
use crate::composer::segment::Clause;
use crate::records::Ask;
use crate::shape::{an, of_prefix};

/// Longest path that is taken from the idea, bytes.
const PATH_BYTES_MAX: usize = 100;
/// What records need to be there at all: they are entered, listed and read.
const BASE: &[Operation] = &[Operation::List, Operation::Create, Operation::Read];

/// Stated operations, then those on kept records and on the records that these refer to.
pub(super) fn endpoints(
    idea: &str,
    reading: &Reading,
    brief: &Brief,
    prd: &Prd,
    asks: &[Ask],
) -> Vec<Endpoint> {
    let mut endpoints = stated(idea, reading, brief, prd);
    let own: BTreeSet<String> = endpoints.iter().filter_map(|e| e.entity.clone()).collect();
    let kept = kept(brief, asks).into_iter().filter(|e| !own.contains(&e.name));
    let records: Vec<Endpoint> = kept.flat_map(|entity| on_records(entity, asks)).collect();
    endpoints.extend(records);
    endpoints
}

/// Entities of which records are asked for, and those that these refer to.
fn kept<'a>(brief: &'a Brief, asks: &[Ask]) -> Vec<&'a Entity> {
    let mut names: BTreeSet<&str> = asks.iter().map(|a| a.entity.as_str()).collect();
    // Each round follows one reference further; there are never more rounds than entities.
    for _ in &brief.entities {
        let there = brief.entities.iter().filter(|e| names.contains(e.name.as_str()));
        let referred: Vec<&str> = there.flat_map(references).collect();
        names.extend(referred);
    }
    brief.entities.iter().filter(|e| names.contains(e.name.as_str())).collect()
}

fn references(entity: &Entity) -> impl Iterator<Item = &str> {
    entity.fields.iter().filter_map(|f| match &f.kind {
        FieldKind::Reference(to) => Some(to.as_str()),
        _ => None,
    })
}

fn on_records(entity: &Entity, asks: &[Ask]) -> Vec<Endpoint> {
    let mut serves: BTreeMap<Operation, BTreeSet<String>> =
        BASE.iter().map(|o| (*o, BTreeSet::new())).collect();
    for ask in asks.iter().filter(|a| a.entity == entity.name) {
        serves.entry(ask.operation).or_default().insert(ask.requirement.clone());
    }
    let path = format!("/{}", plural(&entity.name));
    let words = entity.name.replace('_', " ");
    let endpoint = |(operation, ids): (Operation, BTreeSet<String>)| {
        let (method, what) = match operation {
            Operation::List => (Method::Get, format!("List all {}", plural(&words))),
            Operation::Create => (Method::Post, format!("Create {}", an(&words))),
            Operation::Read => (Method::Get, format!("Read {}", an(&words))),
            Operation::Replace => (Method::Put, format!("Replace {}", an(&words))),
            Operation::Delete => (Method::Delete, format!("Remove {}", an(&words))),
        };
        Endpoint {
            method,
            path: if operation.on_collection() { path.clone() } else { format!("{path}/{{id}}") },
            entity: Some(entity.name.clone()),
            summary: Text::rule(what, "architecture/records"),
            serves: ids.into_iter().collect(),
        }
    };
    serves.into_iter().map(endpoint).collect()
}

/// `POST /match` in the idea is an operation of its interface.
fn stated(idea: &str, reading: &Reading, brief: &Brief, prd: &Prd) -> Vec<Endpoint> {
    let mut found: Vec<Endpoint> = Vec::new();
    for clause in &reading.clauses {
        for (method, path) in calls(idea, clause) {
            let first = path.split('/').nth(1).unwrap_or_default();
            let entity = brief.entities.iter().find(|e| e.name == singular(&first.replace('-', "_")));
            let quote = reading.quote(idea, clause.span);
            let serves =
                of_prefix(prd, "FR").filter(|r| r.statement == quote).map(|r| r.id.clone()).collect();
            let known = found.iter().any(|e| e.method == method && e.path == path);
            if !known {
                let entity = entity.map(|e| e.name.clone());
                found.push(Endpoint { method, path, entity, summary: quote, serves });
            }
        }
    }
    found
}

fn calls(idea: &str, clause: &Clause) -> Vec<(Method, String)> {
    let tokens = &clause.tokens;
    let call = |at: usize| {
        let method = match tokens[at].span.of(idea) {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "DELETE" => Method::Delete,
            _ => return None,
        };
        let from = tokens.get(at + 1).filter(|t| t.is("/"))?.span.start;
        let text = idea.get(from..clause.span.end)?;
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '`' | ')' | '"' | '”');
        let path = text.split(ends).next()?.trim_end_matches(['.', '/']);
        (path.len() > 1 && path.len() <= PATH_BYTES_MAX && is_plain(path)).then(|| (method, path.to_owned()))
    };
    (0..tokens.len()).filter_map(call).collect()
}

fn is_plain(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'{' | b'}');
    path.bytes().all(plain) && !path.contains("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_the_idea_states_are_taken() {
        let idea =
            "Offer an API: POST /match takes names, GET /entries/{id} returns the entry. GET it. PUT //x.";
        let reading = Reading::of(idea);
        let all: Vec<(Method, String)> = reading.clauses.iter().flat_map(|c| calls(idea, c)).collect();
        assert_eq!(all, [(Method::Post, "/match".to_owned()), (Method::Get, "/entries/{id}".to_owned())]);
    }
}
