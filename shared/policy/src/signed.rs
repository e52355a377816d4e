//! A bundle with the signatures of those who answer for it.

use ideamine_core::records::Signature;
use ideamine_ledger::signature::{BadSignature, verify_signature};
use serde::{Deserialize, Serialize};

use crate::bundle::{BadBundle, Bundle};

/// A bundle and who signed it. The signature covers [`SignedBundle::statement`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedBundle {
    /// The bundle.
    pub bundle: Bundle,
    /// Signatures, by whom it may be.
    pub signatures: Vec<Signature>,
}

/// Why a bundle is not used.
#[derive(Debug, thiserror::Error)]
pub enum Untrusted {
    /// It is none.
    #[error(transparent)]
    Bad(#[from] BadBundle),
    /// Nobody who is trusted signed it.
    #[error(
        "no trusted key signed the bundle {digest}: sign it with `ideamine policy sign`, or trust its signer"
    )]
    NoSigner {
        /// Which bundle.
        digest: String,
    },
    /// A signature that is false speaks of tampering, whoever else signed.
    #[error("a signature of the bundle {digest} does not hold: {why}")]
    False {
        /// Which bundle.
        digest: String,
        /// What is wrong.
        why: BadSignature,
    },
}

impl SignedBundle {
    /// The bytes that are signed: a purpose of their own, so that no other signature can stand here.
    ///
    /// # Errors
    /// When the bundle has no canonical form.
    pub fn statement(bundle: &Bundle) -> Result<Vec<u8>, BadBundle> {
        Ok(format!("ideamine-policy-bundle-v1\n{}", bundle.digest()?).into_bytes())
    }

    /// The bundle, if one of these public keys signed it and no signature is false.
    ///
    /// # Errors
    /// Why it is not to be used.
    pub fn trusted(&self, public_keys: &[String]) -> Result<&Bundle, Untrusted> {
        let statement = Self::statement(&self.bundle)?;
        let digest = self.bundle.digest()?.to_string();
        for signature in &self.signatures {
            verify_signature(signature, &statement)
                .map_err(|why| Untrusted::False { digest: digest.clone(), why })?;
        }
        if self.signatures.iter().any(|signature| public_keys.contains(&signature.public_key)) {
            return Ok(&self.bundle);
        }
        Err(Untrusted::NoSigner { digest })
    }
}
