//! The `Records` port: versioned rows under ordered keys, written in sets.

use std::collections::HashSet;

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Condition, Item, Key, ROW_BYTES_MAX, Records, WRITE_SET_BYTES_MAX, WRITE_SET_ITEMS_MAX, Write,
};

use super::Store;
use super::change::{Table, key};
use super::projection::Projection;
use super::state::{Haste, State};
use crate::error::unreadable;
use crate::journal::{Json, Record, RowWrite, json};

/// A part of a write set, checked and serialised before the lock is taken.
struct Part {
    key: Key,
    when: Condition,
    action: Action,
}

enum Action {
    Put(Json),
    Delete,
    Check,
}

#[async_trait]
impl Records for Store {
    async fn get(&self, at: &Key) -> Result<Option<Item>, Failure> {
        let (value, end) = self.shared().newest(&row_key(at)?)?;
        self.shared().durable(end).await?;
        value.map(|value| item(at.clone(), &value)).transpose()
    }

    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure> {
        let row = |sk: &str| row_key(&Key { pk: pk.to_owned(), sk: sk.to_owned() });
        let mut from = row(prefix)?;
        let until = after_prefix(&from);
        if let Some(after) = after {
            let mut next = row(after)?;
            next.push(0);
            from = from.max(next);
        }
        if from >= until {
            return Ok(Vec::new());
        }
        let (found, end) = self.shared().newest_range(&from, &until, limit)?;
        self.shared().durable(end).await?;
        let sk_at = 1 + pk.len() + 1;
        let item = |(key, value): (Vec<u8>, Vec<u8>)| {
            let sk = String::from_utf8_lossy(key.get(sk_at..).unwrap_or_default()).into_owned();
            item(Key { pk: pk.to_owned(), sk }, &value)
        };
        found.into_iter().map(item).collect()
    }

    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        let parts = check(set)?;
        self.shared().evaluate(Haste::Now, |state, projection| evaluate(&parts, state, projection)).await
    }
}

fn check(set: Vec<Write>) -> Result<Vec<Part>, Failure> {
    if set.len() > WRITE_SET_ITEMS_MAX {
        let message =
            format!("a write set of {} items is over the limit of {WRITE_SET_ITEMS_MAX}", set.len());
        return Err(Failure::input(message));
    }
    let parts = set.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    if let Some(twice) = parts.iter().find(|part| !seen.insert(&part.key)) {
        return Err(Failure::input(format!("a write set names the row {} twice", twice.key)));
    }
    let size: usize = parts.iter().map(Part::bytes).sum();
    if size > WRITE_SET_BYTES_MAX {
        return Err(Failure::input(format!(
            "a write set of {size} bytes is over the limit of {WRITE_SET_BYTES_MAX}"
        )));
    }
    Ok(parts)
}

fn part(write: Write) -> Result<Part, Failure> {
    let (key, when, action) = match write {
        Write::Put { key, value, when } => (key, when, Action::Put(json(&value)?)),
        Write::Delete { key, when } => (key, when, Action::Delete),
        Write::Check { key, when } => (key, when, Action::Check),
    };
    key.check()?;
    let part = Part { key, when, action };
    if part.bytes() > ROW_BYTES_MAX {
        let message =
            format!("row {} of {} bytes is over the limit of {ROW_BYTES_MAX}", part.key, part.bytes());
        return Err(Failure::input(message));
    }
    Ok(part)
}

impl Part {
    fn bytes(&self) -> usize {
        let value = if let Action::Put(value) = &self.action { value.len() } else { 0 };
        self.key.pk.len() + self.key.sk.len() + value
    }
}

/// All conditions hold and everything is journaled, or nothing is.
fn evaluate(parts: &[Part], state: &mut State, projection: &Projection) -> Result<((), u64), Failure> {
    let mut rows = Vec::new();
    let mut end = 0;
    for part in parts {
        let (value, fresh) = state.newest(projection, &row_key(&part.key)?)?;
        end = end.max(fresh);
        let version = value.as_deref().map(version_of);
        if !holds(part.when, version) {
            return Err(conflict(part, version));
        }
        let row = |version, value| {
            let Key { pk, sk } = part.key.clone();
            RowWrite { pk, sk, version, value }
        };
        match &part.action {
            Action::Put(value) => rows.push(row(version.unwrap_or(0) + 1, Some(value.clone()))),
            Action::Delete if version.is_some() => rows.push(row(0, None)),
            Action::Delete | Action::Check => {}
        }
    }
    if !rows.is_empty() {
        end = state.push(&Record::Rows(rows), Haste::Now)?;
    }
    Ok(((), end))
}

fn holds(when: Condition, version: Option<u64>) -> bool {
    match when {
        Condition::Any => true,
        Condition::Absent => version.is_none(),
        Condition::Version(wanted) => version == Some(wanted),
    }
}

fn conflict(part: &Part, version: Option<u64>) -> Failure {
    let found = version.map_or_else(|| "is absent".to_owned(), |version| format!("has version {version}"));
    let message = format!("row {} {found}, expected {:?}; read it again and retry", part.key, part.when);
    Failure::new(FailureKind::StoreConflict, message)
}

fn version_of(value: &[u8]) -> u64 {
    value.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn item(key: Key, value: &[u8]) -> Result<Item, Failure> {
    let parsed = serde_json::from_slice(value.get(8..).unwrap_or_default());
    let value_ = parsed.map_err(|e| unreadable(&format!("row {key}"), &e))?;
    Ok(Item { key, value: value_, version: version_of(value) })
}

fn row_key(at: &Key) -> Result<Vec<u8>, Failure> {
    if at.pk.is_empty() || at.pk.contains('\0') || at.sk.contains('\0') {
        let message = format!("{at} is not a usable key: an empty partition or a zero byte");
        return Err(Failure::input(message));
    }
    Ok(key(Table::Row, &[at.pk.as_bytes(), at.sk.as_bytes()]))
}

/// The first key after all that begin with `prefix`.
pub(crate) fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if last < u8::MAX {
            next.push(last + 1);
            return next;
        }
    }
    next
}
