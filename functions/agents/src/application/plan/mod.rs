//! What of an architecture rules can serve: resources with safe names, paths, operations and columns.
//!
//! OpenAPI document, SQL schema and application are all made from this one plan, so that they agree.

mod columns;
mod paths;

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Architecture, Entity, Method};

use super::escape::substance;
use super::names::{identifier, pascal, unique, unreserved};
use paths::Place;

/// Names of schemas that are not resources'.
const OWN_SCHEMAS: &[&str] = &["ProblemDetails", "Health"];

/// An operation on records, in the order in which they are listed everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    List,
    Create,
    Read,
    Replace,
    Delete,
}

impl Operation {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Create => "create",
            Self::Read => "read",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }
    pub(crate) const fn on_collection(self) -> bool {
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

impl Plan {
    pub(super) fn of(architecture: &Architecture) -> Self {
        let names = resource_names(&architecture.entities);
        let mut paths = BTreeSet::new();
        let mut schemas: BTreeSet<String> = OWN_SCHEMAS.iter().map(|&name| name.to_owned()).collect();
        let mut resources = Vec::new();
        let mut used = BTreeSet::new();
        for (entity, name) in architecture.entities.iter().zip(&names) {
            let path = paths::collection_path(architecture, entity, name, &mut paths);
            resources.push(Resource {
                entity: entity.name.clone(),
                name: name.clone(),
                schema: unique(&pascal(name), &mut schemas),
                operations: paths::operations(architecture, entity, &path.stated, &mut used),
                path: path.served,
                description: substance(&entity.description),
                columns: columns::columns(entity, &architecture.entities),
            });
        }
        columns::relax_required_references(&mut resources);
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
