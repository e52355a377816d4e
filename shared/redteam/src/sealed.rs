//! Sets of attacks that a builder has not seen: committed by digest before a build, opened after it.

use ideamine_core::Digest;
use serde::{Deserialize, Serialize};

/// A sealed set, as its owner keeps it. Only [`Sealed::commitment`] is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Random bytes, hex: without them a short set could be guessed from its digest.
    pub salt: String,
    /// The rows, one JSON object a line.
    pub rows: String,
}

/// A set that is not the one that was committed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongSeal {
    /// What was published.
    pub committed: Digest,
    /// What was opened.
    pub opened: Digest,
}

impl Sealed {
    /// What is published before the build.
    pub fn commitment(&self) -> Digest {
        let length = self.salt.len().to_string();
        Digest::of(format!("ideamine-sealed-v1\n{length}\n{}\n{}", self.salt, self.rows).as_bytes())
    }

    /// The rows, if this is the set of the commitment.
    ///
    /// # Errors
    /// When it is another one.
    pub fn open(&self, committed: Digest) -> Result<&str, WrongSeal> {
        let opened = self.commitment();
        if opened == committed { Ok(&self.rows) } else { Err(WrongSeal { committed, opened }) }
    }
}
