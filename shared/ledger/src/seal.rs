//! Facts become rows: numbered in plan order, hashed and chained; and the head over them.
//!
//! Rows that were sealed stay as they are; new ones follow in the order of their places. The first
//! new row records the signed head before it, so that heads are part of what later heads sign and
//! none can be left out of the middle.

use std::collections::BTreeMap;

use ideamine_core::digest::{NotCanonical, canonical};
use ideamine_core::records::{Fact, FactBody, Head, Row, SignedHead};
use ideamine_core::{Digest, Failure, RunId, Tenant};
use serde::Serialize;

use crate::merkle::{self, Frontier};
use crate::writers::{HEAD_PURPOSE, Writers};

/// What the first row has for the hash of the row before.
pub const ZERO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Why facts could not be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A fact of a kind that its writer may not write.
    #[error("{writer} may not write a {kind} fact (at {path}); see the table of writers in ideamine-ledger")]
    MayNotWrite {
        /// Where it lies.
        path: String,
        /// Its kind.
        kind: &'static str,
        /// Who wrote it.
        writer: String,
    },
    /// Another fact is sealed at the same place.
    #[error("row {seq} already holds another fact at {path}; a sealed fact cannot change")]
    Conflict {
        /// Where.
        path: String,
        /// The row.
        seq: u64,
    },
    /// The rows handed in are another run's.
    #[error("row {0} belongs to another run or tenant")]
    Foreign(u64),
    /// A fact has no canonical form.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::bug(format!("sealing: {error}"))
    }
}

/// A row without its hash, which is taken over this.
#[derive(Serialize)]
struct Unhashed<'a> {
    seq: u64,
    prev: &'a str,
    tenant: &'a Tenant,
    run: &'a RunId,
    fact: &'a Fact,
}

/// The hash that the row should have, hex.
///
/// # Errors
/// [`NotCanonical`] when the fact has no canonical form.
pub fn row_hash(row: &Row) -> Result<String, NotCanonical> {
    let Row { seq, prev, tenant, run, fact, hash: _ } = row;
    Ok(Digest::of_json(&Unhashed { seq: *seq, prev, tenant, run, fact })?.hex())
}

/// The rows that follow `sealed`: first the record of `last_head`, then the facts in the order of their
/// places. A fact that is sealed already is left out; none left is no row at all.
///
/// # Errors
/// [`SealError`].
pub fn seal(
    tenant: &Tenant,
    run: &RunId,
    sealed: &[Row],
    last_head: Option<&SignedHead>,
    facts: Vec<Fact>,
) -> Result<Vec<Row>, SealError> {
    if let Some(row) = sealed.iter().find(|row| row.tenant != *tenant || row.run != *run) {
        return Err(SealError::Foreign(row.seq));
    }
    let fresh = unsealed(sealed, facts)?;
    refuse_writers(sealed, &fresh)?;
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let recorded = last_head.map(|head| head_fact(head, sealed)).transpose()?;
    let mut rows = Vec::with_capacity(fresh.len() + 1);
    let mut prev = sealed.last().map_or_else(|| ZERO_HASH.to_owned(), |row| row.hash.clone());
    for (seq, fact) in (sealed.len() as u64..).zip(recorded.into_iter().chain(fresh)) {
        let mut row = Row { seq, prev, tenant: tenant.clone(), run: run.clone(), fact, hash: String::new() };
        row.hash = row_hash(&row)?;
        prev = row.hash.clone();
        rows.push(row);
    }
    Ok(rows)
}

/// The facts that are not sealed yet, in order.
fn unsealed(sealed: &[Row], mut facts: Vec<Fact>) -> Result<Vec<Fact>, SealError> {
    let places: BTreeMap<_, _> = sealed.iter().map(|row| (row.fact.place(), row)).collect();
    facts.sort_by_key(Fact::place);
    let mut fresh: Vec<Fact> = Vec::with_capacity(facts.len());
    for fact in facts {
        let before = places.get(&fact.place()).map(|row| (&row.fact, row.seq));
        let twin = fresh.last().filter(|last| last.place() == fact.place());
        match before.or_else(|| twin.map(|last| (last, sealed.len() as u64))) {
            None => fresh.push(fact),
            Some((same, _)) if same.says_the_same(&fact) => {}
            Some((_, seq)) => return Err(SealError::Conflict { path: fact.path, seq }),
        }
    }
    Ok(fresh)
}

fn refuse_writers(sealed: &[Row], fresh: &[Fact]) -> Result<(), SealError> {
    let writers = Writers::of(sealed.iter().map(|row| &row.fact).chain(fresh));
    let refused = fresh.iter().find_map(|fact| Some((fact, writers.refused(fact)?)));
    refused.map_or(Ok(()), |(fact, writer)| {
        Err(SealError::MayNotWrite { path: fact.path.clone(), kind: kind_name(fact), writer })
    })
}

const fn kind_name(fact: &Fact) -> &'static str {
    match fact.body {
        FactBody::Task { .. } => "task",
        FactBody::Gate { .. } => "gate",
        FactBody::Decision { .. } => "decision",
        FactBody::Artifact { .. } => "artifact",
        FactBody::Cost { .. } => "cost",
        FactBody::Signature { .. } => "signature",
    }
}

/// The row that records a signed head. Its time is the last sealed row's, so that sealing again gives the same bytes.
fn head_fact(signed: &SignedHead, sealed: &[Row]) -> Result<Fact, NotCanonical> {
    let body = FactBody::Signature {
        over: Digest::of_json(&signed.head)?,
        signature: signed.signature.clone(),
        purpose: HEAD_PURPOSE.to_owned(),
    };
    let path = format!("{}/{:08}", crate::writers::SEAL, signed.head.size);
    Ok(Fact { path, ordinal: 0, at_ms: sealed.last().map_or(0, |row| row.fact.at_ms), body })
}

/// The head over all these rows. A row hash that is not hex counts as zeros; `verify` finds such rows.
pub fn head(tenant: &Tenant, run: &RunId, rows: &[Row]) -> Head {
    let mut frontier = Frontier::default();
    rows.iter().for_each(|row| frontier.push(leaf_of(row)));
    let last = rows.last().map_or(ZERO_HASH, |row| &*row.hash).to_owned();
    let root = hex::encode(frontier.root());
    Head { tenant: tenant.clone(), run: run.clone(), size: frontier.size(), root, last }
}

/// The Merkle leaf of a row.
pub(crate) fn leaf_of(row: &Row) -> merkle::Hash {
    let mut bytes = merkle::Hash::default();
    if hex::decode_to_slice(&row.hash, &mut bytes).is_err() {
        bytes = merkle::Hash::default();
    }
    merkle::leaf(&bytes)
}

/// The bytes that are signed for a head.
///
/// # Errors
/// [`NotCanonical`], which no head is.
pub fn sign_bytes(head: &Head) -> Result<Vec<u8>, NotCanonical> {
    canonical(head)
}
