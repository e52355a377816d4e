//! Sealed rows and their head: one transaction, gap-free by its keys.
//!
//! An append reads the size, and inserts `rows#SIZE…` and `head#NEW SIZE` together. Whoever else appended since
//! has taken `rows#SIZE` too, because it can only go on from there; so one of two is refused, though no insert can
//! look at what it does not write.

use ideamine_core::failure::FailureKind;
use ideamine_core::records::{Row, SignedHead, key::run_pk};
use ideamine_core::{Failure, RunId, Tenant};

use super::{Inserted, New, Rows, json};
use crate::limits::{RACES_MAX, SEGMENT_BYTES};
use crate::objects::Object;
use crate::settings::{HEADS_BUCKET, needed};

/// What the sort keys of sealed rows begin with.
pub(super) const ROWS: &str = "rows#";
/// What the sort keys of heads begin with.
pub(super) const HEAD: &str = "head#";

impl Rows {
    pub(super) async fn append_rows(
        &self,
        tenant: &Tenant,
        run: &RunId,
        rows: Vec<Row>,
        head: SignedHead,
    ) -> Result<(), Failure> {
        head.check_rows(tenant, run, &rows)?;
        let new = packed(&rows, &head)?;
        let new: Vec<&New> = new.iter().collect();
        let first = head.head.size - rows.len() as u64;
        for _ in 0..RACES_MAX {
            let heads = ideamine_core::ports::Ledger::heads(self, tenant, run).await?;
            if let Some(there) = heads.iter().find(|there| there.head.size == head.head.size) {
                if there.head == head.head && self.holds(tenant, run, first, &rows).await? {
                    return self.keep_copy(tenant, run, there).await;
                }
                return Err(not_next(run, &heads));
            }
            if heads.last().map_or(0, |last| last.head.size) != first {
                return Err(not_next(run, &heads));
            }
            if let Inserted::All = self.insert_new(&run_pk(tenant, run), &new).await? {
                return self.keep_copy(tenant, run, &head).await;
            }
        }
        Err(Failure::corrupt(format!("the ledger of run {run} has rows at {first} and no head over them")))
    }

    /// Whether exactly these rows are stored from `first` on.
    async fn holds(&self, tenant: &Tenant, run: &RunId, first: u64, rows: &[Row]) -> Result<bool, Failure> {
        if rows.is_empty() {
            return Ok(true);
        }
        let stored = ideamine_core::ports::Ledger::rows(self, tenant, run).await?;
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let there = stored.get(first..first.saturating_add(rows.len()));
        Ok(there.is_some_and(|there| there == rows))
    }

    /// A head is also an object that nobody can remove or change while its lock lasts. An append that was cut off
    /// before this is made again by its caller, and comes here too.
    async fn keep_copy(&self, tenant: &Tenant, run: &RunId, head: &SignedHead) -> Result<(), Failure> {
        let bucket = needed(&self.settings.heads_bucket, HEADS_BUCKET)?;
        let key = format!("{tenant}/{run}/{:020}.json", head.head.size);
        let object = Object { client: &self.objects, bucket, key };
        object.put_once(json(head)?.into_bytes(), "application/json").await
    }
}

/// The rows in as few items as fit, and the head.
fn packed(rows: &[Row], head: &SignedHead) -> Result<Vec<New>, Failure> {
    let mut segments: Vec<(u64, Vec<String>, usize)> = Vec::new();
    for row in rows {
        let text = json(row)?;
        match segments.last_mut() {
            Some((_, texts, bytes)) if *bytes + text.len() < SEGMENT_BYTES => {
                *bytes += text.len() + 1;
                texts.push(text);
            }
            _ => segments.push((row.seq, vec![text.clone()], text.len())),
        }
    }
    let segment = |(first, texts, _): (u64, Vec<String>, usize)| New {
        sk: format!("{ROWS}{first:020}"),
        json: format!("[{}]", texts.join(",")),
    };
    let mut new: Vec<New> = segments.into_iter().map(segment).collect();
    new.push(New { sk: format!("{HEAD}{:020}", head.head.size), json: json(head)? });
    Ok(new)
}

fn not_next(run: &RunId, heads: &[SignedHead]) -> Failure {
    let size = heads.last().map_or(0, |last| last.head.size);
    let message =
        format!("the ledger of run {run} has {size} rows: these are neither its next ones nor the same");
    Failure::new(FailureKind::StepConflict, message)
}
