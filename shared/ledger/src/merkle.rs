//! The Merkle tree of RFC 6962 over row hashes: root, inclusion and consistency proofs, and their verifiers.

use sha2::{Digest as _, Sha256};

/// One node of the tree.
pub type Hash = [u8; 32];

/// Prefixes keep a leaf from being taken for an inner node (RFC 6962, 2.1).
const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

/// The leaf of a row, from the bytes of the row's hash.
pub fn leaf(row_hash: &Hash) -> Hash {
    Sha256::new().chain_update(LEAF).chain_update(row_hash).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update(NODE).chain_update(left).chain_update(right).finalize().into()
}

/// The right edge of a growing tree: enough to know the root at every size, in one pass.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of the perfect subtrees, largest first: one per set bit of `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }
    /// Leaves so far.
    pub const fn size(&self) -> u64 {
        self.size
    }
    /// The root at this size; the hash of nothing for an empty tree.
    pub fn root(&self) -> Hash {
        let smallest_first = self.peaks.iter().rev().copied();
        smallest_first.reduce(|right, left| node(&left, &right)).unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// The root over these leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier.root()
}

/// Size of the left subtree: the largest power of two below `size` (which is over 1).
const fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// Audit path of leaf `index` (RFC 6962, 2.1.1), nearest sibling first; `None` when there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (inclusion_proof(left, index)?, root(right)),
        Some(index) => (inclusion_proof(right, index)?, root(left)),
    };
    path.push(sibling);
    Some(path)
}

/// Whether `leaf` is number `index` of the tree with this size and root (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], expected: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *expected
}

/// Proof that the first `old` leaves are a prefix (RFC 6962, 2.1.2); empty for 0 or all; `None` beyond the end.
pub fn consistency_proof(leaves: &[Hash], old: usize) -> Option<Vec<Hash>> {
    match old {
        _ if old > leaves.len() => None,
        0 => Some(Vec::new()),
        _ => Some(subproof(leaves, old, Subtree::Whole)),
    }
}

/// Whether the verifier already knows this subtree's root.
#[derive(Clone, Copy)]
enum Subtree {
    Whole,
    Part,
}

fn subproof(leaves: &[Hash], old: usize, known: Subtree) -> Vec<Hash> {
    if old == leaves.len() {
        return match known {
            Subtree::Whole => Vec::new(),
            Subtree::Part => vec![root(leaves)],
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, other) = match old.checked_sub(left.len()) {
        None | Some(0) => (subproof(left, old, known), root(right)),
        Some(rest) => (subproof(right, rest, Subtree::Part), root(left)),
    };
    proof.push(other);
    proof
}

/// Whether the tree of `new` leaves extends the one of `old` leaves (RFC 9162, 2.1.4.2).
pub fn verify_consistency(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 {
        return proof.is_empty() && *old_root == root(&[]);
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    // A perfect old tree is itself the first node of the path, and is left out of the proof.
    let first = old_size.is_power_of_two().then_some(old_root);
    let mut path = first.into_iter().chain(proof);
    let Some(start) = path.next() else { return false };
    let (mut at, mut last) = (old_size - 1, new_size.saturating_sub(1));
    let shift = at.trailing_ones();
    (at, last) = (at >> shift, last.checked_shr(shift).unwrap_or(0));
    let (mut old_hash, mut new_hash) = (*start, *start);
    for step in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            (old_hash, new_hash) = (node(step, &old_hash), node(step, &new_hash));
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            new_hash = node(&new_hash, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    old_size < new_size && last == 0 && old_hash == *old_root && new_hash == *new_root
}
