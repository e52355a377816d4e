//! The ledger's storage: facts, numbered rows and signed heads, all insert-only.

use async_trait::async_trait;

use crate::records::{Fact, Row, SignedHead};
use crate::{Failure, RunId, Tenant};

/// Facts go in unnumbered, by any function; rows and heads by `run-seal` alone.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Inserts facts at (path, kind, ordinal). The same fact again (its time aside) changes nothing and the
    /// first time stays; another body at the same place is `Step.Conflict`. All or nothing.
    async fn insert(&self, tenant: &Tenant, run: &RunId, facts: Vec<Fact>) -> Result<(), Failure>;
    /// All facts of a run, sorted by (path, kind, ordinal).
    async fn facts(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Fact>, Failure>;
    /// Appends sealed rows and their head in one write set, if the ledger has exactly `rows[0].seq` rows
    /// (or `head.size` when there are none); the same again changes nothing; anything else is `Step.Conflict`.
    async fn append(
        &self,
        tenant: &Tenant,
        run: &RunId,
        rows: Vec<Row>,
        head: SignedHead,
    ) -> Result<(), Failure>;
    /// All rows in order.
    async fn rows(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<Row>, Failure>;
    /// All heads in order of size.
    async fn heads(&self, tenant: &Tenant, run: &RunId) -> Result<Vec<SignedHead>, Failure>;
}
