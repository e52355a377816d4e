//! Which records of the journal stay, and which documents they name.
//!
//! Any digest in any record that stays counts as naming a document: a kind of row or a field that is added later keeps
//! what it names without a word here. What it costs is a document too many now and then.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Key;
use ideamine_core::{Digest, Failure, RunId, Tenant};

use super::Removal;
use crate::cas::digests_in;
use crate::journal::{Entry, Identity, Kind, Record, RowWrite};
use crate::store::change::{EndedAt, Table, key, last_number_key};
use crate::store::shared::Shared;

/// Reads records in order.
pub(super) struct Sieve<'a> {
    shared: &'a Shared,
    removal: &'a Removal,
    /// Numbers of executions that go.
    dropped: BTreeSet<u64>,
    /// The highest number that was ever given out: it must stay known.
    last: u64,
    /// What the records that stay name.
    pub(super) named: BTreeSet<Digest>,
}

/// A record as it is to be written: as it was, or less of it.
type Stays<'p> = (Kind, Cow<'p, [u8]>);

impl<'a> Sieve<'a> {
    pub(super) fn new(shared: &'a Shared, removal: &'a Removal) -> Result<Self, Failure> {
        let (last, _) = shared.newest(&last_number_key())?;
        let last = last.and_then(|bytes| bytes.as_slice().try_into().ok()).map_or(0, u64::from_be_bytes);
        Ok(Self { shared, removal, dropped: BTreeSet::new(), last, named: BTreeSet::new() })
    }

    /// What stays of a record.
    ///
    /// # Errors
    /// `Step.Conflict` when an execution that is to go has not ended; `Data.Corrupt`.
    pub(super) fn pass<'p>(&mut self, kind: Kind, payload: &'p [u8]) -> Result<Option<Stays<'p>>, Failure> {
        let stays = match Record::decode(kind, payload)? {
            Record::Rows(rows) => return self.rows(rows, payload),
            Record::Facts { tenant, run, .. } | Record::Sealed { tenant, run, .. } => {
                !self.goes(&tenant, &run)
            }
            Record::Execution(entry) => match *entry {
                Entry::Definition { .. } => true,
                Entry::Events { no, .. } => !self.dropped.contains(&no),
                Entry::Started { identity, .. } if self.execution_goes(&identity) => {
                    return self.stub(identity);
                }
                Entry::Started { .. } => true,
            },
        };
        if !stays {
            return Ok(None);
        }
        self.named.extend(digests_in(payload));
        Ok(Some((kind, Cow::Borrowed(payload))))
    }

    fn goes(&self, tenant: &Tenant, run: &RunId) -> bool {
        *tenant == self.removal.tenant && self.removal.runs.contains(run)
    }

    fn execution_goes(&self, identity: &Identity) -> bool {
        self.removal.executions.contains(&identity.id)
            || identity.parent.is_some_and(|(parent, _)| self.dropped.contains(&parent))
    }

    /// Of an execution that goes nothing stays, but of the newest one its number.
    fn stub<'p>(&mut self, identity: Identity) -> Result<Option<Stays<'p>>, Failure> {
        let (ended, _) = self.shared.newest(&key(Table::Ended, &[identity.id.as_bytes()]))?;
        let ended: Option<EndedAt> = ended.and_then(|ended| serde_json::from_slice(&ended).ok());
        let Some(EndedAt { ended, .. }) = ended else {
            let message = format!("execution {} has not ended: nothing of it may be removed", identity.id);
            return Err(Failure::new(FailureKind::StepConflict, message));
        };
        self.dropped.insert(identity.no);
        if identity.no < self.last {
            return Ok(None);
        }
        let entry = Entry::Started { identity, events: b"[]".into(), end: Some(ended) };
        let (kind, payload) = entry.encode()?;
        Ok(Some((kind, Cow::Owned(payload))))
    }

    /// Of a write set the rows that stay and were not written again since.
    fn rows<'p>(&mut self, rows: Vec<RowWrite>, payload: &'p [u8]) -> Result<Option<Stays<'p>>, Failure> {
        let (all, mut stay) = (rows.len(), Vec::with_capacity(rows.len()));
        for row in rows {
            let at = Key { pk: row.pk, sk: row.sk };
            if self.removal.partitions.contains(&at.pk) || self.removal.rows.contains(&at) {
                continue;
            }
            let (now, _) = self.shared.newest(&key(Table::Row, &[at.pk.as_bytes(), at.sk.as_bytes()]))?;
            let version = now.and_then(|now| now.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)));
            if row.value.is_none() || version != Some(row.version) {
                continue;
            }
            if !self.removal.weak.contains(&at.pk) {
                self.named.extend(row.value.iter().flat_map(|value| digests_in(value)));
            }
            stay.push(RowWrite { pk: at.pk, sk: at.sk, ..row });
        }
        if stay.is_empty() {
            return Ok(None);
        }
        if stay.len() == all {
            return Ok(Some((Kind::Rows, Cow::Borrowed(payload))));
        }
        let (kind, payload) = Record::Rows(stay).encode()?;
        Ok(Some((kind, Cow::Owned(payload))))
    }
}
