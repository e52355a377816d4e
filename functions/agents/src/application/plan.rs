//! What of an architecture rules can serve: resources with safe names, paths, operations and columns.
//!
//! OpenAPI document, SQL schema and application are all made from this one plan, so that they agree.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Architecture, Endpoint, Entity, Field, FieldKind, Method};

use super::escape::substance;
use super::names::{identifier, pascal, plural, unique, unreserved};

/// First segments of paths that the application needs for itself.
const OWN_PATHS: &[&str] = &["health", "page", "static"];
/// Names of schemas that are not resources'.
const OWN_SCHEMAS: &[&str] = &["ProblemDetails", "Health"];

/// An operation on records, in the order in which they are listed everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    List,
    Create,
    Read,
    Replace,
    Delete,
}

impl Operation {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Create => "create",
            Self::Read => "read",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }
    pub(super) const fn on_collection(self) -> bool {
        matches!(self, Self::List | Self::Create)
    }
    const fn of(method: Method, place: Place) -> Option<Self> {
        match (method, place) {
            (Method::Get, Place::Collection) => Some(Self::List),
            (Method::Post, Place::Collection) => Some(Self::Create),
            (Method::Get, Place::Item) => Some(Self::Read),
            (Method::Put, Place::Item) => Some(Self::Replace),
            (Method::Delete, Place::Item) => Some(Self::Delete),
            _ => None,
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    Date,
    Moment,
    MoneyMinor,
    /// The record of another resource, by its index in the plan.
    Reference(usize),
}

/// One value of a record.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its name in JSON and forms.
    pub(super) name: String,
    /// Its name in SQL.
    pub(super) column: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) reason: String,
}

/// How an operation is described.
#[derive(Debug, Clone)]
pub(super) struct Served {
    pub(super) summary: String,
    /// Requirement ids.
    pub(super) serves: BTreeSet<String>,
}

/// One kind of record.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// The entity's own name.
    pub(super) entity: String,
    /// Table, module and resource name.
    pub(super) name: String,
    /// Name of its JSON schema.
    pub(super) schema: String,
    /// Collection path.
    pub(super) path: String,
    pub(super) description: String,
    pub(super) columns: Vec<Column>,
    pub(super) operations: BTreeMap<Operation, Served>,
}

/// Everything that rules can serve.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) resources: Vec<Resource>,
    /// Endpoints that are no operation on records; indices into the architecture's.
    pub(super) free: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Collection,
    Item,
}

impl Plan {
    pub(super) fn of(architecture: &Architecture) -> Self {
        let names = resource_names(&architecture.entities);
        let mut paths = BTreeSet::new();
        let mut schemas: BTreeSet<String> = OWN_SCHEMAS.iter().map(|&name| name.to_owned()).collect();
        let mut resources = Vec::new();
        let mut used = BTreeSet::new();
        for (entity, name) in architecture.entities.iter().zip(&names) {
            let path = collection_path(architecture, entity, name, &mut paths);
            resources.push(Resource {
                entity: entity.name.clone(),
                name: name.clone(),
                schema: unique(&pascal(name), &mut schemas),
                operations: operations(architecture, entity, &path.stated, &mut used),
                path: path.served,
                description: substance(&entity.description),
                columns: columns(entity, &architecture.entities),
            });
        }
        relax_required_references(&mut resources);
        let free = (0..architecture.endpoints.len()).filter(|index| !used.contains(index)).collect();
        Self { resources, free }
    }

    /// The resource and all that it refers to, directly or not; ascending.
    pub(super) fn with_references(&self, index: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            if found.insert(index) {
                open.extend(self.resources[index].references());
            }
        }
        found
    }
}

impl Resource {
    pub(super) fn references(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().filter_map(|column| match column.kind {
            Kind::Reference(target) => Some(target),
            _ => None,
        })
    }
    pub(super) fn offers(&self, operation: Operation) -> bool {
        self.operations.contains_key(&operation)
    }
}

/// An entity named twice would otherwise be one table.
fn resource_names(entities: &[Entity]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    entities.iter().map(|entity| unique(&unreserved(&identifier(&entity.name)), &mut taken)).collect()
}

/// Where the architecture says that the records are, and where they are served.
struct CollectionPath {
    stated: Option<String>,
    served: String,
}

fn collection_path(
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

fn operations(
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
        let summary = super::escape::one_line(&endpoint.summary.text);
        let served =
            operations.entry(operation).or_insert_with(|| Served { summary, serves: BTreeSet::new() });
        served.serves.extend(endpoint.serves.iter().cloned());
    }
    operations
}

fn columns(entity: &Entity, entities: &[Entity]) -> Vec<Column> {
    // `id` is every record's own.
    let mut names: BTreeSet<String> = BTreeSet::from(["id".to_owned()]);
    let mut columns = names.clone();
    let mut column = |field: &Field| {
        let name = unique(&identifier(&field.name), &mut names);
        Column {
            column: unique(&unreserved(&name), &mut columns),
            name,
            kind: kind(&field.kind, entities),
            required: field.required,
            reason: substance(&field.reason),
        }
    };
    entity.fields.iter().map(&mut column).collect()
}

/// A reference to an entity that is not there can only be a name: it is kept as text.
fn kind(kind: &FieldKind, entities: &[Entity]) -> Kind {
    match kind {
        FieldKind::Text => Kind::Text,
        FieldKind::Integer => Kind::Integer,
        FieldKind::Boolean => Kind::Boolean,
        FieldKind::Date => Kind::Date,
        FieldKind::Moment => Kind::Moment,
        FieldKind::MoneyMinor => Kind::MoneyMinor,
        FieldKind::Reference(name) => {
            entities.iter().position(|entity| &entity.name == name).map_or(Kind::Text, Kind::Reference)
        }
    }
}

/// A reference stays required only where a first record can be made: not to what cannot be created,
/// and not around a circle.
fn relax_required_references(resources: &mut [Resource]) {
    let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); resources.len()];
    let creatable: Vec<bool> = resources.iter().map(|other| other.offers(Operation::Create)).collect();
    for index in 0..resources.len() {
        for column in resources[index].columns.iter_mut().filter(|column| column.required) {
            if let Kind::Reference(target) = column.kind {
                column.required = creatable[target] && !reaches(&needs, target, index);
                if column.required {
                    needs[index].insert(target);
                }
            }
        }
    }
}

fn reaches(needs: &[BTreeSet<usize>], from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(index) = open.pop() {
        if index == to {
            return true;
        }
        if seen.insert(index) {
            open.extend(&needs[index]);
        }
    }
    false
}
