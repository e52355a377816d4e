//! Which endpoints are operations on records, and under which path these are served.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Architecture, Endpoint, Entity};

use super::{Operation, Served};
use crate::application::escape::one_line;
use crate::application::names::unique;
use crate::composer::inflection::plural;

/// First segments of paths that the application needs for itself.
const OWN_PATHS: &[&str] = &["health", "page", "static"];
/// Whether a path is that of all records or of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Collection,
    Item,
}

/// Where the architecture says that the records are, and where they are served.
pub(super) struct CollectionPath {
    pub(super) stated: Option<String>,
    pub(super) served: String,
}

pub(super) fn collection_path(
    architecture: &Architecture,
    entity: &Entity,
    name: &str,
    taken: &mut BTreeSet<String>,
) -> CollectionPath {
    let of_entity = architecture.endpoints.iter().filter(|endpoint| serves(endpoint, entity));
    let stated =
        of_entity.filter_map(place).map(|(path, _)| path.to_owned()).find(|path| !taken.contains(path));
    if let Some(path) = stated.clone().filter(|path| is_free(path)) {
        taken.insert(path.clone());
        return CollectionPath { stated, served: path };
    }
    let derived = format!("/{}", plural(name.trim_end_matches('_')).replace('_', "-"));
    let derived = if is_free(&derived) { derived } else { format!("{derived}-records") };
    CollectionPath { stated, served: unique(&derived, taken) }
}

fn serves(endpoint: &Endpoint, entity: &Entity) -> bool {
    endpoint.entity.as_deref() == Some(entity.name.as_str())
}

/// The collection path of an endpoint that has the form of one on records.
fn place(endpoint: &Endpoint) -> Option<(&str, Place)> {
    let (path, place) = match endpoint.path.rsplit_once("/{") {
        Some((path, parameter)) if parameter.ends_with('}') && !parameter.contains('/') => {
            (path, Place::Item)
        }
        _ => (endpoint.path.as_str(), Place::Collection),
    };
    (is_plain(path) && Operation::of(endpoint.method, place).is_some()).then_some((path, place))
}

fn is_plain(path: &str) -> bool {
    let plain = |segment: &str| {
        segment.starts_with(|c: char| c.is_ascii_alphanumeric())
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain))
}

fn is_free(path: &str) -> bool {
    !path.split('/').nth(1).is_some_and(|first| OWN_PATHS.contains(&first))
}

pub(super) fn operations(
    architecture: &Architecture,
    entity: &Entity,
    collection: &Option<String>,
    used: &mut BTreeSet<usize>,
) -> BTreeMap<Operation, Served> {
    let mut operations: BTreeMap<Operation, Served> = BTreeMap::new();
    for (index, endpoint) in architecture.endpoints.iter().enumerate().filter(|(_, e)| serves(e, entity)) {
        let Some((path, place)) = place(endpoint) else { continue };
        let Some(operation) = Operation::of(endpoint.method, place) else { continue };
        if Some(path) != collection.as_deref() || !used.insert(index) {
            continue;
        }
        let summary = one_line(&endpoint.summary.text);
        let served =
            operations.entry(operation).or_insert_with(|| Served { summary, serves: BTreeSet::new() });
        served.serves.extend(endpoint.serves.iter().cloned());
    }
    operations
}
