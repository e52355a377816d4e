//! Mutable rows under ordered keys: DynamoDB's (pk, sk) are redb's ordered keys.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Failure;

/// Most items of one write set, as in one DynamoDB transaction.
pub const WRITE_SET_ITEMS_MAX: usize = 100;
/// Most bytes of one write set, as in one DynamoDB transaction.
pub const WRITE_SET_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where a row lies. The partition always begins with the tenant (see `records::key`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Partition: `tenant#run#ID` and the like.
    pub pk: String,
    /// Sorts inside the partition, by bytes.
    pub sk: String,
}

/// A row with its version, counted from 1 by the store at every write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Where it lies.
    pub key: Key,
    /// What it says.
    pub value: Value,
    /// How often it was written.
    pub version: u64,
}

/// What must hold of a row for its write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Nothing.
    Any,
    /// The row does not exist.
    Absent,
    /// The row has exactly this version.
    Version(u64),
}

/// One part of a write set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Write {
    /// Writes a row.
    Put {
        /// Where.
        key: Key,
        /// What.
        value: Value,
        /// When.
        when: Condition,
    },
    /// Removes a row; removing what is not there is fine under [`Condition::Any`].
    Delete {
        /// Where.
        key: Key,
        /// When.
        when: Condition,
    },
    /// Writes nothing, but its condition must hold.
    Check {
        /// Where.
        key: Key,
        /// What must hold.
        when: Condition,
    },
}

/// Mutable rows. Reads are consistent: they see every write set that returned before.
#[async_trait]
pub trait Records: Send + Sync {
    /// One row.
    async fn get(&self, key: &Key) -> Result<Option<Item>, Failure>;
    /// Rows of a partition whose sort key begins with `prefix` and is greater than `after`, in order, at most `limit`.
    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Item>, Failure>;
    /// All conditions hold and all parts are written durably, or nothing is and it is `Store.Conflict`.
    /// A key may appear once. Over a limit is `Input.Invalid`.
    async fn write(&self, set: Vec<Write>) -> Result<(), Failure>;
}
