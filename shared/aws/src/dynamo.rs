//! What both tables share: how an item is laid out, how a partition is read, how a cancelled transaction reads.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use ideamine_core::Failure;

use crate::error::{by_code, failure};
use crate::limits::RACE_WAIT;

/// Partition key.
pub(crate) const PK: &str = "pk";
/// Sort key.
pub(crate) const SK: &str = "sk";
/// The value, as JSON text.
pub(crate) const VALUE: &str = "v";
/// How often the row was written.
pub(crate) const VERSION: &str = "n";
/// When the row may be removed, seconds since 1970: the tables' TTL attribute.
pub(crate) const TTL: &str = "ttl";

/// An item as DynamoDB gives it.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// Which rows of a partition.
pub(crate) struct Range<'a> {
    pub(crate) table: &'a str,
    pub(crate) pk: &'a str,
    /// What the sort keys begin with.
    pub(crate) prefix: &'a str,
    /// Only what is greater; begins with the prefix.
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: usize,
}

/// Reads a range page by page, in order, seeing every write that returned before.
pub(crate) async fn query(client: &Client, range: Range<'_>) -> Result<Vec<Attributes>, Failure> {
    let what = format!("read rows `{}/{}…`", range.pk, range.prefix);
    let mut start = range.after.map(|after| key(range.pk, after));
    let mut found = Vec::new();
    while found.len() < range.limit {
        let left = i32::try_from(range.limit - found.len()).unwrap_or(i32::MAX);
        let mut page = client
            .query()
            .table_name(range.table)
            .consistent_read(true)
            .limit(left)
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", text(range.pk))
            .key_condition_expression("#pk = :pk")
            .set_exclusive_start_key(start);
        if !range.prefix.is_empty() {
            page = page
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":prefix", text(range.prefix))
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)");
        }
        let page = page.send().await.map_err(|e| failure(&what, &e))?;
        found.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key.filter(|key| !key.is_empty());
        if start.is_none() {
            break;
        }
    }
    Ok(found)
}

/// The attributes of a row's key.
pub(crate) fn key(pk: &str, sk: &str) -> Attributes {
    HashMap::from([(PK.to_owned(), text(pk)), (SK.to_owned(), text(sk))])
}

pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A text of an item.
pub(crate) fn text_of<'a>(item: &'a Attributes, name: &str) -> Result<&'a str, Failure> {
    let value = item.get(name).and_then(|value| value.as_s().ok());
    value.map(String::as_str).ok_or_else(|| Failure::corrupt(format!("a row has no text `{name}`")))
}

/// Why a transaction was cancelled.
#[derive(Debug, PartialEq)]
pub(crate) enum Cancelled {
    /// A condition did not hold, or a row was there already; which parts said so.
    Refused(Vec<usize>),
    /// Another transaction was at the same rows: try again.
    Raced,
    /// Anything else.
    Failed(Failure),
}

/// Reads the reasons, one for each part in order. A refusal outweighs a race: trying again would not help.
pub(crate) fn cancelled(what: &str, reasons: &[CancellationReason]) -> Cancelled {
    let codes = || reasons.iter().map(|reason| reason.code().unwrap_or("None")).enumerate();
    // Transactions say `DuplicateItem` or `ConditionalCheckFailed`; the emulator gives the former its exception's name.
    let refusal =
        |code: &str| matches!(code, "ConditionalCheckFailed" | "DuplicateItem" | "DuplicateItemException");
    let refused: Vec<usize> = codes().filter(|(_, code)| refusal(code)).map(|(part, _)| part).collect();
    if !refused.is_empty() {
        return Cancelled::Refused(refused);
    }
    let other = codes().map(|(_, code)| code).find(|code| !matches!(*code, "None" | "TransactionConflict"));
    match other {
        Some(code) => Cancelled::Failed(by_code(what, code, 400, " in a transaction")),
        None => Cancelled::Raced,
    }
}

/// Waits before another try of a transaction that lost a race; `tries` were made.
pub(crate) async fn after_race(tries: u32) {
    let most = RACE_WAIT * 2_u32.saturating_pow(tries.saturating_sub(1));
    tokio::time::sleep(most.mul_f64(fastrand::f64())).await;
}

#[cfg(test)]
mod tests {
    use ideamine_core::failure::FailureKind;

    use super::*;

    #[test]
    fn the_reasons_of_a_cancelled_transaction_are_weighed() {
        let read = |codes: &[&str]| {
            let reasons: Vec<_> =
                codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
            cancelled("write", &reasons)
        };
        assert_eq!(read(&["None", "ConditionalCheckFailed"]), Cancelled::Refused(vec![1]));
        assert_eq!(
            read(&["DuplicateItem", "TransactionConflict", "DuplicateItem"]),
            Cancelled::Refused(vec![0, 2])
        );
        assert_eq!(read(&["None", "TransactionConflict"]), Cancelled::Raced);
        let kind = |codes: &[&str]| match read(codes) {
            Cancelled::Failed(failure) => failure.kind,
            other => panic!("{other:?}"),
        };
        assert_eq!(kind(&["ThrottlingError", "None"]), FailureKind::StoreUnavailable);
        assert_eq!(
            kind(&["ProvisionedThroughputExceeded", "TransactionConflict"]),
            FailureKind::StoreUnavailable
        );
        assert_eq!(kind(&["ValidationError"]), FailureKind::Bug);
    }
}
