//! The signing key, held by `run-seal` alone.

use async_trait::async_trait;

use crate::Failure;
use crate::records::Signature;

/// Signs digests; the key itself never leaves it (a file of mode 600 on one machine, KMS on AWS).
#[async_trait]
pub trait Signer: Send + Sync {
    /// The public key, as in [`Signature::public_key`].
    async fn public_key(&self) -> Result<String, Failure>;
    /// Signs these bytes.
    async fn sign(&self, bytes: &[u8]) -> Result<Signature, Failure>;
}
