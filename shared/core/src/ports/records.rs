//! Mutable rows under ordered keys: DynamoDB's (pk, sk) are redb's ordered keys.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Failure;

/// Most items of one write set, as in one DynamoDB transaction.
pub const WRITE_SET_ITEMS_MAX: usize = 100;
/// Most bytes of one write set, as in one DynamoDB transaction.
pub const WRITE_SET_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most bytes of one row, its value as JSON and its key: DynamoDB's 400 KiB for an item, less the names of its fields.
pub const ROW_BYTES_MAX: usize = 399 * 1024;
/// Longest partition, bytes, as in DynamoDB.
pub const PARTITION_BYTES_MAX: usize = 2_048;
/// Longest sort key, bytes, as in DynamoDB.
pub const SORT_KEY_BYTES_MAX: usize = 1_024;

/// Where a row lies. The partition always begins with the tenant (see `records::key`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Partition: `tenant#run#ID` and the like.
    pub pk: String,
    /// Sorts inside the partition, by bytes.
    pub sk: String,
}

impl Key {
    /// Whether every store can keep a row here.
    ///
    /// # Errors
    /// `Input.Invalid`: a part is empty, over its limit, or holds a zero byte.
    pub fn check(&self) -> Result<(), Failure> {
        for (part, limit) in [(&self.pk, PARTITION_BYTES_MAX), (&self.sk, SORT_KEY_BYTES_MAX)] {
            if part.is_empty() || part.len() > limit || part.contains('\0') {
                let message = format!(
                    "{self} is not a usable key: each part has 1 to {PARTITION_BYTES_MAX} or {SORT_KEY_BYTES_MAX} \
                     bytes, none of them zero"
                );
                return Err(Failure::input(message));
            }
        }
        Ok(())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}/{}`", self.pk, self.sk)
    }
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
