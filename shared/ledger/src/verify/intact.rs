//! Is what is here what was sealed: numbers, hashes, chain, tree, heads and signatures.

use ideamine_core::Digest;
use ideamine_core::records::{FactBody, Head, Row, SignedHead};

use super::signatures::Checked;
use super::verdict::{Findings, ProblemKind as Kind};
use crate::LedgerDocument;
use crate::merkle::Frontier;
use crate::seal::{ZERO_HASH, leaf_of, row_hash};
use crate::signature::fingerprint;
use crate::writers::HEAD_PURPOSE;

/// Each row by itself and after the one before.
pub(super) fn check_rows(rows: &[Row], findings: &mut Findings) {
    let mut prev = ZERO_HASH;
    for (place, row) in rows.iter().enumerate() {
        check_row(place, row, findings);
        if row.prev != prev {
            let what = format!("does not follow the row before: it names {}, which has {prev}", row.prev);
            findings.row(Kind::Chain, place, row, what);
        }
        if rows.first().is_some_and(|first| (&first.tenant, &first.run) != (&row.tenant, &row.run)) {
            findings.row(Kind::Foreign, place, row, format!("belongs to run {} of {}", row.run, row.tenant));
        }
        prev = &row.hash;
    }
}

fn check_row(place: usize, row: &Row, findings: &mut Findings) {
    if row.seq != place as u64 {
        let what = format!("row {place} has the number {}: dropped, doubled or moved rows", row.seq);
        findings.row(Kind::Sequence, place, row, what);
    }
    match row_hash(row) {
        Ok(hash) if hash == row.hash => {}
        Ok(hash) => findings.row(
            Kind::RowHash,
            place,
            row,
            format!("altered: its content has the hash {hash}, not {}", row.hash),
        ),
        Err(e) => findings.row(Kind::RowHash, place, row, e.to_string()),
    }
}

/// Each signed head against the rows under it, and against the record of it in the rows.
pub(super) fn check_heads(document: &LedgerDocument, signatures: &mut Checked, findings: &mut Findings) {
    let LedgerDocument { rows, heads, public_key, .. } = document;
    let mut frontier = Frontier::default();
    for (index, signed) in heads.iter().enumerate() {
        let grows = index == 0 || signed.head.size > frontier.size();
        let size = usize::try_from(signed.head.size).unwrap_or(usize::MAX);
        let Some(under) = rows.get(..size).filter(|_| grows) else {
            let what =
                format!("head over {} rows stands out of order, or its rows are gone", signed.head.size);
            findings.add(Kind::Head, last_row(&signed.head), what);
            continue;
        };
        let known = usize::try_from(frontier.size()).unwrap_or(usize::MAX);
        under.iter().skip(known).for_each(|row| frontier.push(leaf_of(row)));
        check_head(signed, under, &frontier, findings);
        if let Err(why) = signatures.check(signed) {
            let what = format!("head over {} rows: {why}", signed.head.size);
            findings.add(Kind::Signature, last_row(&signed.head), what);
        }
        check_key(signed, public_key, findings);
        if size < rows.len() {
            check_record(signed, size, rows, findings);
        }
    }
    check_end(rows, heads, findings);
    check_no_other_record(rows, heads, findings);
}

fn last_row(head: &Head) -> Option<u64> {
    head.size.checked_sub(1)
}

fn check_head(signed: &SignedHead, under: &[Row], frontier: &Frontier, findings: &mut Findings) {
    let head = &signed.head;
    let seq = last_row(head);
    if head.root != hex::encode(frontier.root()) {
        findings.add(Kind::Head, seq, format!("the root over {} rows is not the signed one", head.size));
    }
    if head.last != under.last().map_or(ZERO_HASH, |row| &*row.hash) {
        findings.add(Kind::Head, seq, format!("the last of {} rows is not the signed one", head.size));
    }
    if under.first().is_some_and(|row| (&row.tenant, &row.run) != (&head.tenant, &head.run)) {
        findings.add(Kind::Foreign, seq, format!("the head is of run {} of {}", head.run, head.tenant));
    }
}

fn check_key(signed: &SignedHead, public_key: &str, findings: &mut Findings) {
    let seq = last_row(&signed.head);
    if signed.signature.public_key != public_key {
        let stated = fingerprint(public_key).unwrap_or_else(|| "no key at all".to_owned());
        let by = &signed.signature.key_id;
        findings.add(Kind::Key, seq, format!("signed by {by}, but the ledger states {stated}"));
    }
}

/// The row after a head records that head: so none can be left out or put in.
fn check_record(signed: &SignedHead, size: usize, rows: &[Row], findings: &mut Findings) {
    let Some(row) = rows.get(size) else { return };
    let recorded = match &row.fact.body {
        FactBody::Signature { over, signature, purpose } => {
            purpose == HEAD_PURPOSE
                && *signature == signed.signature
                && Digest::of_json(&signed.head).is_ok_and(|digest| digest == *over)
        }
        _ => false,
    };
    if !recorded {
        findings.row(Kind::Head, size, row, format!("does not record the signed head over {size} rows"));
    }
}

fn check_end(rows: &[Row], heads: &[SignedHead], findings: &mut Findings) {
    let sealed = heads.iter().map(|signed| signed.head.size).max();
    match sealed {
        None => findings.add(Kind::Head, None, "there is no signed head".to_owned()),
        Some(sealed) if sealed < rows.len() as u64 => {
            let what = format!("rows from {sealed} on are under no signed head: the last head is gone?");
            findings.add(Kind::Head, Some(sealed), what);
        }
        Some(_) => {}
    }
}

/// A row that records a head which is not here.
fn check_no_other_record(rows: &[Row], heads: &[SignedHead], findings: &mut Findings) {
    let sizes: std::collections::BTreeSet<u64> = heads.iter().map(|signed| signed.head.size).collect();
    for (place, row) in rows.iter().enumerate() {
        let records =
            matches!(&row.fact.body, FactBody::Signature { purpose, .. } if purpose == HEAD_PURPOSE);
        if records && !sizes.contains(&(place as u64)) {
            let what = format!("records a signed head over {place} rows that is not here");
            findings.row(Kind::Head, place, row, what);
        }
    }
}
