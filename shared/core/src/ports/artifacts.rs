//! The content-addressed store: bytes by their SHA-256.

use async_trait::async_trait;

use crate::{Digest, Failure, Tenant};

/// Bytes by digest. What was put stays; a flipped byte is never served.
#[async_trait]
pub trait Artifacts: Send + Sync {
    /// Stores the bytes unless they are there already; durable when it returns.
    async fn put(&self, tenant: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure>;
    /// Reads and verifies: `Data.NotFound` when absent, `Data.Corrupt` when the bytes have another digest.
    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure>;
    /// Whether the bytes are there (not verified).
    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure>;
}
