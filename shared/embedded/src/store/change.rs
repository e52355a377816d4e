//! What a journal record changes in the projection: one function for live writes, catching up and rebuilding.
//!
//! All tables share one ordered key space: a table's letter, then its key. Parts of a key are separated by
//! a zero byte, so that they sort part by part; ids hold none, and other texts that do are refused.

use std::sync::Arc;

use ideamine_core::records::{FactKind, Head};
use ideamine_core::{Failure, RunId, Tenant};
use serde::{Deserialize, Serialize};

use crate::journal::{Ended, Entry, Identity, Record, json};

/// A key or a value; cheap to share between the overlay and the projector.
pub(crate) type Bytes = Arc<[u8]>;

/// Tables of the projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// Definition text by digest.
    Definition = b'd' as isize,
    /// [`Begun`] by execution id.
    Execution = b'e' as isize,
    /// [`Ended`] by execution id.
    Ended = b'z' as isize,
    /// [`Begun`] by number, while it runs.
    Live = b'l' as isize,
    /// Mutable rows by partition and sort key.
    Row = b'r' as isize,
    /// Facts by tenant, run, path, kind and ordinal.
    Fact = b'f' as isize,
    /// Sealed rows by tenant, run and number.
    Sealed = b's' as isize,
    /// Signed heads by tenant, run and size.
    Head = b'h' as isize,
    /// What the store knows about itself.
    Meta = b'm' as isize,
}

impl Table {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Definition, "definitions"),
        (Self::Execution, "executions"),
        (Self::Ended, "ends of executions"),
        (Self::Live, "running executions"),
        (Self::Row, "rows"),
        (Self::Fact, "facts"),
        (Self::Sealed, "sealed rows"),
        (Self::Head, "heads"),
        (Self::Meta, "notes"),
    ];

    /// What the table of a key is called, for a person.
    pub(crate) fn name_of(key: &[u8]) -> &'static str {
        let found = Self::ALL.into_iter().find(|(table, _)| key.first() == Some(&(*table as u8)));
        found.map_or("unknown keys", |(_, name)| name)
    }
}

/// One key set or removed.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) key: Bytes,
    pub(crate) value: Option<Bytes>,
    /// Position of the record that says it, when the projection keeps that in place of the value.
    pub(crate) lies_at: Option<u64>,
}

/// What the projection keeps for a value that lies in the journal: a zero, which begins no JSON, and the
/// record's position without its leading zeros.
pub(crate) fn pointer(position: u64) -> Vec<u8> {
    let bytes = position.to_be_bytes();
    let significant = bytes.iter().skip_while(|byte| **byte == 0);
    std::iter::once(0).chain(significant.copied()).collect()
}

/// The position that a kept value points to; none when it is the value itself.
pub(crate) fn pointed(kept: &[u8]) -> Option<u64> {
    let (0, position) = kept.split_first()? else { return None };
    Some(position.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// An execution and where its journal begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Who and what it is.
    #[serde(flatten)]
    pub identity: Identity,
    /// Position of its first record.
    pub from: u64,
}

/// An execution's end and where its journal ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EndedAt {
    #[serde(flatten)]
    pub(crate) ended: Ended,
    /// Position of its last record.
    pub(crate) until: u64,
}

/// A key in a table.
pub(crate) fn key(table: Table, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![table as u8];
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            key.push(0);
        }
        key.extend_from_slice(part);
    }
    key
}

/// Key of a fact's place.
pub(crate) fn fact_key(tenant: &Tenant, run: &RunId, path: &str, kind: FactKind, ordinal: u32) -> Vec<u8> {
    let kind = [kind as u8];
    let parts: [&[u8]; 5] =
        [tenant.as_str().as_bytes(), run.as_str().as_bytes(), path.as_bytes(), &kind, &ordinal.to_be_bytes()];
    key(Table::Fact, &parts)
}

/// Key of a numbered thing of a run.
pub(crate) fn numbered_key(table: Table, tenant: &Tenant, run: &RunId, number: u64) -> Vec<u8> {
    key(table, &[tenant.as_str().as_bytes(), run.as_str().as_bytes(), &number.to_be_bytes()])
}

/// What all keys of a run begin with in a table.
pub(crate) fn run_prefix(table: Table, tenant: &Tenant, run: &RunId) -> Vec<u8> {
    key(table, &[tenant.as_str().as_bytes(), run.as_str().as_bytes(), b""])
}

/// Key of the highest execution number given out.
pub(crate) fn last_number_key() -> Vec<u8> {
    key(Table::Meta, &[b"last-execution"])
}

/// Key of the projection's form; see [`super::projection::FORM`].
pub(crate) fn form_key() -> Vec<u8> {
    key(Table::Meta, &[b"form"])
}

/// Key of the journal position that the projection knows.
pub(crate) fn position_key() -> Vec<u8> {
    key(Table::Meta, &[b"position"])
}

/// A row's version and JSON.
pub(crate) fn row_value(version: u64, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 + value.len());
    out.extend_from_slice(&version.to_le_bytes());
    out.extend_from_slice(value);
    out
}

/// Everything that a record at position `at` changes.
pub(crate) fn changes(record: &Record, at: u64) -> Result<Vec<Change>, Failure> {
    Ok(match record {
        Record::Execution(entry) => of_entry(entry, at)?,
        Record::Rows(rows) => rows
            .iter()
            .map(|row| {
                let key = key(Table::Row, &[row.pk.as_bytes(), row.sk.as_bytes()]);
                change(key, row.value.as_ref().map(|value| row_value(row.version, value)))
            })
            .collect(),
        Record::Facts { tenant, run, facts } => facts
            .iter()
            .map(|(fact, json)| {
                let (path, kind, ordinal) = fact.place();
                lying(fact_key(tenant, run, &path, kind, ordinal), json, at)
            })
            .collect(),
        Record::Sealed { tenant, run, rows, head } => {
            let row = |(row, json): &(ideamine_core::records::Row, Vec<u8>)| {
                lying(numbered_key(Table::Sealed, tenant, run, row.seq), json, at)
            };
            let Head { size, .. } = head.0.head;
            let head = change(numbered_key(Table::Head, tenant, run, size), Some(head.1.clone()));
            rows.iter().map(row).chain([head]).collect()
        }
    })
}

fn of_entry(entry: &Entry, at: u64) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    match entry {
        Entry::Definition { digest, text } => {
            changes
                .push(change(key(Table::Definition, &[digest.as_bytes()]), Some(text.clone().into_bytes())));
        }
        Entry::Started { identity, end, .. } => {
            let begun = json(&Begun { identity: identity.clone(), from: at })?;
            let number = identity.no.to_be_bytes();
            changes.push(change(last_number_key(), Some(number.to_vec())));
            changes.push(change(key(Table::Execution, &[identity.id.as_bytes()]), Some(begun.clone())));
            match end {
                None => changes.push(change(key(Table::Live, &[&number]), Some(begun))),
                Some(end) => changes.push(ended(&identity.id, end, at)?),
            }
        }
        Entry::Events { no, id, end: Some(end), .. } => {
            changes.push(change(key(Table::Live, &[&no.to_be_bytes()]), None));
            changes.push(ended(id, end, at)?);
        }
        Entry::Events { .. } => {}
    }
    Ok(changes)
}

fn ended(id: &str, end: &Ended, at: u64) -> Result<Change, Failure> {
    let value = json(&EndedAt { ended: end.clone(), until: at })?;
    Ok(change(key(Table::Ended, &[id.as_bytes()]), Some(value)))
}

fn change(key: Vec<u8>, value: Option<Vec<u8>>) -> Change {
    Change { key: key.into(), value: value.map(Into::into), lies_at: None }
}

/// What never changes again is on disk once, in the journal.
fn lying(key: Vec<u8>, value: &[u8], at: u64) -> Change {
    Change { key: key.into(), value: Some(value.into()), lies_at: Some(at) }
}
