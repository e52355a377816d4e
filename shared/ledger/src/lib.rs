//! The run ledger: facts to numbered rows, hash chain, Merkle tree, signed heads, offline verification.
