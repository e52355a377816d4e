//! The `Records` port on one DynamoDB table: a write set is a transaction, a version is a condition.
//!
//! Every set is a transaction, even of one row: it carries a token, so that a try whose answer got lost and that is
//! sent again neither counts twice nor fails on the version that it wrote itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem, Update};
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{
    Condition, Item, Key, ROW_BYTES_MAX, Records, WRITE_SET_BYTES_MAX, WRITE_SET_ITEMS_MAX, Write,
};

use crate::dynamo::{
    Attributes, Cancelled, PK, Range, SK, VALUE, VERSION, after_race, cancelled, key, number, query, text,
    text_of,
};
use crate::error::failure;
use crate::limits::RACES_MAX;
use crate::settings::{RECORDS_TABLE, Settings, needed};

/// The table of mutable rows.
pub(crate) struct Table {
    client: Client,
    settings: Arc<Settings>,
}

impl Table {
    pub(crate) fn new(client: Client, settings: Arc<Settings>) -> Self {
        Self { client, settings }
    }

    fn name(&self) -> Result<&str, Failure> {
        needed(&self.settings.records_table, RECORDS_TABLE)
    }
}

#[async_trait]
impl Records for Table {
    async fn get(&self, at: &Key) -> Result<Option<Item>, Failure> {
        at.check()?;
        let request = self.client.get_item().table_name(self.name()?).consistent_read(true);
        let answer = request.set_key(Some(key(&at.pk, &at.sk))).send().await;
        let answer = answer.map_err(|e| failure(&format!("read row {at}"), &e))?;
        answer.item.map(|found| item(&found)).transpose()
    }

    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure> {
        let after = match after {
            Some(after) if after.starts_with(prefix) => Some(after).filter(|after| !after.is_empty()),
            Some(after) if after > prefix => return Ok(Vec::new()),
            // Before the prefix: every row of it is greater.
            _ => None,
        };
        let range = Range { table: self.name()?, pk, prefix, after, limit };
        let found = query(&self.client, range).await?;
        found.iter().map(item).collect()
    }

    async fn write(&self, set: Vec<Write>) -> Result<(), Failure> {
        let what = format!("write {} rows", set.len());
        let parts = parts(self.name()?, set)?;
        if parts.is_empty() {
            return Ok(());
        }
        let mut tries = 0;
        loop {
            let request = self.client.transact_write_items().set_transact_items(Some(parts.clone()));
            let Err(error) = request.send().await else { return Ok(()) };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancel)) =
                error.as_service_error()
            else {
                return Err(failure(&what, &error));
            };
            tries += 1;
            match cancelled(&what, cancel.cancellation_reasons()) {
                Cancelled::Failed(failure) => return Err(failure),
                Cancelled::Raced if tries < RACES_MAX => after_race(tries).await,
                Cancelled::Raced => return Err(conflict(&parts, None)),
                Cancelled::Refused(which) => return Err(conflict(&parts, which.first().copied())),
            }
        }
    }
}

/// The parts of the transaction; a check of nothing is none.
fn parts(table: &str, set: Vec<Write>) -> Result<Vec<TransactWriteItem>, Failure> {
    if set.len() > WRITE_SET_ITEMS_MAX {
        let message =
            format!("a write set of {} items is over the limit of {WRITE_SET_ITEMS_MAX}", set.len());
        return Err(Failure::input(message));
    }
    let (mut seen, mut size, mut parts) = (HashSet::new(), 0, Vec::new());
    for write in set {
        let (Write::Put { key, .. } | Write::Delete { key, .. } | Write::Check { key, .. }) = &write;
        key.check()?;
        if !seen.insert(key.clone()) {
            return Err(Failure::input(format!("a write set names the row {key} twice")));
        }
        let (bytes, part) = part(table, write)?;
        size += bytes;
        parts.extend(part);
    }
    if size > WRITE_SET_BYTES_MAX {
        let message = format!("a write set of {size} bytes is over the limit of {WRITE_SET_BYTES_MAX}");
        return Err(Failure::input(message));
    }
    Ok(parts)
}

/// One part and its size.
fn part(table: &str, write: Write) -> Result<(usize, Option<TransactWriteItem>), Failure> {
    let item = TransactWriteItem::builder();
    match write {
        Write::Put { key: at, value, when } => {
            let value = value.to_string();
            let bytes = size(&at) + value.len();
            if bytes > ROW_BYTES_MAX {
                let message = format!("row {at} of {bytes} bytes is over the limit of {ROW_BYTES_MAX}");
                return Err(Failure::input(message));
            }
            let Guard { expression, names, values } = guard(when);
            let update = Update::builder()
                .table_name(table)
                .set_key(Some(key(&at.pk, &at.sk)))
                .update_expression("SET #v = :v, #n = if_not_exists(#n, :zero) + :one")
                .set_condition_expression(expression)
                .set_expression_attribute_names(Some(names))
                .expression_attribute_names("#v", VALUE)
                .expression_attribute_names("#n", VERSION)
                .set_expression_attribute_values(Some(values))
                .expression_attribute_values(":v", text(&value))
                .expression_attribute_values(":zero", number(0))
                .expression_attribute_values(":one", number(1));
            Ok((bytes, Some(item.update(update.build().map_err(unbuilt)?).build())))
        }
        Write::Delete { key: at, when } => {
            let Guard { expression, names, values } = guard(when);
            let delete = Delete::builder()
                .table_name(table)
                .set_key(Some(key(&at.pk, &at.sk)))
                .set_condition_expression(expression)
                .set_expression_attribute_names(Some(names).filter(|names| !names.is_empty()))
                .set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()));
            Ok((size(&at), Some(item.delete(delete.build().map_err(unbuilt)?).build())))
        }
        Write::Check { when: Condition::Any, key } => Ok((size(&key), None)),
        Write::Check { key: at, when } => {
            let Guard { expression, names, values } = guard(when);
            let check = ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(key(&at.pk, &at.sk)))
                .set_condition_expression(expression)
                .set_expression_attribute_names(Some(names))
                .set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()));
            Ok((size(&at), Some(item.condition_check(check.build().map_err(unbuilt)?).build())))
        }
    }
}

/// A condition as DynamoDB reads it; it refuses empty maps and unused names.
struct Guard {
    expression: Option<String>,
    names: HashMap<String, String>,
    values: Attributes,
}

fn guard(when: Condition) -> Guard {
    let said = |expression: &str, name: (&str, &str), values| Guard {
        expression: Some(expression.to_owned()),
        names: HashMap::from([(name.0.to_owned(), name.1.to_owned())]),
        values,
    };
    match when {
        Condition::Any => Guard { expression: None, names: HashMap::new(), values: Attributes::new() },
        Condition::Absent => said("attribute_not_exists(#pk)", ("#pk", PK), Attributes::new()),
        Condition::Version(version) => said(
            "#n = :version",
            ("#n", VERSION),
            Attributes::from([(":version".to_owned(), number(version))]),
        ),
    }
}

fn size(key: &Key) -> usize {
    key.pk.len() + key.sk.len()
}

fn unbuilt(error: impl std::fmt::Display) -> Failure {
    Failure::bug(format!("a part of a write set could not be built: {error}"))
}

/// Another writer was first; `which` part said so, if one did.
fn conflict(parts: &[TransactWriteItem], which: Option<usize>) -> Failure {
    let part = which.and_then(|which| parts.get(which));
    let keys = part.and_then(|part| {
        let update = part.update().map(Update::key);
        update
            .or_else(|| part.delete().map(Delete::key))
            .or_else(|| part.condition_check().map(ConditionCheck::key))
    });
    let part_of = |keys: &Attributes, name| text_of(keys, name).map(str::to_owned).unwrap_or_default();
    let row = keys.map_or_else(
        || "one of the rows".to_owned(),
        |keys| format!("row `{}/{}`", part_of(keys, PK), part_of(keys, SK)),
    );
    let message = format!("{row} is not as expected: another writer was first; read it again and retry");
    Failure::new(FailureKind::StoreConflict, message)
}

fn item(found: &Attributes) -> Result<Item, Failure> {
    let key = Key { pk: text_of(found, PK)?.to_owned(), sk: text_of(found, SK)?.to_owned() };
    let corrupt = |why: String| Failure::corrupt(format!("row {key}: {why}"));
    let value = serde_json::from_str(text_of(found, VALUE)?).map_err(|e| corrupt(e.to_string()))?;
    let version = found.get(VERSION).and_then(|version| version.as_n().ok()).and_then(|n| n.parse().ok());
    let version = version.ok_or_else(|| corrupt(format!("its version `{VERSION}` is no number")))?;
    Ok(Item { key, value, version })
}
