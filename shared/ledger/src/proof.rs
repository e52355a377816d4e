//! Proofs about a ledger in the form that others can carry: hex and numbers.

use ideamine_core::records::{Head, Row};
use serde::{Deserialize, Serialize};

use crate::merkle::{self, Hash};
use crate::seal::leaf_of;

/// Shows that a row is in the ledger of a head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The row.
    pub seq: u64,
    /// Rows under the head.
    pub size: u64,
    /// The row's hash, hex.
    pub hash: String,
    /// Sibling nodes, nearest first, hex.
    pub path: Vec<String>,
}

/// Shows that a later ledger begins with an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// Rows before.
    pub old_size: u64,
    /// Rows after.
    pub new_size: u64,
    /// Nodes as in RFC 6962, 2.1.2, hex.
    pub path: Vec<String>,
}

/// Proof for row `seq` in the ledger of the first `size` rows; `None` when there are not as many.
pub fn prove_inclusion(rows: &[Row], seq: u64, size: u64) -> Option<Inclusion> {
    let (index, end) = (usize::try_from(seq).ok()?, usize::try_from(size).ok()?);
    let leaves: Vec<Hash> = rows.get(..end)?.iter().map(leaf_of).collect();
    let path = merkle::inclusion_proof(&leaves, index)?.iter().map(hex::encode).collect();
    Some(Inclusion { seq, size, hash: rows.get(index)?.hash.clone(), path })
}

/// Proof that the first `new_size` rows begin with the first `old_size`; `None` when there are not as many.
pub fn prove_consistency(rows: &[Row], old_size: u64, new_size: u64) -> Option<Consistency> {
    let leaves: Vec<Hash> = rows.get(..usize::try_from(new_size).ok()?)?.iter().map(leaf_of).collect();
    let path = merkle::consistency_proof(&leaves, usize::try_from(old_size).ok()?)?;
    Some(Consistency { old_size, new_size, path: path.iter().map(hex::encode).collect() })
}

impl Inclusion {
    /// Whether it holds under this head (whose signature is checked elsewhere).
    pub fn holds(&self, head: &Head) -> bool {
        let (Some(hash), Some(root), Some(path)) = (node(&self.hash), node(&head.root), nodes(&self.path))
        else {
            return false;
        };
        head.size == self.size
            && merkle::verify_inclusion(&merkle::leaf(&hash), self.seq, self.size, &path, &root)
    }
}

impl Consistency {
    /// Whether it holds between these heads (whose signatures are checked elsewhere).
    pub fn holds(&self, old: &Head, new: &Head) -> bool {
        let (Some(before), Some(after), Some(path)) = (node(&old.root), node(&new.root), nodes(&self.path))
        else {
            return false;
        };
        (old.size, new.size) == (self.old_size, self.new_size)
            && merkle::verify_consistency((old.size, &before), (new.size, &after), &path)
    }
}

fn node(text: &str) -> Option<Hash> {
    let mut bytes = Hash::default();
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

fn nodes(texts: &[String]) -> Option<Vec<Hash>> {
    texts.iter().map(|text| node(text)).collect()
}
