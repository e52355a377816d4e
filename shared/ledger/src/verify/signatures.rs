//! Signatures of heads that were found good, by everything that went into the check.

use std::collections::BTreeSet;

use ideamine_core::Digest;
use ideamine_core::records::SignedHead;

use crate::seal::sign_bytes;
use crate::signature::verify_signature;

/// Heads remembered at most; a run has some twenty.
const REMEMBERED_MAX: usize = 4_096;

/// Digests of signed heads (head, key and signature together) whose signature holds.
#[derive(Debug, Default)]
pub(super) struct Checked(BTreeSet<Digest>);

impl Checked {
    /// Whether the signature holds; if not, why.
    pub(super) fn check(&mut self, signed: &SignedHead) -> Result<(), String> {
        let whole = Digest::of_json(signed).map_err(|e| e.to_string())?;
        if self.0.contains(&whole) {
            return Ok(());
        }
        let bytes = sign_bytes(&signed.head).map_err(|e| e.to_string())?;
        verify_signature(&signed.signature, &bytes).map_err(|e| e.to_string())?;
        if self.0.len() < REMEMBERED_MAX {
            self.0.insert(whole);
        }
        Ok(())
    }
}
