//! `dossier.json`: the content and the ledger that it is bound to.

use ideamine_core::digest::{NotCanonical, canonical};
use ideamine_ledger::LedgerDocument;
use serde::{Deserialize, Serialize};

use crate::content::Content;

/// Form and version of the dossier.
pub const SCHEMA: &str = "ideamine/dossier@1";

/// The whole dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// [`SCHEMA`].
    pub schema: String,
    /// What it says.
    pub content: Content,
    /// What it is bound to: rows, step index, signed heads with their counts, public key.
    pub ledger: LedgerDocument,
}

impl Dossier {
    /// Joins a content and the ledger that holds its digest.
    pub fn new(content: Content, ledger: LedgerDocument) -> Self {
        Self { schema: SCHEMA.to_owned(), content, ledger }
    }
    /// The bytes of `dossier.json`: canonical, so that equal dossiers have equal digests.
    ///
    /// # Errors
    /// [`NotCanonical`], which no dossier is.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical(self)
    }
    /// Reads `dossier.json`. Reading is not verifying.
    ///
    /// # Errors
    /// What does not parse, and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
