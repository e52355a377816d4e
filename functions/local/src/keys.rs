//! This user's signing key, told by its fingerprint.

use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::ports::Signer;
use ideamine_embedded::FileSigner;

use crate::config;

/// Fingerprint of this user's signing key, made on first use.
///
/// # Errors
/// When the key cannot be read or made.
pub(crate) async fn own_fingerprint(data_dir: &Path) -> Result<String, Failure> {
    let signer = FileSigner::open(&config::key_file()?, data_dir)?;
    let key = signer.public_key().await?;
    ideamine_ledger::signature::fingerprint(&key)
        .ok_or_else(|| Failure::corrupt("the signing key is not a key"))
}

/// The fingerprint, if there is a key already.
///
/// # Errors
/// When the key cannot be read.
pub(crate) async fn existing_fingerprint() -> Result<Option<String>, Failure> {
    if !config::key_file()?.exists() {
        return Ok(None);
    }
    // A data directory that cannot hold the key: only its place is checked.
    own_fingerprint(Path::new("/nonexistent")).await.map(Some)
}
