//! Columns of a resource, and which references can be required.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{Entity, Field, FieldKind};

use super::{Column, Kind, Operation, Resource};
use crate::application::escape::substance;
use crate::application::names::{identifier, unique, unreserved};

/// The columns of an entity; their names are safe and differ.
pub(super) fn columns(entity: &Entity, entities: &[Entity]) -> Vec<Column> {
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
pub(super) fn relax_required_references(resources: &mut [Resource]) {
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
