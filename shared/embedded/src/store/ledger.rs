//! The `Ledger` port: facts, sealed rows and heads, insert-only.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Ledger;
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Failure, RunId, Tenant};
use serde::de::DeserializeOwned;

use super::change::{Table, changes, fact_key, numbered_key, pointed, run_prefix};
use super::projection::Projection;
use super::records::after_prefix;
use super::shared::Pair;
use super::state::{Haste, State};
use super::{Store, merge};
use crate::error::unreadable;
use crate::journal::{Journal, Json, Record, json};

/// Most facts of one insert.
pub const FACTS_MAX: usize = 1_000;

/// The ledger as a task sees it: its facts are in the journal, in order, when `insert` returns, and on disk
/// no later than the task's own completion, which comes after them. Everything else waits as ever.
#[derive(Clone)]
pub struct TaskLedger(Store);

impl Store {
    /// A ledger for functions that an engine runs over this same store.
    pub fn task_ledger(&self) -> TaskLedger {
        TaskLedger(self.clone())
    }

    async fn insert_facts(
        &self,
        tenant: &Tenant,
        run: &RunId,
        facts: Vec<Fact>,
        haste: Haste,
    ) -> Result<(), Failure> {
        if facts.len() > FACTS_MAX {
            let message = format!("{} facts at once are over the limit of {FACTS_MAX}", facts.len());
            return Err(Failure::input(message));
        }
        let facts = facts.into_iter().map(serialised).collect::<Result<Vec<_>, _>>()?;
        let shared = self.shared();
        let insert = |state: &mut State, projection: &Projection| {
            insert(state, (projection, &shared.journal), tenant, run, facts, haste)
        };
        shared.evaluate(haste, insert).await
    }

    async fn all<T: DeserializeOwned>(
        &self,
        table: Table,
        tenant: &Tenant,
        run: &RunId,
    ) -> Result<Vec<T>, Failure> {
        let from = run_prefix(table, tenant, run);
        let (found, end) = self.shared().newest_range(&from, &after_prefix(&from), usize::MAX)?;
        self.shared().durable(end).await?;
        let found = resolved(&self.shared().journal, found)?;
        found.iter().map(|(_, value)| parsed(run, value)).collect()
    }
}

#[async_trait]
impl Ledger for Store {
    async fn insert(&self, tenant: &Tenant, run: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        self.insert_facts(tenant, run, facts, Haste::Now).await
    }

    async fn facts(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Fact>, Failure> {
        let mut facts: Vec<Fact> = self.all(Table::Fact, tenant, run).await?;
        facts.sort_by_cached_key(Fact::place);
        Ok(facts)
    }

    async fn append(
        &self,
        tenant: &Tenant,
        run: &RunId,
        rows: Vec<Row>,
        head: SignedHead,
    ) -> Result<(), Failure> {
        head.check_rows(tenant, run, &rows)?;
        let shared = self.shared();
        let seal = |state: &mut State, projection: &Projection| {
            seal(state, (projection, &shared.journal), tenant, run, rows, head)
        };
        shared.evaluate(Haste::Now, seal).await
    }

    async fn rows(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Row>, Failure> {
        self.all(Table::Sealed, tenant, run).await
    }

    async fn heads(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<SignedHead>, Failure> {
        self.all(Table::Head, tenant, run).await
    }
}

#[async_trait]
impl Ledger for TaskLedger {
    async fn insert(&self, tenant: &Tenant, run: &RunId, facts: Vec<Fact>) -> Result<(), Failure> {
        self.0.insert_facts(tenant, run, facts, Haste::Later).await
    }
    async fn facts(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Fact>, Failure> {
        self.0.facts(tenant, run).await
    }
    async fn append(
        &self,
        tenant: &Tenant,
        run: &RunId,
        rows: Vec<Row>,
        head: SignedHead,
    ) -> Result<(), Failure> {
        self.0.append(tenant, run, rows, head).await
    }
    async fn rows(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Row>, Failure> {
        self.0.rows(tenant, run).await
    }
    async fn heads(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<SignedHead>, Failure> {
        self.0.heads(tenant, run).await
    }
}

fn serialised(fact: Fact) -> Result<(Fact, Json), Failure> {
    if fact.path.contains('\0') {
        return Err(Failure::input("a fact's path holds a zero byte"));
    }
    let json = json(&fact)?;
    Ok((fact, json))
}

/// Facts that are new; the same again is fine, another body at a place is refused with all the rest.
fn insert(
    state: &mut State,
    (projection, journal): (&Projection, &Journal),
    tenant: &Tenant,
    run: &RunId,
    facts: Vec<(Fact, Json)>,
    haste: Haste,
) -> Result<((), u64), Failure> {
    let mut fresh: Vec<(Fact, Json)> = Vec::new();
    let mut end = 0;
    for (fact, json) in facts {
        let key = fact_key(tenant, run, &fact.path, fact.body.kind(), fact.ordinal);
        let (stored, until) = state.newest(projection, &key)?;
        end = end.max(until);
        let stored = stored.map(|stored| (key, stored.to_vec()));
        let stored = resolved(journal, stored.into_iter().collect())?;
        let stored: Option<Fact> = stored.first().map(|(_, stored)| parsed(run, stored)).transpose()?;
        let twin = fresh.iter().map(|(fact, _)| fact).find(|other| other.place() == fact.place());
        match stored.as_ref().or(twin) {
            Some(there) if there.says_the_same(&fact) => {}
            Some(_) => return Err(other_fact(run, &fact)),
            None => fresh.push((fact, json)),
        }
    }
    if !fresh.is_empty() {
        let record = Record::Facts { tenant: tenant.clone(), run: run.clone(), facts: fresh };
        end = state.push(&record, haste)?;
    }
    Ok(((), end))
}

fn other_fact(run: &RunId, fact: &Fact) -> Failure {
    let (path, kind, ordinal) = fact.place();
    let message =
        format!("run {run} has another {kind:?} fact {ordinal} at {path} already; facts never change");
    Failure::new(FailureKind::StepConflict, message)
}

fn seal(
    state: &mut State,
    (projection, journal): (&Projection, &Journal),
    tenant: &Tenant,
    run: &RunId,
    rows: Vec<Row>,
    head: SignedHead,
) -> Result<((), u64), Failure> {
    let heads: Vec<SignedHead> = read_all(state, projection, Table::Head, tenant, run)?;
    let size = heads.last().map_or(0, |head| head.head.size);
    let same_size = heads.iter().find(|there| there.head.size == head.head.size);
    if let Some(there) = same_size {
        return match there.head == head.head && stored(state, (projection, journal), tenant, run, &rows)? {
            true => Ok(((), state.end)),
            false => Err(not_next(run, size)),
        };
    }
    if head.head.size - rows.len() as u64 != size {
        return Err(not_next(run, size));
    }
    let rows = rows.into_iter().map(|row| Ok((json(&row)?, row)).map(|(json, row)| (row, json)));
    let rows = rows.collect::<Result<Vec<_>, Failure>>()?;
    let head_json = json(&head)?;
    let head = (Box::new(head), head_json);
    let record = Record::Sealed { tenant: tenant.clone(), run: run.clone(), rows, head };
    Ok(((), state.push(&record, Haste::Now)?))
}

/// Whether exactly these rows are stored.
fn stored(
    state: &State,
    (projection, journal): (&Projection, &Journal),
    tenant: &Tenant,
    run: &RunId,
    rows: &[Row],
) -> Result<bool, Failure> {
    let mut found = Vec::new();
    for row in rows {
        let key = numbered_key(Table::Sealed, tenant, run, row.seq);
        let (there, _) = state.newest(projection, &key)?;
        found.extend(there.map(|there| (key, there.to_vec())));
    }
    let found = resolved(journal, found)?;
    let found = found.iter().map(|(_, there)| parsed::<Row>(run, there)).collect::<Result<Vec<_>, _>>()?;
    Ok(found == rows)
}

/// The same with the values themselves where the projection keeps their place in the journal: each part of the
/// journal that holds some is read once.
fn resolved(journal: &Journal, mut found: Vec<Pair>) -> Result<Vec<Pair>, Failure> {
    let positions: BTreeSet<u64> = found.iter().filter_map(|(_, value)| pointed(value)).collect();
    if positions.is_empty() {
        return Ok(found);
    }
    let mut said = HashMap::new();
    journal.read(&positions, &mut |at, kind, payload| {
        said.extend(
            changes(&Record::decode(kind, payload)?, at)?
                .into_iter()
                .map(|change| (change.key, change.value)),
        );
        Ok(ControlFlow::Continue(()))
    })?;
    for (key, value) in found.iter_mut().filter(|(_, value)| pointed(value).is_some()) {
        let there = said.get(key.as_slice()).and_then(Option::as_ref).ok_or_else(|| {
            Failure::corrupt(format!(
                "the journal does not hold what the projection says lies there, {}: make it anew with \
                 `ideamine doctor --rebuild`",
                Table::name_of(key)
            ))
        })?;
        *value = there.to_vec();
    }
    Ok(found)
}

fn read_all<T: DeserializeOwned>(
    state: &State,
    projection: &Projection,
    table: Table,
    tenant: &Tenant,
    run: &RunId,
) -> Result<Vec<T>, Failure> {
    let from = run_prefix(table, tenant, run);
    let until = after_prefix(&from);
    let fresh = state.fresh(&from, &until);
    let found = merge(projection, &from, &until, usize::MAX, &fresh)?;
    found.iter().map(|(_, value)| parsed(run, value)).collect()
}

fn not_next(run: &RunId, size: u64) -> Failure {
    let message =
        format!("the ledger of run {run} has {size} rows: these are neither its next ones nor the same");
    Failure::new(FailureKind::StepConflict, message)
}

fn parsed<T: DeserializeOwned>(run: &RunId, value: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(value).map_err(|e| unreadable(&format!("a ledger entry of run {run}"), &e))
}
